"""A service item as a DCQL query that asks for the minimum (OpenID4VP 1.0 section 6; R34, PIPL article 6)."""

from __future__ import annotations

from typing import Final

from standards.dcql import SD_JWT, ClaimsQuery, CredentialQuery, CredentialSetQuery, DcqlQuery
from standards.licence_types import LicenceType, vct_of
from verifier.items.service_item import AcceptedLicence, ServiceItem


def build_item_query(item: ServiceItem) -> DcqlQuery:
    """One credential query for each accepted licence; credential sets where there are choices or optional materials."""
    accepted = tuple(entry for material in item.materials for entry in material.accepts)
    plain = all(material.required and len(material.options) == 1 for material in item.materials)
    # Without sets every credential is required (section 6.4.2): shorter, and the same.
    sets = (
        ()
        if plain
        else tuple(
            CredentialSetQuery(material.options, required=material.required) for material in item.materials
        )
    )
    return DcqlQuery(tuple(_credential(entry) for entry in accepted), sets)


VERSIONS_AHEAD: Final = 3
"""Versions of a type that may be published before this window learns of them; DCQL knows no wildcard."""


def _versions(licence_type: LicenceType) -> tuple[str, ...]:
    """Every version that may be in people's hands, the newest that is known first: an item wants a licence of a type,
    whatever form it is printed on. One that lacks a claim that is asked for does not answer the query.
    """
    known = int(licence_type.version)
    numbers = (*range(known, 0, -1), *range(known + 1, known + 1 + VERSIONS_AHEAD))
    return tuple(vct_of(licence_type.code, str(number)) for number in numbers)


def _credential(accepted: AcceptedLicence) -> CredentialQuery:
    # Claims have ids only where claim sets need them (section 6.3).
    sets = accepted.claim_sets()
    named = len(sets) > 1
    return CredentialQuery(
        id=accepted.query,
        format=SD_JWT,
        types=_versions(accepted.licence_type),
        claims=tuple(ClaimsQuery((name,), id=name if named else None) for name in accepted.asked),
        claim_sets=sets if named else (),
    )
