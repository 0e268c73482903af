"""Whom a licence names as acting for its holder: by the fields that its type says (``LicenceType.representatives``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standards.codes.holder_code import CITIZEN_NUMBER
from standards.licence_types import RepresentativeRole, load_catalogue


@dataclass(frozen=True, slots=True, repr=False)
class NamedRepresentative:
    """Somebody whom a licence names: in which capacity, and the citizen identity number."""

    role: RepresentativeRole
    number: str

    @property
    def code_type(self) -> str:
        """Kind of the number."""
        return CITIZEN_NUMBER


def representatives_of(
    type_code: str, type_version: str, fields: Mapping[str, Any]
) -> tuple[NamedRepresentative, ...]:
    """Those whose number stands in the licence's own fields.

    A version that was made at a node follows what ships of its type; a type that was made at a node names nobody.
    """
    catalogue = load_catalogue()
    licence_type = catalogue.find_version(type_code, type_version) or catalogue.find(type_code)
    if licence_type is None:
        return ()
    return tuple(
        NamedRepresentative(one.role, number)
        for one in licence_type.representatives
        if isinstance(number := fields.get(one.number_field), str)
    )
