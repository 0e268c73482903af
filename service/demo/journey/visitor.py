"""Somebody who uses the services over HTTP: a department's system with its token, or a person with a browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import requests

from service.demo.journey.errors import JourneyError
from standards.text import Text

_SECONDS = 30.0
_MOST_REDIRECTS = 8


class Visitor:
    """Keeps cookies and headers between requests; follows nothing unless told."""

    def __init__(self, origin: str, *, bearer: str | None = None) -> None:
        """Begin a visit.

        Args:
            origin: addresses in requests are relative to it.
            bearer: token of a department's system.
        """
        self.origin = origin
        self._session = requests.Session()
        # Neither proxies nor passwords of the environment: the journey is between this machine and itself.
        self._session.trust_env = False
        if bearer is not None:
            self._session.headers["Authorization"] = f"Bearer {bearer}"

    def carry(self, name: str, value: str) -> None:
        """Send a header with every further request."""
        self._session.headers[name] = value

    def get_json(self, path: str) -> Any:
        """GET; the JSON of a 200.

        Raises:
            JourneyError: any other answer.
        """
        return self._json(self._send("GET", path), 200)

    def post_json(self, path: str, value: Any, *expected: int) -> Any:
        """POST JSON; the JSON of an answer with one of the expected statuses.

        Raises:
            JourneyError: any other answer.
        """
        return self._json(self._send("POST", path, json=value), *expected)

    def follow(self, address: str) -> requests.Response:
        """GET and follow redirects, as a browser does, to the first page.

        Raises:
            JourneyError: too many redirects, or no page at their end.
        """
        return self._follow(self._send("GET", address))

    def submit(self, page: requests.Response, fields: dict[str, str]) -> requests.Response:
        """Send a form of a page to the page's own address, and follow where it leads."""
        return self._follow(self._send("POST", page.url, data=fields))

    def upload(self, address: str, fields: dict[str, str], files: dict[str, bytes]) -> requests.Response:
        """Send a form with files to an address, and follow where it leads."""
        return self._follow(self._send("POST", address, data=fields, files=files))

    def close(self) -> None:
        """End the visit."""
        self._session.close()

    def _follow(self, answer: requests.Response) -> requests.Response:
        for _ in range(_MOST_REDIRECTS):
            if not answer.is_redirect:
                break
            answer = self._send("GET", urljoin(answer.url, answer.headers["Location"]))
        if answer.status_code != 200:
            raise _refused(answer)
        return answer

    def _send(self, method: str, address: str, **content: Any) -> requests.Response:
        try:
            return self._session.request(
                method, urljoin(self.origin, address), timeout=_SECONDS, allow_redirects=False, **content
            )
        except requests.RequestException as error:
            raise JourneyError(
                f"{self.origin} 没有应答。",
                f"{self.origin} does not answer.",
                where=f"{method} {address}",
                next_step=Text("请先用 elicence up 启动节点。", "Start the node first, with `elicence up`."),
            ) from error

    @staticmethod
    def _json(answer: requests.Response, *expected: int) -> Any:
        if answer.status_code not in expected:
            raise _refused(answer)
        return answer.json()


def _refused(answer: requests.Response) -> JourneyError:
    said = answer.text[:500] if "json" in answer.headers.get("Content-Type", "") else ""
    return JourneyError(
        f"应答为 {answer.status_code}。{said}",
        f"The answer is {answer.status_code}. {said}",
        where=f"{answer.request.method} {answer.url.partition('?')[0]}",
    )
