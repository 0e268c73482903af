"""What a fetch brings back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from service.outbound.errors import OutboundAnswerError


@dataclass(frozen=True, slots=True)
class OutboundResponse:
    """An answer of any status but a redirect. Its content is untrusted."""

    status: int
    """HTTP status."""
    headers: Mapping[str, str]
    """Header fields, names in lower case; a repeated field is joined by commas (RFC 9110 §5.2)."""
    body: bytes
    """Content as received, at most as large as was allowed."""

    @property
    def media_type(self) -> str:
        """Media type in lower case without parameters; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The content as JSON.

        Raises:
            OutboundAnswerError: it is not JSON in UTF-8 (RFC 8259 §8.1).
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise OutboundAnswerError(
                "对方的应答不是有效的 JSON。", "The answer is not valid JSON."
            ) from error
