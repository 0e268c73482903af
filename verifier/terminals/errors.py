"""What terminals are refused for."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidTerminalError(InvalidInputError):
    """What was given does not describe a terminal."""

    code = "invalid-terminal"


class UnknownTerminalError(ElicenceError):
    """There is no such terminal in the department."""

    code = "unknown-terminal"


class EnrolmentCodeError(ElicenceError):
    """The enrolment code is wrong, was used, or is too old."""

    code = "enrolment-code"

    def __init__(self) -> None:
        super().__init__(
            "登记码不对、已用过或已过期。",
            "The enrolment code is wrong, was used already, or is too old.",
            where="code",
            next_step=Text(
                "请管理员在“终端”页面重新生成登记码。",
                "Ask the administrator for a new code on the page “Terminals”.",
            ),
        )


class TerminalProofError(ElicenceError):
    """A device did not prove its key."""

    code = "terminal-proof"

    def __init__(self) -> None:
        super().__init__(
            "无法确认这台终端的身份。",
            "This terminal could not prove which one it is.",
            next_step=Text("请重新登记这台终端。", "Enrol this terminal again."),
        )


class TerminalBarredError(ElicenceError):
    """The terminal was barred by an administrator."""

    code = "terminal-barred"

    def __init__(self) -> None:
        super().__init__(
            "这台终端已被停用。",
            "This terminal has been barred.",
            next_step=Text("请联系本部门管理员。", "Talk to your department's administrator."),
        )


class TerminalRequiredError(ElicenceError):
    """The department works at enrolled terminals only, and this browser is none."""

    code = "terminal-required"

    def __init__(self) -> None:
        super().__init__(
            "本部门只允许在已登记的终端上办理业务，这个浏览器尚未登记。",
            "This department works at enrolled terminals only, and this browser is none.",
            next_step=Text(
                "请管理员登记这台终端，或换一台已登记的终端。",
                "Ask the administrator to enrol it, or use one that is enrolled.",
            ),
        )


class WrongTerminalError(ElicenceError):
    """The terminal belongs to a department in which the person has no post."""

    code = "wrong-terminal"

    def __init__(self) -> None:
        super().__init__(
            "这台终端属于另一个部门，您在该部门没有岗位。",
            "This terminal belongs to another department, in which you have no post.",
            next_step=Text("请使用本部门的终端。", "Use a terminal of your own department."),
        )


class KioskOnlyError(ElicenceError):
    """A staff function was called at a self-service terminal."""

    code = "kiosk-only"

    def __init__(self) -> None:
        super().__init__(
            "这是自助终端，工作人员功能在这里不可用。",
            "This is a self-service terminal; functions of staff are not available here.",
            next_step=Text("请到窗口办理。", "Go to a window."),
        )


class KioskMissingError(ElicenceError):
    """The self-service pages were called on a device that is no kiosk."""

    code = "kiosk-missing"

    def __init__(self) -> None:
        super().__init__(
            "这里还不是自助终端。",
            "This device is not a self-service terminal yet.",
            next_step=Text("请管理员先登记这台终端。", "Let an administrator enrol it first."),
        )
