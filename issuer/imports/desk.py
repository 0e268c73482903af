"""What imports and exports stand on, made from a node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from pymongo.database import Database

from issuer.imports.store import ExportStore, FileStore, ImportStore, MappingStore, RefusalStore
from issuer.library.licence import Licence, local_day
from issuer.library.standing import next_review
from issuer.library.store.bulk import BulkLicences
from issuer.node import IssuerNode, record_seal
from keys.master_key import MasterKey
from service.store.sealed_rows import RowsUnderKey


@dataclass(frozen=True, slots=True)
class TransferStores:
    """The collections of imports and exports."""

    files: FileStore
    imports: ImportStore
    mappings: MappingStore
    refusals: RefusalStore
    exports: ExportStore

    def sealed_rows(self) -> tuple[RowsUnderKey, ...]:
        """What a change of the master key brings over."""
        return (
            self.files.sealed_rows(),
            self.imports.sealed_rows(),
            self.mappings.sealed_rows(),
            self.refusals.sealed_rows(),
            self.exports.sealed_rows(),
        )


def open_transfers(database: Database[dict[str, Any]], master_key: MasterKey) -> TransferStores:
    """The stores over a database; making them costs no round trip."""
    return TransferStores(
        FileStore(database, master_key.envelope("transfer-file")),
        ImportStore(database, master_key.envelope("import")),
        MappingStore(database, master_key.envelope("import-secret")),
        RefusalStore(database, master_key.envelope("import-refusal")),
        ExportStore(database, master_key.envelope("export")),
    )


def ensure_indexes() -> None:
    """Make the indexes; repeating it changes nothing."""
    for store in (FileStore, ImportStore, MappingStore, RefusalStore, ExportStore):
        store.ensure_indexes()


def open_bulk(node: IssuerNode) -> BulkLicences:
    """The library's bulk side."""

    def review(licence: Licence) -> date | None:
        return next_review(licence, node.catalogue.by_vct(licence.vct), local_day(node.clock.now()))

    return BulkLicences(node.database, record_seal(node.master_key), review)
