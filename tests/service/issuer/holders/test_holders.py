"""What a wallet asks with a licence's own token: a document for one use, and who looked; and who may not."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import orjson
import pikepdf
import pytest

from issuer.documents.holders_copy import COPIES_PER_DAY
from issuer.library.licence import CHINA_TIME
from tests.service.issuer.issuance.conftest import shared_world, world  # noqa: F401 -- fixtures
from tests.support.issuance_world import HolderKey, IssuanceWorld, WalletVisit

ASKED = {"purpose": "子女入学报名", "recipient": "杭州市教育局（示例）"}


@pytest.fixture
def visit(world: IssuanceWorld) -> WalletVisit:  # noqa: F811
    """A wallet with a token of a business licence, bound to its key."""
    return visit_of(world, world.record_licence())


def visit_of(world: IssuanceWorld, identifier: str, *, dpop: bool = True) -> WalletVisit:  # noqa: F811
    visit = world.wallet(world.offer(identifier), dpop=dpop)
    visit.redeem()
    return visit


def ask(visit: WalletVisit, endpoint: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    return visit.post(
        endpoint,
        data=orjson.dumps(ASKED if body is None else body),
        headers=(headers or visit.authorization(endpoint)) | {"Content-Type": "application/json"},
    )


def test_a_copy_for_one_use(world: IssuanceWorld, visit: WalletVisit) -> None:  # noqa: F811
    answer = ask(visit, "document")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with pikepdf.open(io.BytesIO(answer.data)) as pdf:
        metadata = orjson.loads(pdf.attachments["metadata.json"].get_file().read_bytes())
    assert ASKED["purpose"] in str(metadata)
    [copy] = world.node.documents.store.copies_of(metadata["ZZBS"])
    assert (copy.document_id, copy.recipient, copy.by) == (
        answer.headers["Document-Id"],
        ASKED["recipient"],
        "持证人",
    )


def test_the_last_day_is_the_day_that_was_named(world: IssuanceWorld, visit: WalletVisit) -> None:  # noqa: F811
    day = (world.clock.now().astimezone(CHINA_TIME) + timedelta(days=9)).date()
    with pikepdf.open(
        io.BytesIO(ask(visit, "document", ASKED | {"expires_at": day.isoformat()}).data)
    ) as pdf:
        face = orjson.loads(pdf.attachments["face.json"].get_file().read_bytes())
    assert f"有效期至{day.year}年{day.month}月{day.day}日" in str(face).replace(" ", "")


def test_it_is_described_where_wallets_look(world: IssuanceWorld, visit: WalletVisit) -> None:  # noqa: F811
    metadata = world.app.test_client().get("/.well-known/oauth-authorization-server").json
    assert metadata["elicence_document_endpoint"] == f"{visit.issuer}/openid4vci/document"
    assert metadata["elicence_uses_endpoint"] == f"{visit.issuer}/openid4vci/uses"


def test_a_proof_serves_once(visit: WalletVisit) -> None:
    headers = visit.authorization("document")
    assert ask(visit, "document", headers=headers).status_code == 200
    again = ask(visit, "document", headers=headers)
    assert (again.status_code, again.json["error"]) == (401, "invalid_dpop_proof")


@pytest.mark.parametrize("endpoint", ["document", "uses"])
def test_a_token_without_its_key_is_worth_nothing(
    world: IssuanceWorld,  # noqa: F811
    visit: WalletVisit,
    endpoint: str,
) -> None:
    bearer = ask(visit, endpoint, headers={"Authorization": f"Bearer {visit.access_token}"})
    assert (bearer.status_code, bearer.json["error"]) == (401, "invalid_token")
    thief = WalletVisit(world, visit.offer, HolderKey(), visit.access_token)
    assert ask(thief, endpoint).status_code == 401
    other_place = visit.authorization("credential")
    assert ask(visit, endpoint, headers=other_place).json["error"] == "invalid_dpop_proof"
    nobody = ask(visit, endpoint, headers={"Authorization": "DPoP nothing"} | visit.dpop_header(endpoint))
    assert nobody.json["error"] == "invalid_token"


def test_a_token_that_was_bound_to_no_key(world: IssuanceWorld) -> None:  # noqa: F811
    visit = visit_of(world, world.record_licence(), dpop=False)
    answer = ask(visit, "document")
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_token")


def test_another_authority_does_not_know_it(world: IssuanceWorld, visit: WalletVisit) -> None:  # noqa: F811
    path = f"/authorities/{world.authorities[1].uscc}/openid4vci/document"
    proof = visit.dpop_header("document", uri=world.issuer_url + path, access_token=visit.access_token)
    headers = {"Authorization": f"DPoP {visit.access_token}", "Content-Type": "application/json"} | proof
    answer = world.app.test_client().post(path, data=orjson.dumps(ASKED), headers=headers)
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_token")


def test_no_copy_of_a_licence_that_is_not_in_force(world: IssuanceWorld) -> None:  # noqa: F811
    identifier = world.record_licence()
    visit = visit_of(world, identifier)
    world.change(identifier, "suspend")
    answer = ask(visit, "document")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:elicence:problem:document-not-available")
    assert answer.json["next"]["en"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"purpose": "x"},
        {"purpose": "a\nb", "recipient": "r"},
        {"purpose": "p", "recipient": "r", "expires_at": "2001-01-01"},
        {"purpose": 1, "recipient": "r"},
        [],
    ],
)
def test_what_is_missing_is_named(visit: WalletVisit, body: Any) -> None:
    answer = ask(visit, "document", body)
    assert answer.status_code == 400, answer.text
    assert answer.json["message"]["zh"]


def test_enough_for_a_day(world: IssuanceWorld, visit: WalletVisit) -> None:  # noqa: F811
    for _ in range(COPIES_PER_DAY):
        assert ask(visit, "document").status_code == 200
    answer = ask(visit, "document")
    assert (answer.status_code, answer.json["type"]) == (429, "urn:elicence:problem:too-many-copies")
    world.clock.advance(timedelta(days=1, seconds=1))


def test_who_looked_without_the_holder(world: IssuanceWorld) -> None:  # noqa: F811
    identifier = world.record_licence()
    visit = visit_of(world, identifier)
    assert ask(visit, "uses", {}).json["uses"] == []
    search = {"identifier": identifier, "cause": "核查经营资格"}
    assert world.api("POST", "/api/v1/licences/search", search).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    answer = ask(visit, "uses", {})
    [use] = answer.json["uses"]
    assert (use["cause"], use["licence"]["identifier"], use["kind"]) == (
        "核查经营资格",
        identifier,
        "viewed",
    )
    assert answer.json["issuer"] == world.issuer_url
    assert answer.json["complaints"].startswith(world.issuer_url)
    other = visit_of(world, world.record_licence())
    seen = [one["licence"]["identifier"] for one in ask(other, "uses", {}).json["uses"]]
    assert identifier not in seen
