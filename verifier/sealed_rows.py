"""Everything in the verifier's store that names the master key."""

from __future__ import annotations

from keys.master_key import MasterKey
from service.clock import Clock
from service.complaints import ComplaintDesk
from service.complaints.store import PURPOSE as COMPLAINTS_PURPOSE
from service.settings import Settings
from service.store import connect
from service.store.sealed_rows import RowsUnderKey
from service.web.sign_in.store import PURPOSE, SessionStore
from verifier.acceptance.store import RecordStore
from verifier.app import EVIDENCE_PURPOSE, STAFF_PURPOSE
from verifier.cases.store import CaseStore
from verifier.departments.store import StaffStore
from verifier.offline.window_records import WindowRecordStore
from verifier.window.store import PresentationStore


def sealed_rows(settings: Settings, clock: Clock) -> tuple[RowsUnderKey, ...]:  # noqa: ARG001  # nothing here passes
    """The entry point ``elicence.sealed_rows``.

    Raises:
        SettingsError, StoreUnavailableError, StoreUnsuitableError: the store cannot be used.
        MasterKeyError: the master key file cannot be used.
    """
    database = connect(settings, "verifier")
    master = MasterKey.load(settings.master_key_file)
    evidence = master.envelope(EVIDENCE_PURPOSE)
    staff = StaffStore(master.lookup_key(), master.envelope(STAFF_PURPOSE))
    return (
        staff.sealed_rows(database),
        RecordStore(database, evidence).sealed_rows(),
        ComplaintDesk(database, master.envelope(COMPLAINTS_PURPOSE)).sealed_rows(),
        PresentationStore(database, evidence).sealed_rows(),
        CaseStore(database, evidence).sealed_rows(),
        WindowRecordStore(database, evidence).sealed_rows(),
        SessionStore(database, master.envelope(PURPOSE), master.lookup_key(purpose=PURPOSE)).sealed_rows(),
    )
