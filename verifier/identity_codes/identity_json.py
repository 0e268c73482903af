"""An identity code that was checked, in its wire shape."""

from __future__ import annotations

import base64
from dataclasses import fields
from typing import Any

from standards.claim169 import Identity
from verifier.identity_codes.check_identity import CheckedIdentity
from verifier.scanning.harmless import harmless


def identity_json(checked: CheckedIdentity) -> dict[str, Any] | None:
    """Issuer, end, and every field of the person that is there; ``None`` unless the signature holds.

    Texts are made harmless, the face comes as base64 of the picture as it was signed.
    """
    if checked.identity is None:
        return None
    return {
        "issuer": checked.issuer.to_json() if checked.issuer else None,
        "expires_at": checked.expires_at.isoformat() if checked.expires_at else None,
        **_person(checked.identity),
    }


def _person(identity: Identity) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(identity):
        value = getattr(identity, field.name)
        if value is None:
            continue
        if field.name == "face":
            found["face"] = base64.b64encode(value.data).decode("ascii")
        else:
            found[field.name] = (
                harmless(value, max_chars=400) if isinstance(value, str) else value.isoformat()
            )
    return found
