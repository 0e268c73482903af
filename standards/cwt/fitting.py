"""A compact licence within its share of a symbol that cheap scanners read (version 20, level M: 970 characters).

The rest of the 643 bytes behind Base45 belongs to the delegation, with whoever acts for the holder, and to the code.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from standards.cwt.compact_licence import CompactClaims, build_compact_licence
from standards.cwt.cose import SIGNATURE_BYTES

LICENCE_BYTES: Final = 376
"""Share of the licence: level M holds for the holder himself and for a representative. Who acts under a grant may need
level L, in a symbol that is no larger."""


def fit_fields(claims: CompactClaims) -> CompactClaims:
    """``claims`` with those face fields, the most important first, that fit into :data:`LICENCE_BYTES`.

    What must be there anyway is never left out: a holder with a very long name has a larger symbol.
    """
    fitting = replace(claims, fields={})
    for place, value in claims.fields.items():
        tried = replace(fitting, fields={**fitting.fields, place: value})
        if _size(tried) <= LICENCE_BYTES:
            fitting = tried
    return fitting


def _size(claims: CompactClaims) -> int:
    return len(build_compact_licence(claims, certificate=b"", sign=lambda _: bytes(SIGNATURE_BYTES)))
