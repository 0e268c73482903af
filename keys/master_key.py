"""The master key of a node: 32 random bytes in a file that only its owner reads. Everything else derives from it.

Purpose keys are derived with HKDF-SHA-256 (RFC 5869), so that a key for one purpose says nothing about another.
During a rotation (``keys.rotation``) the key before lies beside the file as ``NAME.previous``: what it sealed still
opens, what is sealed anew uses the current one.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.envelope import Envelope, SealingKey, key_id_of
from keys.errors import MasterKeyError
from keys.lookup import LookupKey, LookupSecret
from keys.private_files import create_private_file, is_exposed, make_private_directory
from standards.text import Text

MASTER_KEY_BYTES: Final = 32
_INFO: Final = "elicence/1/"


class MasterKey:
    """A loaded master key and, during a rotation, the one before. Its bytes do not come out."""

    __slots__ = ("_current", "_previous")

    def __init__(self, current: bytes, previous: tuple[bytes, ...] = ()) -> None:
        if any(len(key) != MASTER_KEY_BYTES for key in (current, *previous)):
            raise MasterKeyError("主密钥长度不是 32 字节。", "A master key must have 32 bytes.")
        self._current = current
        self._previous = previous

    def __repr__(self) -> str:
        return f"MasterKey(key_id={self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A master key is not pickled.")

    @classmethod
    def create(cls, path: Path) -> Self:
        """Make a new master key file (mode 0600); of several processes exactly one succeeds.

        Raises ``MasterKeyError`` when the file exists: a master key is never overwritten, for everything sealed
        under it would be lost.
        """
        key = secrets.token_bytes(MASTER_KEY_BYTES)
        try:
            make_private_directory(path.parent)
        except OSError as cause:
            raise _not_writable(path, cause) from cause
        try:
            create_private_file(path, key)
        except FileExistsError as cause:
            raise MasterKeyError(
                f"主密钥文件 {path} 已存在，不会被覆盖。",
                f"The master key file {path} exists already and is not overwritten.",
                where=str(path),
            ) from cause
        except OSError as cause:
            raise _not_writable(path, cause) from cause
        return cls(key)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a master key file, and the previous one beside it if a rotation is under way.

        Raises ``MasterKeyError`` when it is missing, readable by others than its owner, or not 32 bytes.
        """
        current = read_master_key_file(path)
        previous = previous_key_path(path)
        if not previous.exists():
            return cls(current)
        before = read_master_key_file(previous)
        # The same bytes twice: a rotation that stopped before the new key was in place.
        return cls(current) if before == current else cls(current, (before,))

    @classmethod
    def load_or_create(cls, path: Path) -> Self:
        """Read the file, or make it on the first start; safe when several processes start at once."""
        if not path.exists():
            try:
                return cls.create(path)
            except MasterKeyError:
                if not path.exists():
                    raise
        return cls.load(path)

    @property
    def key_id(self) -> str:
        """Public name of the current master key, 8 hexadecimal digits; safe to log."""
        return key_id_of(self._current).hex()

    @property
    def rotating(self) -> bool:
        """Whether the key before is loaded too."""
        return bool(self._previous)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for ``purpose``, from the current key. For keys whose values need not outlive a rotation."""
        return _derive(self._current, purpose)

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Like ``derive``, under the current key and the one before: to check what may be older than a rotation."""
        return tuple(_derive(key, purpose) for key in (self._current, *self._previous))

    def envelope(self, purpose: str) -> Envelope:
        """The envelope for ``purpose``: seals under the current key, opens under both."""
        current, *previous = (SealingKey.of(key) for key in self.derived(f"envelope/{purpose}"))
        return Envelope(current, tuple(previous))

    def lookup_key(self, version: int = 1, *, purpose: str = "holder") -> LookupKey:
        """The lookup key of ``version`` for ``purpose``; the version before it, and the master key before, stay live.

        Collections that must not be matched against each other have different purposes.
        """
        if version < 1:
            raise MasterKeyError("查找密钥版本从 1 起。", "Versions of the lookup key start at 1.")
        versions = (version, version - 1) if version > 1 else (version,)
        secrets_in_order = [
            LookupSecret.of(number, _derive(key, f"lookup/{purpose}/{number}"))
            for key in (self._current, *self._previous)
            for number in versions
        ]
        return LookupKey(secrets_in_order[0], tuple(secrets_in_order[1:]))


def previous_key_path(path: Path) -> Path:
    """Where the master key before ``path`` lies while a rotation is under way."""
    return path.with_name(f"{path.name}.previous")


def read_master_key_file(path: Path) -> bytes:
    """The 32 bytes of a master key file; raises ``MasterKeyError`` with what to do."""
    try:
        exposed = is_exposed(path)
        key = path.read_bytes() if path.is_file() else None
    except FileNotFoundError as cause:
        raise MasterKeyError(
            f"找不到主密钥文件 {path}。",
            f"The master key file {path} does not exist.",
            where=str(path),
            next_step=Text(
                "从备份恢复该文件，或检查 ELICENCE_MASTER_KEY_FILE；新节点可用 elicence up 生成。",
                "Restore it from its backup, or check ELICENCE_MASTER_KEY_FILE; a new node makes one with elicence up.",
            ),
        ) from cause
    except OSError as cause:
        raise MasterKeyError(
            f"无法读取主密钥文件 {path}：{cause.strerror}。",
            f"The master key file {path} cannot be read: {cause.strerror}.",
            where=str(path),
        ) from cause
    if exposed:
        raise MasterKeyError(
            f"主密钥文件 {path} 可被其他用户访问。",
            f"The master key file {path} is open to other users.",
            where=str(path),
            next_step=Text(f"执行 chmod 600 {path}。", f"Run chmod 600 {path}."),
        )
    if key is None or len(key) != MASTER_KEY_BYTES:
        found = "not a regular file" if key is None else f"{len(key)} bytes"
        raise MasterKeyError(
            f"主密钥文件 {path} 应恰为 32 字节（实为 {found}）。",
            f"The master key file {path} must hold exactly 32 bytes (found: {found}).",
            where=str(path),
            next_step=Text("从备份恢复该文件。", "Restore the file from its backup."),
        )
    return key


def _derive(master: bytes, purpose: str) -> bytes:
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=(_INFO + purpose).encode())
    return kdf.derive(master)


def _not_writable(path: Path, cause: OSError) -> MasterKeyError:
    return MasterKeyError(
        f"无法写入主密钥文件 {path}：{cause.strerror}。",
        f"The master key file {path} cannot be written: {cause.strerror}.",
        where=str(path),
    )
