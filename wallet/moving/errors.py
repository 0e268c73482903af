"""Why a wallet cannot be moved, each with what the person can do about it."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class MovingError(ElicenceError):
    """Something about the file or the words that seal it."""

    code: ClassVar[str] = "moving"


class WeakPassphraseError(MovingError):
    """The passphrase is too short, or the two entries differ."""

    code: ClassVar[str] = "passphrase-weak"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, where="/passphrase")


class FileNotOpenedError(MovingError):
    """The words are wrong, or the file was altered: the two cannot be told apart."""

    code: ClassVar[str] = "moving-file-not-opened"

    def __init__(self) -> None:
        super().__init__(
            "无法打开文件：口令不对，或文件已损坏、被改动。",
            "The file does not open: the passphrase is wrong, or the file is damaged or was altered.",
            where="/passphrase",
            next_step=Text(
                "请核对口令；如果文件已损坏，可在原钱包七天内撤销迁移后重新导出。",
                "Check the passphrase; if the file is damaged, undo the move in the old wallet within a week.",
            ),
        )


class NotAWalletFileError(MovingError):
    """What was uploaded is no file of this kind."""

    code: ClassVar[str] = "moving-file-unknown"

    def __init__(self) -> None:
        super().__init__("这不是导出的钱包文件。", "This is no exported wallet.", where="/file")


class AnotherHoldersFileError(MovingError):
    """The file holds the wallet of somebody else."""

    code: ClassVar[str] = "moving-file-of-another"

    def __init__(self) -> None:
        super().__init__(
            "这个文件是另一位持有人的钱包，不能导入。",
            "The file holds another holder's wallet and cannot be imported here.",
            where="/file",
            next_step=Text("请由持有人本人登录后导入。", "Let its holder sign in and import it."),
        )


class NothingToMoveError(MovingError):
    """The wallet holds no licences."""

    code: ClassVar[str] = "moving-nothing"

    def __init__(self) -> None:
        super().__init__("钱包里没有可以迁移的证照。", "There is nothing in the wallet to move.")
