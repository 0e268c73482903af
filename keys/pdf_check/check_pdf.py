"""Judging the signatures of a document at an instant, with proofs of existence (ETSI EN 319 102-1 sections 5.5 and 5.6).

Time stamps are taken from the outside in. The newest must hold now; what it covers existed at its instant, so the next is judged
as of then, and so on down to the seal. So a document outlives its certificates as long as each time stamp was renewed in time, and
a proof that came too late proves nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from keys.path_validation import PathError, PathValidator, Purpose, ValidatedPath
from keys.pdf_check.facts import Changes, PdfFacts, SealFacts, SealKind
from keys.pdf_check.read_sealed import read_sealed
from keys.pdf_check.seal_path import SealPaths, name_of_signer
from keys.pdf_check.signed_data import (
    SignedDataError,
    SignedDataProblem,
    VerifiedSignature,
    verify_detached,
    verify_token,
)
from keys.sealing.evidence import SealLevel

_PADES: Final = "/ETSI.CAdES.detached"
_SUB_FILTERS: Final = {
    SealKind.SEAL: frozenset({_PADES, "/adbe.pkcs7.detached"}),
    SealKind.TIME_STAMP: frozenset({"/ETSI.RFC3161"}),
}


@dataclass(frozen=True, slots=True)
class CheckedSeal:
    """One signature after checking.

    Attributes:
        name: of its field.
        kind: seal or time stamp of the document.
        problem: code of what is wrong with the signature itself, or ``None`` when it is intact.
        changes: what came after it.
        what: the analysis' own words about a forbidden change.
        signer: what the certificate calls its holder; trust it once there is a path.
        path: to an anchor of ours, valid at ``judged_at``; else ``None``.
        path_problem: why there is none.
        level: what it reached, once intact with a path.
        stated_at: when the signer says that it was made; proves nothing.
        proven_at: by when it existed at the latest, by a time stamp that holds; else ``None``.
        judged_at: the instant for which the path was asked about.
        certifies: DocMDP level, when it says what may be changed.
        reason: as written.
        time_stamp_problem: why its time stamp does not count, when there is one that does not.
    """

    name: str
    kind: SealKind
    problem: str | None
    changes: Changes
    judged_at: datetime
    what: str = ""
    signer: str = ""
    path: ValidatedPath | None = field(default=None, repr=False)
    path_problem: PathError | None = field(default=None, repr=False)
    level: SealLevel | None = None
    stated_at: datetime | None = None
    proven_at: datetime | None = None
    certifies: int | None = None
    reason: str = ""
    time_stamp_problem: str | None = None

    @property
    def holds(self) -> bool:
        """Intact, nothing forbidden after it, by somebody whom an anchor of ours stands above."""
        return self.problem is None and self.changes is not Changes.FORBIDDEN and self.path is not None


@dataclass(frozen=True, slots=True)
class CheckedPdf:
    """A document after checking.

    Attributes:
        facts: what stands in it.
        seals: the seals, oldest first.
        time_stamps: time stamps of the document, oldest first.
    """

    facts: PdfFacts
    seals: tuple[CheckedSeal, ...]
    time_stamps: tuple[CheckedSeal, ...]


def check_pdf(pdf: bytes, validator: PathValidator, at: datetime) -> CheckedPdf:
    """Read and judge in this process: for documents of one's own; raises ``UnreadablePdfError``."""
    return check_seals(read_sealed(pdf), validator, at)


def check_seals(facts: PdfFacts, validator: PathValidator, at: datetime) -> CheckedPdf:
    """Judge what was read; pure.

    Args:
        facts: of the document.
        validator: anchors, and revocation lists in hand.
        at: the instant of the decision, aware UTC.
    """
    verified = [_verify(seal) for seal in facts.seals]
    certificates = [
        *facts.certificates,
        *(one for signature, _ in verified if signature for one in signature.certificates),
    ]
    judge = _Judge(SealPaths(validator, certificates, facts.revocation_lists), at)
    # The newest reaches farthest; what could not be read reaches nowhere and proves nothing.
    rows = sorted(zip(facts.seals, verified, strict=True), key=lambda row: row[0].covered, reverse=True)
    checked = [judge.check(seal, signature, problem) for seal, (signature, problem) in rows]
    checked.reverse()
    return CheckedPdf(
        facts,
        tuple(one for one in checked if one.kind is SealKind.SEAL),
        tuple(one for one in checked if one.kind is SealKind.TIME_STAMP),
    )


def _verify(seal: SealFacts) -> tuple[VerifiedSignature | None, str | None]:
    """The signature by itself, and what is wrong with it."""
    if seal.problem is not None:
        return None, seal.problem
    if seal.sub_filter not in _SUB_FILTERS[seal.kind]:
        return None, "signature-encoding-not-supported"
    try:
        if seal.kind is SealKind.SEAL:
            found = verify_detached(seal.cms, seal.digest)
            if seal.sub_filter == _PADES and not found.binds_certificate:
                return found, "signer-certificate-not-bound"
            return found, None
        found = verify_token(seal.cms)
        if found.stamped is None or not seal.digest or found.stamped.digest != seal.digest:
            return found, SignedDataProblem.OTHER_CONTENT.value
    except SignedDataError as wrong:
        return None, wrong.problem.value
    return found, None


class _Judge:
    """Goes from the newest signature to the oldest, and knows by when the next one existed."""

    def __init__(self, paths: SealPaths, at: datetime) -> None:
        self._paths = paths
        self._now = at
        self._proven: datetime | None = None

    def check(self, seal: SealFacts, signature: VerifiedSignature | None, problem: str | None) -> CheckedSeal:
        if seal.kind is SealKind.TIME_STAMP:
            return self._time_stamp(seal, signature, problem)
        return self._seal(seal, signature, problem)

    def _time_stamp(
        self, seal: SealFacts, signature: VerifiedSignature | None, problem: str | None
    ) -> CheckedSeal:
        control = self._proven or self._now
        path, path_problem = self._path(signature, control, Purpose.TIME_STAMPING)
        stamped = signature.stamped if signature else None
        if problem is None and stamped is not None and stamped.at > control:
            problem = "time-stamp-of-later"
        # What it says is proven by the stamps around it; whether anything came after it is the next one's affair.
        checked = CheckedSeal(
            name=seal.name,
            kind=seal.kind,
            problem=problem,
            changes=seal.changes,
            judged_at=control,
            what=seal.what,
            signer=name_of_signer(signature.leaf) if signature else "",
            path=path,
            path_problem=path_problem,
            proven_at=stamped.at if stamped and problem is None and path else None,
        )
        if checked.holds and stamped is not None:
            self._proven = stamped.at
        return checked

    def _seal(self, seal: SealFacts, signature: VerifiedSignature | None, problem: str | None) -> CheckedSeal:
        proven, archived = self._proven, self._proven is not None
        stamp_problem = None
        stamped_at = None
        if signature is not None and signature.tokens and problem is None:
            stamped_at, stamp_problem = self._signature_stamp(signature)
            proven = stamped_at or proven
        judged = proven or self._now
        path, path_problem = self._path(signature, judged, Purpose.SIGNING)
        level = None
        if problem is None and path is not None:
            level = self._level(path, stamped=stamped_at is not None, archived=archived)
        return CheckedSeal(
            name=seal.name,
            kind=seal.kind,
            problem=problem,
            changes=seal.changes,
            judged_at=judged,
            what=seal.what,
            signer=name_of_signer(signature.leaf) if signature else "",
            path=path,
            path_problem=path_problem,
            level=level,
            stated_at=_instant(seal.stated_at),
            proven_at=proven if problem is None else None,
            certifies=seal.certifies,
            reason=seal.reason,
            time_stamp_problem=stamp_problem,
        )

    def _signature_stamp(self, signature: VerifiedSignature) -> tuple[datetime | None, str | None]:
        """When a stamp over the signature says that it existed; of several, the earliest that holds."""
        control = self._proven or self._now
        earliest, problem = None, None
        for der in signature.tokens:
            try:
                token = verify_token(der)
            except SignedDataError as wrong:
                problem = wrong.problem.value
                continue
            stamped = token.stamped
            if (
                stamped is None
                or stamped.algorithm not in {"sha256", "sha384", "sha512"}
                or hashlib.new(stamped.algorithm, signature.value).digest() != stamped.digest
            ):
                problem = SignedDataProblem.OTHER_CONTENT.value
                continue
            if stamped.at > control:
                problem = "time-stamp-of-later"
                continue
            _, refused = self._path(token, control, Purpose.TIME_STAMPING)
            if refused is not None:
                problem = f"time-stamp-{refused.reason.value}"
            elif earliest is None or stamped.at < earliest:
                earliest = stamped.at
        return earliest, None if earliest else problem

    def _path(
        self, signature: VerifiedSignature | None, at: datetime, purpose: Purpose
    ) -> tuple[ValidatedPath | None, PathError | None]:
        if signature is None:
            return None, None
        try:
            return self._paths.validate(signature.leaf, at, purpose, signature.certificates), None
        except PathError as refused:
            return None, refused

    def _level(self, path: ValidatedPath, *, stamped: bool, archived: bool) -> SealLevel:
        if not stamped:
            return SealLevel.BASIC
        if not self._paths.has_lists_for(path):
            return SealLevel.TIMESTAMPED
        return SealLevel.ARCHIVED if archived else SealLevel.LONG_TERM


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None
