"""A complete fictional body of ``POST /api/v1/licences`` for each type, for systems that are being connected.

They belong to the first citizen of the demo, or to a business of his. Serial and number are left to the library, so
that posting one again makes a further licence.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

import orjson

from standards.licence_types import LicenceType

_FILE: Final = "data/examples.json"


def example_body(licence_type: LicenceType, today: date) -> dict[str, Any]:
    """The example for a type, issued today.

    Args:
        licence_type: of the catalogue.
        today: the day in China; an older day would let the first inspection fall due.
    """
    example = orjson.loads(_examples()[licence_type.code])
    return {"type": licence_type.code, "issue_date": today.isoformat(), **example}


@cache
def _examples() -> dict[str, bytes]:
    """Encoded by type code, so that nobody can change a kept example."""
    data = resources.files(__package__).joinpath(_FILE).read_bytes()
    return {code: orjson.dumps(body) for code, body in orjson.loads(data).items()}
