"""Signing keys in a directory: sealed, exclusive, shared by processes."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from keys.certificates import CertificateSubject, issue_root
from keys.certificates.wire import certificate_to_der
from keys.certificates.x509_signing import SigningOnlyKey
from keys.errors import SealedDataError, SigningKeyError
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.software_store import SoftwareKeyStore
from standards.jose import verify_es256
from tests.support.trust_world import FROM, UNTIL

MASTER = b"m" * 32


@pytest.fixture
def store(tmp_path: Path) -> SoftwareKeyStore:
    return SoftwareKeyStore(tmp_path / "keys", MasterKey(MASTER))


def root_of(signer: LocalSigner) -> bytes:
    certificate = issue_root(CertificateSubject("根"), signer, valid_from=FROM, valid_until=UNTIL)
    return certificate_to_der(certificate)


def test_created_key_signs_and_is_found_again(store: SoftwareKeyStore, tmp_path: Path) -> None:
    created = store.create("authority-1")
    again = SoftwareKeyStore(tmp_path / "keys", MasterKey(MASTER)).signer("authority-1")
    assert again.public_jwk == created.public_jwk
    assert verify_es256(created.public_key, b"message", again.sign(b"message"))
    assert store.key_ids() == ("authority-1",)
    assert "authority-1" in store
    assert store.signer("authority-1") is store.signer("authority-1")


def test_private_key_is_not_on_disk(store: SoftwareKeyStore, tmp_path: Path) -> None:
    """The scalar of the key, looked for in every file of the directory. Not there; files are for the owner alone."""
    signer = store.create("authority-1")
    scalar = signer._private_key.private_numbers().private_value.to_bytes(32, "big")
    for path in (tmp_path / "keys").iterdir():
        assert scalar not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_private_key_does_not_come_out(store: SoftwareKeyStore) -> None:
    """Pickle, copy, and the key object that certificates are signed with. None gives the key."""
    signer = store.create("authority-1")
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(signer)
    handle = SigningOnlyKey(signer)
    with pytest.raises(TypeError):
        handle.private_numbers()
    with pytest.raises(TypeError):
        handle.private_bytes(None, None, None)


def test_taken_name(store: SoftwareKeyStore) -> None:
    """Create a key where one is. Refused, and the first stays."""
    first = store.create("authority-1")
    with pytest.raises(SigningKeyError):
        store.create("authority-1")
    assert store.signer("authority-1").public_jwk == first.public_jwk


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.key", ".hidden", "-x", "x" * 65, "钥"])
def test_name_that_leaves_the_directory(store: SoftwareKeyStore, name: str) -> None:
    with pytest.raises(SigningKeyError):
        store.create(name)
    with pytest.raises(SigningKeyError):
        store.signer(name)


def test_missing_key(store: SoftwareKeyStore) -> None:
    with pytest.raises(SigningKeyError) as caught:
        store.signer("authority-9")
    assert caught.value.next_step is not None


def test_files_swapped(store: SoftwareKeyStore, tmp_path: Path) -> None:
    """The file of one authority's key under another's name. Refused: an intruder cannot make one sign for another."""
    store.create("authority-1")
    store.create("authority-2")
    keys = tmp_path / "keys"
    (keys / "authority-2.key").write_bytes((keys / "authority-1.key").read_bytes())
    with pytest.raises(SealedDataError):
        SoftwareKeyStore(keys, MasterKey(MASTER)).signer("authority-2")


def test_other_master_key(store: SoftwareKeyStore, tmp_path: Path) -> None:
    store.create("authority-1")
    with pytest.raises(SealedDataError):
        SoftwareKeyStore(tmp_path / "keys", MasterKey(b"x" * 32)).signer("authority-1")


def test_certificates_attached_are_seen_by_who_had_loaded_the_key(
    store: SoftwareKeyStore, tmp_path: Path
) -> None:
    """One process attaches a chain while another holds the key. The other signs under the new chain at once."""
    signer = store.create("authority-1")
    other = SoftwareKeyStore(tmp_path / "keys", MasterKey(MASTER))
    assert other.signer("authority-1").certificate_chain == ()
    der = root_of(signer)
    store.attach_certificates("authority-1", (der,))
    assert other.signer("authority-1").certificate_chain == (der,)
    assert store.signer("authority-1").certificate_chain == (der,)


def test_foreign_certificate(store: SoftwareKeyStore) -> None:
    """A certificate of another key, garbage, or none. Refused, nothing attached."""
    store.create("authority-1")
    other = root_of(LocalSigner("x", ec.generate_private_key(ec.SECP256R1())))
    for chain in ((other,), (b"garbage",), ()):
        with pytest.raises(SigningKeyError):
            store.attach_certificates("authority-1", chain)
    assert store.signer("authority-1").certificate_chain == ()


def _ensure(directory: Path) -> str:
    return SoftwareKeyStore(directory, MasterKey(MASTER)).ensure("authority-1").public_jwk.thumbprint()


def test_several_processes_make_one_key(tmp_path: Path) -> None:
    """Four processes need the same new key. One makes it, all sign with it."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        thumbprints = pool.map(_ensure, [tmp_path / "keys"] * 4)
    assert len(set(thumbprints)) == 1


def test_only_p256() -> None:
    with pytest.raises(SigningKeyError):
        LocalSigner("x", ec.generate_private_key(ec.SECP384R1()))
