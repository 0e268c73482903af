"""What can be wrong with a licence of the wallet that somebody asks for."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class LicenceNotFoundError(ElicenceError):
    """This wallet holds no such licence; whether another one does is not said."""

    code: ClassVar[str] = "licence-not-found"

    def __init__(self) -> None:
        super().__init__(
            "您的证照中没有这一张。",
            "This licence is not in your wallet.",
            next_step=Text("返回首页查看您的证照。", "Go to the first page to see your licences."),
        )
