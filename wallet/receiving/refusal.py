"""Error answers of an issuer's endpoints, as far as the use cases of the wallet have to understand them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from service.outbound import OutboundError, OutboundResponse
from standards.openid4vci.refresh import LicenceNews, parse_news


@dataclass(frozen=True, slots=True)
class OAuthRefusal:
    """An error answer of an OAuth or credential endpoint: ``error`` and what of the rest we understand.

    Attributes:
        status: HTTP status.
        error: the registered error code, or empty when the body was not of this form.
        tx_code_tries_left: our issuers say so with ``invalid_grant``; ``None`` when it is not said.
        news: where the licence stands, as our issuers say with a refused refresh; ``None`` when it is not said.
        retry_after: how long the server wants to be left alone, or ``None``.
    """

    status: int
    error: str
    tx_code_tries_left: int | None = None
    news: LicenceNews | None = None
    retry_after: timedelta | None = None


class RefusedByIssuer(Exception):  # noqa: N818 -- an answer, caught by the use case and told in the person's words
    """An endpoint answered with an error that the use case has to understand."""

    def __init__(self, refusal: OAuthRefusal) -> None:
        super().__init__(refusal.error)
        self.refusal = refusal


def refusal_of(response: OutboundResponse) -> OAuthRefusal:
    """What an error answer says, as far as we understand it; never raises."""
    try:
        body = response.json()
    except OutboundError:
        body = None
    if not isinstance(body, dict):
        body = {}
    error = body.get("error")
    if not isinstance(error, str):
        # Token failures at a resource are told in the header (RFC 6750 section 3).
        error = "invalid_token" if "invalid_token" in response.headers.get("www-authenticate", "") else ""
    tries = body.get("tx_code_tries_left")
    known = isinstance(tries, int) and not isinstance(tries, bool) and 0 <= tries <= 1000
    return OAuthRefusal(
        response.status, error, tries if known else None, parse_news(body), _retry_after(response)
    )


def _retry_after(response: OutboundResponse) -> timedelta | None:
    """``Retry-After`` in seconds (RFC 9110 section 10.2.3); a date is left aside, the wallet waits by its own rule."""
    text = response.headers.get("retry-after", "")
    return timedelta(seconds=int(text)) if text.isascii() and text.isdigit() and len(text) <= 6 else None
