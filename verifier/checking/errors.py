"""Why a file cannot be checked at all: errors, not verdicts."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text
from verifier.scanning.foreign_kind import NAMES, ForeignKind, Named

_NO_CODE_ON_PDF = Named(
    Text(
        "这份 PDF 上没有可核验的二维码；PDF 的电子印章目前还不能核验。",
        "There is no code on this PDF that can be checked, and the seals of PDF documents cannot be checked here yet.",
    ),
    Text("请让持证人出示电子证照。", "Ask the holder to show the electronic licence instead."),
)


class NothingToCheckError(InvalidInputError):
    """An empty file or form, or a picture without a code."""

    code = "nothing-to-check"


class SeveralCodesError(InvalidInputError):
    """A picture or document with more than one code of ours: which is meant, nobody guesses."""

    code = "several-codes"

    def __init__(self) -> None:
        super().__init__(
            "文件中有多个证照码。",
            "There is more than one licence's code in the file.",
            next_step=Text("请每次只提供一个码。", "Give one code at a time."),
        )


class UnsupportedFileError(ElicenceError):
    """A file that is neither text nor a picture."""

    code = "unsupported-file"

    def __init__(self, named: Named = NAMES[ForeignKind.UNSUPPORTED_FILE]) -> None:
        super().__init__(named.what.zh, named.what.en, next_step=named.ask)


class TooBusyError(ElicenceError):
    """Too many documents are being read at once; this one was not looked at."""

    code = "too-busy"

    def __init__(self) -> None:
        named = NAMES[ForeignKind.BUSY]
        super().__init__(named.what.zh, named.what.en, next_step=named.ask)


class PdfCheckUnavailableError(ElicenceError):
    """A PDF without a code on its pages; its seals are checked by a part of the system that is not there yet."""

    code = "pdf-check-unavailable"

    def __init__(self, named: Named = _NO_CODE_ON_PDF) -> None:
        super().__init__(named.what.zh, named.what.en, next_step=named.ask)
