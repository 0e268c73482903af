"""One line of an order: copies of one licence for the keys of its holder's wallet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from issuer.bulk.errors import InvalidOrderLineError
from issuer.issuance.offer import BATCH_SIZE
from standards.jose import JoseError, PublicJwk, parse_public_jwk
from standards.json_reader import Reader, parse_json

MAX_LINE_BYTES: Final = 64 * 1024
"""Longest line: twenty keys take about 4 KB."""

_MEMBERS: Final = frozenset({"licence", "keys"})
_MAX_IDENTIFIER_CHARS: Final = 160


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What a line asks for.

    Attributes:
        licence: identifier of the licence version.
        keys: public keys of the holder's wallet, one for each copy, all different.
    """

    licence: str
    keys: tuple[PublicJwk, ...]


def parse_order_line(data: bytes) -> OrderLine:
    """The line ``{"licence": identifier, "keys": [JWK, …]}`` in untrusted bytes.

    Raises ``InvalidOrderLineError``, naming the member.
    """
    if len(data) > MAX_LINE_BYTES:
        raise InvalidOrderLineError(
            f"此行超过 {MAX_LINE_BYTES} 字节。", f"The line is longer than {MAX_LINE_BYTES} bytes."
        )
    reader = Reader(parse_json(data, error=InvalidOrderLineError), error=InvalidOrderLineError)
    reader.refuse_unknown(_MEMBERS)
    licence = reader.text("licence", max_chars=_MAX_IDENTIFIER_CHARS)
    keys = []
    for index, obj in enumerate(reader.list("keys", min_items=1, max_items=BATCH_SIZE)):
        try:
            key = parse_public_jwk(obj)
            key.public_key()  # a point that is not on the curve could never show the copy
        except JoseError as error:
            raise InvalidOrderLineError(
                error.message.zh, error.message.en, where=reader.pointer("keys", index)
            ) from error
        keys.append(key)
    if len(set(keys)) != len(keys):
        raise InvalidOrderLineError(
            "同一密钥被用于两份副本。", "One key is named twice; that links the copies.", where="/keys"
        )
    return OrderLine(licence, tuple(keys))
