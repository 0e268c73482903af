"""Making a repeat safe: the header ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson

from keys.lookup import LookupKey
from standards.errors import InvalidInputError

MAX_KEY_CHARS: Final = 128


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key and a digest of the content that came with it.

    Attributes:
        key: SHA-256 of the caller's key, so that what somebody put into it does not lie in the store.
        digest: keyed hash of the content, canonically encoded; nobody can guess a holder's data from it.
        older_digests: the same under the keys before, while those are live.
    """

    key: str
    digest: str
    older_digests: tuple[str, ...] = ()


def parse_idempotency_key(header: str | None, body: Any, lookup: LookupKey) -> IdempotencyKey | None:
    """The key of a request, or ``None`` when it has none.

    Args:
        header: value of ``Idempotency-Key``.
        body: the decoded JSON body.
        lookup: keys the digest.

    Raises:
        InvalidInputError: empty, too long, or not printable ASCII.
    """
    if header is None:
        return None
    if not 0 < len(header) <= MAX_KEY_CHARS or not header.isascii() or not header.isprintable():
        raise InvalidInputError(
            f"Idempotency-Key 应为 1 至 {MAX_KEY_CHARS} 个可见字符。",
            f"An Idempotency-Key has 1 to {MAX_KEY_CHARS} visible characters.",
            where="Idempotency-Key",
        )
    canonical = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    digest, *older = lookup.candidates("content", canonical)
    return IdempotencyKey(hashlib.sha256(header.encode()).hexdigest(), digest, tuple(older))
