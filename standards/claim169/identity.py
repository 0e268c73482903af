"""What claim 169 says about a person: keys 1 to 23 and the face (62). Other biometrics are not read: a window needs none.

Texts come as the issuer wrote them; whoever shows them makes them harmless first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

MAX_TEXT_CHARS: Final = 400
MAX_FACE_BYTES: Final = 32 * 1024

_TEXTS: Final[Mapping[str, int]] = {
    "id": 1,
    "version": 2,
    "language": 3,
    "full_name": 4,
    "first_name": 5,
    "middle_name": 6,
    "last_name": 7,
    "address": 10,
    "email": 11,
    "phone": 12,
    "nationality": 13,
    "guardian": 15,
    "secondary_full_name": 19,
    "secondary_language": 20,
    "location_code": 21,
    "legal_status": 22,
    "country_of_issuance": 23,
}
_BIRTH, _GENDER, _MARITAL, _IMAGE, _FACE = 8, 9, 14, 16, 62
_GENDERS: Final = {1: "male", 2: "female", 3: "other"}
_MARITAL_STATES: Final = {1: "unmarried", 2: "married", 3: "divorced"}
_DATA, _FORMAT, _SUB_FORMAT, _IMAGE_FORMAT = 0, 1, 2, 0


@dataclass(frozen=True, slots=True)
class Face:
    """A picture of the face, as encoded: PNG, JPEG, JPEG 2000, AVIF, WebP or TIFF; nobody has decoded it."""

    data: bytes = field(repr=False)
    sub_format: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """The person, as the issuer says. Whatever is absent or has not its form is ``None``."""

    id: str | None = None
    version: str | None = None
    language: str | None = None
    full_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None
    nationality: str | None = None
    marital_status: str | None = None
    guardian: str | None = None
    secondary_full_name: str | None = None
    secondary_language: str | None = None
    location_code: str | None = None
    legal_status: str | None = None
    country_of_issuance: str | None = None
    face: Face | None = None

    @property
    def name(self) -> str | None:
        """The full name, or what it is made of."""
        parts = [part for part in (self.first_name, self.middle_name, self.last_name) if part]
        return self.full_name or " ".join(parts) or None


def read_identity(claim: Mapping[Any, Any]) -> Identity:
    """The known keys; unknown ones are for later versions and are passed over."""
    return Identity(
        **{name: _text(claim.get(key)) for name, key in _TEXTS.items()},
        date_of_birth=_day(claim.get(_BIRTH)),
        gender=_coded(claim.get(_GENDER), _GENDERS),
        marital_status=_coded(claim.get(_MARITAL), _MARITAL_STATES),
        face=_face(claim.get(_FACE)) or _old_image(claim.get(_IMAGE)),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MAX_TEXT_CHARS else None


def _coded(value: Any, names: Mapping[int, str]) -> str | None:
    """Integers are written; texts were, in earlier versions."""
    if isinstance(value, str):
        return value.lower() if value.lower() in names.values() else None
    return names.get(value) if type(value) is int else None


def _day(value: Any) -> date | None:
    """``YYYYMMDD``, or an ISO date."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _face(value: Any) -> Face | None:
    first = value[0] if isinstance(value, list | tuple) and value else value
    if not isinstance(first, Mapping) or first.get(_FORMAT, _IMAGE_FORMAT) != _IMAGE_FORMAT:
        return None
    sub_format = first.get(_SUB_FORMAT)
    return _picture(first.get(_DATA), sub_format if type(sub_format) is int else None)


def _old_image(value: Any) -> Face | None:
    """Key 16, before the face had a place of its own."""
    return _picture(value, None)


def _picture(data: Any, sub_format: int | None) -> Face | None:
    return Face(data, sub_format) if isinstance(data, bytes) and 0 < len(data) <= MAX_FACE_BYTES else None
