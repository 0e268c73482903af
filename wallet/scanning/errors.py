"""What can be wrong with a code or a link."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import InvalidInputError
from standards.text import Text


class UnknownLinkError(InvalidInputError):
    """A text that neither offers a licence nor asks for one."""

    code: ClassVar[str] = "unknown-link"

    def __init__(self) -> None:
        super().__init__(
            "这不是领取证照或出示证照的链接。",
            "This link neither offers a licence nor asks for one.",
            where="/link",
            next_step=Text(
                "请粘贴完整的链接，或扫描发证机构、办事窗口出示的二维码。",
                "Paste the whole link, or scan the code of an issuing authority or a window.",
            ),
        )


class NoCodeInPictureError(UnknownLinkError):
    """A picture without a code that can be read."""

    code: ClassVar[str] = "no-code-in-picture"

    def __init__(self) -> None:
        super().__init__()
        self.message = Text("图片中没有找到可识别的二维码。", "No code can be read in this picture.")
        self.next_step = Text(
            "请靠近一些、对准二维码再拍一张。", "Come closer, aim at the code and take another."
        )
