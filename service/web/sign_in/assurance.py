"""How strongly a person was identified, on one scale for all providers (after ISO/IEC 29115 and its levels 2 to 4)."""

from __future__ import annotations

from enum import IntEnum


class Assurance(IntEnum):
    """Level of assurance; a higher one includes the lower."""

    LOW = 1
    """Some confidence; also whatever a provider says in words that the operator has not put on this scale."""
    SUBSTANTIAL = 2
    """Identity verified, two factors."""
    HIGH = 3
    """Verified in person or alike, a key that cannot be copied."""


NAMES = {"low": Assurance.LOW, "substantial": Assurance.SUBSTANTIAL, "high": Assurance.HIGH}
"""Words of the configuration."""
