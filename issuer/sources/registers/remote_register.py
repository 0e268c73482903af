"""A register that another department runs, asked by HTTP.

``POST`` of ``{"code_type": "111", "numbers": [...]}`` is answered by ``{"known": [...]}``, those of the numbers that
the register has. Numbers travel in the body, never in an address.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from issuer.sources.registers.errors import RegisterUnavailableError
from issuer.sources.registers.holder_registers import BATCH
from service.outbound import Outbound, OutboundError
from standards.errors import InvalidInputError
from standards.json_reader import Reader, parse_json

_MAX_BYTES: Final = 256 * 1024
_MAX_NUMBER_CHARS: Final = 60


class RemoteRegister:
    """One register by HTTP."""

    def __init__(self, outbound: Outbound, url: str, token_file: Path | None) -> None:
        """Args:
        outbound: the one way to fetch: https to public addresses, or an origin that the operator allowed.
        url: of the register's service.
        token_file: holds the bearer token with which this node asks, read for every question so that it can be
            renewed; ``None`` where none is needed.
        """
        self._outbound = outbound
        self._url = url
        self._token_file = token_file

    def known(self, code_type: str, numbers: Collection[str]) -> frozenset[str]:
        """See ``HolderRegister``."""
        asked = {"code_type": code_type, "numbers": list(numbers)}
        try:
            answer = self._outbound.post_json(
                self._url, asked, headers=self._authorization(), max_bytes=_MAX_BYTES
            )
            if answer.status != 200:
                raise RegisterUnavailableError(self._url)
            reader = Reader(parse_json(answer.body))
            found = reader.texts("known", max_chars=_MAX_NUMBER_CHARS, max_items=BATCH)
        except (OutboundError, InvalidInputError, OSError) as error:
            raise RegisterUnavailableError(self._url) from error
        return frozenset(found) & frozenset(numbers)

    def _authorization(self) -> dict[str, str]:
        if self._token_file is None:
            return {}
        return {"Authorization": f"Bearer {self._token_file.read_text('ascii').strip()}"}
