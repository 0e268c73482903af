"""Drawing a face: PDF/A-3a (ISO 19005-3) by typst, tagged, with the credential, the metadata and the manifest attached."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import orjson
import structlog
import typst

from issuer.documents.faces.drawing import Drawing, SealPlace, draw, label_on_face
from issuer.documents.faces.errors import (
    CharacterNotPrintableError,
    FaceDoesNotFitError,
    FaceDrawingError,
)
from issuer.documents.faces.fonts import FONT_DIRECTORIES, fonts_of
from issuer.documents.faces.layout import BlockKind, Layout
from issuer.library.licence import CHINA_TIME
from standards.documents import CREDENTIAL, FACE, METADATA, Annotation, Attached, FaceManifest
from standards.documents.printed_value import printed_day
from standards.licence_types import LicenceType

_TEMPLATE: Final = Path(__file__).with_name("face.typ")
_DOES_NOT_FIT: Final = re.compile(r"does-not-fit:([^\"\n]*)")
_NO_GLYPH: Final = re.compile(r"text `?[\"'](.+?)[\"']`? could not be displayed")
_LOG = structlog.get_logger(__name__)
_LABEL_COLOUR: Final = "#5a4a2a"
_PICTURE_PIXELS: Final = 1000
"""Width of a page in a preview."""

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True, repr=False)
class FaceInput:
    """Everything that one document says.

    Attributes:
        layout: where it stands.
        licence_type: of the licence.
        claims: as in the credential.
        authority: who issues, for the document's properties.
        code: content of the QR code, a print code.
        credential: the SD-JWT VC that is attached.
        metadata: the attached metadata (``standards.documents.build_metadata``).
        made_at: aware.
        document_id: of this document.
        annotation: of a per-use copy; ``None`` for an original.
        watermark: of a sample that is never sealed, across the page instead of the annotation's.
    """

    layout: Layout
    licence_type: LicenceType
    claims: Mapping[str, Any]
    authority: str
    code: str
    credential: str
    metadata: bytes
    made_at: datetime
    document_id: str
    annotation: Annotation | None = None
    watermark: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class RenderedFace:
    """A page that is not sealed yet, and where the seals go."""

    pdf: bytes = field(repr=False)
    manifest: FaceManifest
    seals: tuple[SealPlace, ...]


class FaceRenderer:
    """The compiler, kept with its fonts: the first page costs their loading, each further one some milliseconds."""

    def __init__(self, font_directories: Iterable[Path] = FONT_DIRECTORIES) -> None:
        self._directories = tuple(font_directories)
        self._lock = threading.Lock()
        self._compiler: typst.Compiler | None = None

    def render(self, face: FaceInput) -> RenderedFace:
        """Draw one document.

        Raises:
            FontsMissingError: the machine has no Chinese fonts.
            CharacterNotPrintableError: a value has a character that no font has; names the field.
            FaceDoesNotFitError: a value is too long even for a further page, or a text of the layout for its place; names it.
        """
        return self._whole(face, self._document)

    def pictures(self, face: FaceInput) -> tuple[bytes, ...]:
        """The pages as PNG, for a preview; raises as :meth:`render`."""
        return self._whole(face, self._pictures)

    @staticmethod
    def _whole(face: FaceInput, make: Callable[[FaceInput, Sequence[str]], _Made]) -> _Made:
        continued: list[str] = []
        while True:
            try:
                return make(face, continued)
            except FaceDoesNotFitError as error:
                # Most values fit: only one that does not costs a second drawing, with a further page for it.
                if error.where in continued or error.where not in _printed_names(face.layout):
                    raise
                continued.append(str(error.where))

    def _document(self, face: FaceInput, continued: Sequence[str]) -> RenderedFace:
        drawing, manifest, data = _prepared(face, continued)
        # The compiler takes whole seconds.
        pdf = self._compile(
            data, face, manifest, "pdf", pdf_standards="a-3a", timestamp=face.made_at.replace(microsecond=0)
        )
        assert isinstance(pdf, bytes)
        return RenderedFace(pdf, manifest, tuple(drawing.seals))

    def _pictures(self, face: FaceInput, continued: Sequence[str]) -> tuple[bytes, ...]:
        _, manifest, data = _prepared(face, continued)
        ppi = _PICTURE_PIXELS / (face.layout.pages[0].width / 25.4)
        made = self._compile(data, face, manifest, "png", ppi=ppi)
        return (made,) if isinstance(made, bytes) else tuple(made)

    def _compile(
        self, data: str, face: FaceInput, manifest: FaceManifest, kind: Literal["pdf", "png"], **more: Any
    ) -> bytes | list[bytes]:
        # One compiler serves one document at a time; it keeps what it learnt of fonts and of the template.
        with self._lock:
            if self._compiler is None:
                self._compiler = self._new_compiler()
            try:
                made = self._compiler.compile(format=kind, sys_inputs={"data": data}, **more)
            except typst.TypstError as cause:
                raise _in_words(cause, face, manifest) from cause
        assert made is not None
        return made

    def _new_compiler(self) -> typst.Compiler:
        fonts = fonts_of(self._directories)
        return typst.Compiler(
            str(_TEMPLATE), root=str(_TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True
        )


def _prepared(face: FaceInput, continued: Sequence[str]) -> tuple[Drawing, FaceManifest, str]:
    """What the template is given."""
    drawing = draw(
        face.layout,
        face.licence_type,
        face.claims,
        code=face.code,
        note=_note(face),
        continued=continued,
        sample=bool(face.watermark),
    )
    watermark = face.watermark or _watermark(face.annotation)
    manifest = drawing.manifest(face.layout.name, watermark)
    title = f"{face.licence_type.name.zh}（{'原件' if face.annotation is None else '加注件'}）"
    data = {
        "title": title,
        "author": face.authority,
        "description": f"{title} {face.document_id}",
        "keywords": [face.licence_type.code, face.document_id],
        "label_colour": _LABEL_COLOUR,
        "watermark": watermark,
        "pages": drawing.pages,
        "attached": [
            _attached(CREDENTIAL, face.credential),
            _attached(METADATA, face.metadata.decode("utf-8")),
            _attached(FACE, manifest.encode().decode("utf-8")),
        ],
    }
    return drawing, manifest, orjson.dumps(data).decode("utf-8")


def _attached(kind: Attached, content: str) -> dict[str, str]:
    return {
        "name": kind.name,
        "content": content,
        "relationship": kind.relationship,
        "mime": kind.media_type,
        "description": kind.description.zh,
    }


def _note(face: FaceInput) -> str:
    """The small print: which document this is, and of a copy, for what it was made."""
    annotation = face.annotation
    if annotation is None:
        return f"电子证照原件　文件编号：{face.document_id}"
    return (
        f"加注件　编号：{annotation.document_id}　用途：{annotation.purpose}　使用方：{annotation.recipient}　"
        f"有效期至：{_day(annotation.expires_at)}"
    )


def _watermark(annotation: Annotation | None) -> str:
    return "" if annotation is None else annotation.watermark(_day(annotation.expires_at)).zh


def _day(at: datetime) -> str:
    return printed_day(at.astimezone(CHINA_TIME).date().isoformat())


def _in_words(cause: typst.TypstError, face: FaceInput, manifest: FaceManifest) -> Exception:
    """What the compiler could not do, as an error that names the field."""
    too_long = _DOES_NOT_FIT.search(cause.message)
    if too_long is not None:
        name = too_long.group(1).strip()
        return FaceDoesNotFitError(name, label_on_face(name, face.licence_type))
    lacking = _NO_GLYPH.search(cause.message)
    if lacking is not None:
        characters = lacking.group(1)
        name = next((one.name for one in manifest.fields if characters[:1] in one.text), "")
        return CharacterNotPrintableError(name, label_on_face(name, face.licence_type), characters)
    # Inside detail stays here; it names places of the template, no values.
    _LOG.error("face-not-drawn", layout=face.layout.name, reason=cause.message[:200])
    return FaceDrawingError()


def _printed_names(layout: Layout) -> set[str]:
    return {block.name for page in layout.pages for block in page.blocks if block.kind is BlockKind.FIELD}
