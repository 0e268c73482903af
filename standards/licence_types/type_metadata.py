"""SD-JWT VC Type Metadata of a licence type (draft-ietf-oauth-sd-jwt-vc-13 section 6).

The same document for every issuer of the type: it comes from the catalogue alone. Order of the claims is the
printed order.
"""

from __future__ import annotations

from typing import Any

from standards.licence_types.common_claims import COMMON_CLAIMS
from standards.licence_types.licence_type import LicenceField, LicenceType
from standards.text import Text


def claims_of(licence_type: LicenceType) -> tuple[LicenceField, ...]:
    """All claims that a credential of the type can disclose: the face in printed order, then the common rest."""
    on_face = {field.name for field in licence_type.fields}
    return licence_type.fields + tuple(claim for name, claim in COMMON_CLAIMS.items() if name not in on_face)


def type_metadata(licence_type: LicenceType) -> dict[str, Any]:
    """The Type Metadata document (section 6.2) as a JSON object."""
    return {
        "vct": licence_type.vct,
        "name": licence_type.name.en,
        "description": licence_type.description.en,
        "display": [_type_display(licence_type, locale) for locale in ("zh-CN", "en")],
        "claims": [_claim(field) for field in claims_of(licence_type)],
    }


def _type_display(licence_type: LicenceType, locale: str) -> dict[str, Any]:
    appearance = licence_type.appearance
    return {
        "locale": locale,
        "name": _in(licence_type.name, locale),
        "description": _in(licence_type.description, locale),
        "rendering": {"simple": {"background_color": appearance.background, "text_color": appearance.text}},
    }


def _claim(field: LicenceField) -> dict[str, Any]:
    return {
        "path": [field.name],
        "display": [{"locale": locale, "label": _in(field.label, locale)} for locale in ("zh-CN", "en")],
        "mandatory": field.required,
        "sd": "always",
    }


def _in(text: Text, locale: str) -> str:
    return text.in_language(locale.partition("-")[0])
