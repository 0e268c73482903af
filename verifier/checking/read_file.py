"""From a file to the text of a credential: plain text, JSON around it, or a picture with its QR code.

What kind a file is, its first bytes say, not its name or a media type that the sender wrote.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from standards.qr import read_qr_codes
from verifier.checking.errors import NothingToCheckError, PdfCheckUnavailableError, UnsupportedFileError
from verifier.checking.scanned_code import is_code

MAX_FILE_BYTES: Final = 10 * 1024 * 1024
"""Largest file that is read: a camera's photograph fits."""

_PDF: Final = b"%PDF-"
_PDF_WITHIN_BYTES: Final = 1024
"""Readers accept a PDF header anywhere within its first kilobyte (ISO 32000-1 annex H.3.4.1)."""

_PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM")
_UTF8_MARK: Final = b"\xef\xbb\xbf"


def text_in_file(content: bytes) -> str:
    """The text to check, untrusted.

    Raises ``NothingToCheckError``, ``UnsupportedFileError``, ``PdfCheckUnavailableError``, or ``InvalidPictureError``
    for a damaged picture.
    """
    if _PDF in content[:_PDF_WITHIN_BYTES]:
        raise PdfCheckUnavailableError
    if content.startswith(_PICTURES) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _text_in_picture(content)
    try:
        text = content.removeprefix(_UTF8_MARK).decode("utf-8").strip()
    except UnicodeDecodeError as cause:
        raise UnsupportedFileError from cause
    if text.startswith(("{", '"')):
        text = _text_in_json(text)
    if not text:
        raise NothingToCheckError("没有可核验的内容。", "There is nothing to check.")
    return text


def _text_in_picture(content: bytes) -> str:
    found = [code.text.strip() for code in read_qr_codes(content) if code.text.strip()]
    if not found:
        raise NothingToCheckError("图片中没有找到二维码。", "There is no QR code in the picture.")
    # A licence may have other codes printed on it: the one in the form of a credential is meant.
    return next((text for text in found if "~" in text or is_code(text)), found[0])


def _text_in_json(text: str) -> str:
    """A JSON text, ``{"credential": …}``, or the answer of a credential endpoint (OpenID4VCI 1.0 section 8.3)."""
    try:
        value: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    if isinstance(value, dict):
        value = value.get("credential", value.get("credentials"))
    if isinstance(value, list) and len(value) == 1:
        value = value[0].get("credential") if isinstance(value[0], dict) else value[0]
    if not isinstance(value, str):
        raise NothingToCheckError(
            "JSON 中没有 credential 项，或不止一份证照。",
            "The JSON has no single credential in it.",
            where="/credential",
        )
    return value.strip()
