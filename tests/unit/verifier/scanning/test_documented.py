"""Every finding and every kind of foreign thing stands in the document, with something to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from standards.verification_report import Finding, Outcome
from verifier.identity_codes import check_identity
from verifier.scanning import notes
from verifier.scanning.foreign_kind import NAMES, ForeignKind

DOCUMENT = (Path(__file__).parents[4] / "docs" / "verification.md").read_text("utf-8")


def all_findings() -> Iterator[Finding]:
    for module in (check_identity, notes):
        yield from (value for value in vars(module).values() if isinstance(value, Finding))


@pytest.mark.parametrize(
    "finding", sorted(set(all_findings()), key=lambda one: one.code), ids=lambda one: one.code
)
def test_each_finding_is_documented_and_says_what_to_do(finding: Finding) -> None:
    row = f"| {int(finding.step)} | `{finding.code}` | {finding.outcome.value} | {finding.sub_indication or '–'} |"
    assert row in DOCUMENT
    if finding.outcome in {Outcome.FAILED, Outcome.INDETERMINATE}:
        assert finding.sub_indication
        assert finding.next_step is not None


@pytest.mark.parametrize("kind", ForeignKind)
def test_each_kind_is_documented(kind: ForeignKind) -> None:
    assert f"| `{kind.value}` | {NAMES[kind].what.zh} {NAMES[kind].what.en} |" in DOCUMENT
