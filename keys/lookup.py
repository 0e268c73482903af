"""Finding a holder by number without storing the number: HMAC-SHA-256 under a key of its own.

A hash of an identity number can be guessed through (there are about 10^11 of them); a keyed one cannot without the
key. Each value names the key that made it; during a rotation the values of two keys are live.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from keys.envelope import key_id_of
from standards.errors import InvalidInputError
from standards.jose import b64url_encode

_CODE_TYPE: Final = re.compile(r"[0-9A-Za-z]{1,8}")
MAX_NUMBER_CHARS: Final = 64
"""Longest holder number, in characters (GB/T 36903 annex A lists none beyond 32)."""


@dataclass(frozen=True, slots=True)
class LookupSecret:
    """One HMAC key with the label that its values carry: version and key id."""

    label: str
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, version: int, key: bytes) -> LookupSecret:
        """The secret for ``version`` over 32 secret bytes."""
        return cls(f"{version}-{key_id_of(key).hex()}", key)

    def value(self, message: bytes) -> str:
        """``label.mac``, the mac in base64url."""
        return f"{self.label}.{b64url_encode(hmac.digest(self.key, message, 'sha256'))}"


@dataclass(frozen=True, slots=True)
class LookupKey:
    """Makes lookup values for holders.

    Attributes:
        current: the secret that new values are made with.
        previous: secrets whose values may still be stored, newest first.
    """

    current: LookupSecret
    previous: tuple[LookupSecret, ...] = ()

    def lookup(self, code_type: str, number: str) -> str:
        """The value to store for a holder. Letters of the number count in upper case, outer blanks do not count.

        Raises ``InvalidInputError`` for a code type or a number that cannot be one.
        """
        return self.current.value(_message(code_type, number))

    def candidates(self, code_type: str, number: str) -> tuple[str, ...]:
        """Every value under which the holder may be stored, the current first; search with ``$in``."""
        message = _message(code_type, number)
        return tuple(secret.value(message) for secret in (self.current, *self.previous))

    def is_current(self, value: str) -> bool:
        """Whether a stored value was made with the current secret."""
        return value.partition(".")[0] == self.current.label

    def is_older(self, value: str) -> bool:
        """Whether a stored value was made with one of the secrets before the current one."""
        return value.partition(".")[0] in {secret.label for secret in self.previous}

    def older_pattern(self) -> str:
        """Regular expression of the stored values for which :meth:`is_older` holds; of none, when there are none."""
        # Labels are digits, a hyphen and hexadecimal digits: nothing to escape.
        return rf"^(?:{'|'.join(secret.label for secret in self.previous)})\."


def _message(code_type: str, number: str) -> bytes:
    number = number.strip().upper()
    if not _CODE_TYPE.fullmatch(code_type):
        raise InvalidInputError("证件类型代码不正确。", "The holder code type is not valid.")
    if not 0 < len(number) <= MAX_NUMBER_CHARS:
        raise InvalidInputError("证件号码长度不正确。", "The holder number has a wrong length.")
    # The code type has no colon, so one message has one reading.
    return f"{code_type}:{number}".encode()
