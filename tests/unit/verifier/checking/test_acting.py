"""Step 7 where somebody acts for the holder: what is said when all of it holds; what it fetches; what it costs a window."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from keys.trust_list import Role, TrustBundle, build_trust_bundle
from standards.licence_types import load_catalogue
from standards.mandate import Scope
from standards.status_list import StatusReference
from standards.verification_report import Outcome, Step
from tests.support.acting_world import (
    AGENT,
    BIRTH,
    BUSINESS,
    COMPANY,
    FOOD,
    GRANT_AT,
    GRANT_LIST,
    IDENTITY,
    ITEM,
    LICENCE_LIST,
    ActingWorld,
)
from tests.support.checking_world import verdict
from tests.support.trust_world import AT, entry_of
from tests.unit.verifier.checking.test_gather_evidence import RecordingStatusFeed, StandingTrustFeed
from verifier.checking import gather_evidence
from verifier.checking.commands import verify
from verifier.checking.shown_by import shown_by_of
from verifier.window.shown_by_view import view_shown_by


@pytest.fixture(scope="module")
def world() -> ActingWorld:
    return ActingWorld()


def test_without_the_claim_everything_is_as_before(world: ActingWorld) -> None:
    """The holder himself → PASSED; one finding at step 7, nobody else named."""
    checked = world.check(None)
    assert verdict(checked)[0] == "PASSED"
    said = [one.code for one in checked.report.findings if one.step is Step.HOLDER_BINDING]
    assert said == ["holder-bound"]
    assert checked.licences["licence"][0].shown_by is None


def test_an_agent_within_his_grant(world: ActingWorld) -> None:
    """Type, item and region of the show are in the grant → PASSED, with grant, end, and the lists that it rests on."""
    scope = Scope(frozenset({FOOD}), frozenset({ITEM}), frozenset({"510000"}), 3)
    checked = world.check(world.acting(world.grant(scope=scope)))
    assert verdict(checked)[0] == "PASSED"
    (said,) = [one for one in checked.report.findings if one.code == "shown-by-agent"]
    assert (said.step, said.outcome) == (Step.HOLDER_BINDING, Outcome.PASSED)
    assert "G-1" in said.message.zh
    assert "2026-12-22" in said.message.zh
    assert {used.uri for used in checked.lists if used.kind == "status"} == {LICENCE_LIST, GRANT_LIST}
    shown_by = checked.licences["licence"][0].shown_by
    assert shown_by is not None
    assert (shown_by.capacity, shown_by.person, shown_by.subject, shown_by.grant, shown_by.scope) == (
        "agent",
        AGENT,
        COMPANY,
        "G-1",
        scope,
    )
    assert shown_by_of(orjson.loads(orjson.dumps(shown_by.to_json()))) == shown_by


def test_in_words_for_the_clerk(world: ActingWorld) -> None:
    scope = Scope(frozenset({FOOD, BUSINESS}), frozenset({ITEM, "elsewhere"}), frozenset({"330100"}), 3)
    shown_by = (
        world.check(world.acting(world.grant(scope=scope)), item=ITEM, division="330106")
        .licences["licence"][0]
        .shown_by
    )
    assert shown_by is not None
    view = view_shown_by(shown_by, load_catalogue().by_code(FOOD).name)
    assert view.sentence.zh == f"{COMPANY.name}的食品经营许可证，由代理人{AGENT.name}出示。"
    assert [limit.zh for limit in view.scope] == [
        "证照：营业执照、食品经营许可证",
        "事项：elsewhere、食品经营许可（餐饮服务）新办",
        "地区：浙江省杭州市",
        "共可使用 3 次（由钱包计数）",
    ]
    assert (view.masked[0], view.masked[-1], view.until) == ("9", "3", "2026-12-22")
    assert AGENT.number[4:-4] not in view.masked


def test_without_a_request_limits_of_item_and_region_are_left_open(world: ActingWorld) -> None:
    """``elicence verify`` knows neither → said in a neutral finding; a withdrawn grant fails all the same."""
    acting = world.acting(world.grant(scope=Scope(service_items=frozenset({"x"}))))
    checked = world.check_bare(acting)
    codes = [one.code for one in checked.report.findings if one.step is Step.HOLDER_BINDING]
    assert codes == ["holder-not-asked", "shown-by-agent", "acting-limits-not-checked"]
    assert verdict(checked)[0] == "PASSED"
    withdrawn = world.check_bare(acting, world.evidence(world.list_token({GRANT_AT: 1})))
    assert verdict(withdrawn)[:3] == ("FAILED", 7, "grant-withdrawn")


def asked_for(world: ActingWorld, text: str) -> list[str]:
    feed = RecordingStatusFeed({})
    gather_evidence(
        (text,),
        trust=StandingTrustFeed(world.trust),  # type: ignore[arg-type]
        status=feed,  # type: ignore[arg-type]
        at=AT,
    )
    return feed.asked


def test_the_lists_of_root_and_grants_are_fetched(world: ActingWorld) -> None:
    leaf = world.grant(parent="M-1")
    assert set(asked_for(world, world.shown(world.acting(leaf, world.manager_grant())))) == {
        LICENCE_LIST,
        GRANT_LIST,
    }


def test_a_strangers_statement_makes_us_fetch_nothing_of_his(world: ActingWorld) -> None:
    """A grant by another key, a root of the attacker's own, both with an address of his choice (SSRF) → not fetched."""
    inside = "http://169.254.169.254/latest"
    grant = world.grant(status=StatusReference(inside, 1))
    assert inside in asked_for(world, world.shown(world.acting(grant)))
    assert inside not in asked_for(world, world.shown(world.acting(grant, by=world.licence_key)))
    forged = ActingWorld().root(key=world.root_key)
    assert inside not in asked_for(world, world.shown(world.acting(grant, root=forged)))


def test_offline_with_a_bundle_and_a_wallets_lists(world: ActingWorld, tmp_path: Path) -> None:
    """``--trust`` alone → 2, the grant's status is not known; with ``--status-lists`` → 0; with a later list → 1."""
    shown = tmp_path / "shown.txt"
    shown.write_text(world.shown(world.acting()), "ascii")
    types = (BUSINESS, FOOD, BIRTH, IDENTITY)
    provider = entry_of(world.provider, "12330000MB990091XB", role=Role.WALLET_PROVIDER, types=())
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(
        orjson.dumps(
            build_trust_bundle(
                TrustBundle(
                    anchor=world.nation.anchor,
                    nation_list=world.nation.nation_list(),
                    region_lists={
                        "330000": world.nation.region_list(
                            "330000", (entry_of(world.issuer, types=types), provider)
                        )
                    },
                    status_lists={LICENCE_LIST: world.list_token(uri=LICENCE_LIST)},
                )
            )
        )
    )

    def run(lists: str | None) -> tuple[int, str]:
        arguments = [str(shown), "--trust", str(bundle), "--at", AT.isoformat()]
        if lists is not None:
            path = tmp_path / "lists.json"
            path.write_bytes(orjson.dumps({"status_lists": {GRANT_LIST: lists}}))
            arguments += ["--status-lists", str(path)]
        result = CliRunner().invoke(verify, arguments, standalone_mode=False)
        return result.return_value, result.output

    status, output = run(None)
    assert (status, "授权状态" in output) == (2, True)
    status, output = run(world.list_token())
    assert (status, "由持证人的代理人出示" in output) == (0, True)
    status, output = run(world.list_token({GRANT_AT: 1}))
    assert (status, "授权已被撤回" in output) == (1, True)
    status, output = run("x")
    assert status == 1
