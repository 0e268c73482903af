"""From a query and the licences in the wallet to choices, and from a choice to what is sent."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from keys.envelope import Envelope
from keys.local_signer import LocalSigner
from service.web.sign_in import Person
from standards.dcql import parse_dcql
from standards.openid4vp import ClientMetadata, PresentationRequest, parse_client_id
from standards.text import Text
from tests.support.faces import AT, IDENTITY_CARD, face
from tests.support.trust_world import USCC_A, TrustWorld
from wallet.accounts.account import Holder
from wallet.accounts.acting import AS_ONESELF
from wallet.accounts.subject import subject_of
from wallet.holdings.holding import Face, Holding
from wallet.holdings.licence_state import LicenceState, StateOnCard
from wallet.presenting.consent import Consent, HeldLicence, build_consent
from wallet.presenting.errors import InvalidSelectionError, LicencesMissingError
from wallet.presenting.trusted_request import TrustedRequest, VerifierIdentity

NAME = Text("某窗口", "Some window")
PERSON = Person("111", "99010119880512001X", "张小明", "zhang", "https://provider.example", "")
KEEPER = Holder(
    "account", PERSON, Envelope.from_data_key(secrets.token_bytes(32)), subject_of(PERSON), AS_ONESELF
)


@pytest.fixture(scope="module")
def issuer() -> LocalSigner:
    return TrustWorld.create().regions["330000"].leaf("某局", USCC_A)


def held(
    issuer: LocalSigner, holding_id: str, state: LicenceState = LicenceState.VALID, **claims: Any
) -> HeldLicence:
    from dataclasses import replace

    licence: Face = replace(face(**claims), issuer_chain=issuer.certificate_chain)
    return HeldLicence(Holding(holding_id, licence, AT, ()), StateOnCard(state), KEEPER)


def consent(query: dict[str, Any], *licences: HeldLicence) -> Consent:
    request = PresentationRequest(
        client_id=parse_client_id("x509_hash:abc"),
        response_uri="https://window.example/r",
        response_mode="direct_post",
        nonce="n" * 20,
        dcql_query=parse_dcql(query),
        client_metadata=ClientMetadata(),
    )
    identity = VerifierIdentity("x509_hash:abc", NAME, NAME, USCC_A, "window.example")
    return build_consent(TrustedRequest(request, identity, None), licences)


def asks(*ids: str, names: tuple[str, ...] = ("holder_name",), **credential: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": query_id,
            "format": "dc+sd-jwt",
            "meta": {"vct_values": [IDENTITY_CARD.vct]},
            "claims": [{"path": [name]} for name in names],
            **credential,
        }
        for query_id in ids
    ]


def test_usable_licences_come_first(issuer: LocalSigner) -> None:
    decision = consent(
        {"credentials": asks("card")}, held(issuer, "old", LicenceState.ENDED), held(issuer, "good")
    )
    assert [one.option.holding_id for one in decision.resolve(None)] == ["good"]
    assert [one.option.holding_id for one in decision.resolve({"card": "old"})] == ["old"]


def test_a_licence_without_the_claim_does_not_answer(issuer: LocalSigner) -> None:
    decision = consent({"credentials": asks("card", names=("address",))}, held(issuer, "bare"))
    assert not decision.satisfied
    assert decision.choices[0].missing == (IDENTITY_CARD.name,)
    with pytest.raises(LicencesMissingError):
        decision.resolve({"card": "bare"})


def test_an_issuer_outside_the_trusted_authorities_does_not_answer(issuer: LocalSigner) -> None:
    stranger = TrustWorld.create().regions["510000"].leaf("别处", USCC_A)
    from cryptography import x509

    from standards.jose import b64url_encode

    leaf = x509.load_der_x509_certificate(issuer.certificate_chain[0])
    key_id = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert key_id is not None
    trusted = [{"type": "aki", "values": [b64url_encode(key_id)]}]
    query = {"credentials": asks("card", trusted_authorities=trusted)}
    assert consent(query, held(issuer, "good")).satisfied
    assert not consent(query, held(stranger, "other")).satisfied


@pytest.mark.parametrize(
    "selection", [{}, {"card": "unknown"}, {"card": "good", "more": "good"}, {"other": "good"}]
)
def test_a_selection_must_answer_the_request_and_nothing_beyond(
    issuer: LocalSigner, selection: dict[str, str]
) -> None:
    decision = consent({"credentials": asks("card")}, held(issuer, "good"))
    with pytest.raises(InvalidSelectionError):
        decision.resolve(selection)


def test_either_of_two_ways_can_be_taken_but_not_both(issuer: LocalSigner) -> None:
    query = {"credentials": asks("a", "b"), "credential_sets": [{"options": [["a"], ["b"]]}]}
    decision = consent(query, held(issuer, "good"))
    assert [one.query_id for one in decision.resolve(None)] == ["a"]
    assert [one.query_id for one in decision.resolve({"b": "good"})] == ["b"]
    with pytest.raises(InvalidSelectionError):
        decision.resolve({"a": "good", "b": "good"})


def test_a_request_of_optional_needs_only_must_be_given_something(issuer: LocalSigner) -> None:
    query = {"credentials": asks("a"), "credential_sets": [{"options": [["a"]], "required": False}]}
    decision = consent(query, held(issuer, "good"))
    assert decision.satisfied
    with pytest.raises(InvalidSelectionError):
        decision.resolve(None)
    assert [one.query_id for one in decision.resolve({"a": "good"})] == ["a"]
