"""What was shown, as the bytes that are sealed: licences as verified and presentations as received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from standards.licence_types.described_type import described_type_data, described_type_of
from standards.text import Text
from verifier.checking.shown_by import shown_by_of
from verifier.window.presentation import ShownLicence

Licences = Mapping[str, tuple[ShownLicence, ...]]


def licences_to_json(licences: Licences) -> dict[str, list[dict[str, Any]]]:
    """Query id → licences, for sealing."""
    return {
        query: [
            {
                "type_code": licence.type_code,
                "vct": licence.vct,
                "claims": licence.claims,
                "issuer": licence.issuer.to_json(),
                "issuer_uscc": licence.issuer_uscc,
                "issuer_division": licence.issuer_division,
                **(
                    {} if licence.described is None else {"described": described_type_data(licence.described)}
                ),
                **({} if licence.shown_by is None else {"shown_by": licence.shown_by.to_json()}),
            }
            for licence in shown
        ]
        for query, shown in licences.items()
    }


def licences_from_json(value: Mapping[str, Sequence[Mapping[str, Any]]]) -> Licences:
    """The reverse; trusts its input, because only what we sealed comes here."""
    return {
        query: tuple(
            ShownLicence(
                type_code=licence["type_code"],
                vct=licence["vct"],
                claims=licence["claims"],
                issuer=Text(**licence["issuer"]),
                issuer_uscc=licence["issuer_uscc"],
                issuer_division=licence.get("issuer_division"),
                described=described_type_of(licence["described"]) if "described" in licence else None,
                shown_by=shown_by_of(licence["shown_by"]) if "shown_by" in licence else None,
            )
            for licence in shown
        )
        for query, shown in value.items()
    }


def encode_shown(licences: Licences, vp_token: Mapping[str, Sequence[str]], **more: Any) -> bytes:
    """The bytes to seal; ``more`` goes along."""
    return orjson.dumps({"licences": licences_to_json(licences), "vp_token": vp_token, **more})
