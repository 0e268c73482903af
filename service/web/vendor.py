"""What our pages use from others in the browser: files of packages that npm installed at set-up, served as they are.

A closed table: nothing else of the packages can be reached. Where npm was not there, pages do without and say so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from flask import url_for

PACKAGES: Final = Path(__file__).parent.parent / "frontend" / "node_modules"
"""Where ``npm ci`` puts the packages of ``service/frontend/package.json``."""

FILES: Final[Mapping[str, tuple[str, str]]] = {
    "lean-qr.mjs": ("lean-qr/index.mjs", "text/javascript"),
    "zxing-reader.js": ("zxing-wasm/dist/iife/reader/index.js", "text/javascript"),
    "zxing-reader.wasm": ("zxing-wasm/dist/reader/zxing_reader.wasm", "application/wasm"),
}
"""Name under ``/static/vendor`` → file below :data:`PACKAGES`, and its media type."""


def vendor_file(name: str) -> Path | None:
    """The file of a name in the table; ``None`` when the table has no such name or npm did not install it."""
    if name not in FILES:
        return None
    path = PACKAGES / FILES[name][0]
    return path if path.is_file() else None


@cache
def _version(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def vendor_version(name: str) -> str:
    """The digest of an installed file, 12 hexadecimal characters; empty when it is not installed."""
    path = vendor_file(name)
    return "" if path is None else _version(path)


def vendor_asset(name: str) -> str | None:
    """The address of an installed file, with its version; ``None`` when it is not installed (template global)."""
    version = vendor_version(name)
    return url_for("vendor.static", name=name, v=version) if version else None
