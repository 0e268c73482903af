"""The delegation: the key of a licence copy lets the key of one phone make codes, for at most a day.

COSE_Sign1 of the copy's key; payload ``[not before, lifetime in seconds, phone key, wallet service, acting or null]``; the
signature also covers ``"ELC1" ‖ SHA-256(compact licence)``, so that it serves no other copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from standards.cwt.cbor import decode_cbor, encode_cbor
from standards.cwt.cose import (
    UnverifiedSign1,
    build_sign1,
    compress_key,
    parse_compressed_key,
    parse_sign1,
    verify_sign1,
)
from standards.cwt.errors import CwtError
from standards.cwt.readers import MALFORMED, read_instant, read_integer
from standards.jose import PublicJwk, Sign
from standards.show_code.acting import ShortActing, acting_array, read_acting
from standards.show_code.errors import DelegationSignatureError, ShowCodeError
from standards.show_code.wallet_place import read_address, redeem_url, short_address

MAX_LIFETIME: Final = timedelta(hours=24)
"""A phone that was lost goes on making codes for so long, where nobody asks the wallet service."""

_CONTEXT: Final = b"ELC1"


@dataclass(frozen=True, slots=True)
class Delegation:
    """What the holder's key says about a phone.

    Attributes:
        not_before, expires_at: when codes may be made, whole seconds, at most ``MAX_LIFETIME`` apart.
        phone_key: the key that makes the codes.
        wallet_url: address of the wallet service, without a slash at its end.
        acting: who holds the phone, or ``None`` for the holder of the licence.
    """

    not_before: datetime
    expires_at: datetime
    phone_key: PublicJwk
    wallet_url: str
    acting: ShortActing | None = None

    def __post_init__(self) -> None:
        if not timedelta() < self.expires_at - self.not_before <= MAX_LIFETIME:
            raise ShowCodeError("亮证委托最长 24 小时。", "A delegation lasts at most 24 hours.")

    @property
    def redeem_url(self) -> str:
        """Where a window has a code redeemed."""
        return redeem_url(self.wallet_url)


@dataclass(frozen=True, slots=True)
class UnverifiedDelegation:
    """A well-formed delegation of which nothing has been verified."""

    message: UnverifiedSign1
    unverified: Delegation

    @property
    def digest(self) -> bytes:
        """SHA-256 over the delegation as received: what each code is bound to."""
        return sha256(self.message.data).digest()


def build_delegation(delegation: Delegation, licence: bytes, sign: Sign) -> bytes:
    """The signed delegation for a compact licence; ``sign`` is by the key of that copy."""
    acting = delegation.acting
    begins = int(delegation.not_before.timestamp())
    payload = [
        begins,
        int(delegation.expires_at.timestamp()) - begins,
        compress_key(delegation.phone_key),
        short_address(delegation.wallet_url),
        None if acting is None else acting_array(acting, delegation.wallet_url),
    ]
    return build_sign1({}, encode_cbor(payload), sign, external=_external(sha256(licence).digest()))


def parse_delegation(data: bytes) -> UnverifiedDelegation:
    """A delegation from untrusted bytes; raises ``ShowCodeError``."""
    try:
        message = parse_sign1(data)
        [begins, seconds, key, address, acting] = decode_cbor(message.payload)
        not_before = read_instant(begins)
        lifetime = timedelta(seconds=read_integer(seconds, 1, int(MAX_LIFETIME.total_seconds())))
        wallet_url = read_address(address)
        delegation = Delegation(
            not_before,
            not_before + lifetime,
            parse_compressed_key(key),
            wallet_url,
            None if acting is None else read_acting(acting, wallet_url),
        )
    except (CwtError, OverflowError, *MALFORMED) as cause:
        raise ShowCodeError("亮证委托格式不对。", "The delegation does not have its form.") from cause
    return UnverifiedDelegation(message, delegation)


def verify_delegation(
    delegation: UnverifiedDelegation, *, licence_digest: bytes, holder_key: PublicJwk
) -> Delegation:
    """The delegation as signed by the copy's key for this licence; its times are for the caller to judge.

    Raises ``DelegationSignatureError``.
    """
    try:
        verify_sign1(delegation.message, holder_key.public_key(), external=_external(licence_digest))
    except CwtError as cause:
        raise DelegationSignatureError(
            "亮证码不是持证人授权的设备生成的。", "The holder's key did not let this phone make codes."
        ) from cause
    return delegation.unverified


def _external(licence_digest: bytes) -> bytes:
    return _CONTEXT + licence_digest
