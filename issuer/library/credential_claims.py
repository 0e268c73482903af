"""What a copy of a licence says: the selectively disclosable claims of its credential, flat and in printed order."""

from __future__ import annotations

from typing import Any

from issuer.library.licence import Holder, Licence
from standards.licence_types import LicenceType, claims_of


def credential_claims(licence: Licence, licence_type: LicenceType, holder: Holder) -> dict[str, Any]:
    """Claim name → value for the copy that goes to ``holder``; a claim without a value is absent.

    Args:
        licence: the record.
        licence_type: its type.
        holder: one of its holders.
    """
    common = {
        "licence_identifier": str(licence.identifier),
        "licence_number": licence.licence_number,
        "issuing_authority": licence.authority.name,
        "issuing_authority_code": licence.authority.uscc,
        "division": licence.authority.division,
        "issue_date": licence.issue_date.isoformat(),
        "valid_from": licence.valid_from and licence.valid_from.isoformat(),
        "valid_until": licence.valid_until and licence.valid_until.isoformat(),
        "holder_name": holder.name,
        "holder_code_type": holder.code_type,
        "holder_number": holder.number,
    }
    values = {**licence.fields, **common}
    names = (field.name for field in claims_of(licence_type))
    return {name: values[name] for name in names if values.get(name) is not None}
