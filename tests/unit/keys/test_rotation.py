"""Changing the master key: at every moment everything opens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keys import rotation
from keys.errors import MasterKeyError, SealedDataError
from keys.master_key import MasterKey, previous_key_path
from keys.software_store import SoftwareKeyStore


def node(tmp_path: Path) -> tuple[Path, Path, bytes]:
    """A node with a signing key and a sealed row."""
    path = tmp_path / "master.key"
    master = MasterKey.create(path)
    SoftwareKeyStore(tmp_path / "keys", master).create("authority-1")
    return path, tmp_path / "keys", master.envelope("rows").seal(b"data", "row 1")


def test_whole_rotation(tmp_path: Path) -> None:
    path, keys, row = node(tmp_path)
    before = SoftwareKeyStore(keys, MasterKey.load(path)).signer("authority-1").public_jwk
    first = MasterKey.load(path)

    rotating = rotation.begin(path)
    assert rotating.rotating
    assert rotating.key_id != first.key_id
    assert rotating.envelope("rows").open(row, "row 1") == b"data"
    assert SoftwareKeyStore(keys, rotating).signer("authority-1").public_jwk == before

    assert rotation.rewrap(path, [keys]) == 1
    assert rotation.rewrap(path, [keys]) == 0
    row = rotating.envelope("rows").reseal(row, "row 1")

    old = previous_key_path(path).read_bytes()
    retired = rotation.finish(path, [keys])
    assert retired.read_bytes() == old
    assert not previous_key_path(path).exists()
    after = MasterKey.load(path)
    assert not after.rotating
    assert after.envelope("rows").open(row, "row 1") == b"data"
    assert SoftwareKeyStore(keys, after).signer("authority-1").public_jwk == before
    with pytest.raises(SealedDataError):
        SoftwareKeyStore(keys, first).signer("authority-1")


def test_finish_before_rewrap_forgets_nothing(tmp_path: Path) -> None:
    """Finish while a signing key still needs the previous master key. Refused; the previous key stays."""
    path, keys, row = node(tmp_path)
    rotation.begin(path)
    with pytest.raises(SealedDataError):
        rotation.finish(path, [keys])
    assert MasterKey.load(path).envelope("rows").open(row, "row 1") == b"data"


def test_second_rotation_while_one_is_under_way(tmp_path: Path) -> None:
    """Begin twice. Refused: a third key would make what the first sealed unreadable."""
    path, _, row = node(tmp_path)
    rotation.begin(path)
    with pytest.raises(MasterKeyError):
        rotation.begin(path)
    assert MasterKey.load(path).envelope("rows").open(row, "row 1") == b"data"


def test_crash_between_the_two_writes_of_begin(tmp_path: Path) -> None:
    """The previous key is written, the new one not yet. The node runs on; begin is repeated."""
    path, keys, row = node(tmp_path)
    previous = previous_key_path(path)
    previous.write_bytes(path.read_bytes())
    previous.chmod(0o600)
    assert not MasterKey.load(path).rotating
    rotation.begin(path)
    assert rotation.rewrap(path, [keys]) == 1
    assert MasterKey.load(path).envelope("rows").open(row, "row 1") == b"data"


def test_derived_keys_of_both(tmp_path: Path) -> None:
    path, _, _ = node(tmp_path)
    old = MasterKey.load(path).derive("nonces")
    rotating = rotation.begin(path)
    assert rotating.derived("nonces") == (rotating.derive("nonces"), old)


def test_finish_without_begin(tmp_path: Path) -> None:
    """No rotation under way, or one that stopped inside begin: refused, and no key is moved."""
    path, keys, _ = node(tmp_path)
    with pytest.raises(MasterKeyError):
        rotation.finish(path, [keys])
    previous_key_path(path).write_bytes(path.read_bytes())
    previous_key_path(path).chmod(0o600)
    with pytest.raises(MasterKeyError):
        rotation.finish(path, [keys])
    assert previous_key_path(path).exists()


def test_what_names_the_key_before_is_told_from_what_names_a_strange_one(tmp_path: Path) -> None:
    """Rows of another node in the same store are nobody's business here."""
    path, _, row = node(tmp_path)
    before = MasterKey.load(path)
    rotating = rotation.begin(path)
    strange = MasterKey(b"s" * 32)
    envelope, lookup = rotating.envelope("rows"), rotating.lookup_key()
    assert envelope.is_older(row)
    assert not envelope.is_older(envelope.seal(b"data", "row 1"))
    assert not envelope.is_older(strange.envelope("rows").seal(b"data", "row 1"))
    assert not envelope.is_older(b"")
    values = [key.lookup_key().lookup("111", "1") for key in (before, rotating, strange)]
    assert [lookup.is_older(value) for value in values] == [True, False, False]
    assert [bool(re.match(lookup.older_pattern(), value)) for value in values] == [True, False, False]
    assert not any(re.match(before.lookup_key().older_pattern(), value) for value in values)
