"""Everything in the issuer's store that names the master key. Tokens and nonces are in nobody's store, and short-lived."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database

from issuer.batches.store import PURPOSE as BATCHES
from issuer.batches.store import BatchStore
from issuer.documents.open_desk import open_document_store
from issuer.imports.desk import open_transfers
from issuer.issuance.refresh_store import RefreshStore
from issuer.issuance.store import OfferStore
from issuer.node import (
    open_authorizations,
    open_catalogue,
    open_chain,
    open_discrepancies,
    open_licence_store,
    open_search_log,
)
from issuer.operations.desk import operations_sealed_rows
from issuer.staff.store import StaffStore
from keys.master_key import MasterKey
from service.clock import Clock
from service.complaints import ComplaintDesk
from service.complaints.store import PURPOSE as COMPLAINTS_PURPOSE
from service.settings import Settings
from service.store import connect
from service.store.sealed_rows import RowsUnderKey
from service.web.sign_in.store import PURPOSE, SessionStore


def sealed_rows(settings: Settings, clock: Clock) -> tuple[RowsUnderKey, ...]:
    """The entry point ``elicence.sealed_rows``.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError: the store cannot be used.
        MasterKeyError: the master key file cannot be used.
    """
    return rows_of(connect(settings, "issuer"), MasterKey.load(settings.master_key_file), clock)


def rows_of(database: Database[dict[str, Any]], master: MasterKey, clock: Clock) -> tuple[RowsUnderKey, ...]:
    """The same over a database and a key in hand."""
    licences = open_licence_store(database, master, open_catalogue(database), clock)
    return (
        *licences.sealed_rows(clock),
        StaffStore(database, master).sealed_rows(),
        open_search_log(database, master).sealed_rows(),
        ComplaintDesk(database, master.envelope(COMPLAINTS_PURPOSE)).sealed_rows(),
        open_chain(database, master).sealed_rows(),
        *open_transfers(database, master).sealed_rows(),
        *operations_sealed_rows(database, master),
        BatchStore(database, master.envelope(BATCHES)).sealed_rows(),
        open_discrepancies(database, master).sealed_rows(),
        open_authorizations(database, master).sealed_rows(clock),
        *open_document_store(database, master).sealed_rows(),
        OfferStore(database).sealed_rows(master.lookup_key(), clock),
        RefreshStore(database).sealed_rows(master.lookup_key(), licences, clock),
        SessionStore(database, master.envelope(PURPOSE), master.lookup_key(purpose=PURPOSE)).sealed_rows(),
    )
