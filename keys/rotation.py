"""Changing the master key of a node without a moment in which anything sealed cannot be opened.

1. ``begin`` keeps the key in hand as ``NAME.previous`` and puts a new one in its place.
2. ``rewrap`` seals the signing keys anew; each store owner reseals his rows (``Envelope.is_older``,
   ``LookupKey.is_older`` find them).
3. ``finish`` sets the previous key aside, once nothing names it any more: nothing loads it then, but it is not lost.

A crash between or inside the steps leaves a node that opens everything; repeat the step. Processes load both keys
when they start, so restart the services after step 1 and before step 2 is relied on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from keys.errors import MasterKeyError
from keys.master_key import MASTER_KEY_BYTES, MasterKey, previous_key_path, read_master_key_file
from keys.private_files import rename_private_file, replace_private_file
from keys.software_store import SoftwareKeyStore
from standards.text import Text


def begin(master_key_file: Path) -> MasterKey:
    """Put a new master key in place, the one in hand beside it; answers both, loaded.

    Raises ``MasterKeyError`` when a rotation is under way: a third key would make the first unreadable.
    """
    current = read_master_key_file(master_key_file)
    previous = previous_key_path(master_key_file)
    if previous.exists() and read_master_key_file(previous) != current:
        raise MasterKeyError(
            f"上一次主密钥轮换尚未完成：{previous} 仍在。",
            f"The last rotation of the master key is not finished: {previous} is still there.",
            where=str(previous),
            next_step=Text("先完成上一次轮换。", "Finish the last rotation first."),
        )
    # Previous first: a crash before the second write leaves the same key under both names, which loads as one.
    replace_private_file(previous, current)
    replace_private_file(master_key_file, secrets.token_bytes(MASTER_KEY_BYTES))
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
    alone = MasterKey(read_master_key_file(master_key_file))
    for directory in key_directories:
        store = SoftwareKeyStore(directory, alone)
        for key_id in store.key_ids():
            store.signer(key_id)
    previous = previous_key_path(master_key_file)
    key_id = MasterKey(read_master_key_file(previous)).key_id
    retired = master_key_file.with_name(f"{master_key_file.name}.retired-{key_id}")
    rename_private_file(previous, retired)
    return retired


def require_rotation(master_key_file: Path) -> MasterKey:
    """Both master keys, loaded; raises ``MasterKeyError`` when no rotation is under way."""
    master = MasterKey.load(master_key_file)
    if not master.rotating:
        raise MasterKeyError(
            "没有正在进行的主密钥轮换。",
            "No rotation of the master key is under way.",
            where=str(master_key_file),
            next_step=Text("先执行 elicence master-key begin。", "Run elicence master-key begin first."),
        )
    return master
