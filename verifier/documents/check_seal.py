"""Steps 2 and 3 over the seals of a document, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Final

from keys.path_validation import PathReason
from keys.pdf_check import Changes, CheckedPdf, CheckedSeal
from standards.text import Text
from standards.verification_report import Finding, Step
from verifier.checking.findings import not_checked, with_detail
from verifier.documents import findings as said

_CHINA_TIME: Final = timezone(timedelta(hours=8))
_UNSUPPORTED: Final = frozenset(
    {"signature-encoding-not-supported", "algorithm-not-allowed", "several-signers-in-one"}
)


def seal_findings(pdf: CheckedPdf) -> Iterator[Finding]:
    """What is to be said of every seal, and of time stamps that do not count."""
    if not pdf.seals:
        yield said.SEAL_MISSING
        yield from not_checked(Step.PATH)
    for seal in pdf.seals:
        yield from _of_seal(seal)
    if pdf.facts.looks_changed and all(seal.changes is not Changes.FORBIDDEN for seal in pdf.seals):
        yield said.CHANGED_AFTER
    for stamp in pdf.time_stamps:
        if stamp.changes is Changes.FORBIDDEN and stamp.problem is None:
            if all(seal.changes is not Changes.FORBIDDEN for seal in pdf.seals):
                yield said.CHANGED_AFTER
        elif not stamp.holds:
            yield said.TIME_UNTRUSTED


def _of_seal(seal: CheckedSeal) -> Iterator[Finding]:
    if seal.problem in _UNSUPPORTED:
        yield said.SEAL_UNSUPPORTED
    elif seal.problem is not None:
        yield said.SEAL_BROKEN
    elif seal.changes is Changes.FORBIDDEN:
        yield said.CHANGED_AFTER
    else:
        yield said.SEAL_INTACT
    if seal.problem is None:
        yield from _time(seal)
    yield from _path(seal)


def _time(seal: CheckedSeal) -> Iterator[Finding]:
    if seal.time_stamp_problem is not None:
        yield said.TIME_UNTRUSTED
    if seal.proven_at is not None and seal.path is not None:
        yield _dated(said.TIME_PROVEN, seal.proven_at)
    elif seal.stated_at is not None:
        yield _dated(said.TIME_STATED, seal.stated_at)


def _path(seal: CheckedSeal) -> Iterator[Finding]:
    if seal.path is not None:
        subject = seal.path.subject
        code = f"（{subject.uscc}）" if subject.uscc else ""
        yield with_detail(
            said.SEALER_VALID,
            Text(f"{subject.name}{code}。", f"{subject.name} {subject.uscc or ''}".strip() + "."),
        )
        return
    refused = seal.path_problem
    if refused is None:
        yield from not_checked(Step.PATH)
        return
    named = Text(f"自称“{seal.signer}”。", f'it calls itself "{seal.signer}".')
    match refused.reason:
        case PathReason.UNKNOWN_ANCHOR:
            yield with_detail(said.SEALER_UNKNOWN, named)
        case PathReason.EXPIRED:
            yield said.SEALER_ENDED
        case PathReason.REVOCATION_STALE:
            yield said.SEALER_REVOCATION_UNKNOWN
        case reason:
            yield with_detail(said.SEALER_INVALID[reason], refused.message)


def _dated(finding: Finding, at: datetime) -> Finding:
    when = day_and_time(at)
    return with_detail(finding, Text(f"{when}。", f"{when}."))


def day_and_time(at: datetime) -> str:
    """An instant as people in China read it."""
    return at.astimezone(_CHINA_TIME).strftime("%Y-%m-%d %H:%M")
