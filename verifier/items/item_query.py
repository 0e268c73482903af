"""A service item as a DCQL query that asks for the minimum (OpenID4VP 1.0 section 6; R34, PIPL article 6)."""

from __future__ import annotations

from standards.dcql import SD_JWT, ClaimsQuery, CredentialQuery, CredentialSetQuery, DcqlQuery
from verifier.items.service_item import AcceptedLicence, ServiceItem


def build_item_query(item: ServiceItem) -> DcqlQuery:
    """One credential query for each accepted licence; credential sets where there are choices or optional materials."""
    accepted = tuple(entry for material in item.materials for entry in material.accepts)
    plain = all(material.required and len(material.accepts) == 1 for material in item.materials)
    # Without sets every credential is required (section 6.4.2): shorter, and the same.
    sets = (
        ()
        if plain
        else tuple(
            CredentialSetQuery(
                tuple((entry.query,) for entry in material.accepts), required=material.required
            )
            for material in item.materials
        )
    )
    return DcqlQuery(tuple(_credential(entry) for entry in accepted), sets)


def _credential(accepted: AcceptedLicence) -> CredentialQuery:
    # Claims have ids only where claim sets need them (section 6.3).
    named = bool(accepted.claims_if_present)
    return CredentialQuery(
        id=accepted.query,
        format=SD_JWT,
        types=(accepted.licence_type.vct,),
        claims=tuple(ClaimsQuery((name,), id=name if named else None) for name in accepted.asked),
        claim_sets=(accepted.asked, accepted.claims) if named else (),
    )
