"""The nine steps together: what each verdict is made of, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import pytest

from keys.path_validation import PathValidator
from keys.trust_list import TrustStore
from standards.dcql import parse_dcql
from standards.jose import b64url_encode
from standards.text import Text
from standards.verification_report import Finding, Outcome, Step
from tests.support.checking_world import (
    ALL_STEPS,
    AUDIENCE,
    NONCE,
    QUERY,
    STATUS_URI,
    VCT,
    CheckingWorld,
    codes,
    verdict,
)
from tests.support.trust_world import AT, USCC_A, entry_of
from verifier.checking import (
    CheckedLicence,
    ExpectedPresentation,
    VerificationPolicy,
    check_presentation,
    check_text,
)
from verifier.checking.authority_keys import authority_key_ids


@pytest.fixture(scope="module")
def world() -> CheckingWorld:
    return CheckingWorld()


def test_a_right_presentation_passes_every_step(world: CheckingWorld) -> None:
    report = world.check().report
    assert codes(report) == {
        1: "form-read",
        2: "signature-valid",
        3: "issuer-path-valid",
        4: "issuer-authorised",
        5: "within-validity",
        6: "status-valid",
        7: "holder-bound",
        8: "answers-request",
        9: "no-material-rule",
    }
    assert all(finding.query in ("licence", None) for finding in report.findings)


def test_the_status_says_how_old_the_list_is(world: CheckingWorld) -> None:
    finding = next(item for item in world.check().report.findings if item.step is Step.STATUS)
    assert "3 分钟" in finding.message.zh
    assert "3 min ago" in finding.message.en


def test_what_was_shown_and_by_whom_it_was_issued(world: CheckingWorld) -> None:
    checked = world.check()
    (licence,) = checked.licences["licence"]
    assert (licence.vct, licence.type_code) == (VCT, "T1")
    assert licence.claims["holder_name"] == "张小明"
    assert "licence_number" not in licence.claims
    assert (licence.issuer, licence.issuer_uscc) == (Text("某局（示例）", "Some bureau (example)"), USCC_A)
    assert licence.issuer_division == "330100"
    assert licence.valid_until == date(2028, 12, 31)
    assert licence.holder_key_thumbprint == world.holder.public_jwk.thumbprint()


def test_the_lists_that_the_verdict_rests_on(world: CheckingWorld) -> None:
    lists = {used.kind: used for used in world.check().lists}
    assert set(lists) == {"trust", "status"}
    assert (lists["status"].uri, lists["status"].age) == (STATUS_URI, timedelta(minutes=3))
    assert (lists["trust"].sequence, lists["trust"].age) == (1, timedelta(hours=1))


def test_a_bare_credential_passes_with_steps_7_and_8_neutral(world: CheckingWorld) -> None:
    checked = world.check_bare(f"\n{world.credential()}\n")
    assert verdict(checked)[0] == "PASSED"
    found = {int(finding.step): finding.outcome for finding in checked.report.findings}
    assert found[7] is found[8] is found[9] is Outcome.NEUTRAL
    assert checked.licences[""][0].claims["licence_number"] == "JY1330106000001"


def test_a_saved_presentation_shown_again_without_a_request_is_neutral_in_step_7(
    world: CheckingWorld,
) -> None:
    """A presentation from last week, scanned as a file: its key binding is right but proves nothing now."""
    checked = world.check_bare(world.shown(at=AT - timedelta(days=7)))
    assert verdict(checked)[0] == "PASSED"
    assert codes(checked.report)[7] == "holder-not-asked"


@pytest.mark.parametrize("text", ["", "x", "a.b.c~", "{}", "中文", "~" * 300, "x" * 300_000])
def test_what_is_no_licence_fails_in_step_1_and_the_rest_is_not_checked(
    world: CheckingWorld, text: str
) -> None:
    checked = world.check_bare(text)
    assert verdict(checked)[:3] == ("FAILED", 1, "form-unreadable")
    assert [int(finding.step) for finding in checked.report.findings] == list(ALL_STEPS)
    assert checked.licences == {"": ()}


def test_independent_reasons_are_all_named(world: CheckingWorld) -> None:
    """Expired, revoked and shown to another verifier at once: the clerk sees the three."""
    shown = world.shown(world.credential(expires_at=AT - timedelta(days=2)), audience="x509_hash:other")
    found = codes(world.check(shown, world.evidence(world.status_token(1))).report)
    assert (found[5], found[6], found[8]) == ("expired", "status-ended", "wrong-audience")


def test_every_finding_that_is_not_good_says_what_to_do_and_has_a_sub_indication(
    world: CheckingWorld,
) -> None:
    for evidence in (world.evidence(None), world.evidence(world.status_token(2))):
        for finding in world.check(world.shown(audience="x"), evidence).report.findings:
            if finding.outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
                assert finding.next_step is not None
                assert finding.sub_indication is not None
                assert finding.message.zh != finding.message.en


# -- lists of trust ------------------------------------------------------------------------------------------------


def test_without_any_trust_list_it_cannot_be_told(world: CheckingWorld) -> None:
    """Anchor in hand, lists unreachable → INDETERMINATE at 4, retry helps."""
    trust = TrustStore(PathValidator([world.nation.anchor]))
    checked = world.check(evidence=world.evidence(trust=trust))
    assert verdict(checked) == ("INDETERMINATE", 4, "trust-list-missing", "TRY_LATER")


def test_without_the_list_of_the_issuers_region_it_cannot_be_told(world: CheckingWorld) -> None:
    checked = world.check(evidence=world.evidence(trust=world.nation.store()))
    assert verdict(checked) == ("INDETERMINATE", 4, "trust-list-missing", "TRY_LATER")


def test_on_an_overdue_trust_list_it_cannot_be_told(world: CheckingWorld) -> None:
    """Eight days later the lists are overdue by a day; the status list is new → INDETERMINATE at 4."""
    at = AT + timedelta(days=8)
    evidence = world.evidence(world.status_token(0, issued_at=at, expires_at=at + timedelta(days=1)))
    checked = world.check(world.shown(at=at), evidence, at=at)
    assert verdict(checked) == ("INDETERMINATE", 4, "trust-list-stale", "TRY_LATER")
    assert checked.report.decisive is not None
    assert checked.report.decisive.retry_helps


def test_without_any_anchor_the_issuer_is_refused(world: CheckingWorld) -> None:
    checked = world.check(evidence=world.evidence(trust=TrustStore(PathValidator([]))))
    assert verdict(checked)[:2] == ("FAILED", 3)


# -- policy --------------------------------------------------------------------------------------------------------


def test_policy_bounds_the_age_of_the_status_list(world: CheckingWorld) -> None:
    strict = VerificationPolicy(status_list_max_age=timedelta(minutes=2))
    assert verdict(world.check(policy=strict))[2] == "status-list-stale"


def test_policy_bounds_the_age_of_the_key_binding(world: CheckingWorld) -> None:
    shown = world.shown(at=AT - timedelta(minutes=5))
    strict = VerificationPolicy(key_binding_max_age=timedelta(minutes=1))
    assert verdict(world.check(shown))[0] == "PASSED"
    assert verdict(world.check(shown, policy=strict))[2] == "key-binding-not-fresh"


def test_policy_bounds_the_size(world: CheckingWorld) -> None:
    small = VerificationPolicy(max_presentation_chars=100)
    assert verdict(world.check(policy=small))[2] == "form-unreadable"


def test_clocks_may_differ_by_the_skew(world: CheckingWorld) -> None:
    """exp at midnight: still in date 59 seconds after it, expired 60 seconds after it."""
    midnight = datetime(2026, 11, 23, tzinfo=AT.tzinfo)
    text = world.credential(expires_at=midnight)
    evidence = world.evidence(world.status_token(0, issued_at=midnight - timedelta(minutes=1)))
    for seconds, code in ((59, "within-validity"), (60, "expired")):
        checked = world.check_bare(text, evidence, at=midnight + timedelta(seconds=seconds))
        assert codes(checked.report)[5] == code


def test_the_last_day_of_a_licence_ends_at_midnight_in_china(world: CheckingWorld) -> None:
    """valid_until 2026-11-22: good at 15:59 UTC (23:59 in China), over at 16:00 UTC."""
    text = world.credential(claims={"valid_until": "2026-11-22", "valid_from": "2026-11-22"})
    for at, code in (
        (AT.replace(hour=15, minute=59), "within-validity"),
        (AT.replace(hour=16), "licence-expired"),
        (AT - timedelta(hours=16, minutes=1), "licence-not-yet-effective"),
    ):
        evidence = world.evidence(world.status_token(0, issued_at=at))
        assert codes(world.check_bare(text, evidence, at=at).report)[5] == code


@pytest.mark.parametrize("value", ["", "soon", 20281231, None, "2028-13-01"])
def test_a_date_that_is_none_says_nothing(world: CheckingWorld, value: object) -> None:
    checked = world.check_bare(world.credential(claims={"valid_until": value}))
    assert codes(checked.report)[5] == "within-validity"
    assert checked.licences[""][0].valid_until is None


# -- several presentations, the query and the item's rule ------------------------------------------------------------

TWO = parse_dcql(
    {
        "credentials": [
            {
                "id": name,
                "format": "dc+sd-jwt",
                "meta": {"vct_values": [f"urn:elicence:type:{code}:1"]},
                "claims": [{"path": ["holder_name"]}],
            }
            for name, code in (("first", "T1"), ("second", "T2"))
        ]
    }
)


def two_shown(world: CheckingWorld) -> dict[str, list[str]]:
    second = world.credential(vct="urn:elicence:type:T2:1")
    return {
        "first": [world.shown(names=("holder_name",))],
        "second": [world.shown(second, names=("holder_name",))],
    }


def test_findings_name_their_query_and_lists_come_once(world: CheckingWorld) -> None:
    """The second licence is of a type that its issuer may not issue: its finding names its query."""
    checked = check_presentation(
        two_shown(world),
        ExpectedPresentation(NONCE, AUDIENCE, TWO),
        world.evidence(),
        policy=VerificationPolicy(),
        at=AT,
    )
    decisive = checked.report.decisive
    assert decisive is not None
    assert (decisive.code, decisive.query) == ("issuer-licence-type-not-granted", "second")
    assert len(checked.lists) == 2
    assert set(checked.licences) == {"first", "second"}


def test_an_empty_answer_fails(world: CheckingWorld) -> None:
    checked = check_presentation(
        {}, ExpectedPresentation(NONCE, AUDIENCE, QUERY), world.evidence(), policy=VerificationPolicy(), at=AT
    )
    assert verdict(checked)[:3] == ("FAILED", 1, "nothing-shown")


def test_one_of_two_missing_fails_in_step_8(world: CheckingWorld) -> None:
    shown = {"first": two_shown(world)["first"]}
    checked = check_presentation(
        shown,
        ExpectedPresentation(NONCE, AUDIENCE, TWO),
        world.evidence(),
        policy=VerificationPolicy(),
        at=AT,
    )
    assert verdict(checked)[:3] == ("FAILED", 8, "credential-missing")


def test_the_material_rule_decides_in_step_9(world: CheckingWorld) -> None:
    """A rule that wants a restaurant's licence to name a kitchen → FAILED at 9 with the rule's own code."""
    asked: list[Mapping[str, tuple[CheckedLicence, ...]]] = []

    def needs_kitchen(licences: Mapping[str, tuple[CheckedLicence, ...]], at: datetime) -> Iterable[Finding]:
        assert at == AT
        asked.append(licences)
        text = Text("缺少厨房。", "There is no kitchen.")
        return [Finding(Step.MATERIAL_RULE, "no-kitchen", Outcome.FAILED, text)]

    evidence, policy = world.evidence(), VerificationPolicy()
    checked = check_text(world.credential(), evidence, policy=policy, at=AT, material_rule=needs_kitchen)
    assert verdict(checked)[:3] == ("FAILED", 9, "no-kitchen")
    assert asked[0][""][0].vct == VCT


def test_the_material_rule_is_not_asked_about_a_licence_that_failed(world: CheckingWorld) -> None:
    def never(licences: object, at: datetime) -> Iterable[Finding]:
        raise AssertionError("asked about a revoked licence")

    evidence = world.evidence(world.status_token(1))
    checked = check_text(
        world.credential(), evidence, policy=VerificationPolicy(), at=AT, material_rule=never
    )
    assert codes(checked.report)[9] == "not-checked"


def test_the_same_evidence_gives_the_same_report_again(world: CheckingWorld) -> None:
    """Replay for audit: presentation, evidence, policy and instant decide everything."""
    shown, evidence = world.shown(), world.evidence()
    assert world.check(shown, evidence) == world.check(shown, evidence)


def test_trusted_authorities_of_the_query_are_held_against_the_chain(world: CheckingWorld) -> None:
    """DCQL trusted_authorities (aki): the region's key identifier fits, another does not."""
    own = authority_key_ids(world.issuer.certificate_chain)
    for value, passed in ((min(own), True), (b64url_encode(b"another"), False)):
        query = parse_dcql(
            {
                "credentials": [
                    {
                        "id": "licence",
                        "format": "dc+sd-jwt",
                        "meta": {"vct_values": [VCT]},
                        "claims": [{"path": ["holder_name"]}, {"path": ["valid_until"]}],
                        "trusted_authorities": [{"type": "aki", "values": [value]}],
                    }
                ]
            }
        )
        assert (verdict(world.check(query=query))[0] == "PASSED") is passed


def test_listed_under_another_name_is_what_the_list_says(world: CheckingWorld) -> None:
    """The region's list names the issuer; its certificate's name is used only when it is not listed."""
    unlisted = world.check(evidence=world.evidence(trust=world.nation.store({"330000": ()})))
    assert unlisted.licences["licence"][0].issuer.zh == "杭州某局（示例）"
    renamed = entry_of(world.issuer, types=("T1",), name=Text("新名", "New name"))
    listed = world.check(evidence=world.evidence(trust=world.nation.store({"330000": (renamed,)})))
    assert listed.licences["licence"][0].issuer.zh == "新名"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"),
        ("地区330000".encode(), b"\xff\xfe" + "地区330000".encode()[2:]),
        (b"\x2a\x86\x48\xce\x3d\x03\x01\x07", b"\x2a\x86\x48\xce\x3d\x03\x01\x7f"),
    ],
    ids=["version", "issuer-name", "curve"],
)
def test_a_certificate_that_breaks_its_reader_is_a_finding(
    world: CheckingWorld, before: bytes, after: bytes
) -> None:
    """x5c whose leaf has version 6, an issuer that is no text, or an unheard-of curve: FAILED, never a crash."""
    leaf, authority = world.issuer.certificate_chain
    assert before in leaf
    broken = world.issuer.with_chain((leaf.replace(before, after), authority))
    assert verdict(world.check(world.shown(world.credential(broken))))[0] == "FAILED"
