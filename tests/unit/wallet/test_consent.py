"""From a query and the licences in the wallet to choices, and from a choice to what is sent."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

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
from wallet.presenting.consent import Consent, HeldLicence, Option, build_consent
from wallet.presenting.consent_form import extra_field, parse_decision
from wallet.presenting.decision import Decision, apply_decision
from wallet.presenting.errors import (
    ConsentChangedError,
    InvalidSelectionError,
    LicencesMissingError,
    SensitiveNotConfirmedError,
)
from wallet.presenting.trusted_request import RequestedItem, TrustedRequest, VerifierIdentity

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


def consent(query: dict[str, Any], *licences: HeldLicence, item: RequestedItem | None = None) -> Consent:
    request = PresentationRequest(
        client_id=parse_client_id("x509_hash:abc"),
        response_uri="https://window.example/r",
        response_mode="direct_post",
        nonce="n" * 20,
        dcql_query=parse_dcql(query),
        client_metadata=ClientMetadata(),
    )
    identity = VerifierIdentity("x509_hash:abc", NAME, NAME, USCC_A, "window.example")
    return build_consent(TrustedRequest(request, identity, item), licences)


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


def whole(issuer: LocalSigner, holding_id: str = "a") -> HeldLicence:
    return held(
        issuer, holding_id, address="某路 1 号", birth_date="1988-05-12", holder_number="990101198805120016"
    )


def with_sets(*sets: tuple[str, ...]) -> dict[str, Any]:
    """A query with claim sets, in the order of preference."""
    names = tuple(dict.fromkeys(name for one in sets for name in one))
    [credential] = asks("card", names=names)
    for claim in credential["claims"]:
        claim["id"] = claim["path"][0]
    return {"credentials": [credential | {"claim_sets": [list(one) for one in sets]}]}


def item(**optional: tuple[str, ...]) -> RequestedItem:
    named = {query_id: frozenset(names) for query_id, names in optional.items()}
    return RequestedItem("x", NAME, None, registered=True, optional=named)


def only(made: Consent) -> Option:
    [(_, option)] = made.options
    return option


def test_optional_fields_are_hidden_until_they_are_ticked(issuer: LocalSigner) -> None:
    """name | name+address | name+birth | all: nothing optional by default, each by itself, or both."""
    query = with_sets(
        ("holder_name",),
        ("holder_name", "address"),
        ("holder_name", "birth_date"),
        ("holder_name", "address", "birth_date"),
    )
    made = consent(query, whole(issuer), item=item(card=("address", "birth_date")))
    option = only(made)
    assert [field.name for field in option.shown] == ["holder_name"]
    assert {field.name for field in option.optional} == {"address", "birth_date"}
    assert not {"address", "birth_date"} & {field.name for field in option.withheld}
    for ticked in ({"address"}, {"birth_date"}, {"address", "birth_date"}):
        [picked] = made.resolve(None, {"card": frozenset(ticked)})
        assert {str(path[0]) for path in picked.option.paths} == {"holder_name", *ticked}
    [picked] = made.resolve(None)
    assert picked.option.paths == (("holder_name",),)


def test_nothing_is_shown_that_no_set_holds(issuer: LocalSigner) -> None:
    """A form ticks a field that is not optional, or one of a query that is not answered → refused."""
    made = consent(
        with_sets(("holder_name",), ("holder_name", "address")),
        whole(issuer),
        item=item(card=("address",)),
    )
    for extras in ({"card": frozenset({"holder_number"})}, {"other": frozenset({"address"})}):
        with pytest.raises(InvalidSelectionError):
            made.resolve(None, extras)


def test_two_optional_fields_that_no_set_holds_together_are_refused(issuer: LocalSigner) -> None:
    query = with_sets(("holder_name",), ("holder_name", "address"), ("holder_name", "birth_date"))
    made = consent(query, whole(issuer), item=item(card=("address", "birth_date")))
    with pytest.raises(InvalidSelectionError):
        made.resolve(None, {"card": frozenset({"address", "birth_date"})})


def test_a_claim_that_a_licence_may_lack_is_not_optional(issuer: LocalSigner) -> None:
    """The item names nothing optional: its favourite set is shown, as it asks."""
    made = consent(with_sets(("holder_name", "address"), ("holder_name",)), whole(issuer), item=item())
    assert {field.name for field in only(made).shown} == {"holder_name", "address"}
    assert only(made).optional == ()


def test_whoever_says_nothing_gets_the_least_that_it_takes(issuer: LocalSigner) -> None:
    """No item: name+address preferred, name enough → the name, and the address is the holder's to add."""
    made = consent(with_sets(("holder_name", "address"), ("holder_name",)), whole(issuer))
    assert [field.name for field in only(made).shown] == ["holder_name"]
    assert [field.name for field in only(made).optional] == ["address"]
    either = consent(with_sets(("address",), ("birth_date",)), whole(issuer))
    assert [field.name for field in only(either).shown] == ["address"], "no least: the favourite"


def test_a_decision_must_cover_what_would_be_shown(issuer: LocalSigner) -> None:
    """Sensitive data without the word of its own, or a page that showed something else → refused."""
    plain = consent({"credentials": asks("card")}, whole(issuer))
    sensitive = consent({"credentials": asks("card", names=("holder_number",))}, whole(issuer))
    assert apply_decision(plain, Decision(sensitive=False))
    with pytest.raises(SensitiveNotConfirmedError):
        apply_decision(sensitive, Decision(sensitive=False))
    assert apply_decision(sensitive, Decision(sensitive=True, seen=sensitive.fingerprint))
    changed = consent({"credentials": asks("card", names=("holder_number",))}, whole(issuer, "b"))
    with pytest.raises(ConsentChangedError):
        apply_decision(changed, Decision(sensitive=True, seen=sensitive.fingerprint))


def test_a_ticked_box_of_a_licence_that_was_not_chosen_counts_for_nothing() -> None:
    """Two licences, boxes of both ticked, the second chosen → only its extras."""
    form = MultiDict(
        [
            ("choice_0", "0"),
            ("pick_0_0_card", "b"),
            (extra_field(0, 0, "card", "a"), "address"),
            (extra_field(0, 0, "card", "b"), "birth_date"),
            (extra_field(0, 1, "card", "b"), "ethnicity"),
            ("sensitive", "yes"),
            ("seen", "x"),
        ]
    )
    decision = parse_decision(form)
    assert decision.extras == {"card": frozenset({"birth_date"})}
    assert (decision.selection, decision.sensitive, decision.seen) == ({"card": "b"}, True, "x")
