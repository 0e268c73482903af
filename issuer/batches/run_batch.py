"""Use case and job: the offers of a batch are made in steps that a kill neither loses nor repeats."""

from __future__ import annotations

import hashlib
import secrets
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from issuer.batches.batch import Batch, BatchRequest, expiry
from issuer.batches.errors import (
    BatchConflictError,
    BatchExpiredError,
    BatchNotReadyError,
    BatchResultNotFoundError,
)
from issuer.batches.make_offers import make_offers, refusal
from issuer.batches.store import PURPOSE, BatchStore
from issuer.imports.desk import open_transfers
from issuer.imports.store import FileStore
from issuer.library.errors import LicenceNotFoundError
from issuer.library.licence import Licence
from issuer.node import IssuerNode
from service.jobs import Job, JobContext, JobKind, JobState, JobStore, enqueue
from standards.text import Text

KIND: Final = "issuer.batch"
STEP_LICENCES: Final = 1_000
_MAX_STEP_BYTES: Final = 256 * 1024 * 1024
_COUNTED_AT_MOST: Final = 10**7
_SEED_BYTES: Final = 32

Run = Callable[..., Job]


def batches_of(node: IssuerNode) -> BatchStore:
    """The batches of a node; making the store costs no round trip."""
    return BatchStore(node.database, node.master_key.envelope(PURPOSE))


def batch_id_of(authority: str, key: str) -> str:
    """The id of the batch that is begun under a caller's key."""
    return hashlib.sha256(f"{authority}/{key}".encode()).hexdigest()[:32]


def begin_batch(
    node: IssuerNode,
    request: BatchRequest,
    *,
    by: str,
    at: datetime,
    batch_id: str | None = None,
    run: Run = enqueue,
) -> tuple[Batch, Job]:
    """Keep the batch, then have a worker make its offers.

    Args:
        node: of the issuer.
        request: what is wanted.
        by: who asks; the only one to get the result.
        at: now.
        batch_id: makes a repeat safe: the same id answers the batch that is there.
        run: ``enqueue``, or what runs the job here.

    Raises:
        AuthorityCannotIssueError: the authority has no certificate.
        BatchConflictError: under this id something else was asked for.
    """
    node.issuance.issuers.of_authority(request.selection.authority, at=at)
    batch = Batch(
        id=batch_id or secrets.token_urlsafe(16),
        request=request,
        made_by=by,
        at=at,
        expires_at=expiry(at, request.hours),
        seed=secrets.token_bytes(_SEED_BYTES),
    )
    store = batches_of(node)
    batch = store.add(batch)
    if (batch.request, batch.made_by) != (request, by):
        raise BatchConflictError
    job = run(node, KIND, batch.authority, {"batch": batch.id}, by=by, at=at, key=batch.id)
    if batch.job is None:
        store.note_job(batch.id, job.id)
    return replace(batch, job=job.id), job


def batch_job(node: IssuerNode, batch: Batch) -> Job | None:
    """The job of a batch, or ``None``."""
    return None if batch.job is None else JobStore(node.database).find(batch.authority, batch.job)


def offers_file(node: IssuerNode, batch: Batch, *, by: str) -> Iterator[bytes]:
    """The offers as JSON Lines; that they were fetched is noted first.

    Raises:
        BatchResultNotFoundError: somebody else began the batch, or its offers have ended.
        BatchNotReadyError: not all of them are made.
    """
    parts = _parts(node, batch, by=by)
    batches_of(node).note_fetched(batch.id, node.clock.now())
    return _blocks(node, batch, parts, "offers")


def refusals_file(node: IssuerNode, batch: Batch, *, by: str) -> Iterator[bytes]:
    """The licences that got no offer, and why, as JSON Lines; raises as :func:`offers_file`."""
    return _blocks(node, batch, _parts(node, batch, by=by), "refused")


def run_batch(context: JobContext) -> Mapping[str, Any]:
    """The run of ``issuer.batch``; parameters ``{"batch"}``."""
    node: IssuerNode = context.node
    batch = batches_of(node).find(context.job.owner, context.job.parameters["batch"])
    run = _BatchRun(context, node, batch)
    while not run.is_complete:
        run.step()
    return {"offers": run.cursor["offers"], "refused": run.cursor["refused"]}


class _BatchRun:
    """One run over the licences of a batch, from its cursor on."""

    def __init__(self, context: JobContext, node: IssuerNode, batch: Batch) -> None:
        self._context = context
        self._node = node
        self._batch = batch
        self._files = open_transfers(node.database, node.master_key).files
        begun: dict[str, Any] = {"after": None, "parts": [], "offers": 0, "refused": 0}
        self.cursor: dict[str, Any] = {**begun, **(context.job.cursor or {})}

    @property
    def is_complete(self) -> bool:
        return bool(self.cursor.get("all"))

    def step(self) -> None:
        """Offers for the next licences: three durable writes and one for each further megabyte of the result."""
        node, batch, cursor, at = self._node, self._batch, self.cursor, self._node.clock.now()
        if at >= batch.expires_at:
            raise BatchExpiredError
        selection = batch.request.selection
        total = None
        if not cursor["parts"]:
            total = self._total()
        # Asked at each step: an authority that may no longer issue makes no further offers.
        issuer = node.issuance.issuers.of_authority(batch.authority, at=at)
        licences = node.finder.licences(selection, cursor["after"], STEP_LICENCES)
        is_last = len(licences) < STEP_LICENCES
        made = make_offers(node.issuance, issuer, batch, licences, at)
        absent = self._absent(licences, is_last=is_last)
        made.refused.extend(refusal(identifier, LicenceNotFoundError()) for identifier in absent)
        # The result first: an offer whose link was lost would be one that nobody can use and nobody knows of.
        # Its name has the attempt in it: who lost the lease without noticing yet writes over nothing of ours.
        part, attempt = len(cursor["parts"]), self._context.job.attempt
        sizes = [
            self._files.write(
                _part(batch.id, kind, part, attempt),
                (line + b"\n" for line in lines),
                max_bytes=_MAX_STEP_BYTES,
                delete_at=batch.expires_at,
            )[0]
            for kind, lines in (("offers", made.lines), ("refused", made.refused))
        ]
        if made.offers:
            node.issuance.offers.insert_absent(made.offers)
        cursor["parts"] = [*cursor["parts"], [attempt, *sizes]]
        cursor["offers"] += len(made.offers)
        cursor["refused"] += len(made.refused)
        if licences:
            cursor["after"] = str(licences[-1].identifier)
        if is_last:
            cursor["all"] = True
        self._context.advance(
            dict(cursor), done=len(licences) + len(absent), errors=len(made.refused), total=total
        )

    def _total(self) -> int:
        request = self._batch.request
        if request.names_licences:
            return len(request.selection.identifiers)
        return self._node.finder.count(request.selection, _COUNTED_AT_MOST)

    def _absent(self, licences: tuple[Licence, ...], *, is_last: bool) -> list[str]:
        """Of licences that were named, those between the last step and the end of this one that there are not."""
        request, after = self._batch.request, self.cursor["after"]
        if not request.names_licences:
            return []
        named = request.selection.identifiers
        found = {str(licence.identifier) for licence in licences}
        first = 0 if after is None else bisect_right(named, after)
        end = len(named) if is_last else bisect_right(named, str(licences[-1].identifier))
        return [identifier for identifier in named[first:end] if identifier not in found]


def _parts(node: IssuerNode, batch: Batch, *, by: str) -> list[list[int]]:
    if by != batch.made_by or node.clock.now() >= batch.expires_at:
        raise BatchResultNotFoundError
    job = batch_job(node, batch)
    if job is None or job.state is not JobState.DONE or not isinstance(job.cursor, dict):
        raise BatchNotReadyError
    return list(job.cursor["parts"])


def _blocks(node: IssuerNode, batch: Batch, parts: list[list[int]], kind: str) -> Iterator[bytes]:
    files: FileStore = open_transfers(node.database, node.master_key).files
    for part, (attempt, offers, refused) in enumerate(parts):
        size = offers if kind == "offers" else refused
        yield from files.blocks(_part(batch.id, kind, part, attempt), size)


def _part(batch_id: str, kind: str, part: int, attempt: int) -> str:
    return f"{batch_id}-{kind}-{part:05d}-{attempt}"


def _page(_job: Job) -> str:
    return "/batches"


JOB_KIND: Final = JobKind(KIND, run_batch, Text("批量生成领取链接", "Make offers in bulk"), _page)
