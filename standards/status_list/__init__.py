"""Token Status List (text of draft-ietf-oauth-status-list-20), JWT form."""

from standards.status_list.bits import MAX_LIST_BYTES, StatusList
from standards.status_list.chunked import ChunkedStatusList
from standards.status_list.errors import (
    StatusIndexError,
    StatusListError,
    StatusListSignatureError,
    StatusListSubjectError,
    StatusListTimeError,
    StatusListTooLargeError,
)
from standards.status_list.token import (
    MEDIA_TYPE,
    UnverifiedStatusListToken,
    VerifiedStatusList,
    build_status_list_token,
    parse_status_list,
    parse_status_list_token,
    verify_status_list_token,
)
from standards.status_list.values import StatusReference, StatusValue, parse_status_claim

__all__ = [
    "MAX_LIST_BYTES",
    "MEDIA_TYPE",
    "ChunkedStatusList",
    "StatusIndexError",
    "StatusList",
    "StatusListError",
    "StatusListSignatureError",
    "StatusListSubjectError",
    "StatusListTimeError",
    "StatusListTooLargeError",
    "StatusReference",
    "StatusValue",
    "UnverifiedStatusListToken",
    "VerifiedStatusList",
    "build_status_list_token",
    "parse_status_claim",
    "parse_status_list",
    "parse_status_list_token",
    "verify_status_list_token",
]
