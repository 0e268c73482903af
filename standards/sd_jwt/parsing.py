"""Taking an SD-JWT apart, nothing verified (RFC 9901 section 4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from standards.jose import JoseError, UnverifiedJws, parse_jws
from standards.sd_jwt.disclosure import Disclosure, parse_disclosure
from standards.sd_jwt.errors import SdJwtError

DEFAULT_MAX_CHARS: Final = 256 * 1024
"""Longest SD-JWT that is read unless the caller says otherwise, in characters: room for a portrait."""

MAX_DISCLOSURES: Final = 256
"""Most disclosures of one SD-JWT."""


@dataclass(frozen=True, slots=True)
class UnverifiedSdJwt:
    """A well-formed SD-JWT of which nothing has been verified.

    Attributes:
        jws: the issuer-signed JWT.
        unverified_claims: its payload, digests still in it.
        disclosures: as received, in their order.
        key_binding: the key binding JWT, or ``None``.
        bound_text: the text through the last ``~``, which ``sd_hash`` covers (RFC 9901 section 4.3.1).
    """

    jws: UnverifiedJws
    unverified_claims: dict[str, Any]
    disclosures: tuple[Disclosure, ...]
    key_binding: UnverifiedJws | None
    bound_text: str


def parse_sd_jwt(text: str, *, max_chars: int = DEFAULT_MAX_CHARS) -> UnverifiedSdJwt:
    """The parts of an SD-JWT, with or without key binding; raises ``SdJwtError`` for any other text."""
    if len(text) > max_chars:
        raise SdJwtError(
            f"证照超过 {max_chars} 个字符。", f"The SD-JWT is longer than {max_chars} characters."
        )
    signed, *disclosures = text.split("~")
    if not disclosures:
        raise SdJwtError("不是 SD-JWT 格式。", "This is not an SD-JWT: there is no tilde in it.")
    last = disclosures.pop()
    if len(disclosures) > MAX_DISCLOSURES:
        raise SdJwtError(
            f"披露项超过 {MAX_DISCLOSURES} 个。", f"There are more than {MAX_DISCLOSURES} disclosures."
        )
    try:
        jws = parse_jws(signed, max_chars=max_chars)
        return UnverifiedSdJwt(
            jws=jws,
            unverified_claims=jws.claims(),
            disclosures=tuple(map(parse_disclosure, disclosures)),
            key_binding=parse_jws(last, max_chars=max_chars) if last else None,
            bound_text=text[: len(text) - len(last)],
        )
    except JoseError as cause:
        raise SdJwtError(cause.message.zh, cause.message.en, where=cause.where) from cause
