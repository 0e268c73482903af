"""What an issuer publishes of a licence type: the metadata, and for our own types the data that say what they have no word for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import orjson

from service.outbound import Outbound
from standards.json_reader import Reader, parse_json
from standards.sd_jwt_vc import TypeMetadataError

MAX_DOCUMENT_BYTES: Final = 256 * 1024
TIMEOUT_SECONDS: Final = 3.0
"""A label is worth no long wait: the licence itself is there already."""

_OURS: Final = "urn:elicence:type:"
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class TypeDocuments:
    """As published, nothing verified.

    Attributes:
        document: the type metadata (SD-JWT VC draft -13 section 6).
        data: the type's data, or ``None`` of a type that is not of this software, or that has none.
    """

    document: bytes
    data: bytes | None

    def to_bytes(self) -> bytes:
        """One text; raises ``TypeMetadataError`` when a document is no text."""
        try:
            texts = [self.document.decode("utf-8"), None if self.data is None else self.data.decode("utf-8")]
        except UnicodeDecodeError as cause:
            raise TypeMetadataError("", "The type metadata are no UTF-8 text.") from cause
        return orjson.dumps({"document": texts[0], "data": texts[1]})

    @classmethod
    def from_bytes(cls, content: bytes) -> TypeDocuments:
        """The reverse of :meth:`to_bytes`; raises ``TypeMetadataError``."""
        reader = Reader(parse_json(content, error=TypeMetadataError), error=TypeMetadataError)
        document = reader.text("document", max_chars=MAX_DOCUMENT_BYTES)
        data = reader.optional_text("data", max_chars=MAX_DOCUMENT_BYTES)
        return cls(document.encode(), None if data is None else data.encode())


def fetch_type(outbound: Outbound, origin: str, vct: str) -> TypeDocuments | None:
    """The documents of a type, or ``None`` when the issuer publishes none of it.

    Args:
        outbound: how to reach it.
        origin: of the issuer (RFC 6454).
        vct: the type.

    Raises:
        OutboundError: the issuer cannot be reached.
    """
    document = _get(outbound, f"{origin}/vct?vct={quote(vct, safe='')}")
    if document is None:
        return None
    data = None
    code, _, version = vct.removeprefix(_OURS).partition(":")
    if vct.startswith(_OURS):
        data = _get(outbound, f"{origin}/vct/{quote(code, safe='')}/{quote(version, safe='')}/data")
    return TypeDocuments(document, data)


def origin_of(issuer: str) -> str:
    """The origin of an issuer's identifier."""
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"


def _get(outbound: Outbound, url: str) -> bytes | None:
    response = outbound.get(url, max_bytes=MAX_DOCUMENT_BYTES, timeout_seconds=TIMEOUT_SECONDS)
    return response.body if response.status == _OK else None
