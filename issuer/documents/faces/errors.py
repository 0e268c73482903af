"""Errors of layouts and of drawing them."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidLayoutError(InvalidInputError):
    """A layout that is no layout, or does not fit its type."""

    code = "invalid-layout"


class FaceDoesNotFitError(InvalidInputError):
    """A value that is too long for its place even in the smallest print."""

    code = "face-does-not-fit"

    def __init__(self, name: str, label: Text) -> None:
        super().__init__(
            f"“{label.zh}”的内容过长，照面放不下。",
            f"“{label.en}” is too long for its place on the face.",
            where=name,
            next_step=Text(
                "请缩短该项内容，或由制证机构放大版式中的位置。",
                "Shorten the value, or give it more room in the layout.",
            ),
        )


class CharacterNotPrintableError(InvalidInputError):
    """A character that no installed font has."""

    code = "character-not-printable"

    def __init__(self, name: str, label: Text, characters: str) -> None:
        listed = "、".join(f"{char}（U+{ord(char):04X}）" for char in characters)
        super().__init__(
            f"“{label.zh}”含有字体中没有的字：{listed}。",
            f"“{label.en}” has characters that no font here has: {listed}.",
            where=name,
            next_step=Text(
                "请安装含此字的字体（如 fonts-hanazono）后重试。",
                "Install a font that has them, such as the package fonts-hanazono, and try again.",
            ),
        )


class FontsMissingError(ElicenceError):
    """The machine has no Chinese fonts to print with."""

    code = "fonts-missing"

    def __init__(self) -> None:
        super().__init__(
            "本机没有中文字体，无法制作文件。",
            "This machine has no Chinese fonts; documents cannot be made.",
            next_step=Text("请安装软件包 fonts-noto-cjk。", "Install the package fonts-noto-cjk."),
        )


class FaceDrawingError(ElicenceError):
    """The page could not be drawn, for a reason that is ours."""

    code = "face-drawing"

    def __init__(self) -> None:
        super().__init__(
            "照面绘制失败，未生成文件。",
            "The page could not be drawn; no document was made.",
            next_step=Text("请联系运维并提供请求编号。", "Tell the operator, with the id of this request."),
        )
