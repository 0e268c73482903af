"""The window's way to its department's centre."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import orjson

from service.outbound import Outbound, OutboundAnswerError, OutboundResponse
from service.settings import Settings
from standards.text import Text
from verifier.offline.bundle import MAX_FILE_BYTES, MEDIA_TYPE
from verifier.offline.errors import NoUpstreamError

TIMEOUT_SECONDS: Final = 20.0

HEAD_SECONDS: Final = 5.0
"""For the small answer with which each round of the worker begins: it tells whether the centre is there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the centre, and how far this machine's clock is ahead of its."""

    status: int
    body: bytes
    skew: timedelta


class Upstream:
    """The centre at an address that the operator named, spoken to with a token of the department."""

    def __init__(self, origin: str, token_file: Path, allowed_origins: frozenset[str]) -> None:
        self._origin = origin
        self._token_file = token_file
        self._outbound = Outbound(allowed_origins | {origin})

    @classmethod
    def of(cls, settings: Settings) -> Upstream:
        """The one of this node; raises ``NoUpstreamError``."""
        if not settings.upstream or settings.upstream_token_file is None:
            raise NoUpstreamError(
                "本节点没有设置上级节点。",
                "This node has no upstream.",
                where="ELICENCE_UPSTREAM",
                next_step=Text(
                    "请设置 ELICENCE_UPSTREAM 与 ELICENCE_UPSTREAM_TOKEN_FILE。",
                    "Set ELICENCE_UPSTREAM and ELICENCE_UPSTREAM_TOKEN_FILE.",
                ),
            )
        return cls(settings.upstream, settings.upstream_token_file, settings.allowed_origins)

    def bundle(self, since: int | None, at: datetime) -> bytes | None:
        """The newest bundle, by difference where a base is named; ``None`` when that one is the newest."""
        query = f"?since={since}" if since is not None else ""
        answer = self._get(f"/api/v1/bundles/latest{query}", MEDIA_TYPE, MAX_FILE_BYTES, at)
        return None if answer.status == 204 else self._good(answer).body

    def head(
        self, at: datetime, *, timeout_seconds: float = HEAD_SECONDS
    ) -> tuple[dict[str, Any], timedelta]:
        """Where the centre's copy of this window's chain ends, and the difference of the clocks."""
        answer = self._good(
            self._get(
                "/api/v1/window-records/head",
                "application/json",
                1024 * 1024,
                at,
                timeout_seconds=timeout_seconds,
            )
        )
        return _object(answer.body), answer.skew

    def send(self, records: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Hand over records; answers the new end of the chain."""
        return _object(self._post("/api/v1/window-records", records, at).body)

    def lacking(self, digests: list[str], at: datetime) -> list[str]:
        """Which of these contents the centre does not have."""
        answer = _object(self._post("/api/v1/window-evidence/lacking", {"digests": digests}, at).body)
        found = answer.get("lacking")
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []

    def send_evidence(self, content: bytes, at: datetime) -> None:
        """Hand over one list."""
        self._post("/api/v1/window-evidence", {"content": base64.b64encode(content).decode()}, at)

    def _post(self, path: str, body: dict[str, Any], at: datetime) -> Answer:
        response = self._outbound.post_json(
            self._origin + path,
            body,
            headers=self._headers(),
            max_bytes=1024 * 1024,
            timeout_seconds=TIMEOUT_SECONDS,
        )
        return self._good(_answer(response, at))

    def close(self) -> None:
        """Let the connections go."""
        self._outbound.close()

    def _get(
        self,
        path: str,
        accept: str,
        max_bytes: int,
        at: datetime,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        response = self._outbound.get(
            self._origin + path,
            accept=accept,
            max_bytes=max_bytes,
            headers=self._headers(),
            timeout_seconds=timeout_seconds,
        )
        return _answer(response, at)

    def _headers(self) -> dict[str, str]:
        # Read each time: tokens are renewed without a restart.
        return {"Authorization": f"Bearer {self._token_file.read_text('ascii').strip()}"}

    @staticmethod
    def _good(answer: Answer) -> Answer:
        if answer.status == 200:
            return answer
        raise OutboundAnswerError(
            f"上级节点应答 {answer.status}。",
            f"The upstream answered {answer.status}.",
            where=str(answer.status),
        )


def _answer(response: OutboundResponse, at: datetime) -> Answer:
    try:
        there = parsedate_to_datetime(response.headers.get("date", ""))
        skew = at - there
    except (ValueError, TypeError):
        skew = timedelta()
    return Answer(response.status, response.body, skew)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise OutboundAnswerError("上级节点的应答无法读取。", "The answer of the upstream cannot be read.")
    return value
