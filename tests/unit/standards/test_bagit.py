"""BagIt packages: the same content makes the same bytes; every change is named; what is built to harm is refused."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable

import pytest

from standards.bagit import (
    Bag,
    BagProblem,
    BagProblemKind,
    InvalidBagError,
    ZipLimits,
    build_bag,
    read_zip,
    write_zip,
)

PAYLOAD = {"record.json": b"{}", "credentials/营业执照-1.txt": b"a~b~"}
INFO = [("Source-Organization", "杭州示例\n市场监督管理局"), ("Bagging-Date", "2026-11-23")]


def bag() -> Bag:
    return build_bag(PAYLOAD, INFO)


def zipped(files: dict[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda entry: None) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            change(entry)
            archive.writestr(entry, content)
    return output.getvalue()


def test_it_comes_back_as_it_was_and_its_bytes_are_always_the_same() -> None:
    content = write_zip(bag(), "case-1")
    assert content == write_zip(build_bag(dict(reversed(PAYLOAD.items())), INFO), "case-1")
    again = read_zip(content)
    assert again.problems() == ()
    assert again.payload == PAYLOAD
    info = again.files["bag-info.txt"].decode()
    assert "Source-Organization: 杭州示例 市场监督管理局\n" in info, "a line break would begin a label"
    assert f"Payload-Oxum: {sum(map(len, PAYLOAD.values()))}.2\n" in info


@pytest.mark.parametrize(
    ("change", "kind", "path"),
    [
        ({"data/record.json": b"{ }"}, BagProblemKind.ALTERED, "data/record.json"),
        ({"data/record.json": None}, BagProblemKind.MISSING, "data/record.json"),
        ({"data/more.txt": b""}, BagProblemKind.UNLISTED, "data/more.txt"),
        ({"bag-info.txt": b""}, BagProblemKind.ALTERED, "bag-info.txt"),
        ({"fetch.txt": b"https://example.org/ 3 data/x"}, BagProblemKind.OUTSIDE, "fetch.txt"),
    ],
)
def test_every_difference_is_named(change: dict[str, bytes | None], kind: BagProblemKind, path: str) -> None:
    files = {name: content for name, content in (dict(bag().files) | change).items() if content is not None}
    assert BagProblem(kind, path) in Bag.of(files).problems()


def test_a_new_manifest_does_not_hide_a_change() -> None:
    other = build_bag({**PAYLOAD, "record.json": b"[]"}, INFO)
    forged = dict(bag().files) | {
        "data/record.json": b"[]",
        "manifest-sha256.txt": other.files["manifest-sha256.txt"],
        "manifest-sha512.txt": other.files["manifest-sha512.txt"],
    }
    found = {problem.path for problem in Bag.of(forged).problems()}
    assert found == {"manifest-sha256.txt", "manifest-sha512.txt"}


@pytest.mark.parametrize(
    "name",
    [
        "b/../../etc/passwd",
        "/etc/passwd",
        "b/data/..",
        "b\\..\\x",
        "C:/x",
        "b//x",
        "b/data/\x07",
        "b/data/ x",
        "b/" + "x" * 300,
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    files = {f"b/{path}": content for path, content in bag().files.items()}
    with pytest.raises(InvalidBagError, match="file name"):
        read_zip(zipped(files | {name: b"x"}))


def test_names_that_are_one_on_some_systems_are_refused() -> None:
    files = {f"b/{path}": content for path, content in bag().files.items()}
    with pytest.raises(InvalidBagError, match="file name"):
        read_zip(zipped(files | {"b/data/RECORD.json": b"x"}))


def test_a_link_is_refused() -> None:
    def link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    with pytest.raises(InvalidBagError, match="link"):
        read_zip(zipped({"b/data/x": b"/etc/passwd"}, link))


def test_a_bomb_is_not_unpacked() -> None:
    large = build_bag({"zeros": bytes(4 * 1024 * 1024)}, [])
    content = write_zip(large, "b")
    assert len(content) < 20_000
    with pytest.raises(InvalidBagError, match="too large"):
        read_zip(content, ZipLimits(total_bytes=1024 * 1024))
    with pytest.raises(InvalidBagError, match="too large"):
        read_zip(content, ZipLimits(files=3))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", write_zip(build_bag({}, []), "b")[:-30], zipped({"b/x": b""}), zipped({"x": b""})],
)
def test_what_is_no_bag(content: bytes) -> None:
    with pytest.raises(InvalidBagError):
        read_zip(content)


@pytest.mark.parametrize("manifest", [b"\xff\n", b"abc  data/x\n", b"0" * 64 + b"  ../x\n"])
def test_manifests_that_cannot_be_read(manifest: bytes) -> None:
    with pytest.raises(InvalidBagError):
        Bag.of(dict(bag().files) | {"manifest-sha256.txt": manifest}).problems()
