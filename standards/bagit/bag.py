"""What is in a bag, and whether it is all there and as it was (RFC 8493 sections 2 and 3)."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from standards.errors import InvalidInputError

BAGIT_DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

INFO_FILE: Final = "bag-info.txt"

_DECLARATION_FILE: Final = "bagit.txt"
_ALGORITHMS: Final = ("sha256", "sha512")
_PAYLOAD: Final = "data/"
_MAX_NAME_CHARS: Final = 240
_MANIFEST_LINE: Final = re.compile(r"([0-9A-Fa-f]{64}|[0-9A-Fa-f]{128})[ \t]+(\S.*)")


class InvalidBagError(InvalidInputError):
    """A container that is no bag, or that is built to do harm."""

    code = "invalid-bag"


class BagProblemKind(StrEnum):
    """How a bag differs from what its manifests say."""

    MISSING = "missing"
    ALTERED = "altered"
    UNLISTED = "unlisted"
    OUTSIDE = "outside"
    """To be fetched from elsewhere: not an archive of its own."""


@dataclass(frozen=True, slots=True)
class BagProblem:
    """One difference, and the file it is about."""

    kind: BagProblemKind
    path: str


@dataclass(frozen=True, slots=True)
class Bag:
    """The files of a bag by their path in it; whether they are whole, :meth:`problems` says."""

    files: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Bag:
        """Take files as they were found.

        Raises:
            InvalidBagError: no declaration, no manifest for SHA-256, or a name that no bag needs.
        """
        check_names(files)
        if files.get(_DECLARATION_FILE) != BAGIT_DECLARATION:
            raise InvalidBagError(
                "不是 BagIt 1.0 归档包。", "This is no bag of BagIt 1.0.", where=_DECLARATION_FILE
            )
        for name in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
            if name not in files:
                raise InvalidBagError("归档包没有校验清单。", "The bag has no manifest.", where=name)
        return cls(dict(files))

    @property
    def payload(self) -> dict[str, bytes]:
        """What was archived, by its path below ``data/``."""
        return {
            path.removeprefix(_PAYLOAD): content
            for path, content in self.files.items()
            if path.startswith(_PAYLOAD)
        }

    def problems(self) -> tuple[BagProblem, ...]:
        """What is missing, altered, or there without being listed; empty for a whole bag.

        Raises:
            InvalidBagError: a manifest that cannot be read.
        """
        found: list[BagProblem] = []
        for algorithm in _ALGORITHMS:
            for prefix in ("", "tag"):
                name = f"{prefix}manifest-{algorithm}.txt"
                if name in self.files:
                    listed = _parse_manifest(name, self.files[name], algorithm)
                    found += self._differences(listed, algorithm)
                    if not prefix:
                        unlisted = {path for path in self.files if path.startswith(_PAYLOAD)} - set(listed)
                        found += [BagProblem(BagProblemKind.UNLISTED, path) for path in unlisted]
        if "fetch.txt" in self.files:
            found.append(BagProblem(BagProblemKind.OUTSIDE, "fetch.txt"))
        listed_tags = _parse_manifest(
            "tagmanifest-sha256.txt", self.files["tagmanifest-sha256.txt"], "sha256"
        )
        found += [
            BagProblem(BagProblemKind.UNLISTED, name)
            for name in (_DECLARATION_FILE, INFO_FILE, "manifest-sha256.txt", "manifest-sha512.txt")
            if name in self.files and name not in listed_tags
        ]
        return tuple(sorted(set(found), key=lambda one: (one.path, one.kind)))

    def _differences(self, listed: Mapping[str, str], algorithm: str) -> Iterable[BagProblem]:
        for path, digest in listed.items():
            content = self.files.get(path)
            if content is None:
                yield BagProblem(BagProblemKind.MISSING, path)
            elif hashlib.new(algorithm, content).hexdigest() != digest:
                yield BagProblem(BagProblemKind.ALTERED, path)


def build_bag(payload: Mapping[str, bytes], info: Sequence[tuple[str, str]]) -> Bag:
    """A bag with SHA-256 and SHA-512 of everything. The same content makes the same bytes.

    Args:
        payload: path below ``data/`` → content.
        info: labels and values of ``bag-info.txt``, in order; ``Payload-Oxum`` is added.
    """
    files = {f"{_PAYLOAD}{path}": content for path, content in payload.items()}
    oxum = f"{sum(map(len, files.values()))}.{len(files)}"
    manifests = {f"manifest-{one}.txt": _manifest(files, one) for one in _ALGORITHMS}
    tags = {
        _DECLARATION_FILE: BAGIT_DECLARATION,
        INFO_FILE: b"".join(_info_line(*line) for line in (*info, ("Payload-Oxum", oxum))),
        **manifests,
    }
    tag_manifests = {f"tagmanifest-{one}.txt": _manifest(tags, one) for one in _ALGORITHMS}
    return Bag.of({**files, **tags, **tag_manifests})


def tag_manifests_of(bag: Bag) -> bytes:
    """The tag manifest for SHA-256: whoever signs it signs everything that the bag lists."""
    return bag.files["tagmanifest-sha256.txt"]


def check_names(names: Iterable[str]) -> None:
    """Refuse names that lead elsewhere, mean two things on two systems, or are there twice.

    Raises:
        InvalidBagError: naming the first such name.
    """
    seen: set[str] = set()
    for name in names:
        parts = name.split("/")
        same = unicodedata.normalize("NFC", name).casefold()
        if (
            not name
            or len(name) > _MAX_NAME_CHARS
            or any(part in {"", ".", ".."} or part != part.strip() for part in parts)
            or any(character in '\\:%*?"<>|' or not character.isprintable() for character in name)
            or same in seen
        ):
            raise InvalidBagError(
                "归档包中的文件名不被接受。", "The bag has a file name that is not taken.", where=name[:120]
            )
        seen.add(same)


def _manifest(files: Mapping[str, bytes], algorithm: str) -> bytes:
    lines = (f"{hashlib.new(algorithm, files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()


def _parse_manifest(name: str, content: bytes, algorithm: str) -> dict[str, str]:
    size = 2 * hashlib.new(algorithm).digest_size
    listed: dict[str, str] = {}
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as cause:
        raise InvalidBagError("校验清单无法读取。", "The manifest is no UTF-8.", where=name) from cause
    for line in lines:
        match = _MANIFEST_LINE.fullmatch(line)
        if match is None or len(match[1]) != size or match[2] in listed:
            raise InvalidBagError("校验清单无法读取。", "The manifest cannot be read.", where=name)
        listed[match[2]] = match[1].lower()
    check_names(listed)
    return listed


def _info_line(label: str, value: str) -> bytes:
    flat = " ".join(value.split())
    return f"{label}: {flat}\n".encode()
