"""The signed token around a status list (Token Status List section 5.1, JWT form; text of draft 20).

``parse_status_list_token`` reads the header only as far as the signer's certificates; nothing of the list is
decompressed before ``verify_status_list_token`` has checked the signature (section 8.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.jose import (
    JoseError,
    Sign,
    SignatureError,
    UnverifiedJws,
    b64url_decode,
    b64url_encode,
    build_jws,
    build_x5c,
    parse_jws,
    verify_jws,
    x5c_of,
)
from standards.json_reader import Reader
from standards.status_list.bits import ENTRY_BITS, MAX_LIST_BYTES, StatusList, decompress
from standards.status_list.errors import (
    StatusListError,
    StatusListSignatureError,
    StatusListSubjectError,
    StatusListTimeError,
)

TYPE: Final = "statuslist+jwt"
"""Media type in the header (section 5.1)."""

MEDIA_TYPE: Final = "application/statuslist+jwt"
"""Media type on the wire (section 8.1)."""

MAX_TOKEN_CHARS: Final = 8 * 1024 * 1024
"""Longest token that is read unless the caller says otherwise, in characters."""

_MAX_LIST_CHARS: Final = MAX_TOKEN_CHARS


@dataclass(frozen=True, slots=True)
class UnverifiedStatusListToken:
    """A well-formed status list token of which nothing has been verified.

    Attributes:
        jws: header, payload and signature.
        certificate_chain: DER certificates of the signer, leaf first.
    """

    jws: UnverifiedJws
    certificate_chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class VerifiedStatusList:
    """A status list whose token was verified. Made only by ``verify_status_list_token``.

    Attributes:
        uri: the list's address, equal to the token's ``sub``.
        statuses: the entries; to be read only.
        issued_at: when the list was signed.
        expires_at: when it must no longer be used, or ``None``.
        ttl: how long a fetched copy may be used before it is fetched again, or ``None``.
    """

    uri: str
    statuses: StatusList
    issued_at: datetime
    expires_at: datetime | None
    ttl: timedelta | None

    def status_at(self, index: int) -> int:
        """The entry at ``index``; raises ``StatusIndexError`` beyond the list."""
        return self.statuses.get(index)

    def require_current(self, at: datetime, *, clock_skew: timedelta = timedelta(seconds=60)) -> None:
        """Raises ``StatusListTimeError`` when the list is dated after ``at``, or has expired by then."""
        if self.issued_at > at + clock_skew:
            raise StatusListTimeError(
                "状态列表的签发时间在将来。", "The status list is dated in the future.", where="/iat"
            )
        if self.expires_at is not None and at >= self.expires_at:
            raise StatusListTimeError("状态列表已过期。", "The status list has expired.", where="/exp")


def build_status_list_token(
    statuses: StatusList,
    *,
    uri: str,
    issued_at: datetime,
    expires_at: datetime,
    ttl: timedelta,
    certificate_chain: Iterable[bytes],
    sign: Sign,
) -> str:
    """A signed status list token.

    Args:
        statuses: the entries.
        uri: address under which the token is served.
        issued_at: the present instant.
        expires_at: when verifiers must stop using it.
        ttl: how long verifiers may keep it before they fetch again.
        certificate_chain: DER, leaf first, without the anchor.
        sign: signature of the leaf's key.
    """
    header = {"typ": TYPE, "x5c": build_x5c(certificate_chain)}
    claims = {
        "sub": uri,
        "iat": int(issued_at.timestamp()),
        "exp": int(expires_at.timestamp()),
        "ttl": int(ttl.total_seconds()),
        "status_list": {"bits": statuses.bits, "lst": b64url_encode(statuses.compress())},
    }
    return build_jws(header, claims, sign)


def parse_status_list_token(text: str, *, max_chars: int = MAX_TOKEN_CHARS) -> UnverifiedStatusListToken:
    """The parts of a status list token, nothing verified, nothing decompressed; raises ``StatusListError``."""
    try:
        jws = parse_jws(text, max_chars=max_chars)
        return UnverifiedStatusListToken(jws, x5c_of(jws.header))
    except JoseError as cause:
        raise StatusListError(cause.message.zh, cause.message.en, where=cause.where) from cause


def verify_status_list_token(
    token: UnverifiedStatusListToken,
    signer_key: ec.EllipticCurvePublicKey,
    *,
    uri: str,
    at: datetime | None,
    clock_skew: timedelta = timedelta(seconds=60),
    max_list_bytes: int = MAX_LIST_BYTES,
) -> VerifiedStatusList:
    """The status list as verified with ``signer_key`` (section 8.3).

    Args:
        token: what was fetched.
        signer_key: key of the token's leaf certificate, whose path the caller has validated.
        uri: the ``uri`` of the credential's reference.
        at: the instant of verification, or ``None`` for a list that is kept and asked ``require_current`` each time.
        clock_skew: how far the issuer's clock may run ahead.
        max_list_bytes: limit of decompression.

    Raises ``StatusListSignatureError``, ``StatusListSubjectError``, ``StatusListTimeError``,
    ``StatusListTooLargeError`` or, for any other breach, ``StatusListError``.
    """
    try:
        verified = verify_jws(token.jws, signer_key, typ=TYPE)
        claims = Reader(verified.claims(), error=StatusListError)
    except SignatureError as cause:
        raise StatusListSignatureError(
            f"状态列表的签名无效：{cause.message.zh}",
            f"The status list's signature is not valid: {cause.message.en}",
        ) from cause
    except JoseError as cause:
        raise StatusListError(cause.message.zh, cause.message.en, where=cause.where) from cause
    if claims.text("sub", max_chars=2048) != uri:
        raise StatusListSubjectError(
            "状态列表不是该证照所指的列表。", "The status list is not the one referred to."
        )
    ttl = claims.optional_integer("ttl", minimum=1, maximum=10 * 365 * 86400)
    listed = VerifiedStatusList(
        uri=uri,
        statuses=_parse_list(claims.object("status_list"), max_list_bytes),
        issued_at=claims.instant("iat"),
        expires_at=claims.optional_instant("exp"),
        ttl=None if ttl is None else timedelta(seconds=ttl),
    )
    if at is not None:
        listed.require_current(at, clock_skew=clock_skew)
    return listed


def parse_status_list(obj: Any, *, max_list_bytes: int = MAX_LIST_BYTES) -> StatusList:
    """The entries of a ``status_list`` object (section 4.2); raises ``StatusListError``."""
    return _parse_list(Reader(obj, "/status_list", error=StatusListError), max_list_bytes)


def _parse_list(entry: Reader, max_list_bytes: int) -> StatusList:
    bits = entry.integer("bits", maximum=max(ENTRY_BITS))
    if bits not in ENTRY_BITS:
        raise entry.fail("bits", "状态位数应为 1、2、4 或 8。", "An entry has 1, 2, 4 or 8 bits.")
    try:
        compressed = b64url_decode(entry.text("lst", max_chars=_MAX_LIST_CHARS))
    except JoseError as cause:
        raise entry.fail("lst", cause.message.zh, cause.message.en) from cause
    return StatusList.of_bytes(decompress(compressed, max_bytes=max_list_bytes), bits=bits)
