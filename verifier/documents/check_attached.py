"""Steps 1 to 6 over the licence that is attached to a document.

As over any copy, with one thing besides: where a time stamp proves that the document existed at an instant, the issuer's
certificate is asked about as of then, once it has ended. A licence outlives the certificate of the day on which it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from keys.path_validation import PathReason
from standards.text import Text
from standards.verification_report import Finding, Step
from verifier.checking.checked import CheckedLicence
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import not_checked
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_1_form import parse_form
from verifier.checking.step_2_signature import verify_signature
from verifier.checking.step_3_path import INVALID, validate_path
from verifier.checking.step_4_authorisation import check_authorisation, type_code_of, within_age
from verifier.checking.step_5_validity import check_validity, date_of
from verifier.checking.step_6_status import check_status


@dataclass(frozen=True, slots=True)
class CheckedAttached:
    """The attached licence after steps 1 to 6.

    Attributes:
        findings: one for each step.
        licence: once signature and path hold; else ``None``.
        lists: lists that the findings rest on.
    """

    findings: tuple[Finding, ...]
    licence: CheckedLicence | None = None
    lists: tuple[ListUsed, ...] = ()


def check_attached(
    text: str, evidence: Evidence, *, policy: VerificationPolicy, at: datetime, proven_at: datetime | None
) -> CheckedAttached:
    """Check the licence in ``text``.

    Args:
        text: an SD-JWT VC, untrusted.
        evidence: lists in hand.
        policy: limits.
        at: the instant of the decision.
        proven_at: by when the document around it existed, or ``None``.
    """
    form, credential = parse_form(text, policy)
    if credential is None:
        return CheckedAttached((form, *_later(Step.FORM)))
    signature, verified = verify_signature(credential)
    if verified is None:
        return CheckedAttached((form, signature, *_later(Step.SIGNATURE)))
    moment = at
    path_finding, path = validate_path(verified, credential.certificate_chain, evidence.trust, at)
    ended = path is None and path_finding.code == INVALID[PathReason.EXPIRED].code
    if ended and proven_at is not None:
        moment = proven_at
        path_finding, path = validate_path(verified, credential.certificate_chain, evidence.trust, moment)
    if path is None:
        return CheckedAttached((form, signature, path_finding, *_later(Step.PATH)))
    authorisation, decision = check_authorisation(verified, path, evidence.trust, moment)
    authorisation = within_age(authorisation, decision, policy)
    validity = check_validity(verified, policy, at)
    status, status_list = check_status(verified, path, evidence, policy, at)
    entry = decision.entry if decision else None
    licence = CheckedLicence(
        vct=verified.registered.vct,
        type_code=type_code_of(verified.registered.vct),
        claims=verified.claims,
        issuer=entry.name if entry else Text(path.subject.name, path.subject.name),
        issuer_uscc=path.subject.uscc or "",
        issuer_division=entry.division if entry else path.subject.division,
        valid_until=date_of(verified, "valid_until"),
        holder_key_thumbprint=None,
    )
    lists = [] if status_list is None else [status_list]
    if decision is not None and decision.source is not None:
        source = decision.source
        age = decision.list_age or timedelta()
        lists.append(ListUsed("trust", source.uri, source.sequence, source.issued_at, age))
    return CheckedAttached(
        (form, signature, path_finding, authorisation, validity, status), licence, tuple(lists)
    )


def _later(reached: Step) -> tuple[Finding, ...]:
    return not_checked(*(step for step in Step if reached < step <= Step.STATUS))
