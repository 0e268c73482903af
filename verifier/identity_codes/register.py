"""The issuers of identity codes that this node believes: the files of ``<data>/claim169``, read again when one changes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import structlog

from standards.errors import InvalidInputError
from verifier.identity_codes.errors import InvalidIdentityIssuerError
from verifier.identity_codes.trusted_issuer import MAX_FILE_BYTES, TrustedIssuer, parse_trusted_issuer

DIRECTORY: Final = "claim169"
"""Below the node's data directory."""

MAX_FILES: Final = 500

_LOG = structlog.get_logger(__name__)

IdentityTrust = Mapping[str, TrustedIssuer]
"""Issuers by the ``iss`` of their codes. The whole of what a check of an identity code rests on."""


class IdentityIssuers:
    """The files of one directory. Safe for threads; looks at the directory's names, sizes and times, not at contents."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock = threading.Lock()
        self._seen: tuple[tuple[str, int, int], ...] | None = None
        self._trust: IdentityTrust = {}

    def current(self) -> IdentityTrust:
        """The issuers as the files have them now. A file that is wrong is left out, said in the log, and hurts no other."""
        with self._lock:
            files = issuer_files(self.directory)
            seen = tuple((file.name, *_mark(file)) for file in files)
            if seen != self._seen:
                self._trust, self._seen = _read(files), seen
            return self._trust


def issuer_files(directory: Path) -> list[Path]:
    """The files, in the order of their names; empty without the directory."""
    return sorted(directory.glob("*.json"))[:MAX_FILES] if directory.is_dir() else []


def identity_trust(contents: Iterable[bytes]) -> IdentityTrust:
    """The issuers of these files, as a bundle carries them.

    Raises ``InvalidIdentityIssuerError`` for one that is wrong, or an issuer that is named twice.
    """
    found: dict[str, TrustedIssuer] = {}
    for content in contents:
        one = parse_trusted_issuer(content)
        if one.issuer in found:
            raise InvalidIdentityIssuerError(
                "同一签发方出现在两个文件中。", "Two files name the same issuer.", where="/issuer"
            )
        found[one.issuer] = one
    return found


def read_identity_trust(path: Path) -> IdentityTrust:
    """The issuers of one file, or of a directory's files, none without it; raises ``InvalidIdentityIssuerError``."""
    files = [path] if path.is_file() else issuer_files(path)
    for file in files:
        try:
            parse_trusted_issuer(file.read_bytes())
        except InvalidIdentityIssuerError as cause:
            cause.where = f"{file.name}{cause.where or ''}"
            raise
    return identity_trust(file.read_bytes() for file in files)


def _mark(file: Path) -> tuple[int, int]:
    try:
        stat = file.stat()
    except OSError:
        return 0, 0
    return stat.st_mtime_ns, stat.st_size


def _read(files: Iterable[Path]) -> IdentityTrust:
    found: dict[str, TrustedIssuer] = {}
    twice: set[str] = set()
    for file in files:
        try:
            with file.open("rb") as opened:
                one = parse_trusted_issuer(opened.read(MAX_FILE_BYTES + 1))
        except (InvalidInputError, OSError) as cause:
            where = getattr(cause, "where", None)
            _LOG.error("identity-issuer-left-out", file=file.name, why=str(cause), where=where)
            continue
        if one.issuer in found:
            twice.add(one.issuer)
            _LOG.error("identity-issuer-named-twice", file=file.name, issuer=one.issuer)
        found[one.issuer] = one
    return {issuer: one for issuer, one in found.items() if issuer not in twice}
