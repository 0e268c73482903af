"""Signing keys in a directory, sealed under the master key; for nodes without a hardware module.

Two files a key: ``NAME.key`` is the PKCS#8 key in an envelope, ``NAME.pem`` its public certificate chain. Writes are
atomic, creation is exclusive, so several processes may share the directory. A key is opened once per process; its
certificate chain is read again when the file changes.
"""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from keys.envelope import Envelope
from keys.errors import SigningKeyError
from keys.local_signer import LocalSigner
from keys.master_key import MasterKey
from keys.private_files import create_private_file, make_private_directory, replace_private_file
from keys.sealed_key import create_sealed_key, open_sealed_key
from standards.text import Text

PURPOSE: Final = "signing-keys"
"""Envelope purpose under which the files are sealed."""

_KEY_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_ChainStamp = tuple[int, int, int] | None


class SoftwareKeyStore:
    """The signing keys of one directory."""

    def __init__(self, directory: Path, master: MasterKey) -> None:
        self._directory = directory
        self._envelope: Envelope = master.custody_envelope(PURPOSE)
        self._lock = threading.Lock()
        self._signers: dict[str, tuple[LocalSigner, _ChainStamp, str]] = {}

    def __repr__(self) -> str:
        return f"SoftwareKeyStore({str(self._directory)!r})"

    def create(self, key_id: str) -> LocalSigner:
        """A new P-256 key under ``key_id`` (lower-case letters, digits, ``-``, ``_``; at most 64).

        Raises ``SigningKeyError`` when the name is not valid or is taken: a key is never overwritten.
        """
        path = self._key_path(key_id)
        sealed, signer = create_sealed_key(key_id, self._envelope, _context(key_id))
        try:
            make_private_directory(self._directory)
            create_private_file(path, sealed)
        except FileExistsError as cause:
            raise SigningKeyError(
                f"签名密钥 {key_id} 已存在。", f"The signing key {key_id} exists already.", where=key_id
            ) from cause
        except OSError as cause:
            raise _unusable(key_id, path, cause) from cause
        return signer

    def signer(self, key_id: str) -> LocalSigner:
        """The signer of a key, with the certificate chain attached to it by now.

        Raises ``SigningKeyError`` when there is no such key, ``SealedDataError`` when it does not open under the
        loaded master key.
        """
        cached = self._signers.get(key_id)
        # Asked with each signature: for a key that was opened before, its name is good and its path is known.
        chain_path = str(self._chain_path(key_id)) if cached is None else cached[2]
        stamp = _stamp(chain_path)
        if cached is not None and cached[1] == stamp:
            return cached[0]
        with self._lock:
            signer = (
                cached[0].with_chain(self._read_chain(key_id))
                if cached is not None
                else self._open(key_id, self._read_chain(key_id))
            )
            self._signers[key_id] = (signer, stamp, chain_path)
        return signer

    def ensure(self, key_id: str) -> LocalSigner:
        """The signer of ``key_id``, created when it is not there; safe when several processes start at once."""
        if key_id not in self:
            try:
                self.create(key_id)
            except SigningKeyError:
                if key_id not in self:
                    raise
        return self.signer(key_id)

    def attach_certificates(self, key_id: str, chain_der: tuple[bytes, ...]) -> LocalSigner:
        """Attach the certificate chain of a key: DER, leaf first, anchor left out.

        Raises ``SigningKeyError`` when the first certificate is not for this key, or one is malformed.
        """
        signer = self.signer(key_id)
        try:
            certificates = [x509.load_der_x509_certificate(der) for der in chain_der]
            fits = bool(certificates) and certificates[0].public_key() == signer.public_key
        except ValueError:
            fits = False
        if not fits:
            raise SigningKeyError(
                f"证书与签名密钥 {key_id} 不匹配。",
                f"The certificate does not belong to the signing key {key_id}.",
                where=key_id,
            )
        pem = b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)
        replace_private_file(self._chain_path(key_id), pem)
        return self.signer(key_id)

    def key_ids(self) -> tuple[str, ...]:
        """Names of all keys, sorted."""
        return tuple(
            sorted(path.stem for path in self._directory.glob("*.key") if _KEY_ID.fullmatch(path.stem))
        )

    def __contains__(self, key_id: str) -> bool:
        return self._key_path(key_id).exists()

    def rewrap(self) -> int:
        """Seal every key under the current master key; answers how many changed. Safe to repeat after a crash."""
        changed = 0
        for key_id in self.key_ids():
            path = self._key_path(key_id)
            sealed = path.read_bytes()
            if not self._envelope.is_current(sealed):
                replace_private_file(path, self._envelope.reseal(sealed, _context(key_id)))
                changed += 1
        return changed

    def _open(self, key_id: str, chain: tuple[bytes, ...]) -> LocalSigner:
        path = self._key_path(key_id)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError as cause:
            raise SigningKeyError(
                f"没有名为 {key_id} 的签名密钥。",
                f"There is no signing key named {key_id}.",
                where=key_id,
                next_step=Text(
                    f"检查密钥目录 {self._directory}，或从备份恢复。",
                    f"Check the key directory {self._directory}, or restore it from its backup.",
                ),
            ) from cause
        except OSError as cause:
            raise _unusable(key_id, path, cause) from cause
        return open_sealed_key(key_id, sealed, self._envelope, _context(key_id), chain)

    def _read_chain(self, key_id: str) -> tuple[bytes, ...]:
        path = self._chain_path(key_id)
        try:
            certificates = x509.load_pem_x509_certificates(path.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValueError) as cause:
            raise SigningKeyError(
                f"签名密钥 {key_id} 的证书文件 {path} 无法读取。",
                f"The certificate file {path} of the signing key {key_id} cannot be read.",
                where=key_id,
            ) from cause
        return tuple(certificate.public_bytes(serialization.Encoding.DER) for certificate in certificates)

    def _key_path(self, key_id: str) -> Path:
        # The name becomes a file name: nothing that could leave the directory is a name.
        if not _KEY_ID.fullmatch(key_id):
            raise SigningKeyError(
                "签名密钥名称不正确。", "The name of the signing key is not valid.", where=key_id[:80]
            )
        return self._directory / f"{key_id}.key"

    def _chain_path(self, key_id: str) -> Path:
        return self._key_path(key_id).with_suffix(".pem")


def _context(key_id: str) -> str:
    return f"signing-key/{key_id}"


def _stamp(path: str) -> _ChainStamp:
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path of its own costs as much as the question
    except FileNotFoundError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _unusable(key_id: str, path: Path, cause: OSError) -> SigningKeyError:
    return SigningKeyError(
        f"密钥文件 {path} 无法使用：{cause.strerror}。",
        f"The key file {path} cannot be used: {cause.strerror}.",
        where=key_id,
    )
