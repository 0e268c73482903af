"""The face of an identity code as a picture that a page can draw: decoded here, written anew, so that nothing else passes on."""

from __future__ import annotations

import base64
import io
from typing import Final

from PIL import Image

from standards.claim169 import Face

MAX_SIDE: Final = 1024
_SHOWN_SIDE: Final = 320
_KINDS: Final = ("PNG", "JPEG", "JPEG2000", "AVIF", "WEBP")


def face_uri(face: Face | None) -> str | None:
    """A ``data:`` URI of a PNG, or ``None`` where there is no face that can be drawn."""
    if face is None:
        return None
    try:
        with Image.open(io.BytesIO(face.data), formats=_KINDS) as opened:
            if not (0 < opened.width <= MAX_SIDE and 0 < opened.height <= MAX_SIDE):
                return None
            drawn = opened.convert("RGB")
    except Exception:  # noqa: BLE001 - decoders of five kinds, each with its own ways to fail
        return None
    drawn.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode('ascii')}"
