"""The code by which a device takes the place of a registered terminal: typed in, or scanned, once.

Ten characters of Crockford's base 32 (no I, L, O, U), 50 bits: at ten thousand tries a second for ten minutes one in
two hundred million. As a picture it carries a prefix, so that a scanner at the wrong place can say what it read.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from verifier.terminals.errors import EnrolmentCodeError

PREFIX: Final = "ELT1:"
"""What the code begins with where it is a picture."""

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARS: Final = 10
_READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})


def new_enrolment_code() -> str:
    """A fresh code, ten characters."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_CHARS))


def format_enrolment_code(code: str) -> str:
    """In two groups, for reading aloud."""
    return f"{code[:5]}-{code[5:]}"


def parse_enrolment_code(text: str) -> str:
    """A code as typed or scanned: with or without prefix, hyphens and spaces, in either case.

    Raises:
        EnrolmentCodeError: it cannot be one; the answer is the same as for a code that is unknown.
    """
    plain = text.strip().upper().removeprefix(PREFIX)
    code = "".join(character for character in plain if character not in "- \t").translate(_READ_AS)
    if len(code) != _CHARS or any(character not in _ALPHABET for character in code):
        raise EnrolmentCodeError
    return code


def digest_of(code: str) -> str:
    """What the store keeps of a code."""
    return hashlib.sha256(f"elicence terminal enrolment {code}".encode()).hexdigest()
