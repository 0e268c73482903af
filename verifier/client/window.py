"""The client: one method for each thing that the interface does."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import requests
import requests.auth

from verifier.client.answers import Asked, Problem, Report, Shown, report_of, shown_of
from verifier.client.errors import NotAnsweredError, WindowError, WindowProblemError, WindowUnreachableError

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_PAUSE = 3.0


class WindowClient:
    """Talks to one window for one department.

    Safe to keep for long; not for several threads at once. Use it as a context manager, or call :meth:`close`.

    Args:
        address: of the window, for example ``https://window.example.gov.cn``; http is taken for this machine only.
        token: bearer token (``elicence token verifier``), or a function that gives the present one.
        timeout: seconds for one exchange.
        session: to bring adapters, proxies or certificates of your own.
    """

    def __init__(
        self,
        address: str,
        token: str | Callable[[], str],
        *,
        timeout: float = 15.0,
        session: requests.Session | None = None,
    ) -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
            raise WindowError("the address must be https: the token must not travel in the clear")
        self._address = address.rstrip("/")
        self._token = token if callable(token) else lambda: token
        self._timeout = timeout
        self._session = session or requests.Session()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    # -- what can be asked ------------------------------------------------------------------------------------

    def service_items(self) -> list[dict[str, Any]]:
        """The items of this window, with their materials."""
        return list(self._json("GET", "/api/v1/service-items")["service_items"])

    def ask(self, service_item: str, **options: Any) -> Asked:
        """Ask a wallet for what an item needs.

        Args:
            service_item: its code.
            options: ``redirect_uri``, ``response_mode``, ``client_id_prefix``.

        Raises:
            WindowProblemError: the department does not handle it, for example.
        """
        return self._ask({"service_item": service_item, **options})

    def ask_query(self, dcql_query: Mapping[str, Any], **options: Any) -> Asked:
        """Ask by a query of your own (OpenID4VP 1.0 section 6); otherwise as :meth:`ask`."""
        return self._ask({"dcql_query": dict(dcql_query), **options})

    def _ask(self, order: Mapping[str, Any]) -> Asked:
        return _asked(self._json("POST", "/api/v1/presentations", json=order))

    def shown(self, presentation_id: str) -> Shown:
        """How a request stands."""
        value = self._json("GET", f"/api/v1/presentations/{_part(presentation_id)}")
        return shown_of(presentation_id, value)

    def wait_for(
        self,
        presentation_id: str,
        *,
        seconds: float = 120.0,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> Shown:
        """Look again and again, ever less often, until the wallet answered. A webhook spares the looking.

        Raises:
            NotAnsweredError: it is still open after ``seconds``.
        """
        until = clock() + seconds
        pause = 0.5
        while True:
            shown = self.shown(presentation_id)
            if shown.state != "pending":
                return shown
            if clock() + pause > until:
                raise NotAnsweredError(f"{presentation_id} was not answered within {seconds:g} seconds")
            sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    # -- cases ------------------------------------------------------------------------------------------------

    def open_case(self, service_item: str) -> tuple[dict[str, Any], str, Asked]:
        """Open a case and ask for its materials: the case, the code that finds it again (told once), the request.

        Decide on the request as on any other; the case takes its step with it.
        """
        value = self._json("POST", "/api/v1/cases", json={"service_item": service_item})
        return value["case"], str(value["code"]), _asked(value["request"])

    def case(self, case_id: str) -> dict[str, Any]:
        """A case, with its materials and how far it is."""
        return self._json("GET", f"/api/v1/cases/{_part(case_id)}")

    def cases(self, *states: str, before: str | None = None) -> dict[str, Any]:
        """The department's cases, the newest first: ``cases``, and ``next`` to be given as ``before``."""
        params: dict[str, Any] = {"state": list(states), **({"before": before} if before else {})}
        return self._json("GET", "/api/v1/cases", params=params)

    def case_events(self, case_id: str) -> list[dict[str, Any]]:
        """What happened in a case, oldest first."""
        return list(self._json("GET", f"/api/v1/cases/{_part(case_id)}/events")["events"])

    def ask_in_case(self, case_id: str) -> Asked:
        """Ask for what is missing in a case; what is satisfied is not asked for again."""
        path = f"/api/v1/cases/{_part(case_id)}/presentations"
        return _asked(self._json("POST", path, json={})["request"])

    # -- decisions and records --------------------------------------------------------------------------------

    def decide(
        self, presentation_id: str, decision: str, *, reason: str | None = None, note: str = ""
    ) -> dict[str, Any]:
        """Take down the department's decision: ``accept``, ``refuse`` or ``supplement``; the acceptance record.

        Args:
            presentation_id: what it is about.
            decision: only what passed can be accepted.
            reason: code of the closed table; needed unless accepted.
            note: in your own words.
        """
        body = {"decision": decision, "note": note, **({"reason": reason} if reason else {})}
        return self._json("POST", f"/api/v1/presentations/{_part(presentation_id)}/decision", json=body)

    def record(self, record_id: str) -> dict[str, Any]:
        """One of the department's acceptance records, with what was shown."""
        return self._json("GET", f"/api/v1/records/{_part(record_id)}")

    def check(self, content: bytes, media_type: str = "text/plain") -> Report:
        """Verify something that was handed over: a credential, a code, a picture, a document."""
        value = self._json("POST", "/api/v1/checks", data=content, content_type=media_type)
        report = report_of(value.get("report", value))
        if report is None:
            raise WindowUnreachableError("the answer holds no report")
        return report

    # -- reports ----------------------------------------------------------------------------------------------

    def reports(self, **period: str) -> dict[str, Any]:
        """The department's figures; ``from``, ``until`` (dates) and ``item`` narrow them: ``reports(**{"from": …})``."""
        return self._json("GET", "/api/v1/reports", params=period)

    # -- webhooks ---------------------------------------------------------------------------------------------

    def webhooks(self) -> list[dict[str, Any]]:
        """The department's endpoints."""
        return list(self._json("GET", "/api/v1/webhooks")["webhooks"])

    def add_webhook(self, url: str, events: Sequence[str], description: str = "") -> dict[str, Any]:
        """Have an address told of events; the endpoint, with its ``id``."""
        body = {"url": url, "events": list(events), "description": description}
        return self._json("POST", "/api/v1/webhooks", json=body)

    def change_webhook(self, webhook_id: str, **changes: Any) -> dict[str, Any]:
        """Change ``url``, ``events``, ``description`` or ``state`` (``active``, ``paused``)."""
        return self._json("PATCH", f"/api/v1/webhooks/{_part(webhook_id)}", json=changes)

    def remove_webhook(self, webhook_id: str) -> None:
        """Forget an endpoint, with its messages."""
        self._exchange("DELETE", f"/api/v1/webhooks/{_part(webhook_id)}")

    def test_webhook(self, webhook_id: str) -> str:
        """Have a test message sent; the id of its event."""
        return str(self._json("POST", f"/api/v1/webhooks/{_part(webhook_id)}/test")["event"])

    def deliveries(self, webhook_id: str, state: str | None = None) -> list[dict[str, Any]]:
        """The newest messages of an endpoint; ``state``: ``due``, ``delivered`` or ``dead``."""
        params = {"state": state} if state else {}
        path = f"/api/v1/webhooks/{_part(webhook_id)}/deliveries"
        return list(self._json("GET", path, params=params)["deliveries"])

    def resend(self, webhook_id: str, event_id: str) -> dict[str, Any]:
        """Have a message sent again."""
        path = f"/api/v1/webhooks/{_part(webhook_id)}/deliveries/{_part(event_id)}/resend"
        return self._json("POST", path)

    # -- the wire ---------------------------------------------------------------------------------------------

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._exchange(method, path, **options)
        try:
            value = answer.json()
        except ValueError as error:
            raise WindowUnreachableError(f"{method} {path}: the answer is no JSON") from error
        if not isinstance(value, dict):
            raise WindowUnreachableError(f"{method} {path}: the answer is no JSON object")
        return value

    def _exchange(
        self, method: str, path: str, *, content_type: str | None = None, **options: Any
    ) -> requests.Response:
        headers = {"Accept": "application/json"}
        if content_type:
            headers["Content-Type"] = content_type
        try:
            answer = self._session.request(
                method,
                self._address + path,
                headers=headers,
                auth=_Bearer(self._token()),
                timeout=self._timeout,
                allow_redirects=False,  # the token goes to the window and nowhere else
                **options,
            )
        except requests.RequestException as error:
            raise WindowUnreachableError(f"{method} {path}: {type(error).__name__}") from error
        if 200 <= answer.status_code < 300:
            return answer
        raise self._failure(method, path, answer)

    @staticmethod
    def _failure(method: str, path: str, answer: requests.Response) -> WindowError:
        try:
            value = answer.json()
            problem = Problem(
                str(value["type"]),
                answer.status_code,
                str(value["detail"]),
                value.get("where"),
                value.get("request_id"),
            )
        except (ValueError, KeyError, TypeError):
            return WindowUnreachableError(f"{method} {path}: status {answer.status_code}")
        return WindowProblemError(problem)


def _asked(value: Mapping[str, Any]) -> Asked:
    return Asked(
        value["id"],
        value["authorization_request"],
        value["wallet_link"],
        base64.b64decode(value["qr_png"]),
        value["expires_at"],
    )


class _Bearer(requests.auth.AuthBase):
    """Sets the token last, so that a ``.netrc`` of the machine does not replace it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _part(text: str) -> str:
    """One segment of a path, so that an id from elsewhere cannot lead to another place."""
    if text in {"", ".", ".."}:
        raise WindowError("this is no id")
    return quote(text, safe="")
