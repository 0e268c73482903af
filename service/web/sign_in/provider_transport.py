"""What may go over the wire to the identity provider: bounded in place, size and time, and never redirected."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TIMEOUT_SECONDS = (3.05, 10.0)
"""To connect; between two bytes."""
MAX_ANSWER_BYTES = 256 * 1024


class ProviderTransport(HTTPAdapter):
    """Carries requests to the configured provider.

    Its issuer is named by the operator, and it names its own endpoints over TLS; so any https endpoint it names is
    allowed, and plain http only at the issuer's own origin (the demo's provider on this machine).
    """

    def __init__(self, issuer: str) -> None:
        super().__init__()
        self._issuer_origin = _origin(issuer)

    def take_over(self, session: requests.Session) -> None:
        """Make this the only way out of a session: no proxies from the environment, no redirects."""
        session.trust_env = False
        session.max_redirects = 0
        session.mount("https://", self)
        session.mount("http://", self)

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Send, and read the whole answer up to :data:`MAX_ANSWER_BYTES`.

        Raises:
            requests.RequestException: as usual, and for a refused address, a redirect or too large an answer.
        """
        url = request.url or ""
        if not url.startswith("https://") and _origin(url) != self._issuer_origin:
            raise requests.exceptions.InvalidURL("not the configured provider")
        response = super().send(
            request, stream=True, timeout=TIMEOUT_SECONDS, verify=options.get("verify", True), proxies={}
        )
        if response.is_redirect:
            response.close()
            raise requests.exceptions.TooManyRedirects("a provider's endpoint does not redirect")
        body = b""
        for chunk in response.iter_content(16 * 1024):
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                response.close()
                raise requests.exceptions.ContentDecodingError("the answer is too large")
        response._content = body  # noqa: SLF001 - requests has no other place for a body already read
        return response


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", None, None
    return parts.scheme, parts.hostname, port
