"""Errors of status lists; one class for each verdict that a verifier tells apart."""

from __future__ import annotations

from standards.errors import InvalidInputError


class StatusListError(InvalidInputError):
    """A status list, its token or a reference to it that does not have the form of the standard."""

    code = "invalid-status-list"


class StatusIndexError(StatusListError):
    """An index that the list does not have (section 8.3: an error, never a valid status)."""

    code = "status-index-out-of-range"


class StatusListTooLargeError(StatusListError):
    """A list that grows beyond the limit when it is decompressed."""

    code = "status-list-too-large"


class StatusListSignatureError(StatusListError):
    """A token whose signature, algorithm or type is not what was asked for."""

    code = "status-list-signature-invalid"


class StatusListSubjectError(StatusListError):
    """A token for another list than the credential refers to (``sub`` is not ``uri``)."""

    code = "status-list-of-another-uri"


class StatusListTimeError(StatusListError):
    """A token that has expired, or was issued in the future."""

    code = "status-list-expired"
