"""The code of a printed licence, checked without any network: whose it is, whether it still holds, what the paper has to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from standards.verification_report import Indication, Outcome
from tests.support.print_world import PRINTED, PrintWorld
from tests.support.trust_world import AT
from verifier.checking import VerificationPolicy
from verifier.print_codes import CheckedPrintCode
from verifier.print_codes.check_alone import check_print_text


@cache
def world() -> PrintWorld:
    return PrintWorld()


def codes_of(checked: CheckedPrintCode) -> set[str]:
    return {finding.code for finding in checked.report.findings}


def test_a_genuine_code_says_what_the_paper_has_to_say() -> None:
    checked = world().check(world().code(), recipient="成都市青羊区教育局")
    assert checked.report.indication is Indication.PASSED
    assert [line.text for line in checked.lines] == [PRINTED[place] for place in sorted(PRINTED)]
    assert {"姓名", "住址"} <= {line.label.zh for line in checked.lines}
    assert checked.licence is not None
    assert checked.licence.claims["holder_name"] == "张小明"
    assert (checked.purpose, checked.document_id) == ("子女入学报名", "jz-12345678")
    # The code never says that the paper is good.
    assert {"compare-with-paper", "document-names-no-bearer", "annotated-copy-for"} <= codes_of(checked)
    assert checked.to_json()["print"]["kind"] == "annotated"


@pytest.mark.parametrize(
    ("changes", "status", "days", "expected", "code"),
    [
        ({}, 1, 0, Indication.FAILED, "status-ended"),
        ({}, 2, 0, Indication.FAILED, "suspended"),
        ({}, 0, 31, Indication.FAILED, "annotated-copy-expired"),
        ({"valid_until": date(2026, 11, 1)}, 0, 0, Indication.FAILED, "licence-expired"),
        ({"issued_at": AT + timedelta(hours=1)}, 0, 0, Indication.FAILED, "not-yet-valid"),
        ({"purpose": None, "recipient": None, "expires_at": None}, 0, 0, Indication.PASSED, "print-of-original"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_licence_reaches_its_paper(
    changes: dict[str, Any], status: int, days: int, expected: Indication, code: str
) -> None:
    checked = world().check(world().code(**changes), world().evidence(status), at=AT + timedelta(days=days))
    assert checked.report.indication is expected
    found = codes_of(checked)
    assert any(one.endswith(code) for one in found), found


def test_a_copy_for_somebody_else_is_not_accepted_unseen() -> None:
    checked = world().check(world().code(), recipient="杭州市公安局")
    assert checked.report.indication is Indication.INDETERMINATE
    assert "annotated-copy-for-another" in codes_of(checked)


def test_without_the_status_list_nothing_is_promised() -> None:
    checked = world().check(world().code(), world().evidence(with_status=False))
    assert checked.report.indication is Indication.INDETERMINATE


def test_a_code_whose_issuer_is_not_in_hand_says_nothing() -> None:
    checked = world().check(world().code(), replace(world().evidence(), issuer_chains={}))
    assert checked.report.indication is Indication.INDETERMINATE
    assert (checked.licence, checked.lines) == (None, ())


def test_somebody_who_may_not_issue_cannot_make_one() -> None:
    """Another authority of the same nation, listed for its seal alone."""
    checked = world().check(world().code(by=world().documents.other))
    assert checked.report.indication is Indication.FAILED


def test_a_code_that_names_anothers_certificate_is_forged() -> None:
    """The thumbprint of the authority, the signature of somebody else."""
    issuer, other = world().documents.issuer, world().documents.other
    forged = world().code(by=other.with_chain(issuer.certificate_chain))
    checked = world().check(forged)
    assert checked.report.indication is Indication.FAILED
    assert "print-code-signature-invalid" in codes_of(checked)
    assert checked.to_json() == {"licence": None, "print": None}


def test_what_does_not_fit_is_named() -> None:
    printed = {**PRINTED, max(PRINTED): "长" * 390}
    checked = world().check(world().code(printed=printed))
    left_out = [line for line in checked.lines if line.text is None]
    assert len(left_out) == 1
    assert checked.report.indication is Indication.PASSED


def test_an_empty_item_is_told_from_one_that_did_not_fit() -> None:
    printed = {**PRINTED, max(PRINTED): ""}
    assert world().check(world().code(printed=printed)).lines[-1].text == ""


@pytest.mark.parametrize("text", ["ELD1:", "ELD1:ABC", "ELD1:" + "0" * 2000])
def test_what_cannot_be_read_fails_at_the_first_step(text: str) -> None:
    checked = check_print_text(text, world().evidence(), policy=VerificationPolicy(), at=AT)
    assert checked.report.indication is Indication.FAILED
    assert checked.report.findings[0].code == "print-code-unreadable"
    assert all(one.outcome is Outcome.NEUTRAL for one in checked.report.findings[1:])
