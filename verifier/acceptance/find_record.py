"""Finding an acceptance record for those who may see it."""

from __future__ import annotations

from verifier.acceptance.errors import UnknownRecordError
from verifier.acceptance.record import AcceptanceRecord
from verifier.acceptance.store import RecordStore
from verifier.departments.department import Department


def find_record(records: RecordStore, department: Department, record_id: str) -> AcceptanceRecord:
    """A department's own record, with what was shown.

    Raises:
        UnknownRecordError: there is none, or it is another department's: the caller cannot tell which.
    """
    record = records.find(department.uscc, record_id)
    if record is None:
        raise UnknownRecordError("没有这条受理记录。", "There is no such acceptance record.")
    return record
