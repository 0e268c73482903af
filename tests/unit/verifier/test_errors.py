"""Every error that can reach the wire of the window has its row."""

from __future__ import annotations

import verifier.app  # noqa: F401 -- loads every module that defines an error
from service.web.error_rows import KIT_ERRORS
from service.web.error_table import unmapped_errors
from verifier.errors import ERRORS


def test_every_error_is_mapped() -> None:
    assert unmapped_errors({**KIT_ERRORS, **ERRORS}, ("verifier", "service", "keys", "standards")) == []
