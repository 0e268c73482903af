"""The code of a case, ``ELB1:…``: what a wallet shows, or a slip carries, so that a window finds the case again.

It holds no personal data and cannot be guessed (128 random bits). The store knows a hash of it only: who reads the store
cannot make the code, and who holds the code finds one case.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b32encode
from datetime import datetime
from typing import Final

from standards.jose import b64url_encode
from verifier.items.material_rule import CHINA_TIME

PREFIX: Final = "ELB1:"

_SECRET: Final = re.compile(r"ELB1:([A-Za-z0-9_-]{22})", re.ASCII)
_NUMBER_CHARS: Final = 8


def new_case_code() -> str:
    """A fresh code."""
    return PREFIX + b64url_encode(secrets.token_bytes(16))


def is_case_code(text: str) -> bool:
    """Whether a scanned text is the code of some case, here or elsewhere."""
    return _SECRET.fullmatch(text.strip()) is not None


def case_id_of(code: str) -> str | None:
    """The id of the case that a code names; ``None`` when the text is no such code."""
    found = _SECRET.fullmatch(code.strip())
    if found is None:
        return None
    return b64url_encode(hashlib.sha256(b"case " + found[1].encode()).digest()[:16])


def case_number_of(case_id: str, opened_at: datetime) -> str:
    """The number that people read to each other: the day, then eight letters and digits that follow from the id.

    So nothing has to be counted, and two cases of a day share a number once in 10¹² pairs.
    """
    tail = b32encode(hashlib.sha256(b"number " + case_id.encode()).digest()[:5]).decode()[:_NUMBER_CHARS]
    return f"{opened_at.astimezone(CHINA_TIME):%Y%m%d}-{tail[:4]}-{tail[4:]}"
