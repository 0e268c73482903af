"""Use case: issue the copies that a chunk of order lines asks for.

Entries are taken durably before the licences are read, as for a single wallet: no copy escapes a change that is under way.
A chunk can be issued again after a crash: its rows name run and line, so the same entries are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from issuer.bulk.errors import LineRefusedError
from issuer.bulk.order_line import OrderLine, parse_order_line
from issuer.bulk.sign_copies import CopiesToSign, sign_copies
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.issue_copies import COPY_LIFETIME, copy_expiry
from issuer.library.credential_claims import credential_claims
from issuer.library.licence import Licence, LicenceState
from issuer.library.standing import standing
from issuer.node import IssuerNode
from issuer.status.entry import Entries
from issuer.status.store import NewCopies, StatusStore
from standards.errors import ElicenceError
from standards.text import Text

_SHOWN_BYTES: Final = 4096
"""Of a refused line, so much is given back; an order that is in order is shorter."""


@dataclass(frozen=True, slots=True)
class IssuedChunk:
    """What became of a chunk.

    Attributes:
        issued: lines ``{"licence", "credentials"}``.
        refused: lines ``{"line", "error": {"code", "message", "next", "where"}, "given"}``.
        copies: how many credentials.
        refusals: how many lines were refused.
    """

    issued: bytes
    refused: bytes
    copies: int
    refusals: int


class ChunkIssuer:
    """Issues chunk after chunk in one process."""

    def __init__(self, node: IssuerNode, authority: str) -> None:
        self._node = node
        self._authority = authority
        self._status = StatusStore(node.database)

    def issue(self, run: str, lines: Sequence[tuple[int, bytes]], at: datetime) -> IssuedChunk:
        """Issue what the lines ask for: three or four requests to the store for all together.

        Args:
            run: names the run; the same run and line have the same entries whenever they are issued again.
            lines: number and bytes of each.
            at: now.

        Raises:
            AuthorityCannotIssueError: the authority has no certificate.
        """
        issuer = self._node.issuance.issuers.of_authority(self._authority, at=at)
        orders: list[tuple[int, bytes, OrderLine]] = []
        refused: list[bytes] = []
        for number, data in lines:
            try:
                orders.append((number, data, parse_order_line(data)))
            except ElicenceError as error:
                refused.append(_refusal(number, data, error))
        entries = self._take_entries(run, [(number, order) for number, _, order in orders], at)
        licences = self._node.current_licences.versions(
            self._authority, {order.licence for _, _, order in orders}
        )
        ready: list[CopiesToSign] = []
        for number, data, order in orders:
            try:
                ready.append(self._ready(issuer, licences.get(order.licence), order, entries[number], at))
            except ElicenceError as error:
                refused.append(_refusal(number, data, error))
        issued, copies = sign_copies(
            ready, issuer_url=self._node.settings.issuer_url, sign=issuer.signer.sign, at=at
        )
        return IssuedChunk(issued, b"".join(refused), copies, len(refused))

    def _take_entries(
        self, run: str, orders: Sequence[tuple[int, OrderLine]], at: datetime
    ) -> dict[int, Entries]:
        uses = {number: f"batch:{run}:{number}" for number, _ in orders}
        found = self._status.find_copies(list(uses.values()))
        taken = {number: found[use] for number, use in uses.items() if use in found}
        missing = [(number, order) for number, order in orders if number not in taken]
        if not missing:
            return taken
        allocated = self._node.issuance.entries.allocate(
            self._authority, sum(len(order.keys) for _, order in missing)
        )
        # Times in a copy are rounded up to the day.
        expires_at, begin = at + COPY_LIFETIME + timedelta(days=1), 0
        rows = []
        for number, order in missing:
            end = begin + len(order.keys)
            entries = Entries(allocated.list_number, allocated.indexes[begin:end])
            taken[number], begin = entries, end
            rows.append((uses[number], NewCopies(order.licence, entries, at, expires_at)))
        self._status.insert_copies(rows)
        return taken

    def _ready(
        self,
        issuer: CredentialIssuer,
        licence: Licence | None,
        order: OrderLine,
        entries: Entries,
        at: datetime,
    ) -> CopiesToSign:
        if licence is None:
            raise LineRefusedError(
                "本机构没有此证照。", "The authority has no such licence.", where="/licence"
            )
        desk = self._node.issuance
        offered = desk.types.by_vct(licence.vct)
        if offered is None or licence.type_code not in issuer.type_codes:
            raise LineRefusedError(
                "本机构不能签发此类型的电子证照。",
                "The authority may not issue licences of this type.",
                where="/licence",
            )
        state = standing(licence, offered.licence_type, at)
        if state is not LicenceState.VALID:
            raise LineRefusedError(
                f"证照当前状态为“{state.label.zh}”，不能签发副本。",
                f"The licence is not in force ({state.label.en}); no copies are issued.",
                where="/licence",
                next_step=Text("恢复或换发后再签发。", "Order it when it is in force again."),
            )
        if len(licence.holders) != 1:
            raise LineRefusedError(
                "证照有多名持有人，不能批量签发。",
                "The licence has several holders; copies for one of them are made by an offer.",
                where="/licence",
                next_step=Text("请为每名持有人分别发出领取链接。", "Make an offer for each holder."),
            )
        if len(entries.indexes) != len(order.keys):
            raise LineRefusedError(
                "此行与上次执行时不同。",
                "The line is not what it was when this run began.",
                next_step=Text("请以新的输出文件重新执行。", "Start anew with another output file."),
            )
        return CopiesToSign(
            licence=order.licence,
            template=desk.templates.of(issuer, offered),
            claims=credential_claims(licence, offered.licence_type, licence.holders[0]),
            keys=order.keys,
            list_number=entries.list_number,
            indexes=entries.indexes,
            expires_at=copy_expiry(licence, issuer, at),
        )


def _refusal(number: int, data: bytes, error: ElicenceError) -> bytes:
    told: dict[str, Any] = {"code": error.code, "message": error.message.to_json(), "where": error.where}
    if error.next_step is not None:
        told["next"] = error.next_step.to_json()
    given = data[:_SHOWN_BYTES].decode("utf-8", "replace")
    return orjson.dumps({"line": number, "error": told, "given": given}) + b"\n"
