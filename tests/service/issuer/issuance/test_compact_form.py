"""The compact form of a licence, issued with the access token that the licence itself came by."""

from __future__ import annotations

from typing import Any

from standards.cwt import VerifiedCompactLicence, parse_compact_licence, verify_compact_licence
from standards.jose import b64url_decode
from standards.openid4vci import parse_credential_issuer_metadata
from standards.openid4vci.compact import compact_name
from tests.support.issuance_world import IssuanceWorld, WalletVisit, key_of, verified


def ask(visit: WalletVisit, copies: int, name: str | None = None) -> Any:
    nonce = visit.nonce()
    proofs = [visit.proof(nonce) for _ in range(copies)]
    return visit.request_credential(
        proofs, credential_configuration_id=name or compact_name(visit.configuration_id)
    )


def opened(world: IssuanceWorld, answer: Any) -> list[VerifiedCompactLicence]:
    """The copies, verified with the key of the certificate that signs the licence itself."""
    leaf = world.node.issuance.issuers.at_path(None, at=world.clock.now()).signer.certificate_chain[0]
    return [
        verify_compact_licence(parse_compact_licence(b64url_decode(one["credential"])), key_of(leaf))
        for one in answer.json["credentials"]
    ]


def test_the_compact_form_comes_with_the_same_token(world: IssuanceWorld) -> None:
    identifier = world.record_licence()
    visit = world.wallet(world.offer(identifier), dpop=True)
    visit.redeem()
    plain = verified(visit.receive(1)["credentials"][0]["credential"])
    answer = ask(visit, 3)
    assert answer.status_code == 200, answer.text
    copies = opened(world, answer)
    assert {str(one.claims.identifier) for one in copies} == {identifier}
    assert {one.claims.vct for one in copies} == {plain.registered.vct}
    assert [one.claims.holder_key for one in copies] == [key.jwk for key in visit.keys[1:]]
    assert {(one.claims.issued_at, one.claims.expires_at) for one in copies} == {
        (plain.registered.issued_at, plain.registered.expires_at)
    }
    places = [one.claims.status for one in copies] + [plain.registered.status]
    assert len({(place.uri, place.index) for place in places}) == 4, "each copy has an entry of its own"


def test_a_revocation_reaches_the_compact_copies(world: IssuanceWorld) -> None:
    """Input: compact copies, then the licence is revoked. Verdict: each of their entries says so; no new ones are made."""
    identifier = world.record_licence()
    visit = world.wallet(world.offer(identifier))
    visit.redeem()
    (copy,) = opened(world, ask(visit, 1))
    world.change(identifier, "revoke")
    place = copy.claims.status
    answer = world.app.test_client().get(place.uri.removeprefix(world.issuer_url))
    from standards.status_list import parse_status_list_token, verify_status_list_token

    token = parse_status_list_token(answer.text)
    key = key_of(token.certificate_chain[0])
    published = verify_status_list_token(token, key, uri=place.uri, at=world.clock.now())
    assert published.status_at(place.index) == 1
    refused = ask(visit, 1)
    assert (refused.status_code, refused.json["error"]) == (400, "credential_request_denied")


def test_a_token_reaches_the_compact_form_of_its_own_licence_only(world: IssuanceWorld) -> None:
    """Input: the token of one type asks for the compact form of another, or of none. Verdict: refused, nothing issued."""
    visit = world.wallet(world.offer(world.record_licence()))
    visit.redeem()
    for name in ("11100000000013338W001-1.compact", visit.configuration_id + ".compact.compact", ".compact"):
        refused = ask(visit, 1, name)
        assert (refused.status_code, refused.json["error"]) == (400, "unknown_credential_configuration")


def test_offers_and_scopes_never_name_it(world: IssuanceWorld) -> None:
    made = world.fetch_offer(world.offer(world.record_licence()))
    assert not any(name.endswith(".compact") for name in made["credential_configuration_ids"])
    client = world.app.test_client()
    server = client.get("/.well-known/oauth-authorization-server").json
    assert not any(name.endswith(".compact") for name in server["scopes_supported"])
    document = client.get("/.well-known/openid-credential-issuer").json
    metadata = parse_credential_issuer_metadata(document, credential_issuer=world.issuer_url)
    assert metadata.compact == frozenset(metadata.configurations)
