"""Why a decision is not taken down."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidDecisionError(InvalidInputError):
    """Not a decision, or one without the reason that it needs."""

    code = "invalid-decision"


class NotAcceptableError(ElicenceError):
    """Only what PASSED can be accepted; FAILED and INDETERMINATE never are."""

    code = "not-acceptable"


class StillPendingError(ElicenceError):
    """There is nothing to decide on yet."""

    code = "still-pending"


class AlreadyDecidedError(ElicenceError):
    """A decision on this presentation is in the records already; records are not changed."""

    code = "already-decided"


class UnknownRecordError(ElicenceError):
    """There is no such record, or it belongs to another department."""

    code = "unknown-record"


class RecordChainBusyError(ElicenceError):
    """Too many decisions of one department arrived at the same moment; a retry helps."""

    code = "record-chain-busy"


class RecordAlteredError(ElicenceError):
    """The record in the store is not what this node wrote there."""

    code = "record-altered"


class InvalidRecordFileError(InvalidInputError):
    """A file that claims to be an exported record and is none, or a part of it that does not hold."""

    code = "invalid-record-file"


class EvidenceMissingError(ElicenceError):
    """A list that a record stands on is not kept any more, so the record cannot be handed out as evidence."""

    code = "evidence-missing"
