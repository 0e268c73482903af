"""A show-licence code: ``ELC1:`` and Base45 of CBOR ``[compact licence, delegation, code]``, all three as bytes.

The code proper is a COSE_Sign1 of the phone's key over ``[seconds since 1970, 8 random bytes]`` and, without carrying
it, SHA-256 of the delegation. An ECDSA signature can be turned into another valid one by anyone, so the name of a code
is made of what was signed, never of the signature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Final

from standards.cwt import UnverifiedCompactLicence, parse_compact_licence
from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import ALG, ES256, UnverifiedSign1, build_sign1, parse_sign1, verify_sign1
from standards.cwt.errors import CwtError
from standards.cwt.readers import MALFORMED, read_instant
from standards.jose import PublicJwk, Sign, b64url_encode
from standards.show_code.delegation import (
    Delegation,
    UnverifiedDelegation,
    parse_delegation,
    verify_delegation,
)
from standards.show_code.envelope import open_text, seal_text
from standards.show_code.errors import CodeSignatureError, CodeTimeError, DelegationTimeError, ShowCodeError

SHOW_CODE_PREFIX: Final = "ELC1:"

CODE_LIFETIME: Final = timedelta(seconds=60)
"""How long a code serves; the phone makes a new one then."""

RANDOM_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class UnverifiedShowCode:
    """A well-formed code of which nothing has been verified.

    Attributes:
        licence: the compact licence.
        delegation: to the phone.
        message: the code proper.
        unverified_made_at: when the phone says that it made the code.
    """

    licence: UnverifiedCompactLicence
    delegation: UnverifiedDelegation
    message: UnverifiedSign1
    unverified_made_at: datetime

    @property
    def code_id(self) -> str:
        """Name of the code: base64url of SHA-256(SHA-256(delegation) ‖ payload)."""
        return b64url_encode(sha256(self.delegation.digest + self.message.payload).digest())


@dataclass(frozen=True, slots=True)
class VerifiedShowCode:
    """A code by the phone that the holder's key named. Made only by :func:`verify_show_code`.

    Attributes:
        delegation: to the phone.
        made_at: when the phone made it, by its own clock.
        code_id: name of the code, for single use.
    """

    delegation: Delegation
    made_at: datetime
    code_id: str


def build_code(
    delegation: bytes, *, made_at: datetime, sign: Sign, random: Callable[[int], bytes] = token_bytes
) -> bytes:
    """The code proper: what the phone makes each minute; ``sign`` is by the phone's key."""
    payload = encode_cbor([int(made_at.timestamp()), random(RANDOM_BYTES)])
    return build_sign1({}, payload, sign, external=sha256(delegation).digest())


def build_show_code(
    licence: bytes,
    delegation: bytes,
    *,
    made_at: datetime,
    sign: Sign,
    random: Callable[[int], bytes] = token_bytes,
) -> str:
    """The whole text; made again when it would end in a space, which scanners cut off."""
    while True:
        code = build_code(delegation, made_at=made_at, sign=sign, random=random)
        text = join_show_code(licence, delegation, code)
        if not text.endswith(" "):
            return text


def join_show_code(licence: bytes, delegation: bytes, code: bytes) -> str:
    """The text of three parts; one that ends in a space is for the caller to sign again."""
    return seal_text(SHOW_CODE_PREFIX, [licence, delegation, code])


def parse_show_code(text: str) -> UnverifiedShowCode:
    """A code from what a scanner typed; raises ``ShowCodeError``."""
    licence, delegation, code = open_text(SHOW_CODE_PREFIX, text, parts=3)
    try:
        message = parse_sign1(code)
        [seconds, random] = decode_cbor(message.payload)
        if not isinstance(random, bytes) or len(random) != RANDOM_BYTES or message.protected != {ALG: ES256}:
            raise ValueError("not a code")
        return UnverifiedShowCode(
            parse_compact_licence(licence), parse_delegation(delegation), message, read_instant(seconds)
        )
    except ShowCodeError:
        raise
    except CwtError as cause:
        raise ShowCodeError(cause.message.zh, cause.message.en) from cause
    except MALFORMED as cause:
        raise ShowCodeError("亮证码格式不对。", "The code does not have its form.") from cause


def verify_show_code(
    shown: UnverifiedShowCode,
    *,
    holder_key: PublicJwk,
    at: datetime,
    lifetime: timedelta = CODE_LIFETIME,
    clock_skew: timedelta = timedelta(),
) -> VerifiedShowCode:
    """The code as made by the phone that ``holder_key`` named, fresh at ``at``.

    Args:
        shown: what was scanned.
        holder_key: key of the licence copy, from a licence that the caller verified or keeps.
        at: now, aware UTC.
        lifetime: how old a code may be.
        clock_skew: how far the phone's clock may differ, both ways.

    Raises ``DelegationSignatureError``, ``CodeSignatureError``, ``DelegationTimeError`` or ``CodeTimeError``.
    """
    delegation = verify_delegation(
        shown.delegation, licence_digest=shown.licence.digest, holder_key=holder_key
    )
    try:
        verify_sign1(shown.message, delegation.phone_key.public_key(), external=shown.delegation.digest)
    except CwtError as cause:
        raise CodeSignatureError(
            "亮证码的签名无效。", "The code was not made by the phone of the holder."
        ) from cause
    made_at = shown.unverified_made_at
    if not delegation.not_before - clock_skew <= made_at < delegation.expires_at + clock_skew:
        raise DelegationTimeError(
            "亮证码不在授权的时间内生成。", "The code was not made within the time of its delegation."
        )
    if not made_at - clock_skew <= at < made_at + lifetime + clock_skew:
        raise CodeTimeError("亮证码已过期，请刷新。", "The code has expired; ask for a new one.")
    return VerifiedShowCode(delegation, made_at, shown.code_id)
