"""The pre-authorised code flow over HTTP against the real store: what a wallet gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest
from pymongo import monitoring

from standards.jose import parse_jws
from standards.openid4vci import parse_credential_issuer_metadata
from standards.sd_jwt_vc import has_integrity, parse_credential
from standards.status_list import parse_status_list_token
from tests.support.clock import FixedClock
from tests.support.issuance_world import IssuanceWorld, demo_three, found_world, status_of, verified

VECTORS = Path(__file__).parents[3] / "vectors" / "openid-schemas"


@pytest.mark.parametrize("by", ["value", "reference"])
@pytest.mark.parametrize("dpop", [False, True])
@pytest.mark.parametrize("tx_code", [False, True])
def test_the_whole_flow(world: IssuanceWorld, by: str, dpop: bool, tx_code: bool) -> None:
    identifier = world.record_licence()
    made = world.offer(identifier, {"by": by, "tx_code": tx_code})
    assert made["credential_offer_uri"].startswith("openid-credential-offer://?")
    assert made["wallet_link"].startswith(world.node.settings.wallet_url + "/offers?")
    assert (made["tx_code"] is not None) is tx_code
    visit = world.wallet(made, dpop=dpop)
    token = visit.redeem(made["tx_code"])
    assert token["token_type"] == ("DPoP" if dpop else "Bearer")
    assert "c_nonce" not in token
    received = visit.receive(2)
    assert visit.notify(received["notification_id"]).status_code == 204
    for credential, key in zip(received["credentials"], visit.keys, strict=True):
        copy = verified(credential["credential"])
        assert copy.claims["licence_identifier"] == identifier
        assert copy.registered.issuer == world.issuer_url
        assert copy.registered.holder_key == key.jwk
        assert status_of(world, credential["credential"]) == 0


def test_an_offer_says_when_it_ends(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence())
    assert datetime.fromisoformat(made["expires_at"]) == world.clock.now() + timedelta(minutes=30)


def test_offers_meet_the_public_schema(world: IssuanceWorld) -> None:
    made = world.offer(world.record_licence(), {"tx_code": True, "by": "reference"})
    schema = json.loads((VECTORS / "credential_offer-1_0.json").read_text())
    jsonschema.validate(world.fetch_offer(made), schema, format_checker=jsonschema.FormatChecker())


def test_copies_of_a_batch_cannot_be_linked(world: IssuanceWorld) -> None:
    """Ten copies: own key, own status index, own salts; the same times, rounded to the day."""
    visit = world.wallet(world.offer(world.record_licence()))
    visit.redeem()
    copies = [verified(one["credential"]) for one in visit.receive(10)["credentials"]]
    assert len({copy.registered.holder_key for copy in copies}) == 10
    assert len({(copy.registered.status.uri, copy.registered.status.index) for copy in copies}) == 10
    assert len({copy.registered.issued_at for copy in copies}) == 1
    assert all(
        at.time().isoformat() == "00:00:00"
        for copy in copies
        for at in (copy.registered.issued_at, copy.registered.expires_at)
    )
    # A certificate with nothing else of the issuer's in the clear that would tell the licence.
    clear = {"iss", "vct", "vct#integrity", "iat", "exp", "cnf", "status", "_sd", "_sd_alg"}
    assert set(parse_credential(visit_text(visit, copies)).sd_jwt.unverified_claims) <= clear


def visit_text(visit: Any, copies: list[Any]) -> str:
    """One more copy, as text: a lost answer may be asked for again with the same token."""
    assert copies
    return str(visit.receive()["credentials"][0]["credential"])


def test_a_path_bearing_authority_is_an_issuer_of_its_own(world: IssuanceWorld) -> None:
    authority = world.authorities[1]
    made = world.offer(world.record_licence(authority=authority), authority=authority)
    visit = world.wallet(made, dpop=True)
    assert visit.issuer == f"{world.issuer_url}/authorities/{authority.uscc}"
    visit.redeem()
    text = visit.receive()["credentials"][0]["credential"]
    copy = verified(text)
    assert copy.registered.issuer == visit.issuer
    leaf = parse_credential(text).certificate_chain[0]
    reference = copy.registered.status
    listed = parse_status_list_token(
        world.app.test_client().get(reference.uri.removeprefix(world.issuer_url)).text
    )
    assert listed.certificate_chain[0] == leaf  # the list's signer is the credential's issuer


@pytest.mark.parametrize("index", [0, 1])
def test_metadata_between_host_and_path(world: IssuanceWorld, index: int) -> None:
    authority = world.authorities[index]
    path = world.path_of(authority)
    answer = world.app.test_client().get(f"/.well-known/openid-credential-issuer{path}")
    document = orjson.loads(answer.data)
    schema = json.loads((VECTORS / "credential_issuer_metadata-1_0.json").read_text())
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())
    metadata = parse_credential_issuer_metadata(document, credential_issuer=world.identifier_of(authority))
    assert metadata.batch_size == 20
    assert metadata.nonce_endpoint == f"{world.issuer_url}{path}/openid4vci/nonce"
    assert {one.vct.split(":")[3] for one in metadata.configurations.values()} == set(authority.licence_types)
    assert all(one.scope and one.name and one.claims for one in metadata.configurations.values())
    server = orjson.loads(world.app.test_client().get(f"/.well-known/oauth-authorization-server{path}").data)
    assert server["issuer"] == metadata.credential_issuer
    assert server["token_endpoint"] == f"{world.issuer_url}{path}/openid4vci/token"
    assert server["pre-authorized_grant_anonymous_access_supported"] is True


def test_metadata_are_signed_on_request(world: IssuanceWorld) -> None:
    answer = world.app.test_client().get(
        "/.well-known/openid-credential-issuer", headers={"Accept": "application/jwt"}
    )
    assert answer.mimetype == "application/jwt"
    token = parse_jws(answer.text)
    assert token.header["typ"] == "openidvci-issuer-metadata+jwt"
    assert token.claims()["sub"] == world.issuer_url


def test_the_well_known_part_behind_the_path_is_not_served(world: IssuanceWorld) -> None:
    path = world.path_of(world.authorities[1])
    assert world.app.test_client().get(f"{path}/.well-known/openid-credential-issuer").status_code == 404
    principal = world.authorities[0].uscc
    assert (
        world.app.test_client()
        .get(f"/.well-known/openid-credential-issuer/authorities/{principal}")
        .status_code
        == 404
    )
    assert (
        world.app.test_client().get("/.well-known/openid-credential-issuer/authorities/x").status_code == 404
    )


def test_type_metadata_are_what_was_signed_over(world: IssuanceWorld) -> None:
    visit = world.wallet(world.offer(world.record_licence()))
    visit.redeem()
    copy = verified(visit.receive()["credentials"][0]["credential"])
    _, _, _, code, version = copy.registered.vct.split(":")
    by_path = world.app.test_client().get(f"/vct/{code}/{version}")
    by_name = world.app.test_client().get("/vct", query_string={"vct": copy.registered.vct})
    assert has_integrity(by_path.data, copy.registered.vct_integrity)
    assert by_path.data == by_name.data
    schema_names = {tuple(claim["path"]) for claim in orjson.loads(by_path.data)["claims"]}
    assert {(name,) for name in ("licence_identifier", "holder_name")} <= schema_names
    for missing in ("/vct/unknown/1", "/vct", "/vct?vct=urn:x"):
        assert world.app.test_client().get(missing).status_code == 404


def test_a_copy_ends_with_the_licence(world: IssuanceWorld) -> None:
    """The last day of the licence counts in full in China; the copy's end is rounded up to the day."""
    last = world.clock.china_day() + timedelta(days=30)
    authority = world.authorities[0]
    types = orjson.loads(world.api("GET", "/api/v1/types").data)["types"]
    food = next(one for one in types if one["code"] == authority.licence_types[1])
    body = food["example"] | {"valid_until": last.isoformat()}
    created = world.api("POST", "/api/v1/licences", body)
    assert created.status_code == 201, created.text
    visit = world.wallet(world.offer(orjson.loads(created.data)["identifier"]))
    visit.redeem()
    copy = verified(visit.receive()["credentials"][0]["credential"])
    expected = datetime.combine(last, datetime.min.time(), UTC) + timedelta(days=1)
    assert copy.registered.expires_at == expected


class _Writes(monitoring.CommandListener):
    """Counts the commands that write."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in {"insert", "update", "findAndModify", "delete"}:
            self.commands.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


@pytest.fixture
def writes() -> Any:
    """Listens to the whole flow: registered before the client is made."""
    return _Writes()


def test_the_flow_takes_four_durable_writes(make_settings: Any, writes: _Writes) -> None:
    before = list(monitoring._LISTENERS.command_listeners)
    monitoring.register(writes)
    try:
        world = found_world(make_settings(), FixedClock(), demo_three())
    finally:
        monitoring._LISTENERS.command_listeners[:] = before
    world.wallet(world.offer(world.record_licence())).redeem()  # opens the first list
    identifier = world.record_licence()
    writes.commands.clear()
    visit = world.wallet(world.offer(identifier), dpop=True)
    visit.redeem()
    visit.receive(10)
    assert len(writes.commands) <= 4, writes.commands
