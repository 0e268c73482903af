"""The last good lists on disk, so that a node that starts without a network knows whom to trust.

What is read back is verified like what is fetched: the files are a cache, not a source of trust. Several processes
share the directory; one of them refreshes at a time.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from keys.private_files import make_private_directory, replace_private_file
from keys.trust_list import NATION

_POLL_SECONDS: Final = 0.05
_DIVISION: Final = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Lists:
    """Signed texts, not verified.

    Attributes:
        nation: JWT of the nation's list, or ``None``.
        regions: JWT by division.
        revocation_lists: DER by name: ``NATION`` for the anchor's, else the division.
        certificates: PEM of issuers' certificates, by division.
    """

    nation: str | None = None
    regions: Mapping[str, str] = field(default_factory=dict)
    revocation_lists: Mapping[str, bytes] = field(default_factory=dict)
    certificates: Mapping[str, bytes] = field(default_factory=dict)


class KeptLists:
    """One directory: ``000000.jwt`` is the nation's list, ``DIVISION.jwt`` a region's, ``NAME.crl`` revocations,
    ``DIVISION.pem`` certificates of its issuers.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def read(self) -> Lists:
        """What is there; an unreadable file counts as absent, for it will be fetched again."""
        texts = {path.stem: path for path in self._files("jwt")}
        regions = {
            name: _read(path).decode("ascii", "replace") for name, path in texts.items() if name != NATION
        }
        nation = texts.get(NATION)
        return Lists(
            nation=_read(nation).decode("ascii", "replace") if nation else None,
            regions={name: text for name, text in regions.items() if text},
            revocation_lists={path.stem: _read(path) for path in self._files("crl")},
            certificates={path.stem: _read(path) for path in self._files("pem")},
        )

    def write(self, lists: Lists) -> None:
        """Keep what changed. Call it inside :meth:`refreshing`."""
        make_private_directory(self._directory)
        contents = {f"{name}.jwt": text.encode("ascii") for name, text in lists.regions.items()}
        if lists.nation is not None:
            contents[f"{NATION}.jwt"] = lists.nation.encode("ascii")
        contents |= {f"{name}.crl": der for name, der in lists.revocation_lists.items()}
        contents |= {f"{name}.pem": pem for name, pem in lists.certificates.items()}
        for name, content in contents.items():
            path = self._directory / name
            if _read(path) != content:
                replace_private_file(path, content)

    @contextmanager
    def refreshing(self, *, wait_seconds: float = 0.0) -> Iterator[bool]:
        """Hold the right to refresh; gives ``False`` when another process holds it, after ``wait_seconds`` at most.

        Where the directory cannot be written there is nothing to share: each process refreshes for itself.
        """
        try:
            make_private_directory(self._directory)
            descriptor = os.open(
                self._directory / ".refreshing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
        except OSError:
            yield True
            return
        try:
            deadline = monotonic() + wait_seconds
            while not (ours := _lock(descriptor)) and monotonic() < deadline:
                sleep(_POLL_SECONDS)
            yield ours
        finally:
            os.close(descriptor)  # closing gives the lock back, and so does the end of the process

    def _files(self, suffix: str) -> list[Path]:
        return [path for path in self._directory.glob(f"*.{suffix}") if _DIVISION.fullmatch(path.stem)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
