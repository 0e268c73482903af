"""What was shown, arranged for a clerk: facts first, materials as a checklist, claims under their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from standards.licence_types import COMMON_CLAIMS, FieldKind, LicenceField, LicenceType, shown_image
from standards.licence_types.described_type import describe_vct
from standards.text import Text
from verifier.items import Material, ServiceItem, satisfied_by
from verifier.scanning.harmless import harmless_lines
from verifier.window.presentation import ShownLicence
from verifier.window.shown_by_view import ShownByView, view_shown_by

NOT_ON_THE_FACE: Final = frozenset(
    {"iss", "vct", "vct#integrity", "iat", "nbf", "exp", "cnf", "status", "sub", "_sd_alg"}
)
"""Registered claims of a credential: the report speaks about them."""


class Tick(StrEnum):
    """State of a line of the checklist."""

    DONE = "done"
    OPEN = "open"
    MISSING = "missing"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim under its label; a personal number is masked until touched. ``image`` is the ``data:`` URI of a picture."""

    label: Text
    value: str
    masked: str | None
    is_date: bool = False
    image: str | None = None


@dataclass(frozen=True, slots=True)
class LicenceView:
    """One licence as shown; ``shown_by`` says who showed it, when that was not its holder."""

    name: Text
    issuer: Text
    rows: tuple[ClaimRow, ...]
    shown_by: ShownByView | None = None


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One line of the checklist."""

    name: Text
    accepts: tuple[Text, ...]
    required: bool
    tick: Tick


def view_licences(licences: Mapping[str, Sequence[ShownLicence]]) -> tuple[LicenceView, ...]:
    """Every licence with its claims, in the order in which they were asked for."""
    return tuple(view_licence(licence) for shown in licences.values() for licence in shown)


def view_licence(licence: ShownLicence) -> LicenceView:
    """One licence with its claims in printed order; of a type that nobody describes, under their names."""
    known = describe_vct(licence.vct) or licence.described
    own = {} if known is None else known.fields
    fields = {
        name: own.get(name) or COMMON_CLAIMS.get(name)
        for name in licence.claims
        if name not in NOT_ON_THE_FACE
    }
    ordered = sorted(fields, key=lambda name: (fields[name] is None, _order(fields[name]), name))
    name = known.name if known else Text(licence.vct, licence.vct)
    return LicenceView(
        name=name,
        issuer=licence.issuer,
        shown_by=view_shown_by(licence.shown_by, name) if licence.shown_by else None,
        rows=tuple(_row(name, licence.claims[name], fields[name]) for name in ordered),
    )


def view_facts(item: ServiceItem, licences: Mapping[str, Sequence[ShownLicence]]) -> tuple[ClaimRow, ...]:
    """The facts that the item's clerk reads first; those that were not shown are left out."""
    rows = []
    for query, claim in item.facts:
        accepted = item.accepted(query)
        shown = licences.get(query)
        if accepted is not None and shown and claim in shown[0].claims:
            rows.append(_row(claim, shown[0].claims[claim], _field(accepted.licence_type, claim)))
    return tuple(rows)


def view_materials(
    item: ServiceItem,
    licences: Mapping[str, Sequence[ShownLicence]] | None,
    short: frozenset[str] = frozenset(),
) -> tuple[MaterialLine, ...]:
    """The checklist; ``licences`` is ``None`` while nothing was shown, ``short`` names those of which only a code was."""
    claims = (
        None if licences is None else {query: shown[0].claims for query, shown in licences.items() if shown}
    )
    return tuple(
        MaterialLine(
            name=material.name,
            accepts=tuple(accepted.licence_type.name for accepted in material.accepts),
            required=material.required,
            tick=_tick(material, claims, short),
        )
        for material in item.materials
    )


def _tick(material: Material, claims: Mapping[str, Mapping[str, Any]] | None, short: frozenset[str]) -> Tick:
    if claims is None:
        return Tick.OPEN
    if satisfied_by(material, claims, short) is not None:
        return Tick.DONE
    return Tick.MISSING if material.required else Tick.NOT_NEEDED


def _field(licence_type: LicenceType, name: str) -> LicenceField | None:
    return licence_type.field(name) or COMMON_CLAIMS.get(name)


def _order(field: LicenceField | None) -> int:
    return field.order or 1000 if field else 2000


def _row(name: str, value: Any, field: LicenceField | None) -> ClaimRow:
    # Issuers are listed, and may be careless all the same: what turns a line round is not shown.
    text = harmless_lines(value if isinstance(value, str) else str(value))
    if field is None:
        return ClaimRow(Text(name, name), text, None)
    image = shown_image(value) if field.kind is FieldKind.IMAGE else None
    if image is not None:
        return ClaimRow(field.label, "", None, image=image)
    masked = field.mask.apply(text) if field.mask else None
    return ClaimRow(field.label, text, masked, is_date=field.kind is FieldKind.DATE)
