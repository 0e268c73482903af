"""Every finding there is: codes that are unique within a step and documented, sentences for people, something to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import verifier.checking
from standards.verification_report import Finding, Outcome, Step
from verifier.checking.findings import about_query, age_text, not_checked

DOCUMENT = Path(__file__).parents[4] / "docs" / "verification.md"


def all_findings() -> Iterator[Finding]:
    for module in iter_modules(verifier.checking.__path__, "verifier.checking."):
        if not module.name.rpartition(".")[2].startswith(("step_", "check_", "acting_", "grant_", "code_")):
            continue
        for value in vars(import_module(module.name)).values():
            held = value.values() if isinstance(value, dict) else (value,)
            yield from (item for item in held if isinstance(item, Finding))


FINDINGS = sorted(set(all_findings()), key=lambda finding: (finding.step, finding.code))


def test_codes_are_unique_within_a_step() -> None:
    places = [(finding.step, finding.code) for finding in FINDINGS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.code)
def test_each_says_what_happened_and_what_to_do(finding: Finding) -> None:
    assert finding.message.zh.strip("。：")
    assert finding.message.zh != finding.message.en
    assert (finding.outcome is Outcome.INDETERMINATE) == finding.retry_helps
    if finding.outcome in {Outcome.FAILED, Outcome.INDETERMINATE}:
        assert finding.sub_indication
        assert finding.next_step is not None


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: finding.code)
def test_each_is_documented(finding: Finding) -> None:
    row = f"| {int(finding.step)} | `{finding.code}` | {finding.outcome.value} | {finding.sub_indication or '–'} |"
    assert row in DOCUMENT.read_text("utf-8")


def test_every_step_can_be_not_checked() -> None:
    assert [finding.step for finding in not_checked(*Step)] == list(Step)


def test_labelling_changes_only_the_query() -> None:
    for finding in FINDINGS:
        (labelled,) = about_query([finding], "licence")
        assert labelled.query == "licence"
        wire, plain = labelled.to_json(), finding.to_json()
        assert {name: wire[name] for name in plain} == plain
    assert about_query(FINDINGS, None) == tuple(FINDINGS)


@pytest.mark.parametrize(
    ("age", "zh", "en"),
    [
        (timedelta(seconds=-5), "0 分钟", "0 min"),
        (timedelta(minutes=119), "119 分钟", "119 min"),
        (timedelta(hours=2), "2 小时", "2 h"),
        (timedelta(hours=48), "2 天", "2 days"),
    ],
)
def test_ages_as_people_say_them(age: timedelta, zh: str, en: str) -> None:
    assert (age_text(age).zh, age_text(age).en) == (zh, en)
