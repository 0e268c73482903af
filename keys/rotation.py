"""Changing the master key of a node without a moment in which anything sealed cannot be opened.

1. ``prepare`` puts a new key beside the one in hand, as ``NAME.next``. Processes that start from now on open what is
   sealed under either, and seal under the one in hand.
2. ``begin`` moves the key in hand to ``NAME.previous`` and puts the new one in its place. Processes that start from now on
   seal under the new one.
3. ``rewrap`` seals the signing keys anew; each store owner reseals his rows (``Envelope.is_older``,
   ``LookupKey.is_older`` find them).
4. ``finish`` sets the previous key aside, once nothing names it any more: nothing loads it then, but it is not lost.

Services go on serving when each is restarted, one after another, after step 1 and again after step 2: at no moment does
one of them meet what another sealed under a key that it does not have. With all of them stopped, step 1 may be left out.
A crash between or inside the steps leaves a node that opens everything; repeat the step.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from keys.errors import MasterKeyError
from keys.master_key import (
    MasterKey,
    new_master_key_content,
    next_key_path,
    open_master_key,
    previous_key_path,
    read_master_key_file,
)
from keys.pkcs11 import TokenAddress, is_token_address, parse_token_address
from keys.private_files import rename_private_file, replace_private_file
from keys.software_store import SoftwareKeyStore
from standards.text import Text


def prepare(master_key_file: Path, token: TokenAddress | None = None) -> MasterKey:
    """Put a new master key beside the one in hand; answers both, loaded. A repeat keeps the one that is there.

    Args:
        master_key_file: of the node.
        token: make the new key at this address of a hardware module. By default the new key lies where the one in hand
            does: in a file, or in the same token under the next number.

    Raises ``MasterKeyError`` when a change is under way: a third key would make the first unreadable.
    """
    current = read_master_key_file(master_key_file)
    previous, following = previous_key_path(master_key_file), next_key_path(master_key_file)
    if following.exists() and read_master_key_file(following) == current:
        following.unlink()  # the last change was broken off before its last write
    if previous.exists() and read_master_key_file(previous) != current:
        raise MasterKeyError(
            f"上一次主密钥轮换尚未完成：{previous} 仍在。",
            f"The last rotation of the master key is not finished: {previous} is still there.",
            where=str(previous),
            next_step=Text("先完成上一次轮换。", "Finish the last rotation first."),
        )
    if not following.exists():
        if token is None and is_token_address(current):
            token = parse_token_address(current.decode()).next()
        replace_private_file(following, new_master_key_content(token))
    return MasterKey.load(master_key_file)


def begin(master_key_file: Path, token: TokenAddress | None = None) -> MasterKey:
    """Put the prepared master key (a new one, when none is) in place, the one in hand beside it; answers both, loaded.

    Raises ``MasterKeyError`` as ``prepare`` does.
    """
    prepare(master_key_file, token)
    following = next_key_path(master_key_file)
    new, current = read_master_key_file(following), read_master_key_file(master_key_file)
    # Previous first: a crash before the second write leaves the same key under both names, which loads as one.
    replace_private_file(previous_key_path(master_key_file), current)
    replace_private_file(master_key_file, new)
    following.unlink()
    return MasterKey.load(master_key_file)


def rewrap(master_key_file: Path, key_directories: Iterable[Path]) -> int:
    """Seal the signing keys of each directory under the current master key; answers how many changed."""
    master = MasterKey.load(master_key_file)
    return sum(SoftwareKeyStore(directory, master).rewrap() for directory in key_directories)


def finish(master_key_file: Path, key_directories: Iterable[Path]) -> Path:
    """Set the previous master key aside as ``NAME.retired-KEYID``, where nothing loads it; answers that path.

    The caller has resealed the rows of his stores. Raises ``MasterKeyError`` when no rotation is under way,
    ``SealedDataError`` while a signing key of ``key_directories`` still needs the previous key; then nothing changes.
    """
    require_rotation(master_key_file)
    alone = MasterKey(open_master_key(read_master_key_file(master_key_file)))
    for directory in key_directories:
        store = SoftwareKeyStore(directory, alone)
        for key_id in store.key_ids():
            store.signer(key_id)
    previous = previous_key_path(master_key_file)
    key_id = open_master_key(read_master_key_file(previous)).key_id
    retired = master_key_file.with_name(f"{master_key_file.name}.retired-{key_id}")
    rename_private_file(previous, retired)
    return retired


def require_rotation(master_key_file: Path) -> MasterKey:
    """Both master keys, loaded; raises ``MasterKeyError`` when no rotation is under way."""
    master = MasterKey.load(master_key_file)
    if not (master.rotating and previous_key_path(master_key_file).exists()):
        raise MasterKeyError(
            "没有正在进行的主密钥轮换。",
            "No rotation of the master key is under way.",
            where=str(master_key_file),
            next_step=Text("先执行 elicence master-key begin。", "Run elicence master-key begin first."),
        )
    return master
