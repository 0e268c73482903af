"""How long each kind of document is made to last, and how long a copy may be good for."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from keys.sealing import SealLevel

ORIGINAL: Final = SealLevel.ARCHIVED
"""Originals outlive the certificates that they were sealed under."""

COPY: Final = SealLevel.TIMESTAMPED
"""Copies live for days or weeks; the time of the seal is proven."""

DEFAULT_COPY_DAYS: Final = 30
LONGEST_COPY: Final = timedelta(days=366)
