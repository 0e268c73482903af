"""Attacks on show-licence codes and printed sheets at the window. Each draws the input and the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from standards.mandate import Party
from standards.show_code import ShortActing, ShowCodeError
from tests.support.acting_world import (
    COMPANY,
    FOOD,
    GRANT_AT,
    GRANT_LIST,
    ITEM,
    LICENCE_LIST,
    OTHER_COMPANY,
    OWNER,
    ActingWorld,
)
from tests.support.code_world import PORTRAIT, QUERY, SHEET_AT, CodeWorld
from tests.support.trust_world import AT, USCC_A, new_signer
from verifier.checking import VerificationPolicy
from verifier.checking.check_code import unreadable_code
from verifier.checking.checked_code import CheckedCode
from verifier.checking.code_findings import DECLINED
from verifier.checking.redemption import Declined
from verifier.checking.scanned_code import parse_scanned


@pytest.fixture(scope="module")
def world() -> CodeWorld:
    return CodeWorld()


def verdict(checked: CheckedCode) -> tuple[str, int | None, str | None]:
    decisive = checked.report.decisive
    return (
        checked.report.indication.value,
        int(decisive.step) if decisive else None,
        decisive.code if decisive else None,
    )


def said(checked: CheckedCode) -> set[str]:
    return {finding.code for finding in checked.report.findings}


# -- the code itself ---------------------------------------------------------------------------------------------------


def test_a_good_code(world: CodeWorld) -> None:
    """Fresh, by the phone, licence in force → PASSED; without a redemption the report says what that means."""
    checked = world.scan(world.code())
    assert verdict(checked)[0] == "PASSED"
    assert {"code-fresh", "code-not-redeemed"} <= said(checked)
    assert checked.licence is not None
    assert checked.licence.claims["holder_name"] == COMPANY.name
    assert checked.shown_by is None


def test_where_the_rules_demand_redemption_an_offline_window_cannot_tell(world: CodeWorld) -> None:
    checked = world.scan(world.code(), policy=VerificationPolicy(redemption_required=True))
    assert verdict(checked) == ("INDETERMINATE", 7, "code-redemption-required")


@pytest.mark.parametrize(
    ("age", "indication"), [(0, "PASSED"), (69, "PASSED"), (70, "FAILED"), (3600, "FAILED"), (-11, "FAILED")]
)
def test_a_photographed_or_delayed_code(world: CodeWorld, age: int, indication: str) -> None:
    """Older than 60 s and the skew of 10, or from the future → FAILED at 7."""
    checked = world.scan(world.code(made_at=AT - timedelta(seconds=age)))
    assert verdict(checked)[0] == indication
    if indication == "FAILED":
        assert verdict(checked)[1:] == (7, "code-expired")


def test_the_same_code_twice_at_one_window(world: CodeWorld) -> None:
    """A second scan within its minute → FAILED at 7, also without a network."""
    assert verdict(world.scan(world.code(), seen_before=True)) == ("FAILED", 7, "code-scanned-before")


@pytest.mark.parametrize("problem", sorted(DECLINED))
def test_what_the_wallet_service_refuses(world: CodeWorld, problem: str) -> None:
    """Used elsewhere, withdrawn, ended, … → FAILED at 7 with the code of the reason."""
    if problem != "sheet-refused":
        checked = world.scan(world.code(), Declined(problem))
        assert verdict(checked) == ("FAILED", 7, DECLINED[problem].code)
    sheet = world.scan(world.sheet(), Declined(problem), item=ITEM)
    assert verdict(sheet) == ("FAILED", 7, DECLINED[problem].code)


def test_an_answer_that_says_nothing_is_no_redemption(world: CodeWorld) -> None:
    """A 4xx of another kind, as from a proxy → as if nobody had been asked; never as if it had been redeemed."""
    checked = world.scan(world.code(), Declined("too-many-requests"))
    assert "code-not-redeemed" in said(checked)
    assert not checked.redeemed


def test_a_code_by_another_phone(world: CodeWorld) -> None:
    """Somebody copied licence and delegation and signs with a key of his own → FAILED at 7."""
    assert verdict(world.scan(world.code(by=new_signer("thief")))) == ("FAILED", 7, "code-signature-invalid")


def test_a_delegation_by_another_key_or_for_another_licence(world: CodeWorld) -> None:
    """A phone that named itself; a delegation of the same holder for another licence → FAILED at 7."""
    licence = world.compact()
    named_itself = world.code(licence, delegation=world.delegation(licence, by=new_signer("x")))
    assert verdict(world.scan(named_itself)) == ("FAILED", 7, "code-signature-invalid")
    of_another = world.code(licence, delegation=world.delegation(world.compact()))
    assert verdict(world.scan(of_another)) == ("FAILED", 7, "code-signature-invalid")


def test_a_phone_that_was_lost_yesterday(world: CodeWorld) -> None:
    """The delegation ended an hour ago → FAILED at 7."""
    licence = world.compact()
    old = world.delegation(licence, not_before=AT - timedelta(hours=20), expires_at=AT - timedelta(hours=1))
    assert verdict(world.scan(world.code(licence, delegation=old))) == ("FAILED", 7, "code-delegation-ended")


# -- the licence in it -------------------------------------------------------------------------------------------------


def test_a_self_made_licence(world: CodeWorld) -> None:
    """Signed by the attacker under the thumbprint of the authority; or under a certificate nobody lists → never PASSED."""
    stranger = new_signer("stranger")
    forged = world.compact(signer=stranger, certificate=world.issuer.certificate_chain[0])
    assert verdict(world.scan(world.code(forged))) == ("FAILED", 2, "code-licence-signature-invalid")
    other = ActingWorld().issuer
    unknown = world.compact(signer=other)
    assert verdict(world.scan(world.code(unknown))) == (
        "INDETERMINATE",
        2,
        "code-issuer-certificate-not-in-hand",
    )


def test_a_listed_authority_that_may_not_issue_this_type(world: CodeWorld) -> None:
    """Another bureau's certificate in hand, not on the list → FAILED at 4."""
    unlisted = world.nation.regions["330000"].leaf("某局（示例）", USCC_A)
    chain = unlisted.certificate_chain
    evidence = world.code_evidence()
    evidence = replace(evidence, issuer_chains={**evidence.issuer_chains, sha256(chain[0]).digest(): chain})
    checked = world.scan(world.code(world.compact(signer=unlisted)), evidence=evidence)
    assert verdict(checked) == ("FAILED", 4, "issuer-not-on-trust-list")


@pytest.mark.parametrize(
    ("value", "code"), [(1, "status-ended"), (2, "status-suspended"), (3, "status-inspection-overdue")]
)
def test_a_code_shown_after_revocation(world: CodeWorld, value: int, code: str) -> None:
    """Code and phone are good, the licence is not → FAILED at 6."""
    evidence = world.code_evidence(licences=world.list_token({3: value}, uri=LICENCE_LIST))
    assert verdict(world.scan(world.code(), evidence=evidence)) == ("FAILED", 6, code)


def test_a_licence_past_its_day(world: CodeWorld) -> None:
    ended = world.compact(valid_until=(AT - timedelta(days=1)).date())
    assert verdict(world.scan(world.code(ended))) == ("FAILED", 5, "licence-expired")
    copy = world.compact(expires_at=AT - timedelta(hours=1))
    assert verdict(world.scan(world.code(copy))) == ("FAILED", 5, "expired")


def test_without_the_status_list_it_cannot_be_told(world: CodeWorld) -> None:
    checked = world.scan(world.code(), evidence=world.code_evidence(licences=None))
    assert verdict(checked) == ("INDETERMINATE", 6, "status-list-unavailable")


# -- who holds the phone -----------------------------------------------------------------------------------------------


def test_an_agents_phone(world: CodeWorld) -> None:
    """A grant that stands → PASSED and said; withdrawn, or its list out of reach → not."""
    text = world.code(acting=world.short_grant())
    checked = world.scan(text)
    assert verdict(checked)[0] == "PASSED"
    assert "shown-by-agent" in said(checked)
    assert checked.shown_by is not None
    assert (checked.shown_by.name, checked.shown_by.number_end, checked.shown_by.grant) == (
        "李小红",
        "0023",
        "G-1",
    )
    withdrawn = world.code_evidence(world.list_token({GRANT_AT: 1}))
    assert verdict(world.scan(text, evidence=withdrawn)) == ("FAILED", 7, "grant-withdrawn")
    away = world.code_evidence(None)
    assert verdict(world.scan(text, evidence=away)) == ("INDETERMINATE", 7, "grant-status-unavailable")


def test_limits_that_only_the_wallet_service_knows(world: CodeWorld) -> None:
    """A limited grant, offline → INDETERMINATE at 7; redeemed, so that they were looked at → PASSED."""
    text = world.code(acting=world.short_grant(limited=True))
    assert verdict(world.scan(text)) == ("INDETERMINATE", 7, "code-grant-limits-not-known")
    assert verdict(world.scan(text, world.redeemed()))[0] == "PASSED"


def test_a_representatives_phone_needs_no_grant(world: CodeWorld) -> None:
    acting = ShortActing("legal_representative", OWNER.name, OWNER.number[-4:], None)
    checked = world.scan(world.code(acting=acting))
    assert verdict(checked)[0] == "PASSED"
    assert "shown-by-legal-representative" in said(checked)


# -- what comes back ---------------------------------------------------------------------------------------------------


def test_a_redeemed_code_with_what_the_item_needs(world: CodeWorld) -> None:
    """Presentation for this question, of the same holder → PASSED, and it can be decided on."""
    checked = world.scan(world.code(), world.redeemed(shown=world.presented()), item=ITEM, query=QUERY)
    assert verdict(checked)[0] == "PASSED"
    assert checked.redeemed
    assert checked.presented["licence"][0].claims["holder_number"] == COMPANY.number
    assert {used.uri for used in checked.lists if used.kind == "status"} == {LICENCE_LIST}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"nonce": "nonce-of-another-question"}, "wrong-nonce"),
        ({"audience": "x509_hash:other"}, "wrong-audience"),
    ],
)
def test_a_presentation_that_was_made_for_another_question(
    world: CodeWorld, changes: dict[str, str], code: str
) -> None:
    shown = world.presented(**changes)  # type: ignore[arg-type]
    checked = world.scan(world.code(), world.redeemed(shown=shown), item=ITEM, query=QUERY)
    assert verdict(checked)[:2] == ("FAILED", 8)
    assert code in said(checked)


def test_another_holders_licence_behind_the_code(world: CodeWorld) -> None:
    """The wallet service answers with a genuine licence of somebody else → FAILED at 7."""
    shown = world.presented(OTHER_COMPANY)
    checked = world.scan(world.code(), world.redeemed(shown=shown), item=ITEM, query=QUERY)
    assert verdict(checked) == ("FAILED", 7, "code-presentation-of-another")


def test_nothing_presented_for_an_item(world: CodeWorld) -> None:
    """Redeemed, but the fields stayed away → FAILED at 8: it answers nothing."""
    checked = world.scan(world.code(), world.redeemed(), item=ITEM, query=QUERY)
    assert verdict(checked)[0] == "FAILED"


def test_the_face_is_of_who_should_stand_there(world: CodeWorld) -> None:
    """The agent's own card → shown; the owner's, a forged one, another type's, one for another question → no face."""
    text = world.code(acting=world.short_grant())
    agent = Party("111", "990101199203080023", "李小红")
    good = world.scan(text, world.redeemed(card=world.card(agent)))
    assert good.portrait == PORTRAIT
    unlisted = world.nation.regions["330000"].leaf("某局（示例）", USCC_A, uris=("https://issuer.example",))
    for card in (
        world.card(OWNER),
        world.card(agent, signer=unlisted),
        world.card(agent, type_code=FOOD, version="1"),
        world.card(agent, nonce="nonce-of-another-question"),
        "rubbish",
    ):
        checked = world.scan(text, world.redeemed(card=card))
        assert checked.portrait is None
        assert verdict(checked)[0] == "PASSED"


# -- sheets ------------------------------------------------------------------------------------------------------------


def test_a_sheet_for_its_item(world: CodeWorld) -> None:
    checked = world.scan(world.sheet(), item=ITEM)
    assert verdict(checked)[0] == "PASSED"
    assert {"sheet-signed", "sheet-item-covered"} <= said(checked)
    assert checked.items == (ITEM,)
    assert checked.shown_by is not None
    assert (checked.shown_by.name, checked.shown_by.capacity) == ("王大为", None)


def test_a_sheet_for_something_else_or_another_time(world: CodeWorld) -> None:
    """Another item → FAILED at 8; before or after its days → FAILED at 7."""
    other = world.scan(world.sheet(), item="school-enrolment")
    assert verdict(other) == ("FAILED", 8, "sheet-item-not-covered")
    late = world.sheet(expires_at=AT - timedelta(hours=1))
    early = world.sheet(not_before=AT + timedelta(hours=1))
    for text in (late, early):
        assert verdict(world.scan(text, item=ITEM)) == ("FAILED", 7, "sheet-expired")


def test_a_withdrawn_sheet(world: CodeWorld) -> None:
    evidence = world.code_evidence(world.list_token({SHEET_AT: 1}))
    assert verdict(world.scan(world.sheet(), evidence=evidence, item=ITEM)) == (
        "FAILED",
        7,
        "sheet-withdrawn",
    )
    away = world.code_evidence(None)
    checked = world.scan(world.sheet(), evidence=away, item=ITEM)
    assert verdict(checked) == ("INDETERMINATE", 7, "sheet-status-unavailable")


def test_a_sheet_that_the_holder_did_not_sign(world: CodeWorld) -> None:
    """By another key; or for another copy of the same licence → FAILED at 7."""
    for text in (world.sheet(by=new_signer("x")), world.sheet(by=world.phone)):
        assert verdict(world.scan(text, item=ITEM)) == ("FAILED", 7, "sheet-signature-invalid")


# -- rubbish -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ELC1:", "ELC1:%%%", "ELP1:00", "ELC1:" + "0" * 5000])
def test_what_is_no_code(text: str) -> None:
    with pytest.raises(ShowCodeError) as refused:
        parse_scanned(text)
    checked = unreadable_code("code", refused.value.message)
    assert verdict(checked) == ("FAILED", 1, "code-unreadable")
    assert [int(one.step) for one in checked.report.findings] == list(range(1, 10))


def test_no_finding_names_anybody(world: CodeWorld) -> None:
    for checked in (
        world.scan(world.code(acting=world.short_grant())),
        world.scan(world.sheet(), item=ITEM),
    ):
        text = str(checked.report.to_json())
        assert not any(name in text for name in ("李小红", "王大为", COMPANY.name, GRANT_LIST))
