"""Whether a failure means that the store is away for a while, and not that what was asked of it is wrong."""

from __future__ import annotations

from pymongo.errors import AutoReconnect, ExecutionTimeout, PyMongoError, WTimeoutError

from service.errors import StoreUnavailableError

_LABELS = ("RetryableWriteError", "TransientTransactionError")


def is_store_away(error: BaseException) -> bool:
    """Whether the same again, later, may well succeed: no server, an election, a majority that did not answer."""
    if isinstance(error, (StoreUnavailableError, AutoReconnect, WTimeoutError, ExecutionTimeout)):
        return True
    return isinstance(error, PyMongoError) and any(error.has_error_label(label) for label in _LABELS)
