"""Use case: seal the records that were made since the last seal; a worker does it every half second."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from service.jobs import Periodic
from verifier.acceptance.seal import MAX_HASHES, build_seal
from verifier.departments.department import Department, DepartmentNotCertifiedError
from verifier.window.relying_party import signer_of

if TYPE_CHECKING:
    from verifier.node import VerifierNode

EVERY: Final = timedelta(milliseconds=500)
"""So that a record is sealed within a second of its durable write."""

_LOG = structlog.get_logger(__name__)


def seal_waiting(node: VerifierNode, department: Department, at: datetime) -> int:
    """Seal what waits in one department's chain; answers how many records (one durable write for up to a thousand).

    A record that does not fit the chain is not sealed, nor is anything after it: a seal must not make right what was altered.

    Raises:
        DepartmentNotCertifiedError: it has no certificate (yet): the records wait.
    """
    sealed_until = node.seals.sealed_until(department.uscc)
    waiting = node.records.after(department.uscc, sealed_until, limit=MAX_HASHES)
    whole = []
    previous = node.records.hash_at(department.uscc, sealed_until)
    for sequence, record in enumerate(waiting, start=sealed_until + 1):
        if record.sequence != sequence or record.previous != previous or not record.is_whole:
            _LOG.error("record-chain-broken", department=department.uscc, sequence=sequence)
            break
        whole.append(record.hash)
        previous = record.hash
    if whole:
        first, last = sealed_until + 1, sealed_until + len(whole)
        signer = signer_of(node.keys, department)
        node.seals.put(department.uscc, first, last, build_seal(department.uscc, first, whole, signer, at))
    return len(whole)


def _run(node: VerifierNode, at: datetime) -> None:
    for department in node.departments.all():
        try:
            while seal_waiting(node, department, at) == MAX_HASHES:
                pass
        except DepartmentNotCertifiedError:
            continue


PERIODIC: Final = Periodic("verifier.seal-records", EVERY, _run)
"""Entry point of the same name in ``elicence.periodic_work``."""
