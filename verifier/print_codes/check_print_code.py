"""Steps 1 to 8 over the code of a printed licence, and what the paper around it has to say.

The same code, evidence, policy and instant always give the same report; nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from keys.errors import CertificateError
from standards.cwt import CwtError
from standards.licence_types import LicenceType, load_catalogue
from standards.print_code import PrintClaims, UnverifiedPrintCode, verify_print_code
from standards.text import Text
from standards.verification_report import Finding, Step, VerificationReport
from verifier.checking.check_presentation import NO_RULE
from verifier.checking.checked import CheckedLicence
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import not_checked, with_detail
from verifier.checking.leaf_keys import leaf_key
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_3_path import validate_chain
from verifier.checking.step_4_authorisation import check_right, within_age
from verifier.checking.step_5_validity import check_period
from verifier.checking.step_6_status import check_reference
from verifier.documents.check_seal import day_and_time
from verifier.documents.findings import COPY_ENDED, COPY_FOR, COPY_FOR_ANOTHER, NO_HOLDER
from verifier.print_codes import findings as said
from verifier.print_codes.printed_lines import PrintedLine, printed_lines, texts_by_name
from verifier.scanning.harmless import harmless


@dataclass(frozen=True, slots=True)
class CheckedPrintCode:
    """The answer about one code.

    Attributes:
        report: findings and verdict; of the code, never of the paper.
        licence: once signature and path hold, else ``None``; its claims are the printed texts, not the values behind them.
        lines: what the paper has to say, in the order of print; empty without ``licence``.
        document_id: of the document that was printed.
        purpose, recipient: of a per-use copy; ``None`` for an original.
        issued_at, expires_at: of the document.
        lists: lists that the findings rest on.
    """

    report: VerificationReport
    licence: CheckedLicence | None = None
    lines: tuple[PrintedLine, ...] = field(default=(), repr=False)
    document_id: str = ""
    purpose: str | None = None
    recipient: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    lists: tuple[ListUsed, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The members ``licence`` and ``print`` of an answer, beside the report."""
        licence = self.licence
        if licence is None:
            return {"licence": None, "print": None}
        return {
            "licence": {
                "vct": licence.vct,
                "issuer": {"name": licence.issuer.to_json(), "uscc": licence.issuer_uscc},
                "claims": licence.claims,
                "shown_by": None,
            },
            "print": {
                "document_id": self.document_id,
                "kind": "original" if self.purpose is None else "annotated",
                "purpose": self.purpose,
                "recipient": self.recipient,
                "issued_at": self.issued_at and self.issued_at.isoformat(),
                "expires_at": self.expires_at and self.expires_at.isoformat(),
                "compare": [line.to_json() for line in self.lines],
            },
        }


def unreadable_print_code(why: Text) -> CheckedPrintCode:
    """The answer about a text that cannot be read as a code."""
    steps = (step for step in Step if step is not Step.FORM)
    return CheckedPrintCode(VerificationReport.of((with_detail(said.UNREADABLE, why), *not_checked(*steps))))


def check_print_code(
    code: UnverifiedPrintCode,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
    recipient: str | None = None,
    types: Mapping[str, LicenceType] | None = None,
) -> CheckedPrintCode:
    """Check a code.

    Args:
        code: parsed, nothing verified.
        evidence: lists and issuers' certificates in hand.
        policy: limits.
        at: the instant of the decision, aware UTC.
        recipient: name of whoever checks, to hold against the one that a per-use copy was made for.
        types: further licence types by ``vct``, beside those that the product knows.
    """
    later = (Step.PATH, Step.AUTHORISATION, Step.VALIDITY, Step.STATUS)
    chain = evidence.issuer_chains.get(code.thumbprint)
    if chain is None:
        return _stopped(said.ISSUER_UNKNOWN, *not_checked(*later))
    try:
        key = leaf_key(chain[0])
        claims = None if key is None else verify_print_code(code, key).claims
    except (CwtError, CertificateError):
        claims = None
    if claims is None:
        return _stopped(said.NOT_SIGNED, *not_checked(*later))
    path_finding, path = validate_chain(chain, evidence.trust, at)
    if path is None:
        return _stopped(said.SIGNED, path_finding, *not_checked(*later[1:]))
    right, decision = check_right(claims.vct, path, evidence.trust, at, issued_at=claims.issued_at)
    right = within_age(right, decision, policy)
    validity = check_period((claims.issued_at,), None, None, claims.valid_until, policy=policy, at=at)
    ended = _ended(claims, policy, at)
    status, used = check_reference(claims.status, path, evidence, policy=policy, at=at)
    lists = [] if used is None else [used]
    if decision is not None and decision.source is not None:
        source, age = decision.source, decision.list_age or timedelta()
        lists.append(ListUsed("trust", source.uri, source.sequence, source.issued_at, age))
    entry = decision.entry if decision else None
    known = load_catalogue().find_vct(claims.vct) or (types or {}).get(claims.vct)
    lines = printed_lines(claims, known)
    found = (said.READ, said.SIGNED, said.COMPARE, path_finding, right, *(ended or (validity,)), status)
    return CheckedPrintCode(
        VerificationReport.of((*found, NO_HOLDER, _made_for(claims, recipient), NO_RULE)),
        CheckedLicence(
            vct=claims.vct,
            type_code=claims.identifier.type_code,
            claims={"licence_identifier": str(claims.identifier), **texts_by_name(lines)},
            issuer=entry.name if entry else Text(path.subject.name, path.subject.name),
            issuer_uscc=path.subject.uscc or "",
            issuer_division=entry.division if entry else path.subject.division,
            valid_until=claims.valid_until,
            holder_key_thumbprint=None,
        ),
        lines,
        claims.document_id,
        claims.purpose,
        claims.recipient,
        claims.issued_at,
        claims.expires_at,
        tuple(lists),
    )


def _stopped(*findings: Finding) -> CheckedPrintCode:
    rest = not_checked(Step.HOLDER_BINDING, Step.REQUEST, Step.MATERIAL_RULE)
    return CheckedPrintCode(VerificationReport.of((said.READ, *findings, *rest)))


def _ended(claims: PrintClaims, policy: VerificationPolicy, at: datetime) -> tuple[Finding, ...]:
    if claims.expires_at is None or at - policy.clock_skew < claims.expires_at:
        return ()
    until = day_and_time(claims.expires_at)
    return (with_detail(COPY_ENDED, Text(f"{until}。", f"{until}.")),)


def _made_for(claims: PrintClaims, recipient: str | None) -> Finding:
    if claims.purpose is None:
        return said.ORIGINAL_PRINTED
    for_whom = claims.recipient or ""
    purpose, named = harmless(claims.purpose), harmless(for_whom)
    detail = Text(f"用途“{purpose}”，使用方“{named}”。", f'purpose "{purpose}", recipient "{named}".')
    for_another = recipient is not None and recipient.strip() != for_whom.strip()
    return with_detail(COPY_FOR_ANOTHER if for_another else COPY_FOR, detail)
