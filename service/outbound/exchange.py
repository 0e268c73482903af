"""One request and its answer over one connection, with every way in which that can fail put into our words."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from service.outbound.connection import CheckedConnection
from service.outbound.errors import (
    OutboundAnswerError,
    OutboundRedirectError,
    OutboundTimeoutError,
    OutboundTooLargeError,
    OutboundUnreachableError,
)
from service.outbound.response import OutboundResponse
from service.outbound.target import Target
from standards.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What is asked, and within which bounds."""

    method: str
    target: Target
    body: bytes | None
    headers: Mapping[str, str]
    max_bytes: int
    """Largest content of the answer."""
    deadline: float
    """Instant of :func:`time.monotonic`, in seconds, by which all of the answer must be here."""

    def over(self, connection: CheckedConnection) -> tuple[OutboundResponse, bool]:
        """Ask, and read the answer to its end.

        Returns:
            The answer, and whether the connection can carry another exchange.

        Raises:
            OutboundError: one of its classes.
        """
        where = self.target.origin
        try:
            if connection.sock is not None:
                connection.renew(self.deadline)
            connection.request(self.method, self.target.request_path, self.body, dict(self.headers))
            answer = connection.getresponse()
            response = self._read_or_close(answer)
        except TimeoutError as error:
            raise OutboundTimeoutError(
                "对方应答超时。",
                "The other side took too long.",
                where=where,
                next_step=Text("请稍后重试。", "Try again later."),
            ) from error
        # RemoteDisconnected is an HTTPException too: it must be met before them.
        except OSError as error:
            raise OutboundUnreachableError("连接中断。", "The connection broke.", where=where) from error
        except (http.client.HTTPException, ValueError) as error:
            raise OutboundAnswerError(
                "对方的应答不是有效的 HTTP。", "The answer is not valid HTTP.", where=where
            ) from error
        return response, not answer.will_close

    def _read_or_close(self, answer: http.client.HTTPResponse) -> OutboundResponse:
        """An answer that is refused half-read would keep its socket open until somebody collects it."""
        try:
            return self._read(answer)
        except BaseException:
            answer.close()
            raise

    def _read(self, answer: http.client.HTTPResponse) -> OutboundResponse:
        where = self.target.origin
        if 300 <= answer.status < 400 and answer.status != 304:
            raise OutboundRedirectError(
                "对方要求转到别的地址，已拒绝。",
                "The answer points elsewhere; redirects are refused.",
                where=where,
            )
        if answer.headers.get("Content-Encoding", "identity").strip().lower() not in {"identity", ""}:
            raise OutboundAnswerError(
                "对方的应答经过压缩，已拒绝。",
                "The answer is compressed although we did not ask.",
                where=where,
            )
        announced = answer.length
        if announced is not None and announced > self.max_bytes:
            raise self._too_large()
        body = answer.read(self.max_bytes + 1)
        if len(body) > self.max_bytes:
            raise self._too_large()
        if announced is not None and len(body) != announced:
            raise OutboundUnreachableError("连接中断。", "The connection broke.", where=where)
        if not answer.isclosed() and answer.read(1):
            raise self._too_large()
        headers: dict[str, str] = {}
        for name, value in answer.headers.items():
            lowered = name.lower()
            headers[lowered] = f"{headers[lowered]}, {value}" if lowered in headers else value
        return OutboundResponse(answer.status, headers, body)

    def _too_large(self) -> OutboundTooLargeError:
        return OutboundTooLargeError(
            f"对方的应答超过 {self.max_bytes} 字节。",
            f"The answer is larger than {self.max_bytes} bytes.",
            where=self.target.origin,
        )
