"""Finding an acceptance record for those who may see it."""

from __future__ import annotations

from standards.text import Text
from verifier.acceptance.errors import RecordAlteredError, UnknownRecordError
from verifier.acceptance.record import AcceptanceRecord
from verifier.acceptance.store import RecordStore
from verifier.departments.department import Department


def find_record(records: RecordStore, department: Department, record_id: str) -> AcceptanceRecord:
    """A department's own record, with what was shown.

    Raises:
        UnknownRecordError: there is none, or it is another department's: the caller cannot tell which.
        RecordAlteredError: it was changed after the decision.
    """
    record = records.find(department.uscc, record_id)
    if record is None:
        raise UnknownRecordError("没有这条受理记录。", "There is no such acceptance record.")
    if not record.is_whole:
        raise RecordAlteredError(
            "这条受理记录在存储中被改动过，不能作为凭据。",
            "This acceptance record was altered in the store; it proves nothing.",
            next_step=Text(
                "请管理员执行 elicence verifier records check，并从备份核对。",
                "Have it compared with a backup; `elicence verifier records check` names the place.",
            ),
        )
    return record
