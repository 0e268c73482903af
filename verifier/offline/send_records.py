"""Use case at a window: its records go to the centre. Where to go on, the centre's own end of the chain says.

So nothing is marked as sent here: a window that is killed in the middle sends the same once more, and the centre has it
once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.outbound import OutboundAnswerError
from standards.errors import InvalidInputError
from standards.json_reader import Reader
from verifier.acceptance.kept_evidence import digests_named
from verifier.node import VerifierNode
from verifier.offline.errors import WindowChainBrokenError
from verifier.offline.upstream import Upstream
from verifier.offline.window_records import MAX_BATCH, WindowRecord, record_to_json

MAX_BATCH_BYTES: Final = 1024 * 1024
"""Records in one request, before base64; the centre reads two megabytes."""


@dataclass(frozen=True, slots=True)
class SentUpTo:
    """How far the centre is: ``skew`` is how much this machine's clock is ahead of its."""

    department: str
    sequence: int
    skew: timedelta


def send_records(node: VerifierNode, upstream: Upstream, at: datetime) -> SentUpTo:
    """Send what the centre lacks; answers how far it is, and by how much this clock is ahead of its.

    Raises:
        OutboundError: it cannot be reached, or refused.
        WindowChainBrokenError: it has another record in a place of this chain.
    """
    head, skew = upstream.head(at)
    department = _text(head, "department")
    while True:
        sequence, end_hash = _sequence(head), _text(head, "hash")
        if sequence > node.records.head(department) or node.records.hash_at(department, sequence) != end_hash:
            raise WindowChainBrokenError(
                "上级保存的记录链与本节点的不一致。",
                "The centre's copy of this chain is not what this node has.",
            )
        batch = _batch(node, department, sequence)
        if not batch:
            return SentUpTo(department, sequence, skew)
        _send_evidence(node, upstream, batch, at)
        head = upstream.send({"records": [record_to_json(one) for one in batch]}, at)
        if _sequence(head) <= sequence:
            raise OutboundAnswerError("上级没有收下记录。", "The centre did not take the records.")


def _batch(node: VerifierNode, department: str, sequence: int) -> list[WindowRecord]:
    """The next records, one at least, as many as fit into a request."""
    batch: list[WindowRecord] = []
    size = 0
    for one in node.records.after(department, sequence, limit=MAX_BATCH):
        shown = node.records.shown_bytes(department, str(one.facts()["id"]))
        size += len(one.body) + len(shown)
        if batch and size > MAX_BATCH_BYTES:
            break
        batch.append(WindowRecord(one.sequence, one.previous, one.hash, one.body, shown))
    return batch


def _send_evidence(node: VerifierNode, upstream: Upstream, batch: list[WindowRecord], at: datetime) -> None:
    """The lists that the records stand on, before them: those that the centre lacks."""
    digests = sorted({digest for one in batch for digest in digests_named(one.lists)})
    if not digests:
        return
    for content in node.evidence.read(upstream.lacking(digests, at)).values():
        upstream.send_evidence(content, at)


def _sequence(head: dict[str, object]) -> int:
    try:
        return Reader(head).integer("sequence", minimum=0, maximum=2**53)
    except InvalidInputError as cause:
        raise OutboundAnswerError(cause.message.zh, cause.message.en) from cause


def _text(head: dict[str, object], name: str) -> str:
    try:
        return Reader(head).text(name, max_chars=64)
    except InvalidInputError as cause:
        raise OutboundAnswerError(cause.message.zh, cause.message.en) from cause
