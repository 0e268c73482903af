"""Redeeming a code: a window asks the holder's wallet service, with its name under the question, and gets more than
fits into a code.

The request is a JWT of the window's certificate, in JSON beside the text that was scanned: ``{"code", "request"}``. It names
the code, so it serves for no other; the wallet service compares its own name for the text it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from standards.errors import InvalidInputError
from standards.jose import (
    Sign,
    UnverifiedJws,
    b64url_encode,
    build_jws,
    build_x5c,
    parse_jws,
    verify_jws,
    x5c_of,
)
from standards.json_reader import Reader
from standards.show_code.errors import ShowCodeError
from standards.show_code.sheet import UnverifiedSheet

TYP: Final = "elicence-redeem+jwt"
MAX_CHARS: Final = 64 * 1024
LIFETIME: Final = timedelta(seconds=60)
CLOCK_SKEW: Final = timedelta(seconds=60)
MIN_NONCE_CHARS: Final = 16


@dataclass(frozen=True, slots=True)
class RedemptionRequest:
    """What a window asks.

    Attributes:
        code_id: name of the code (``UnverifiedShowCode.code_id``) or sheet (:func:`sheet_name`).
        audience: the redeem URL.
        client_id: who asks: ``x509_hash:`` and the digest of the certificate that signs.
        nonce: binds the presentation that comes back to this question.
        item: code of the service item, or ``None``.
        dcql_query: what the item needs, as JSON, or ``None`` for nothing beyond the code.
        issued_at: when, aware UTC.
    """

    code_id: str
    audience: str
    client_id: str
    nonce: str
    item: str | None
    dcql_query: Mapping[str, Any] | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class UnverifiedRedemption:
    """A well-formed request of which nothing has been verified."""

    jws: UnverifiedJws
    certificate_chain: tuple[bytes, ...]
    unverified: RedemptionRequest
    unverified_expires_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedRedemption:
    """A request by the owner of a certificate, for this code. Made only by :func:`verify_redemption_request`."""

    request: RedemptionRequest


@dataclass(frozen=True, slots=True)
class RedemptionAnswer:
    """What the wallet service answers when a code was redeemed.

    Attributes:
        redeemed_at: when.
        presentations: query id → SD-JWT+KB, for the audience and nonce of the request.
        identity: SD-JWT+KB of the holder's identity card with name and portrait, or ``None`` when there is none.
    """

    redeemed_at: datetime
    presentations: Mapping[str, str]
    identity: str | None

    def to_json(self) -> dict[str, Any]:
        """As sent."""
        wire: dict[str, Any] = {
            "state": "redeemed",
            "redeemed_at": int(self.redeemed_at.timestamp()),
            "presentations": dict(self.presentations),
        }
        return wire if self.identity is None else {**wire, "identity": self.identity}


def sheet_name(sheet: UnverifiedSheet) -> str:
    """Name of a sheet in a request: over what was signed, like that of a code."""
    return b64url_encode(sha256(sheet.licence.digest + sheet.message.payload).digest())


def client_id_of(leaf: bytes) -> str:
    """How a request names its signer: OpenID4VP 1.0 section 5.9.3, ``x509_hash``."""
    return f"x509_hash:{b64url_encode(sha256(leaf).digest())}"


def build_redemption_request(request: RedemptionRequest, chain: Sequence[bytes], sign: Sign) -> str:
    """The signed request; ``chain`` (DER, leaf first) goes into its header."""
    claims: dict[str, Any] = {
        "iss": request.client_id,
        "aud": request.audience,
        "iat": int(request.issued_at.timestamp()),
        "exp": int((request.issued_at + LIFETIME).timestamp()),
        "nonce": request.nonce,
        "code_hash": request.code_id,
    }
    if request.item is not None:
        claims["item"] = request.item
    if request.dcql_query is not None:
        claims["dcql_query"] = dict(request.dcql_query)
    return build_jws({"alg": "ES256", "typ": TYP, "x5c": build_x5c(chain)}, claims, sign)


def parse_redemption_request(text: str) -> UnverifiedRedemption:
    """A request from untrusted text; raises ``ShowCodeError``."""
    try:
        jws = parse_jws(text, max_chars=MAX_CHARS)
        chain = x5c_of(jws.header)
        reader = Reader(jws.claims())
        request = RedemptionRequest(
            code_id=reader.text("code_hash", max_chars=64),
            audience=reader.text("aud", max_chars=500),
            client_id=reader.text("iss", max_chars=200),
            nonce=reader.text("nonce", min_chars=MIN_NONCE_CHARS, max_chars=200),
            item=reader.optional_text("item", max_chars=64),
            dcql_query=reader.mapping("dcql_query") if "dcql_query" in reader else None,
            issued_at=_instant(reader, "iat"),
        )
        return UnverifiedRedemption(jws, chain, request, _instant(reader, "exp"))
    except (InvalidInputError, OverflowError) as cause:
        raise ShowCodeError("核销请求格式不对。", "The request does not have its form.") from cause


def verify_redemption_request(
    redemption: UnverifiedRedemption,
    public_key: ec.EllipticCurvePublicKey,
    *,
    audience: str,
    code_id: str,
    at: datetime,
) -> VerifiedRedemption:
    """The request as signed by the leaf certificate, whose path is for the caller to validate.

    Args:
        redemption: what came.
        public_key: of the leaf.
        audience: this wallet service's redeem URL.
        code_id: this wallet service's name for the text that came with it.
        at: now, aware UTC.

    Raises ``ShowCodeError``.
    """
    try:
        verify_jws(redemption.jws, public_key, typ=TYP)
    except InvalidInputError as cause:
        raise ShowCodeError(cause.message.zh, cause.message.en) from cause
    request = redemption.unverified
    if request.client_id != client_id_of(redemption.certificate_chain[0]):
        raise ShowCodeError("请求方标识与证书不符。", "The request names another than its certificate.")
    if request.audience != audience or request.code_id != code_id:
        raise ShowCodeError(
            "核销请求不是针对这个亮证码的。", "The request is for another code or another place."
        )
    ends = redemption.unverified_expires_at
    if not request.issued_at - CLOCK_SKEW <= at < ends + CLOCK_SKEW or ends > request.issued_at + LIFETIME:
        raise ShowCodeError("核销请求已过期。", "The request is out of its time.")
    return VerifiedRedemption(request)


def parse_redemption_answer(obj: Any) -> RedemptionAnswer:
    """An answer from untrusted JSON; raises ``ShowCodeError``. The presentations are for the caller to verify."""
    try:
        reader = Reader(obj)
        reader.choice("state", ("redeemed",))
        presentations = reader.mapping("presentations")
        if not all(isinstance(one, str) for one in presentations.values()):
            raise reader.fail("presentations", "应为文本。", "Not texts.")
        return RedemptionAnswer(
            reader.instant("redeemed_at"),
            {name: str(value) for name, value in presentations.items()},
            reader.optional_text("identity", max_chars=128 * 1024),
        )
    except InvalidInputError as cause:
        raise ShowCodeError("钱包服务的应答格式不对。", "The wallet service answered oddly.") from cause


def _instant(reader: Reader, name: str) -> datetime:
    return datetime.fromtimestamp(reader.integer(name), UTC)
