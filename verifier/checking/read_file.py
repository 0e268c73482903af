"""From a file to what can be checked: recognised as at a window; what is no file for this is an error, not a verdict."""

from __future__ import annotations

from typing import Final

from standards.qr import InvalidPictureError, PictureTooLargeError
from verifier.checking.errors import (
    NothingToCheckError,
    PdfCheckUnavailableError,
    SeveralCodesError,
    TooBusyError,
    UnsupportedFileError,
)
from verifier.scanning.foreign_kind import NAMES, ForeignKind
from verifier.scanning.recognise import recognise
from verifier.scanning.recognised import Foreign, Known, PdfFile, Several

_NOTHING: Final = frozenset({ForeignKind.EMPTY, ForeignKind.NO_CODE, ForeignKind.JSON_WITHOUT_LICENCE})
_UNSUPPORTED: Final = frozenset({ForeignKind.UNSUPPORTED_FILE, ForeignKind.PHONE_PHOTO_FORMAT})
_PDF: Final = frozenset({ForeignKind.ENCRYPTED_PDF, ForeignKind.DAMAGED_PDF})


def recognise_file(content: bytes) -> Known | Foreign:
    """What there is to check in ``content``, untrusted.

    Raises ``NothingToCheckError``, ``SeveralCodesError``, ``UnsupportedFileError``, ``PdfCheckUnavailableError``,
    ``TooBusyError``, or ``InvalidPictureError`` for a damaged picture.
    """
    found = recognise(content)
    if isinstance(found, Several):
        raise SeveralCodesError
    if isinstance(found, PdfFile):
        raise PdfCheckUnavailableError
    if isinstance(found, Foreign):
        _refuse(found.kind)
    return found


def _refuse(kind: ForeignKind) -> None:
    named = NAMES[kind]
    if kind is ForeignKind.EMPTY:
        raise NothingToCheckError("没有可核验的内容。", "There is nothing to check.")
    if kind in _NOTHING:
        where = "/credential" if kind is ForeignKind.JSON_WITHOUT_LICENCE else None
        raise NothingToCheckError(named.what.zh, named.what.en, where=where, next_step=named.ask)
    if kind in _UNSUPPORTED:
        raise UnsupportedFileError(named)
    if kind is ForeignKind.BUSY:
        raise TooBusyError
    if kind in _PDF:
        raise PdfCheckUnavailableError(named)
    if kind is ForeignKind.DAMAGED_PICTURE:
        raise InvalidPictureError(named.what.zh, named.what.en, next_step=named.ask)
    if kind is ForeignKind.TOO_LARGE:
        raise PictureTooLargeError(named.what.zh, named.what.en, next_step=named.ask)
