"""What a licence that was shown is called, and how its claims are labelled, when its type was made elsewhere."""

from __future__ import annotations

from dataclasses import replace

from service.type_feed import TypeFeed
from standards.licence_types.described_type import describe_vct
from verifier.window.presentation import ShownLicence


def with_description(licence: ShownLicence, types: TypeFeed) -> ShownLicence:
    """The licence with its type's description beside it, kept with the evidence: it can be read when its issuer is gone.

    A type that ships costs nothing, another one two fetches for each version and process. Without a description the
    claims are shown under their names; the verdict does not depend on it.

    Args:
        licence: whose issuer's signature and path were verified.
        types: asks the issuer.
    """
    integrity, issuer = licence.claims.get("vct#integrity"), licence.claims.get("iss")
    if describe_vct(licence.vct) is not None or not isinstance(integrity, str) or not isinstance(issuer, str):
        return licence
    return replace(licence, described=types.describe(licence.vct, integrity, issuer))
