"""Rights on the wire of ``/api/v1``."""

from __future__ import annotations

from typing import Any

from service.web.language import mask_number
from wallet.accounts.account import Holder
from wallet.mandates.open_right import RightOfPerson
from wallet.mandates.right import Right


def acting_json(holder: Holder) -> dict[str, Any]:
    """For whom a request acts: ``acting_for`` of the schema ``Session``."""
    subject, acting = holder.subject, holder.acting
    return {
        "right": acting.right_id,
        "name": subject.name,
        "kind": subject.kind.value,
        "code_type": subject.code_type,
        "number": mask_number(subject.number, first=1, last=1),
        "capacity": acting.capacity.value,
        "only_to_look": acting.looks_back,
    }


def subject_json(one: RightOfPerson) -> dict[str, Any]:
    """The schema ``RightOfPerson``: a right as seen by who was given it."""
    right = one.right
    return {
        "right": right.right_id,
        "name": right.subject.name,
        "kind": right.subject.kind.value,
        "capacity": right.capacity.value,
        "state": right.state.value,
        "can_be_chosen": one.can_be_chosen,
        "only_to_look": one.looks_back,
        "reason": None if one.ended is None else one.ended.to_json(),
        **_limits(right),
    }


def grant_json(right: Right) -> dict[str, Any]:
    """The schema ``Grant``: a right as seen by who manages the subject's."""
    person = right.person
    return {
        "id": right.right_id,
        "person": {"name": person.name, "number": mask_number(person.number, first=1, last=1)},
        "capacity": right.capacity.value,
        "state": right.state.value,
        "parent": right.parent_id,
        "changed_at": None if right.changed_at is None else right.changed_at.isoformat(),
        **_limits(right),
    }


def _limits(right: Right) -> dict[str, Any]:
    terms = right.terms
    return {
        "scope": None if terms is None else terms.scope.to_dict(),
        "uses_left": right.uses_left,
        "not_before": None if terms is None else terms.not_before.isoformat(),
        "expires_at": None if terms is None else terms.expires_at.isoformat(),
    }
