"""An issuing authority as the rest of the issuer knows it."""

from __future__ import annotations

from dataclasses import dataclass

from standards.text import Text


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority that issues from this node, as it stands now.

    Attributes:
        uscc: unified social credit code.
        name: for people.
        division: division code of its area, 6 digits.
        level: nation, province, city, county, township or other (GB/T 36902).
        issuer_identifier: its credential issuer identifier (OpenID4VCI 1.0 section 12.2.1).
        licence_types: codes of the types that it may issue now, sorted.
    """

    uscc: str
    name: Text
    division: str
    level: str
    issuer_identifier: str
    licence_types: tuple[str, ...]

    @property
    def key_id(self) -> str:
        """Name of its signing key in the key store."""
        return authority_key_id(self.uscc)


def authority_key_id(uscc: str) -> str:
    """Name of an authority's signing key in the key store."""
    return f"authority-{uscc.lower()}"
