"""The catalogue on the wire of the management interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from issuer.catalogue.type_version import Step, TypeVersion, Withdrawal
from standards.errors import InvalidInputError
from standards.licence_types import Catalogue, LicenceType
from standards.licence_types.type_data import type_data


def summary_json(newest: LicenceType, catalogue: Catalogue) -> dict[str, Any]:
    """One line of the list of types."""
    versions = sorted(int(one.version) for one in catalogue.versions() if one.code == newest.code)
    return {
        "code": newest.code,
        "name": newest.name.to_json(),
        "owner": {
            "code": newest.defining_authority.uscc,
            "name": newest.defining_authority.name.to_json(),
        },
        "code_origin": newest.code_origin.value,
        "share_class": newest.share_class.value,
        "holder_category": newest.holder_category.value,
        "fields": len(newest.fields),
        "version": newest.version,
        "versions": [str(version) for version in versions],
        "vct": newest.vct,
        "withdrawn": catalogue.is_withdrawn(newest.code),
    }


def published_json(licence_type: LicenceType) -> dict[str, Any]:
    """A published version in full."""
    return {
        "version": licence_type.version,
        "vct": licence_type.vct,
        "state": "published",
        "type": type_data(licence_type),
    }


def version_json(version: TypeVersion, errors: Iterable[InvalidInputError]) -> dict[str, Any]:
    """A version that is being made, with what is still wrong in it."""
    return {
        "code": version.code,
        "version": str(version.version),
        "vct": version.vct,
        "state": version.state.value,
        "revision": version.revision,
        "type": dict(version.content),
        "errors": [error_json(error) for error in errors],
        "history": [_step(step) for step in version.steps],
    }


def error_json(error: InvalidInputError) -> dict[str, Any]:
    """One mistake with its place (JSON pointer into ``type``)."""
    return {"where": error.where or "", "message": error.message.to_json()}


def withdrawal_json(withdrawal: Withdrawal) -> dict[str, Any]:
    """A withdrawal, waiting or in force."""
    return {
        "code": withdrawal.code,
        "state": "done" if withdrawal.in_force else "proposed",
        "reason": withdrawal.reason,
        "proposed_by": withdrawal.proposed_by.name,
        "proposed_at": withdrawal.proposed_at.isoformat(),
        "approved_by": None if withdrawal.approved_by is None else withdrawal.approved_by.name,
    }


def _step(step: Step) -> dict[str, Any]:
    return {"step": step.kind.value, "at": step.at.isoformat(), "by": step.by.name, "note": step.note}
