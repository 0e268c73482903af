"""Why a backup is not made, or not restored."""

from __future__ import annotations

from standards.errors import ElicenceError


class BackupError(ElicenceError):
    """The backup could not be made."""

    code = "backup"


class DamagedArchiveError(BackupError):
    """The archive is not ours, of another version, incomplete or altered. Nothing was changed on the node."""

    code = "backup-damaged"


class NotRestoredError(BackupError):
    """The archive is sound, but must not be restored here: the node lives, or the master key is not the right one."""

    code = "backup-not-restored"
