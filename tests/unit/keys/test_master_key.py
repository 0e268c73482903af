"""The master key file: made once, read strictly, with words for the operator."""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import threading
from pathlib import Path

import pytest

from keys.errors import MasterKeyError, SealedDataError
from keys.master_key import MasterKey


def test_create_then_load(tmp_path: Path) -> None:
    path = tmp_path / "node" / "master.key"
    created = MasterKey.create(path)
    loaded = MasterKey.load(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size == 32
    assert created.key_id == loaded.key_id
    assert loaded.envelope("x").open(created.envelope("x").seal(b"data", "c"), "c") == b"data"
    assert list(path.parent.iterdir()) == [path]


def test_never_overwritten(tmp_path: Path) -> None:
    """Create where a key is. Refused, and the key stays."""
    path = tmp_path / "master.key"
    MasterKey.create(path)
    before = path.read_bytes()
    with pytest.raises(MasterKeyError):
        MasterKey.create(path)
    assert path.read_bytes() == before


def test_several_start_at_once(tmp_path: Path) -> None:
    """Eight threads need the key of a fresh node. One makes it, all hold the same."""
    path = tmp_path / "master.key"
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(MasterKey.load_or_create(path).key_id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_open_to_others(tmp_path: Path, mode: int) -> None:
    """A key that others can read. Refused, with the command that mends it."""
    path = tmp_path / "master.key"
    MasterKey.create(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyError) as caught:
        MasterKey.load(path)
    assert caught.value.next_step is not None
    assert f"chmod 600 {path}" in caught.value.next_step.en


@pytest.mark.parametrize("content", [b"", b"k" * 31, b"k" * 33, b"k" * 64])
def test_wrong_size(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(MasterKeyError, match="32 bytes"):
        MasterKey.load(path)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError) as caught:
        MasterKey.load(tmp_path / "master.key")
    assert caught.value.next_step is not None


def test_directory_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "master.key").mkdir(mode=0o700)
    with pytest.raises(MasterKeyError, match="regular file"):
        MasterKey.load(tmp_path / "master.key")


def test_not_writable(tmp_path: Path) -> None:
    """A parent that is a file. Refused with the path, not a stack of the system's words."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MasterKeyError, match="cannot be written"):
        MasterKey.create(tmp_path / "file" / "master.key")


def test_purposes_are_apart(tmp_path: Path) -> None:
    """Sealed for one purpose, opened for another, with the same context. Refused."""
    master = MasterKey(os.urandom(32))
    sealed = master.envelope("wallet").seal(b"data", "row")
    with pytest.raises(SealedDataError, match="not loaded"):
        master.envelope("issuer").open(sealed, "row")
    assert master.derive("a") != master.derive("b")


def test_derivation_is_hkdf() -> None:
    """RFC 5869 sections 2.2 and 2.3 written out, over 32 zero bytes: another derivation would lose sealed data."""
    extracted = hmac.digest(bytes(32), bytes(32), hashlib.sha256)
    derived = MasterKey(bytes(32)).derive("test").hex()
    assert derived == hmac.digest(extracted, b"elicence/1/test\x01", hashlib.sha256).hex()


def test_key_stays_inside() -> None:
    master = MasterKey(b"s" * 32)
    assert "73737373" not in repr(master)
    with pytest.raises(TypeError):
        pickle.dumps(master)
