"""The verifier's endpoints as the wallet calls them (OpenID4VP 1.0 sections 5.10 and 8.2); fetching only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from service.outbound import (
    Outbound,
    OutboundAddressError,
    OutboundError,
    OutboundNotConnectedError,
    OutboundRedirectError,
    OutboundTimeoutError,
)
from standards.errors import InvalidInputError
from standards.openid4vp import RequestReference, parse_response_answer
from standards.openid4vp.authorization_request import check_return_url
from standards.openid4vp.request_object import MEDIA_TYPE
from standards.text import Text
from wallet.presenting.errors import RequestGoneError, VerifierAddressError, VerifierUnreachableError

MAX_REQUEST_BYTES: Final = 256 * 1024
MAX_ANSWER_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of an answer.

    Attributes:
        delivered: whether the verifier confirmed it.
        redirect_uri: where it wants the person to return to, or ``None``.
        reason: why it was not delivered, or ``None``.
        nothing_sent: whether it is certain that nothing has left the wallet.
    """

    delivered: bool
    redirect_uri: str | None = None
    reason: Text | None = None
    nothing_sent: bool = False


def fetch_request_object(outbound: Outbound, reference: RequestReference, wallet_nonce: str | None) -> str:
    """The signed request object behind a reference, unverified.

    Args:
        outbound: the guarded client.
        reference: where it is, and whether to ask by GET or by POST.
        wallet_nonce: sent along with POST.

    Raises:
        RequestGoneError: there is none any more.
        VerifierAddressError: the address must not be visited.
        VerifierUnreachableError: it could not be fetched.
    """
    uri = reference.unverified_request_uri
    try:
        if reference.method == "post":
            fields = {} if wallet_nonce is None else {"wallet_nonce": wallet_nonce}
            response = outbound.post_form(uri, fields, accept=MEDIA_TYPE, max_bytes=MAX_REQUEST_BYTES)
        else:
            response = outbound.get(uri, accept=MEDIA_TYPE, max_bytes=MAX_REQUEST_BYTES)
    except (OutboundAddressError, OutboundRedirectError) as error:
        raise VerifierAddressError from error
    except OutboundError as error:
        raise VerifierUnreachableError(_host(uri)) from error
    if response.status in (400, 403, 404, 409, 410):
        raise RequestGoneError
    if response.status != 200:
        raise VerifierUnreachableError(_host(uri))
    return response.body.decode("ascii", "replace")


def deliver(outbound: Outbound, response_uri: str, form: Mapping[str, str]) -> Delivery:
    """Post an answer, once: it may have arrived although nothing came back, so it is never repeated."""
    try:
        response = outbound.post_form(response_uri, form, max_bytes=MAX_ANSWER_BYTES)
    except OutboundTimeoutError:
        return _failed(
            "请求方没有及时应答，信息可能已经送达。",
            "The verifier did not answer in time; it may have received it.",
        )
    except OutboundError as error:
        failed = _failed(
            "联系不上请求方的服务，未能送达。",
            "The verifier's service cannot be reached; it was not delivered.",
        )
        return replace(
            failed, nothing_sent=isinstance(error, OutboundAddressError | OutboundNotConnectedError)
        )
    if response.status != 200:
        return _failed(
            "请求方没有接受（请求可能已过期或已被使用）。",
            "The verifier did not accept it (the request may have expired, or was used already).",
        )
    try:
        redirect_uri = parse_response_answer(response.json())
        return Delivery(delivered=True, redirect_uri=redirect_uri and check_return_address(redirect_uri))
    except (OutboundError, InvalidInputError):
        # It took the answer with status 200; where to return to is a courtesy.
        return Delivery(delivered=True)


def check_return_address(uri: str) -> str:
    """A place that a browser may be sent to: absolute http(s), possibly with a fragment.

    Raises:
        InvalidPresentationRequestError: anything else (``javascript:`` and its like).
    """
    return check_return_url(uri, "/redirect_uri")


def _failed(zh: str, en: str) -> Delivery:
    return Delivery(delivered=False, reason=Text(zh, en))


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or "?"
    except ValueError:
        return "?"
