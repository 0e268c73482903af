"""Use case: something came under the scanner. What is it? Answered from its own bytes, without a network, without a store.

What kind a file is, its first bytes say, not its name or a media type that the sender wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, assert_never
from urllib.parse import parse_qs

import orjson

from standards.cwt.base45 import ALPHABET
from standards.print_code import PRINT_PREFIX
from standards.qr import InvalidPictureError, PictureTooLargeError, Taken, read_picture
from standards.show_code import SHEET_PREFIX, SHOW_CODE_PREFIX
from verifier.cases.case_code import PREFIX as CASE_PREFIX
from verifier.scanning.foreign import MAX_TEXT_CHARS, foreign
from verifier.scanning.foreign_kind import ForeignKind
from verifier.scanning.pdf_pages import PdfUnreadableError, read_pdf
from verifier.scanning.recognised import (
    AnyRecognised,
    Carrier,
    CaseCode,
    Claim169,
    Credential,
    DocumentCode,
    Foreign,
    Known,
    PdfFile,
    PresentationResponse,
    Several,
    Sheet,
    ShowCode,
    TerminalCode,
)
from verifier.terminals.enrolment_code import PREFIX as TERMINAL_PREFIX

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
"""Largest file that is read: a camera's photograph fits."""

MAX_PRESENTATIONS: Final = 20
"""Most presentations taken from one response."""

_PDF: Final = b"%PDF-"
_PDF_WITHIN_BYTES: Final = 1024
"""Readers accept a PDF header anywhere within its first kilobyte (ISO 32000-1 annex H.3.4.1)."""

_PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_HEIF_BRANDS: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")

# A compact JWS, then disclosures each ended by "~" (RFC 9901 section 4); what is wrong inside, step 1 says.
_CREDENTIAL: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*~[A-Za-z0-9_.~-]*", re.ASCII)

_AIM: Final = re.compile(r"\][A-Za-z][0-9a-zA-Z](?=.)", re.ASCII)
"""Symbology identifier that scanners may put in front (ISO/IEC 15424): ``]Q3`` for a QR code."""

_BASE45: Final = frozenset(ALPHABET)
_LEAST_CLAIM_169_CHARS: Final = 30
_BLANK: Final = " \t\r\n\v\f\0\u200b\u200e\u200f\ufeff"

_TAKEN: Final = {
    Taken.UNKNOWN: Carrier.PICTURE,
    Taken.SCREENSHOT: Carrier.SCREENSHOT,
    Taken.PHOTOGRAPH: Carrier.PHOTOGRAPH,
}


def recognise(content: str | bytes) -> AnyRecognised:
    """What a text, or the bytes of a file, is. Never raises."""
    return recognise_text(content) if isinstance(content, str) else _recognise_file(content)


def recognise_text(text: str) -> AnyRecognised:
    """What a scanner typed, or somebody pasted."""
    if len(text) > MAX_TEXT_CHARS:
        return Foreign(ForeignKind.TOO_LONG)
    trimmed = text.strip(_BLANK)
    if trimmed.startswith("]"):
        trimmed = _AIM.sub("", trimmed, count=1)
    return _ours(trimmed) or foreign(trimmed)


def _ours(text: str) -> Known | Foreign | None:
    if text.startswith(SHOW_CODE_PREFIX):
        return ShowCode(text)
    if text.startswith(SHEET_PREFIX):
        return Sheet(text)
    if text.startswith(PRINT_PREFIX):
        return DocumentCode(text)
    if text.startswith(CASE_PREFIX):
        return CaseCode(text)
    if text[: len(TERMINAL_PREFIX)].upper() == TERMINAL_PREFIX:
        return TerminalCode(text)
    if text.startswith(("{", '"')):
        return _in_json(text)
    if text.startswith(("vp_token=", "state=", "presentation_submission=")):
        return _in_form(text)
    compact = "".join(text.split())  # scanners and mail programs break lines
    if _CREDENTIAL.fullmatch(compact):
        return Credential(compact)
    return Claim169(text) if _is_claim_169(text) else None


def _is_claim_169(text: str) -> bool:
    """Whether it is Base45 of a zlib stream: by the stream's two first bytes (RFC 1950 section 2.2), nothing is inflated."""
    if len(text) < _LEAST_CLAIM_169_CHARS or not _BASE45.issuperset(text):
        return False
    number = sum(ALPHABET.index(char) * 45**place for place, char in enumerate(text[:3]))
    head, flags = divmod(number, 256)
    return head & 0x0F == 8 and head >> 4 <= 7 and number % 31 == 0 and not flags & 0x20


def _in_json(text: str) -> Known | Foreign | None:
    """A JSON text, ``{"credential": …}``, the answer of a credential endpoint (OpenID4VCI 1.0 section 8.3), or a response
    with a ``vp_token`` (OpenID4VP 1.0 section 8.1).
    """
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if isinstance(value, dict):
        if "vp_token" in value:
            return _of_response(value["vp_token"])
        value = value.get("credential", value.get("credentials"))
    if isinstance(value, list) and len(value) == 1:
        value = value[0].get("credential") if isinstance(value[0], dict) else value[0]
    if not isinstance(value, str) or not value.strip():
        return Foreign(ForeignKind.JSON_WITHOUT_LICENCE)
    # Not read as JSON once more: a text in a text in a text would never end.
    inner = value.strip(_BLANK)
    return (
        Foreign(ForeignKind.JSON_WITHOUT_LICENCE)
        if inner.startswith(("{", '"'))
        else _ours(inner) or foreign(inner)
    )


def _in_form(text: str) -> Known | Foreign:
    """The body of a ``direct_post``, as somebody copied it."""
    try:
        fields = parse_qs(text, max_num_fields=10)
        return _of_response(orjson.loads(fields["vp_token"][0]))
    except (ValueError, KeyError):
        return Foreign(ForeignKind.JSON_WITHOUT_LICENCE)


def _of_response(vp_token: Any) -> PresentationResponse | Foreign:
    if not isinstance(vp_token, dict):
        return Foreign(ForeignKind.JSON_WITHOUT_LICENCE)
    found: list[tuple[str, str]] = []
    for query, presentations in vp_token.items():
        for one in presentations if isinstance(presentations, list) else [presentations]:
            if not isinstance(one, str) or len(found) == MAX_PRESENTATIONS:
                return Foreign(ForeignKind.JSON_WITHOUT_LICENCE)
            found.append((query[:100], one))
    return PresentationResponse(tuple(found)) if found else Foreign(ForeignKind.JSON_WITHOUT_LICENCE)


def _recognise_file(content: bytes) -> AnyRecognised:
    if len(content) > MAX_FILE_BYTES:
        return Foreign(ForeignKind.TOO_LARGE)
    if _PDF in content[:_PDF_WITHIN_BYTES]:
        return _in_pdf(content)
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _in_picture(content)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS:
        return Foreign(ForeignKind.PHONE_PHOTO_FORMAT)
    try:
        text = content.removeprefix(_UTF8_MARK).decode("utf-8")
    except UnicodeDecodeError:
        return Foreign(ForeignKind.UNSUPPORTED_FILE)
    return recognise_text(text)


def _in_picture(content: bytes) -> AnyRecognised:
    try:
        picture = read_picture(content)
    except PictureTooLargeError:
        return Foreign(ForeignKind.TOO_LARGE)
    except InvalidPictureError:
        return Foreign(ForeignKind.DAMAGED_PICTURE)
    carrier = _TAKEN[picture.taken]
    return _among((code.text for code in picture.codes), carrier) or Foreign(
        ForeignKind.NO_CODE, carrier=carrier
    )


def _in_pdf(content: bytes) -> AnyRecognised:
    try:
        pdf = read_pdf(content)
    except PdfUnreadableError as cause:
        return Foreign(cause.kind, carrier=Carrier.PDF)
    among = _among(pdf.texts, Carrier.PDF)
    if among is None or isinstance(among, Foreign):
        return PdfFile(pdf.pages, pdf.pages_read, pdf.signatures, carrier=Carrier.PDF, beside=len(pdf.texts))
    return among


def _among(texts: Iterable[str], carrier: Carrier) -> AnyRecognised | None:
    """What is meant of several codes: the one that is ours. Of two of ours, none; of two of others, the first."""
    found = [recognise_text(text) for text in dict.fromkeys(text.strip() for text in texts) if text]
    ours = [one for one in found if not isinstance(one, Foreign)]
    others = [one for one in found if isinstance(one, Foreign)]
    match ours:
        case [] if not others:
            return None
        case []:
            return replace(others[0], carrier=carrier, beside=len(others) - 1)
        case [one]:
            return replace(one, carrier=carrier, beside=len(others))
    known = tuple(replace(one, carrier=carrier) for one in ours if not isinstance(one, PdfFile | Several))
    return Several(known, carrier=carrier, beside=len(others))


def kind_of(recognised: AnyRecognised) -> str:
    """Its name for machines; stable."""
    match recognised:
        case ShowCode():
            return "show-code"
        case Sheet():
            return "sheet"
        case DocumentCode():
            return "document-code"
        case CaseCode():
            return "case-code"
        case TerminalCode():
            return "terminal-code"
        case Credential():
            return "credential"
        case PresentationResponse():
            return "presentation-response"
        case Claim169():
            return "identity-code"
        case PdfFile():
            return "pdf"
        case Several():
            return "several-codes"
        case Foreign(kind=kind):
            return kind.value
        case _:
            assert_never(recognised)
