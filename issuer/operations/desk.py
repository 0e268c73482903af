"""What bulk operations stand on, made from a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymongo.database import Database

from issuer.library.library import Library
from issuer.library.store.finding import LicenceFinder
from issuer.node import IssuerNode
from issuer.operations.store import FrozenLicences, OperationStore, StepLog
from keys.master_key import MasterKey
from service.store.sealed_rows import RowsUnderKey


@dataclass(frozen=True, slots=True)
class OperationDesk:
    """The collections of bulk operations, and the library on which they work."""

    operations: OperationStore
    frozen: FrozenLicences
    steps: StepLog
    library: Library
    finder: LicenceFinder


def open_operations(node: IssuerNode) -> OperationDesk:
    """The desk of a node; making it costs no round trip."""
    return OperationDesk(
        *_stores(node.database, node.master_key),
        node.library,
        node.finder,
    )


def ensure_indexes() -> None:
    """Make the indexes; repeating it changes nothing."""
    for store in (OperationStore, FrozenLicences, StepLog):
        store.ensure_indexes()


def operations_sealed_rows(
    database: Database[dict[str, Any]], master_key: MasterKey
) -> tuple[RowsUnderKey, ...]:
    """What a change of the master key brings over."""
    operations, _, steps = _stores(database, master_key)
    return operations.sealed_rows(), steps.sealed_rows()


def _stores(
    database: Database[dict[str, Any]], master_key: MasterKey
) -> tuple[OperationStore, FrozenLicences, StepLog]:
    return (
        OperationStore(database, master_key.envelope("bulk-operation")),
        FrozenLicences(database),
        StepLog(database, master_key.envelope("bulk-operation-log")),
    )
