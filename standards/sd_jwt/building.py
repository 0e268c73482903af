"""Building an SD-JWT: which claims become disclosures, and the signed text (RFC 9901 sections 4.1 and 4.2).

``conceal`` walks nested claims in which ``Disclosable`` marks what the holder may withhold. ``conceal_flat`` is the
same for the usual case of a credential, where every disclosable claim stands at the top level: it encodes all salts
at once and makes no values in between, because it is on the path of every issued copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Final

import orjson

from standards.jose import Sign, build_jws
from standards.jose.base64url import b64url_encode_bytes
from standards.sd_jwt.disclosure import (
    DIGEST_ALGORITHM,
    RESERVED_NAMES,
    SALT_BYTES,
    Disclosure,
    build_disclosure,
)
from standards.sd_jwt.errors import SdJwtError

Random = Callable[[int], bytes]
"""Source of unpredictable bytes, by their number."""

_SALT_CHARS: Final = SALT_BYTES * 4 // 3


@dataclass(frozen=True, slots=True)
class Disclosable:
    """Marks a claim's value or an array element that the holder may withhold."""

    value: Any


def build_sd_jwt(
    header: Mapping[str, Any], claims: Mapping[str, Any], sign: Sign, *, random: Random = token_bytes
) -> str:
    """An SD-JWT with all its disclosures, without key binding.

    Args:
        header: protected header; ``alg`` is set to ES256.
        claims: the payload; parts to be disclosed selectively are wrapped in ``Disclosable``, nested as wished.
        sign: the issuer's signature.
        random: source of the salts.
    """
    payload, disclosures = conceal(claims, random=random)
    signed = build_jws(header, payload, sign)
    return join_sd_jwt(signed, (disclosure.encoded for disclosure in disclosures))


def join_sd_jwt(signed: str, disclosures: Iterable[str]) -> str:
    """The text of an SD-JWT through its last ``~`` (RFC 9901 section 4)."""
    return "~".join((signed, *disclosures, ""))


def conceal(
    claims: Mapping[str, Any], *, random: Random = token_bytes
) -> tuple[dict[str, Any], tuple[Disclosure, ...]]:
    """The payload with digests in place of what is ``Disclosable``, and the disclosures, inner ones first."""
    disclosures: list[Disclosure] = []

    def salt() -> str:
        return b64url_encode_bytes(random(SALT_BYTES)).decode("ascii")

    def in_object(members: Mapping[str, Any]) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        digests = []
        for name, value in members.items():
            if name in RESERVED_NAMES:
                raise SdJwtError(f"声明不得命名为 {name}。", f"A claim must not be named {name}.")
            if isinstance(value, Disclosable):
                disclosures.append(build_disclosure(salt(), inside(value.value), name=name))
                digests.append(disclosures[-1].digest)
            else:
                plain[name] = inside(value)
        if digests:
            # Sorted, so that their order says nothing about the order of the claims (section 4.2.4.1).
            plain["_sd"] = sorted(digests)
        return plain

    def in_array(items: Iterable[Any]) -> list[Any]:
        plain = []
        for item in items:
            if isinstance(item, Disclosable):
                disclosures.append(build_disclosure(salt(), inside(item.value)))
                plain.append({"...": disclosures[-1].digest})
            else:
                plain.append(inside(item))
        return plain

    def inside(value: Any) -> Any:
        if isinstance(value, Mapping):
            return in_object(value)
        if isinstance(value, list | tuple):
            return in_array(value)
        return value

    payload = in_object(claims)
    if disclosures:
        payload["_sd_alg"] = DIGEST_ALGORITHM
    return payload, tuple(disclosures)


def conceal_flat(claims: Mapping[str, Any], *, random: Random = token_bytes) -> tuple[list[str], list[bytes]]:
    """Digests (sorted) and encoded disclosures (in the order of ``claims``) of claims all disclosable as a whole."""
    salts = b64url_encode_bytes(random(SALT_BYTES * len(claims))).decode("ascii")
    encoded = []
    digests = []
    start = 0
    for name, value in claims.items():
        end = start + _SALT_CHARS
        disclosure = b64url_encode_bytes(orjson.dumps((salts[start:end], name, value)))
        start = end
        encoded.append(disclosure)
        digests.append(b64url_encode_bytes(sha256(disclosure).digest()).decode("ascii"))
    digests.sort()
    return digests, encoded
