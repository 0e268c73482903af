"""The master key of a node: one root key that everything else derives from.

It is 32 random bytes in a file that only its owner reads, or lies in a hardware module and the file holds its address
(``keys.pkcs11``). During a change (``keys.rotation``) two lie beside each other: ``NAME.next`` opens before anything is
sealed under it, ``NAME.previous`` still opens what it sealed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from keys.envelope import Envelope
from keys.errors import MasterKeyError
from keys.lookup import LookupKey, LookupSecret
from keys.pkcs11 import (
    MAX_ADDRESS_CHARS,
    TokenAddress,
    TokenRoot,
    create_token_keys,
    is_token_address,
    parse_token_address,
)
from keys.private_files import create_private_file, is_exposed, make_private_directory
from keys.root_key import MASTER_KEY_BYTES, RootKey, SoftwareRoot, envelope_key
from standards.text import Text


class MasterKey:
    """A loaded master key and, during a change, those beside it. Its bytes do not come out."""

    __slots__ = ("_current", "_others")

    def __init__(self, current: bytes | RootKey, others: Sequence[bytes | RootKey] = ()) -> None:
        """Args:
        current: what is sealed and made from now on is under this one.
        others: what they sealed and made counts too.
        """
        self._current = _root(current)
        self._others = tuple(_root(key) for key in others)

    def __repr__(self) -> str:
        return f"MasterKey(key_id={self.key_id!r})"

    def __reduce__(self) -> str:
        raise TypeError("A master key is not pickled.")

    @classmethod
    def create(cls, path: Path, token: TokenAddress | None = None) -> Self:
        """Make a new master key file (mode 0600); of several processes exactly one succeeds.

        Args:
            path: of the file.
            token: make the key in this hardware module; the file gets its address.

        Raises ``MasterKeyError`` when the file exists: a master key is never overwritten, for everything sealed
        under it would be lost.
        """
        try:
            make_private_directory(path.parent)
        except OSError as cause:
            raise _not_writable(path, cause) from cause
        if path.exists():
            raise _exists(path)
        content = new_master_key_content(token)
        try:
            create_private_file(path, content)
        except FileExistsError as cause:
            raise _exists(path) from cause
        except OSError as cause:
            raise _not_writable(path, cause) from cause
        return cls(open_master_key(content))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a master key file, and those beside it if a change is under way.

        Raises ``MasterKeyError`` when it is missing, readable by others than its owner, or neither 32 bytes nor the
        address of a key in a hardware module that can be used.
        """
        current = read_master_key_file(path)
        beside: list[bytes] = []
        for other in (previous_key_path(path), next_key_path(path)):
            # The same content twice: a change that stopped between two of its writes.
            if other.exists() and (content := read_master_key_file(other)) not in (current, *beside):
                beside.append(content)
        return cls(open_master_key(current), [open_master_key(content) for content in beside])

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
        return self._current.key_id

    @property
    def key_ids(self) -> tuple[str, ...]:
        """Names of all that are loaded, the current one first."""
        return tuple(root.key_id for root in (self._current, *self._others))

    @property
    def rotating(self) -> bool:
        """Whether another one is loaded too."""
        return bool(self._others)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for ``purpose``, from the current key. For keys whose values need not outlive a change."""
        return self._current.derive(purpose)

    def derived(self, purpose: str) -> tuple[bytes, ...]:
        """Like ``derive``, under all that are loaded, the current first: to check what was made before or after."""
        return tuple(root.derive(purpose) for root in (self._current, *self._others))

    def envelope(self, purpose: str) -> Envelope:
        """The envelope for ``purpose``: seals under the current key, opens under all that are loaded."""
        return Envelope(
            envelope_key(self._current, purpose), tuple(envelope_key(root, purpose) for root in self._others)
        )

    def custody_envelope(self, purpose: str) -> Envelope:
        """The same for keys that other data are sealed under: where there is a hardware module, it is the module that
        wraps and unwraps. What the software sealed under the derived key of ``purpose`` still opens.
        """
        roots = (self._current, *self._others)
        return Envelope(
            self._current.custody_key(purpose),
            (
                *(envelope_key(root, purpose) for root in roots),
                *(root.custody_key(purpose) for root in self._others),
            ),
        )

    def lookup_key(self, version: int = 1, *, purpose: str = "holder") -> LookupKey:
        """The lookup key of ``version`` for ``purpose``; the version before it, and the other master keys, stay live.

        Collections that must not be matched against each other have different purposes.
        """
        if version < 1:
            raise MasterKeyError("查找密钥版本从 1 起。", "Versions of the lookup key start at 1.")
        versions = (version, version - 1) if version > 1 else (version,)
        secrets_in_order = [
            LookupSecret.of(number, root.derive(f"lookup/{purpose}/{number}"))
            for root in (self._current, *self._others)
            for number in versions
        ]
        return LookupKey(secrets_in_order[0], tuple(secrets_in_order[1:]))


def new_master_key_content(token: TokenAddress | None = None) -> bytes:
    """What a new master key file holds: fresh bytes, or the address of the keys just made in a module."""
    if token is None:
        return secrets.token_bytes(MASTER_KEY_BYTES)
    create_token_keys(token)
    return f"{token.to_uri()}\n".encode()


def open_master_key(content: bytes) -> RootKey:
    """The root key that the content of a master key file gives; raises ``MasterKeyError``."""
    if is_token_address(content):
        return TokenRoot(parse_token_address(content.decode("utf-8", "replace")))
    return SoftwareRoot(content)


def next_key_path(path: Path) -> Path:
    """Where the master key after ``path`` lies before anything is sealed under it."""
    return path.with_name(f"{path.name}.next")


def previous_key_path(path: Path) -> Path:
    """Where the master key before ``path`` lies while a change is under way."""
    return path.with_name(f"{path.name}.previous")


def read_master_key_file(path: Path) -> bytes:
    """What a master key file holds, 32 bytes or an address; raises ``MasterKeyError`` with what to do."""
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
    if key is not None and is_token_address(key) and len(key) <= MAX_ADDRESS_CHARS:
        return key
    if key is None or len(key) != MASTER_KEY_BYTES:
        found = "not a regular file" if key is None else f"{len(key)} bytes"
        raise MasterKeyError(
            f"主密钥文件 {path} 应恰为 32 字节（实为 {found}）。",
            f"The master key file {path} must hold exactly 32 bytes (found: {found}).",
            where=str(path),
            next_step=Text("从备份恢复该文件。", "Restore the file from its backup."),
        )
    return key


def _root(key: bytes | RootKey) -> RootKey:
    return SoftwareRoot(key) if isinstance(key, bytes) else key


def _exists(path: Path) -> MasterKeyError:
    return MasterKeyError(
        f"主密钥文件 {path} 已存在，不会被覆盖。",
        f"The master key file {path} exists already and is not overwritten.",
        where=str(path),
    )


def _not_writable(path: Path, cause: OSError) -> MasterKeyError:
    return MasterKeyError(
        f"无法写入主密钥文件 {path}：{cause.strerror}。",
        f"The master key file {path} cannot be written: {cause.strerror}.",
        where=str(path),
    )
