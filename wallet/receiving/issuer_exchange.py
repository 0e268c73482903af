"""How an issuer's endpoints are spoken to: failures in the person's words, and requests with a proof of the DPoP key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from keys.signer import Signer
from service.clock import Clock
from service.outbound import (
    OutboundAddressError,
    OutboundError,
    OutboundRedirectError,
    OutboundResponse,
)
from standards.errors import InvalidInputError
from standards.oauth.dpop import build_dpop_proof
from wallet.receiving.errors import IssuerAddressError, IssuerAnswerError, IssuerUnreachableError
from wallet.receiving.refusal import refusal_of

_OK: Final = 200


def post_with_dpop(
    endpoint: str,
    dpop: Signer,
    access_token: str | None,
    post: Callable[[dict[str, str]], OutboundResponse],
    clock: Clock,
) -> OutboundResponse:
    """Post with a proof of the DPoP key; once more with the server's nonce when it asks (RFC 9449 section 8)."""
    nonce: str | None = None
    for _ in range(2):
        proof = build_dpop_proof(
            method="POST",
            uri=endpoint,
            jwk=dpop.public_jwk,
            sign=dpop.sign,
            jti=secrets.token_urlsafe(16),
            at=clock.now(),
            access_token=access_token,
            nonce=nonce,
        )
        response = post({"DPoP": proof})
        nonce = response.headers.get("dpop-nonce")
        if nonce is None or not _asks_for_dpop_nonce(response):
            return response
    return response


@contextmanager
def talking_to(url: str) -> Iterator[None]:
    """Turns failures of transport and form into what the person is told."""
    try:
        yield
    except (OutboundAddressError, OutboundRedirectError) as error:
        raise IssuerAddressError from error
    except OutboundError as error:
        raise IssuerUnreachableError(_host(url)) from error
    except InvalidInputError as error:
        raise IssuerAnswerError(
            f"发证机构的应答不符合规范：{error.message.zh}",
            f"The issuer's answer does not follow the standard: {error.message.en}",
        ) from error


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"


def require_ok(response: OutboundResponse) -> OutboundResponse:
    """The answer when its status is 200; raises ``IssuerAnswerError``."""
    if response.status != _OK:
        raise IssuerAnswerError(
            f"发证机构的服务拒绝了请求（{response.status}）。",
            f"The issuer's service refused ({response.status}).",
        )
    return response


def _asks_for_dpop_nonce(response: OutboundResponse) -> bool:
    challenged = "use_dpop_nonce" in response.headers.get("www-authenticate", "")
    return response.status in (400, 401) and (challenged or refusal_of(response).error == "use_dpop_nonce")
