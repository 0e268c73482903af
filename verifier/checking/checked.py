"""What checking answers: the report, the licences that it is about, the lists that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from standards.dcql import DcqlQuery
from standards.text import Text
from standards.verification_report import Finding, VerificationReport
from verifier.checking.evidence import ListUsed
from verifier.checking.shown_by import ShownBy


@dataclass(frozen=True, slots=True)
class CheckedLicence:
    """A licence whose issuer's signature and path were verified; whether it is accepted, the report says.

    Attributes:
        vct: the credential type.
        type_code: code of the licence type, or ``None`` for a ``vct`` that is not one of ours.
        claims: what was shown.
        issuer: name of the issuing organisation, as its region's list has it, else as its certificate has it.
        issuer_uscc: its unified social credit code.
        issuer_division: its division code, or ``None``.
        valid_until: last day of the licence, or ``None`` when withheld or long term.
        holder_key_thumbprint: thumbprint (RFC 7638) of the copy's holder key, or ``None``.
        shown_by: who showed it for its holder, once the grounds for that hold; else ``None``.
    """

    vct: str
    type_code: str | None
    claims: Mapping[str, Any]
    issuer: Text
    issuer_uscc: str
    issuer_division: str | None
    valid_until: date | None
    holder_key_thumbprint: str | None
    shown_by: ShownBy | None = None


@dataclass(frozen=True, slots=True)
class ExpectedPresentation:
    """What a request asked for.

    Attributes:
        nonce: the request's nonce.
        audience: the verifier's client id, with its prefix.
        query: the DCQL query.
        item: code of the service item that it is for, or ``None``; a grant may be limited to some.
        division: the asking department's division, or ``None``; likewise.
    """

    nonce: str
    audience: str
    query: DcqlQuery
    item: str | None = None
    division: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedPresentation:
    """The answer about one response.

    Attributes:
        report: findings and verdict.
        licences: by query id (the empty text where there was no request); only those whose signature and path hold.
        lists: what the decision rests on, each list once.
    """

    report: VerificationReport
    licences: Mapping[str, tuple[CheckedLicence, ...]]
    lists: tuple[ListUsed, ...]


MaterialRule = Callable[[Mapping[str, tuple[CheckedLicence, ...]], datetime], Iterable[Finding]]
"""Step 9: the service item's own rule over the licences, at an instant."""
