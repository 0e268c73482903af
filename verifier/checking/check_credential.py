"""Steps 1 to 8 over one presentation: the numbered pipeline of DESIGN section 3.

A step that an earlier failure made pointless is neutral: without a form, a signature or a path there is nothing
whose authorisation, validity, status or holder could be asked about. All other steps are independent, so that a clerk
sees every reason at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from keys.path_validation import ValidatedPath
from keys.trust_list import TrustDecision
from standards.dcql import SD_JWT, Presented
from standards.sd_jwt_vc import VerifiedCredential
from standards.text import Text
from standards.verification_report import Finding, Step
from verifier.checking.authority_keys import authority_key_ids
from verifier.checking.check_acting import Occasion, check_acting
from verifier.checking.checked import CheckedLicence, ExpectedPresentation
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.findings import not_checked
from verifier.checking.policy import VerificationPolicy
from verifier.checking.shown_by import ShownBy
from verifier.checking.step_1_form import parse_form
from verifier.checking.step_2_signature import verify_signature
from verifier.checking.step_3_path import validate_path
from verifier.checking.step_4_authorisation import check_authorisation, type_code_of, within_age
from verifier.checking.step_5_validity import check_validity, date_of
from verifier.checking.step_6_status import check_status
from verifier.checking.step_7_holder_binding import check_holder_binding
from verifier.checking.step_8_request import NO_REQUEST, check_answer

_AFTER_FORM = (
    Step.SIGNATURE,
    Step.PATH,
    Step.AUTHORISATION,
    Step.VALIDITY,
    Step.STATUS,
    Step.HOLDER_BINDING,
    Step.REQUEST,
)


@dataclass(frozen=True, slots=True)
class CheckedCredential:
    """One presentation after steps 1 to 8.

    Attributes:
        findings: one for each step; further ones of step 7 when somebody acts for the holder.
        licence: what it is, once signature and path hold; else ``None``.
        presented: the same for the query check of step 8; else ``None``.
        lists: lists that the findings rest on.
    """

    findings: tuple[Finding, ...]
    licence: CheckedLicence | None = None
    presented: Presented | None = None
    lists: tuple[ListUsed, ...] = ()


def check_credential(
    text: str,
    expected: ExpectedPresentation | None,
    evidence: Evidence,
    *,
    policy: VerificationPolicy,
    at: datetime,
) -> CheckedCredential:
    """Check one SD-JWT VC, as presented or bare.

    Args:
        text: what was shown, untrusted.
        expected: the request that it should answer, or ``None`` when there was none.
        evidence: lists in hand.
        policy: limits.
        at: the instant of the decision, aware UTC.
    """
    # 1. form parsed
    form, credential = parse_form(text, policy)
    if credential is None:
        return CheckedCredential((form, *not_checked(*_AFTER_FORM)))

    # 2. issuer's signature
    signature, verified = verify_signature(credential)
    if verified is None:
        return CheckedCredential((form, signature, *not_checked(*_AFTER_FORM[1:])))

    # 3. issuer's certificate path at the instant
    path_finding, path = validate_path(verified, credential.certificate_chain, evidence.trust, at)
    if path is None:
        return CheckedCredential((form, signature, path_finding, *not_checked(*_AFTER_FORM[2:])))

    # 4. issuer authorised for this licence type
    authorisation, decision = check_authorisation(verified, path, evidence.trust, at)
    authorisation = within_age(authorisation, decision, policy)

    # 5. validity period
    validity = check_validity(verified, policy, at)

    # 6. status, with the age of the list
    status, status_list = check_status(verified, path, evidence, policy, at)

    # 7. holder binding and freshness
    holder, binding = check_holder_binding(
        verified, credential.sd_jwt, policy, at, requested=expected is not None
    )
    occasion = Occasion(
        requested=expected is not None,
        type_code=type_code_of(verified.registered.vct),
        item=expected.item if expected else None,
        division=expected.division if expected else None,
    )
    acting = check_acting(binding, verified.claims, occasion, evidence, policy=policy, at=at)

    # 8. answers the request: nonce and audience here, the query once all presentations are checked
    if expected is None:
        answer: tuple[Finding, ...] = (NO_REQUEST,)
    elif binding is None:
        answer = not_checked(Step.REQUEST)
    else:
        answer = (check_answer(binding, audience=expected.audience, nonce=expected.nonce),)

    trust_list = _trust_list_used(decision)
    return CheckedCredential(
        findings=(
            form,
            signature,
            path_finding,
            authorisation,
            validity,
            status,
            holder,
            *acting.findings,
            *answer,
        ),
        licence=_licence(verified, path, decision, acting.shown_by),
        presented=Presented(
            format=SD_JWT,
            type=verified.registered.vct,
            claims=verified.claims,
            disclosed=verified.disclosed,
            holder_bound=expected is not None and binding is not None,
            authority_key_ids=authority_key_ids(path.chain_der),
        ),
        lists=tuple(used for used in (trust_list, status_list, *acting.lists) if used is not None),
    )


def _licence(
    verified: VerifiedCredential,
    path: ValidatedPath,
    decision: TrustDecision | None,
    shown_by: ShownBy | None,
) -> CheckedLicence:
    entry = decision.entry if decision else None
    holder_key = verified.registered.holder_key
    return CheckedLicence(
        vct=verified.registered.vct,
        type_code=type_code_of(verified.registered.vct),
        claims=verified.claims,
        issuer=entry.name if entry else Text(path.subject.name, path.subject.name),
        issuer_uscc=path.subject.uscc or "",
        issuer_division=entry.division if entry else path.subject.division,
        valid_until=date_of(verified, "valid_until"),
        holder_key_thumbprint=holder_key.thumbprint() if holder_key else None,
        shown_by=shown_by,
    )


def _trust_list_used(decision: TrustDecision | None) -> ListUsed | None:
    if decision is None or decision.source is None:
        return None
    source = decision.source
    return ListUsed("trust", source.uri, source.sequence, source.issued_at, decision.list_age or timedelta())
