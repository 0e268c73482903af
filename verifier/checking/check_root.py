"""The root licence of somebody who acts for another: checked like a licence, and asked whom it gives which right."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from standards.codes.holder_code import CITIZEN_NUMBER, HolderKind
from standards.errors import InvalidInputError
from standards.jose import PublicJwk
from standards.licence_types import LicenceType, load_catalogue
from standards.mandate import Party
from standards.mandate.party import MAX_NAME_CHARS
from standards.verification_report import Finding, Outcome
from verifier.checking import acting_findings as findings
from verifier.checking.evidence import Evidence, ListUsed
from verifier.checking.policy import VerificationPolicy
from verifier.checking.step_1_form import parse_form
from verifier.checking.step_2_signature import verify_signature
from verifier.checking.step_3_path import validate_path
from verifier.checking.step_4_authorisation import check_authorisation, type_code_of
from verifier.checking.step_5_validity import CHINA_TIME, check_validity
from verifier.checking.step_6_status import check_status

MAJORITY: Final = 18
"""Years (Civil Code article 17)."""

# Which representative's role makes a type the root of what kind of subject.
_ROOT_ROLE: Final = {HolderKind.LEGAL_ENTITY: "legal_representative", HolderKind.OTHER: "guardian"}


@dataclass(frozen=True, slots=True)
class CheckedRoot:
    """A root licence that holds in every respect.

    Attributes:
        subject: its holder.
        key: key of this copy; every grant must be by it.
        licence_type: its type, or ``None`` for one that was made elsewhere.
        claims: what it discloses.
        lists: lists that this rests on.
    """

    subject: Party
    key: PublicJwk
    licence_type: LicenceType | None
    claims: dict[str, object]
    lists: tuple[ListUsed, ...]


def check_root(
    text: str, evidence: Evidence, policy: VerificationPolicy, at: datetime
) -> CheckedRoot | Finding:
    """The root licence, or the finding of step 7 that says why not.

    Steps 1 to 6 as for any licence; then it must show its holder and be of a type that can give the right.
    """
    form, credential = parse_form(text, policy)
    if credential is None:
        return findings.of_root(form)
    signature, verified = verify_signature(credential)
    if verified is None:
        return findings.of_root(signature)
    path_finding, path = validate_path(verified, credential.certificate_chain, evidence.trust, at)
    if path is None:
        return findings.of_root(path_finding)
    authorisation, _ = check_authorisation(verified, path, evidence.trust, at)
    validity = check_validity(verified, policy, at)
    status, used = check_status(verified, path, evidence, policy, at)
    # What failed is said before what is not known.
    for outcome in (Outcome.FAILED, Outcome.INDETERMINATE):
        for finding in (authorisation, validity, status):
            if finding.outcome is outcome:
                return findings.of_root(finding)
    key = verified.registered.holder_key
    subject = _holder_of(dict(verified.claims))
    if key is None or subject is None:
        return findings.ROOT_HOLDER_WITHHELD
    licence_type = _type_of(verified.registered.vct)
    if not _is_root(licence_type, subject):
        return findings.ROOT_OF_OTHER_TYPE
    return CheckedRoot(subject, key, licence_type, dict(verified.claims), (used,) if used else ())


def check_representative(root: CheckedRoot, capacity: str, person: Party, at: datetime) -> Finding | Party:
    """``person`` under the name that the root licence gives him in this capacity, or why it does not name him."""
    named = next(
        (
            one
            for one in (root.licence_type.representatives if root.licence_type else ())
            if one.role == capacity and root.claims.get(one.number_field) == person.number
        ),
        None,
    )
    if named is None or person.code_type != CITIZEN_NUMBER:
        return findings.NOT_REPRESENTATIVE
    if capacity == "guardian":
        born = _date(root.claims.get("birth_date"))
        if born is None:
            return findings.ROOT_HOLDER_WITHHELD
        if _has_reached(MAJORITY, born, at.astimezone(CHINA_TIME).date()):
            return findings.AFTER_MAJORITY
    name = root.claims.get(named.name_field)
    return replace(person, name=name[:MAX_NAME_CHARS]) if isinstance(name, str) and name else person


def _holder_of(claims: dict[str, object]) -> Party | None:
    code_type, number, name = (claims.get(f"holder_{part}") for part in ("code_type", "number", "name"))
    if not (isinstance(code_type, str) and isinstance(number, str) and isinstance(name, str)):
        return None
    party = Party(code_type, number, name[:MAX_NAME_CHARS])
    try:
        return party if party.kind else None
    except InvalidInputError:
        return None


def _type_of(vct: str) -> LicenceType | None:
    """The type in the version of the credential; a newer version of a shipped type where this one is not known."""
    catalogue = load_catalogue()
    code = type_code_of(vct)
    return catalogue.find_vct(vct) or (catalogue.find(code) if code else None)


def _is_root(licence_type: LicenceType | None, subject: Party) -> bool:
    role = _ROOT_ROLE.get(subject.kind)
    if role is None:
        return True  # a natural person's own licence, whichever it is: its key is the person's
    newest = load_catalogue().find(licence_type.code) if licence_type else None
    return newest is not None and any(one.role == role for one in newest.representatives)


def _has_reached(years: int, born: date, today: date) -> bool:
    return (today.year - years, today.month, today.day) >= (born.year, born.month, born.day)


def _date(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
