"""Signed request objects (OpenID4VP 1.0 section 5): built by the verifier, read and verified by the wallet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from standards.dcql import DcqlQuery, InvalidDcqlQueryError, parse_dcql
from standards.jose import JoseError, Sign, UnverifiedJws, build_jws, build_x5c, parse_jws, verify_jws, x5c_of
from standards.json_reader import Reader
from standards.openid4vp.authorization_request import RequestReference, check_url
from standards.openid4vp.client_id import (
    ClientId,
    Prefix,
    check_response_host,
    parse_client_id,
    verify_client_id_certificate,
)
from standards.openid4vp.client_metadata import ClientMetadata, parse_client_metadata
from standards.openid4vp.errors import InvalidPresentationRequestError

TYP: Final = "oauth-authz-req+jwt"
"""Header ``typ`` of a request object (section 5.1; RFC 9101)."""

MEDIA_TYPE: Final = "application/oauth-authz-req+jwt"
"""How a request object is served from the request URI (section 5.10.1)."""

STATIC_AUDIENCE: Final = "https://self-issued.me/v2"
"""``aud`` for wallets found without metadata of their own (section 5.8)."""

DIRECT_POST: Final = "direct_post"
DIRECT_POST_JWT: Final = "direct_post.jwt"
RESPONSE_MODES: Final = (DIRECT_POST, DIRECT_POST_JWT)
"""Response modes spoken here (section 8.2 and 8.3.1)."""

MAX_CHARS: Final = 256 * 1024
"""Longest request object that is read, in characters."""

MIN_NONCE_CHARS: Final = 16
"""A nonce shorter than this cannot be fresh and unpredictable (section 5.2)."""

CLOCK_SKEW: Final = timedelta(minutes=1)
"""How far the clocks of wallet and verifier may differ."""


@dataclass(frozen=True, slots=True)
class PresentationRequest:
    """What a verifier asks.

    Attributes:
        client_id: who asks.
        response_uri: where the answer goes.
        response_mode: one of :data:`RESPONSE_MODES`.
        nonce: binds the answer to this request.
        dcql_query: what is asked for.
        client_metadata: how the answer may look.
        state: comes back with the answer, or ``None``.
        transaction_data: entries as base64url texts, unread.
        verifier_info: attestations about the verifier, each with ``format`` and ``data``, unread.
        wallet_nonce: the wallet's nonce when it fetched with POST, or ``None``.
        issued_at: ``iat``, or ``None``.
        expires_at: ``exp``, or ``None``.
    """

    client_id: ClientId
    response_uri: str
    response_mode: str
    nonce: str
    dcql_query: DcqlQuery
    client_metadata: ClientMetadata
    state: str | None = None
    transaction_data: tuple[str, ...] = ()
    verifier_info: tuple[Mapping[str, Any], ...] = ()
    wallet_nonce: str | None = None
    issued_at: datetime | None = None
    expires_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """The claims of the request object; there is a ``response_uri`` and never a ``redirect_uri`` (section 8.2)."""
        optional: dict[str, Any] = {
            "state": self.state,
            "transaction_data": list(self.transaction_data) or None,
            "verifier_info": [dict(entry) for entry in self.verifier_info] or None,
            "wallet_nonce": self.wallet_nonce,
            "iat": int(self.issued_at.timestamp()) if self.issued_at else None,
            "exp": int(self.expires_at.timestamp()) if self.expires_at else None,
        }
        return {
            "response_type": "vp_token",
            "response_mode": self.response_mode,
            "client_id": str(self.client_id),
            "response_uri": self.response_uri,
            "aud": STATIC_AUDIENCE,
            "nonce": self.nonce,
            "dcql_query": self.dcql_query.to_json(),
            "client_metadata": self.client_metadata.to_json(),
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class UnverifiedRequestObject:
    """A request object as received: nothing of it may be shown or acted on.

    Attributes:
        jws: the signed object.
        certificate_chain: DER, leaf first, as the header says.
    """

    jws: UnverifiedJws
    certificate_chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request whose signature and client id hold; made only by :func:`verify_request_object`.

    Whether the verifier is to be trusted is still open: that is for the path of ``certificate_chain``.
    """

    request: PresentationRequest
    certificate_chain: tuple[bytes, ...] = field(repr=False)


def build_request_object(
    request: PresentationRequest, *, certificate_chain: Sequence[bytes], sign: Sign
) -> str:
    """The signed request object.

    Args:
        request: what is asked.
        certificate_chain: DER, leaf first, anchor excluded (HAIP 1.0 section 4.5).
        sign: signs with the leaf's key.

    Raises:
        InvalidVerifierError: the leaf does not prove the client id, or the response goes to another host.
        ValueError: ``redirect_uri`` requests cannot be signed (section 5.9.3).
    """
    if request.client_id.prefix is Prefix.REDIRECT_URI:
        raise ValueError("a request of a redirect_uri client cannot be signed")
    verify_client_id_certificate(request.client_id, certificate_chain[0])
    check_response_host(request.client_id, request.response_uri)
    return build_jws({"typ": TYP, "x5c": build_x5c(certificate_chain)}, request.to_json(), sign)


def parse_request_object(text: str) -> UnverifiedRequestObject:
    """Take a request object apart; nothing is verified.

    Raises:
        InvalidPresentationRequestError: not a JWS with an ``x5c`` header.
    """
    try:
        jws = parse_jws(text.strip(), max_chars=MAX_CHARS)
        return UnverifiedRequestObject(jws, x5c_of(jws.header))
    except JoseError as error:
        raise _invalid(error.message.zh, error.message.en) from error


def verify_request_object(
    unverified: UnverifiedRequestObject,
    *,
    reference: RequestReference,
    at: datetime,
    wallet_nonce: str | None = None,
) -> SignedRequest:
    """Check signature, client id, audience, nonce and time of a request object, then read it (section 5.10).

    Args:
        unverified: what the request URI answered with.
        reference: the link that led there.
        at: now.
        wallet_nonce: the nonce that was posted; it must come back inside the signed object (section 5.10.1).

    Raises:
        InvalidPresentationRequestError: altered, malformed, expired, for another wallet, or without our nonce.
        InvalidVerifierError: the client id is not the one of the link, or not proved by the certificate.
    """
    leaf = unverified.certificate_chain[0]
    try:
        claims = verify_jws(unverified.jws, _key_of(leaf), typ=TYP).claims()
    except JoseError as error:
        raise _invalid(error.message.zh, error.message.en) from error
    reader = Reader(claims, error=InvalidPresentationRequestError)
    client_id = parse_client_id(reader.text("client_id", max_chars=2_000))
    if client_id != reference.client_id:
        raise reader.fail(
            "client_id", "请求与链接的验证方不同。", "The request is of another client_id than its link."
        )
    verify_client_id_certificate(client_id, leaf)
    if reader.any("aud") not in (STATIC_AUDIENCE, [STATIC_AUDIENCE]):
        raise reader.fail("aud", "请求不是发给钱包的。", "The request is for another audience.")
    if wallet_nonce is not None and reader.any("wallet_nonce") != wallet_nonce:
        raise reader.fail(
            "wallet_nonce", "请求未含本钱包的随机数。", "The request does not carry the nonce of this wallet."
        )
    request = _parse_claims(reader, client_id)
    _check_time(request, at)
    check_response_host(client_id, request.response_uri)
    return SignedRequest(request, unverified.certificate_chain)


def _key_of(leaf: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = x509.load_der_x509_certificate(leaf).public_key()
    except Exception as error:  # the parser has many ways to say no, some outside ValueError
        raise _invalid("无法读取签名证书。", "The signing certificate cannot be read.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _invalid("签名证书不是 P-256 密钥。", "The signing certificate has no P-256 key.")
    return key


def _parse_claims(reader: Reader, client_id: ClientId) -> PresentationRequest:
    reader.choice("response_type", ("vp_token",))
    for name in ("redirect_uri", "scope"):
        # response_uri excludes redirect_uri (section 8.2); a scope would stand for a query that we do not know.
        if name in reader:
            raise reader.fail(name, "请求不得含此参数。", "The request may not have this parameter.")
    mode = reader.choice("response_mode", RESPONSE_MODES)
    try:
        query = parse_dcql(reader.any("dcql_query"))
    except InvalidDcqlQueryError as error:
        raise _invalid(error.message.zh, error.message.en, f"/dcql_query{error.where or ''}") from error
    metadata = parse_client_metadata(reader.object("client_metadata"))
    if mode == DIRECT_POST_JWT and not metadata.encryption_keys:
        raise reader.fail("client_metadata", "加密响应缺少密钥。", "An encrypted answer needs a key.")
    attestations = reader.optional_list("verifier_info", min_items=1, max_items=20)
    for entry in attestations or ():
        if not isinstance(entry, dict) or not isinstance(entry.get("format"), str) or "data" not in entry:
            raise reader.fail("verifier_info", "验证方说明无效。", "An entry has no format or data.")
    return PresentationRequest(
        client_id=client_id,
        response_uri=check_url(reader.text("response_uri", max_chars=2_000), "/response_uri"),
        response_mode=mode,
        nonce=reader.text("nonce", min_chars=MIN_NONCE_CHARS, max_chars=500),
        dcql_query=query,
        client_metadata=metadata,
        state=reader.optional_text("state", max_chars=2_000),
        transaction_data=reader.optional_texts(
            "transaction_data", min_items=1, max_items=20, max_chars=16_384
        )
        or (),
        verifier_info=tuple(attestations or ()),
        wallet_nonce=reader.optional_text("wallet_nonce", max_chars=500),
        issued_at=reader.optional_instant("iat"),
        expires_at=reader.optional_instant("exp"),
    )


def _check_time(request: PresentationRequest, at: datetime) -> None:
    if request.expires_at is not None and request.expires_at <= at - CLOCK_SKEW:
        raise _invalid("请求已过期。", "The request has expired.", "/exp")
    if request.issued_at is not None and request.issued_at > at + CLOCK_SKEW:
        raise _invalid("请求的签发时间在未来。", "The request was issued in the future.", "/iat")


def _invalid(zh: str, en: str, where: str | None = None) -> InvalidPresentationRequestError:
    return InvalidPresentationRequestError(zh, en, where=where)
