"""What the window answers, as values. Unknown members are left alone: the interface may grow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Why something was not done (RFC 9457)."""

    type: str
    """Stable: ``urn:elicence:problem:…``."""
    status: int
    detail: str
    where: str | None
    """JSON pointer, parameter or column in what was sent."""
    request_id: str | None
    """Name it when you ask the window's operator."""


@dataclass(frozen=True)
class Asked:
    """A request for licences, open until it is answered or its time is over."""

    id: str
    authorization_request: str
    """``openid4vp://…``: for a QR code."""
    wallet_link: str
    """The same for a browser."""
    qr_png: bytes = field(repr=False)
    """The QR code as PNG."""
    expires_at: str
    """RFC 3339."""


@dataclass(frozen=True)
class Report:
    """What the verification said."""

    indication: str
    """``PASSED``, ``FAILED`` or ``INDETERMINATE``; only the first can be accepted."""
    sub_indication: str | None
    findings: tuple[Mapping[str, Any], ...]
    """One for each step at least: ``step``, ``code``, ``outcome``, ``message``, ``next``."""

    def failures(self) -> tuple[Mapping[str, Any], ...]:
        """The findings that stand in the way."""
        return tuple(one for one in self.findings if one.get("outcome") not in ("passed", "neutral"))


@dataclass(frozen=True)
class Shown:
    """A request as it stands."""

    id: str
    state: str
    """``pending``, ``received``, ``refused`` or ``expired``."""
    report: Report | None
    claims: Mapping[str, Any] = field(repr=False)
    """Query id → list of licences as shown: personal data."""
    raw: Mapping[str, Any] = field(repr=False)
    """Everything the window said."""

    @property
    def passed(self) -> bool:
        """Whether it was answered and everything held."""
        return self.state == "received" and self.report is not None and self.report.indication == "PASSED"


def report_of(value: Mapping[str, Any] | None) -> Report | None:
    """The report in an answer."""
    if not value:
        return None
    return Report(str(value["indication"]), value.get("sub_indication"), tuple(value.get("findings", ())))


def shown_of(presentation_id: str, value: Mapping[str, Any]) -> Shown:
    """A presentation in an answer."""
    return Shown(
        presentation_id,
        str(value["state"]),
        report_of(value.get("report")),
        value.get("claims") or {},
        value,
    )
