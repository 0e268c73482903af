"""The root key in a hardware module: SoftHSM2 stands in for one, behind the same PKCS#11 interface."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keys import rotation
from keys.errors import KeyModuleUnavailableError, MasterKeyError, SealedDataError
from keys.master_key import MasterKey, previous_key_path
from keys.pkcs11 import TokenAddress, parse_token_address
from keys.software_store import SoftwareKeyStore
from tests.support.soft_token import SOFT_TOKEN, the_soft_token

pytestmark = pytest.mark.skipif(SOFT_TOKEN is None, reason="SoftHSM2 is not installed (package softhsm2)")


@pytest.fixture
def address(request: pytest.FixtureRequest) -> TokenAddress:
    """An address of its own in the shared token: one library is loaded once per process."""
    return replace(the_soft_token(), label=f"{abs(hash(request.node.name)) % 10**9}-1")


@pytest.fixture
def file(tmp_path: Path, address: TokenAddress) -> Path:
    MasterKey.create(tmp_path / "master.key", address)
    return tmp_path / "master.key"


def test_the_file_holds_an_address_and_no_secret(file: Path, address: TokenAddress) -> None:
    content = file.read_text()
    assert parse_token_address(content) == address
    assert address.read_pin() not in content
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_was_sealed_opens_after_a_restart_and_nowhere_else(file: Path) -> None:
    sealed = MasterKey.load(file).custody_envelope("accounts").seal(b"holder key", "account 1")
    again = MasterKey.load(file)
    assert again.custody_envelope("accounts").open(sealed, "account 1") == b"holder key"
    assert again.derive("tokens") == MasterKey.load(file).derive("tokens")
    for envelope, context in (
        (again.custody_envelope("accounts"), "account 2"),
        (again.custody_envelope("other purpose"), "account 1"),
        (again.envelope("accounts"), "account 1"),
        (MasterKey(bytes(32)).custody_envelope("accounts"), "account 1"),
    ):
        with pytest.raises(SealedDataError):
            envelope.open(sealed, context)


def test_an_altered_text_does_not_open(file: Path) -> None:
    envelope = MasterKey.load(file).custody_envelope("accounts")
    sealed = envelope.seal(b"holder key", "account 1")
    for place in (5, 20, len(sealed) - 1):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealedDataError):
            envelope.open(bytes(altered), "account 1")


def test_the_keys_do_not_come_out(file: Path, address: TokenAddress) -> None:
    """PKCS#11 2.40, 10.1: sensitive and not extractable; the module refuses to give the value."""
    import pkcs11

    from keys.pkcs11.token_root import open_session

    assert MasterKey.load(file).key_id
    session = open_session(address, writable=False)
    found = [
        key
        for key in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY})
        if key.label.startswith(address.label)
    ]
    assert len(found) == 2
    for key in found:
        with pytest.raises(pkcs11.AttributeSensitive):
            key[pkcs11.Attribute.VALUE]


def test_a_change_stays_in_the_token_and_moves_to_the_next_number(file: Path, address: TokenAddress) -> None:
    before = MasterKey.load(file)
    row = before.custody_envelope("accounts").seal(b"holder key", "account 1")
    value = before.lookup_key().lookup("111", "990101198805120016")
    rotation.begin(file)
    both = MasterKey.load(file)
    assert parse_token_address(file.read_text()).label == address.label.removesuffix("-1") + "-2"
    assert both.key_id != before.key_id
    envelope = both.custody_envelope("accounts")
    assert envelope.is_older(row)
    assert value in both.lookup_key().candidates("111", "990101198805120016")
    row = envelope.reseal(row, "account 1")
    rotation.finish(file, [])
    assert MasterKey.load(file).custody_envelope("accounts").open(row, "account 1") == b"holder key"


def test_from_a_file_into_the_token(tmp_path: Path, address: TokenAddress) -> None:
    """A node that began with a key in a file moves it into a module by the usual change; signing keys go along."""
    file, keys = tmp_path / "master.key", tmp_path / "keys"
    software = MasterKey.create(file)
    key = SoftwareKeyStore(keys, software).create("authority-1").public_jwk
    row = software.custody_envelope("accounts").seal(b"holder key", "account 1")
    rotation.begin(file, address)
    both = MasterKey.load(file)
    assert both.custody_envelope("accounts").is_older(row)
    row = both.custody_envelope("accounts").reseal(row, "account 1")
    assert rotation.rewrap(file, [keys]) == 1
    rotation.finish(file, [keys])
    after = MasterKey.load(file)
    assert after.custody_envelope("accounts").open(row, "account 1") == b"holder key"
    assert SoftwareKeyStore(keys, after).signer("authority-1").public_jwk == key
    assert not previous_key_path(file).exists()


def test_keys_are_never_overwritten(file: Path, address: TokenAddress, tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="not overwritten"):
        MasterKey.create(tmp_path / "other.key", address)
    assert not (tmp_path / "other.key").exists()


def test_a_forked_process_signs_in_by_itself(file: Path) -> None:
    """The workers of a service are forked from a parent that has looked at the master key."""
    code = (
        "import os, sys; from pathlib import Path; from keys.master_key import MasterKey\n"
        "master = MasterKey.load(Path(sys.argv[1])); envelope = master.custody_envelope('x')\n"
        "sealed = envelope.seal(b'y', 'z'); child = os.fork()\n"
        "if child == 0: os._exit(0 if envelope.open(sealed, 'z') == b'y' else 1)\n"
        "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(file)], check=True, timeout=60, env=dict(os.environ))


def test_a_module_that_went_away_and_came_back(file: Path) -> None:
    """Input: the sessions end under a running process, as when a network module restarts. Verdict: an error that says
    to try again, then everything as before; no text is called altered.
    """
    master = MasterKey.load(file)
    envelope = master.custody_envelope("accounts")
    sealed = envelope.seal(b"holder key", "account 1")
    session = master._current._token._session
    session.close()
    with pytest.raises(KeyModuleUnavailableError):
        envelope.open(sealed, "account 1")
    assert envelope.open(sealed, "account 1") == b"holder key"


def _broken(address: TokenAddress, tmp_path: Path) -> Iterator[tuple[TokenAddress, str]]:
    pin = tmp_path / "pin"
    pin.write_text("00000000")
    pin.chmod(0o600)
    yield replace(address, token="nobody"), "cannot be used"
    yield replace(address, module=tmp_path / "none.so"), "cannot be used"
    yield replace(address, label="nothing-1"), "has no key"
    yield replace(address, pin_file=tmp_path / "no-file"), "cannot be read"
    pin.chmod(0o644)
    yield replace(address, pin_file=pin), "open to other users"


def test_what_is_wrong_is_said_with_what_to_do(file: Path, address: TokenAddress, tmp_path: Path) -> None:
    for broken, words in _broken(address, tmp_path):
        file.write_text(broken.to_uri())
        with pytest.raises(MasterKeyError, match=words):
            MasterKey.load(file)


def test_a_wrong_pin_is_refused_in_words(file: Path, address: TokenAddress, tmp_path: Path) -> None:
    """In a process of its own: in this one the user is signed in to the token already."""
    pin = tmp_path / "wrong-pin"
    pin.write_text("00000000")
    pin.chmod(0o600)
    file.write_text(replace(address, pin_file=pin).to_uri())
    code = "import sys; from pathlib import Path; from keys.master_key import MasterKey; MasterKey.load(Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "does not accept the PIN" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pkcs12:token=a;object=b?module-path=/x&pin-source=file:/y",
        "pkcs11:token=a?module-path=/x&pin-source=file:/y",
        "pkcs11:token=a;object=b?module-path=x&pin-source=file:/y",
        "pkcs11:token=a;object=b?module-path=/x&pin-source=y",
        "pkcs11:token=a;object=b;object=c?module-path=/x&pin-source=file:/y",
        "pkcs11:token=a;object=b?module-path=/x&pin-value=1234&pin-source=file:/y",
        "pkcs11:token=a;object=b;slot-id=0?module-path=/x&pin-source=file:/y",
        "pkcs11:token=%00;object=b?module-path=/x&pin-source=file:/y",
    ],
)
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(MasterKeyError):
        parse_token_address(text)


def test_an_address_comes_back_as_it_was_written() -> None:
    written = TokenAddress("节点 1", "elicence-9", Path("/usr/lib/模块.so"), Path("/etc/elicence/pin &=;"))
    assert parse_token_address(written.to_uri()) == written
    assert written.next().label == "elicence-10"
    assert replace(written, label="elicence").next().label == "elicence-2"
