"""The authorisation request URI: where a wallet finds the signed request (OpenID4VP 1.0 sections 5.4 and 5.10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from standards.openid4vp.client_id import ClientId, parse_client_id
from standards.openid4vp.errors import InvalidPresentationRequestError, InvalidRequestUriMethodError

SCHEME: Final = "openid4vp"
"""URI scheme by which a request reaches a wallet on the same device (section 13.1.2)."""

MAX_URI_CHARS: Final = 8_192
"""Longest request URI that is read, in characters."""

_URL: Final = re.compile(r"[!$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+", re.ASCII)
"""The characters of RFC 3986 without ``#``. Others, the backslash first, are read differently by different readers."""

Method = Literal["get", "post"]


@dataclass(frozen=True, slots=True)
class RequestReference:
    """A request by reference: who says to ask, and where the signed request is; both untrusted until it is verified.

    Attributes:
        client_id: must be the same inside the signed request.
        unverified_request_uri: only a guarded client may go there.
        method: how to fetch: ``post`` lets the wallet send its nonce.
    """

    client_id: ClientId
    unverified_request_uri: str
    method: Method = "get"


def build_request_query(client_id: ClientId, request_uri: str, method: Method | None = None) -> str:
    """The query part of a request by reference."""
    pairs = {"client_id": str(client_id), "request_uri": request_uri}
    if method is not None:
        pairs["request_uri_method"] = method
    # ":" and "/" may stand in a query as they are (RFC 3986 section 3.4): every character less makes a code easier to scan.
    return urlencode(pairs, quote_via=quote, safe=":/")


def build_request_uri(query: str) -> str:
    """The deep link for a query part made by :func:`build_request_query`."""
    return f"{SCHEME}://?{query}"


def parse_request_uri(uri: str) -> RequestReference:
    """Read a request link: the deep link, or any web link of a wallet with the same query.

    Raises:
        InvalidPresentationRequestError: not such a link, or a request by value (only signed requests by reference are
            accepted, as HAIP demands).
        InvalidRequestUriMethodError: another method than get and post.
        InvalidVerifierError: a client id of an unknown kind.
    """
    uri = uri.strip()
    if len(uri) > MAX_URI_CHARS:
        raise _invalid("请求链接过长。", "The request link is too long.")
    try:
        parts = urlsplit(uri)
        pairs = parse_qsl(parts.query, strict_parsing=True, max_num_fields=30, errors="strict")
    except ValueError as error:
        raise _invalid("这不是出示请求链接。", "This is not a presentation request link.") from error
    if parts.scheme not in {SCHEME, "haip-vp", "https", "http"}:
        raise _invalid("这不是出示请求链接。", "This is not a presentation request link.")
    return parse_request_parameters(pairs)


def parse_request_parameters(pairs: list[tuple[str, str]]) -> RequestReference:
    """Read the query parameters of a request link, as (name, value) pairs with repetitions kept; errors as above."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise _invalid("参数重复。", "A parameter is repeated.", where=name)
        values[name] = value
    if "request" in values or "request_uri" not in values or "client_id" not in values:
        raise _invalid(
            "须以 client_id 和 request_uri 引用已签名的请求。",
            "A signed request by reference is needed: client_id and request_uri.",
        )
    method = values.get("request_uri_method", "get")
    if method not in {"get", "post"}:
        raise InvalidRequestUriMethodError(
            "request_uri_method 须为 get 或 post。",
            "The request_uri_method is neither get nor post.",
            where="request_uri_method",
        )
    return RequestReference(
        parse_client_id(values["client_id"]),
        check_url(values["request_uri"], "request_uri"),
        "post" if method == "post" else "get",
    )


def check_url(url: str, where: str) -> str:
    """``url`` when it is an absolute http(s) URL that every reader understands alike, without user name and fragment.

    Whether its origin may be visited, the guarded client decides.

    Raises:
        InvalidPresentationRequestError: it is not.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
        usable = usable and parts.username is None
    except ValueError:
        usable = False
    if not usable or not _URL.fullmatch(url) or len(url) > 2_000:
        raise _invalid("此处应为 https 网址。", "An https URL is expected here.", where=where)
    return url


def check_return_url(url: str, where: str) -> str:
    """``url`` when a browser may be sent there: as :func:`check_url`, with or without a fragment.

    Raises:
        InvalidPresentationRequestError: it is not.
    """
    address, hash_sign, fragment = url.partition("#")
    check_url(address, where)
    if hash_sign and fragment:
        # A fragment holds the characters of a query (RFC 3986 section 3.5), and both together stay as short.
        check_url(f"{address.partition('?')[0]}?{fragment}", where)
    return url


def _invalid(zh: str, en: str, where: str | None = None) -> InvalidPresentationRequestError:
    return InvalidPresentationRequestError(zh, en, where=where)
