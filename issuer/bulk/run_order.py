"""Use case: issue a whole order from file to file, on all cores; killed, the same call goes on where it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from typing import Final

from issuer.bulk.issue_chunk import ChunkIssuer, IssuedChunk
from issuer.bulk.order_files import OrderChunk, OrderFiles, Progress
from issuer.node import open_node
from service.clock import Clock, SystemClock
from service.processes.pool import bound_pool
from service.settings import Settings

CHUNK_LINES: Final = 500
"""Lines of a chunk: enough that a request to the store is shared by many, few enough that a kill costs little."""

Told = Callable[[Progress, int], None]
"""Called after each chunk with the progress and the size of the order in bytes."""


def run_order(
    settings: Settings,
    authority: str,
    order: Path,
    issued: Path,
    refused: Path,
    *,
    told: Told,
    clock: Clock,
    processes: int | None = None,
) -> Progress:
    """Issue everything that the order asks for.

    Args:
        settings: of the node; the processes open it for themselves.
        authority: USCC of the issuing authority.
        order: JSON Lines, see ``order_line``.
        issued: where the copies go; whoever reads them needs the keys of the order to show them.
        refused: where the refused lines go, each with its reason.
        told: hears of the progress.
        clock: the time.
        processes: how many; as many as there are cores unless given.

    Raises:
        OrderFileError: the files do not fit together.
        AuthorityCannotIssueError: the authority has no certificate.
    """
    with (
        OrderFiles(order, issued, refused) as files,
        bound_pool(processes, prepare=_prepare, given=(settings, authority)) as pool,
    ):
        run, under_way = files.progress.run, deque[tuple[OrderChunk, Future[IssuedChunk]]]()

        def finish() -> None:
            chunk, future = under_way.popleft()
            result = future.result()
            files.keep(
                chunk,
                issued=result.issued,
                refused=result.refused,
                copies=result.copies,
                refusals=result.refusals,
            )
            told(files.progress, files.size)

        # Two chunks for each process: one at work, one waiting; the results are kept in the order of the lines.
        ahead = 2 * (processes or 2)
        for chunk in files.chunks(CHUNK_LINES):
            while len(under_way) >= ahead:
                finish()
            under_way.append((chunk, pool.submit(_issue, run, chunk.lines, clock.now())))
        while under_way:
            finish()
        files.end()
        return files.progress


_issuers: list[ChunkIssuer] = []


def _prepare(settings: Settings, authority: str) -> None:
    """In each process: connect and open the keys once."""
    _issuers[:] = [ChunkIssuer(open_node(settings, SystemClock()), authority)]


def _issue(run: str, lines: tuple[tuple[int, bytes], ...], at: datetime) -> IssuedChunk:
    return _issuers[0].issue(run, lines, at)
