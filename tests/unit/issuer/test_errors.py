from __future__ import annotations

from issuer.errors import ERRORS
from service.web.error_table import unmapped_errors
from service.web.error_rows import KIT_ERRORS


def test_every_error_class_has_its_row():
    assert unmapped_errors({**KIT_ERRORS, **ERRORS}, ("issuer", "service", "keys", "standards")) == []
