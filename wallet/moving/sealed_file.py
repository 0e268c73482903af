"""The file itself: a line that says how it is sealed, then AES-256-GCM over the wallet under a key from the passphrase.

scrypt (RFC 7914) with 64 MiB makes every guess cost a fifth of a second and its memory. The line is authenticated with
the rest, so nobody weakens it; what a reader spends on a file of somebody else's making is bounded.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from standards.errors import InvalidInputError
from standards.jose import b64url_decode, b64url_encode
from standards.json_reader import Reader, parse_json
from wallet.moving.errors import FileNotOpenedError, NotAWalletFileError, WeakPassphraseError

MAGIC: Final = "elicence-wallet"
VERSION: Final = 1
MAX_BYTES: Final = 10 * 1024 * 1024
"""Largest file that is read: some two thousand copies."""

LEAST_CHARS: Final = 12
"""Shortest passphrase."""

_COST, _BLOCK, _LANES = 2**16, 8, 1
_MOST_COST: Final = 2**17
_HEADER_BYTES: Final = 500


def check_passphrase(passphrase: str, again: str | None = None) -> str:
    """The passphrase in the form that seals (NFKC, outer spaces left out).

    Raises:
        WeakPassphraseError: it is too short, or ``again`` is something else.
    """
    plain = unicodedata.normalize("NFKC", passphrase).strip()
    if len(plain) < LEAST_CHARS or len(set(plain)) < 5:
        raise WeakPassphraseError(
            f"口令至少 {LEAST_CHARS} 个字符，且不能只是重复几个字符。",
            f"A passphrase has at least {LEAST_CHARS} characters, and not just a few repeated.",
        )
    if again is not None and unicodedata.normalize("NFKC", again).strip() != plain:
        raise WeakPassphraseError("两次输入的口令不一致。", "The two entries differ.")
    return plain


def seal_file(content: Any, passphrase: str) -> bytes:
    """The file with ``content`` (JSON)."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    header = orjson.dumps(
        {
            "format": MAGIC,
            "version": VERSION,
            "kdf": "scrypt",
            "n": _COST,
            "r": _BLOCK,
            "p": _LANES,
            "salt": b64url_encode(salt),
            "cipher": "A256GCM",
            "nonce": b64url_encode(nonce),
        }
    )
    key = _key(passphrase, salt, _COST)
    return header + b"\n" + AESGCM(key).encrypt(nonce, orjson.dumps(content), header)


def open_file(data: bytes, passphrase: str) -> Any:
    """The content of a file.

    Raises:
        NotAWalletFileError: it is no such file, or of a kind that this software does not know.
        FileNotOpenedError: the passphrase is another, or the file was altered.
    """
    header, _, sealed = data[: MAX_BYTES + 1].partition(b"\n")
    if len(data) > MAX_BYTES or len(header) > _HEADER_BYTES:
        raise NotAWalletFileError
    try:
        reader = Reader(parse_json(header))
        known = (reader.text("format"), reader.integer("version"), reader.text("kdf"), reader.text("cipher"))
        cost = reader.integer("n", minimum=2, maximum=_MOST_COST)
        salt, nonce = b64url_decode(reader.text("salt")), b64url_decode(reader.text("nonce"))
        fits = (reader.integer("r"), reader.integer("p"), len(nonce)) == (_BLOCK, _LANES, 12)
    except InvalidInputError as error:
        raise NotAWalletFileError from error
    if known != (MAGIC, VERSION, "scrypt", "A256GCM") or not fits or cost & (cost - 1):
        raise NotAWalletFileError
    plain = unicodedata.normalize("NFKC", passphrase).strip()
    try:
        return parse_json(AESGCM(_key(plain, salt, cost)).decrypt(nonce, sealed, header))
    except (InvalidTag, InvalidInputError) as error:
        raise FileNotOpenedError from error


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=_BLOCK, p=_LANES).derive(passphrase.encode())
