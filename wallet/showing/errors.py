"""Why a code is not made, or not redeemed. What a window is told says nothing about the wallet beyond the code itself."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text

_ASK_AGAIN = Text("请持证人刷新后重新出示。", "Let the holder show a fresh code.")


class RedemptionRejectedError(InvalidInputError):
    """The request does not hold: its form, signature, times, or who signed it."""

    code: ClassVar[str] = "redemption-rejected"


class CodeNotKnownError(ElicenceError):
    """A code that this wallet service has nothing to do with."""

    code: ClassVar[str] = "show-code-unknown"

    def __init__(self) -> None:
        super().__init__(
            "这个亮证码不是本钱包生成的。",
            "This code does not come from this wallet service.",
            where="/code",
            next_step=_ASK_AGAIN,
        )


class CodeUsedError(ElicenceError):
    """A code works once."""

    code: ClassVar[str] = "show-code-used"

    def __init__(self) -> None:
        super().__init__(
            "这个亮证码已经使用过。",
            "This code has been used already.",
            where="/code",
            next_step=Text(
                "请持证人当面刷新后重新出示；若持证人并未使用过，请留意冒用。",
                "Let the holder show a fresh code here; if it was not used by them, mind a misuse.",
            ),
        )


class CodeExpiredError(ElicenceError):
    """A code is good for a minute."""

    code: ClassVar[str] = "show-code-expired"

    def __init__(self) -> None:
        super().__init__("这个亮证码已过期。", "This code has expired.", where="/code", next_step=_ASK_AGAIN)


class CodeWithdrawnError(ElicenceError):
    """The phone may make codes for this licence no more."""

    code: ClassVar[str] = "show-code-withdrawn"

    def __init__(self, why: Text | None = None) -> None:
        super().__init__(
            "这台手机的亮证授权已撤回。" if why is None else why.zh,
            "This phone may make codes for this licence no more." if why is None else why.en,
            where="/code",
            next_step=Text("请持证人重新登录后再出示。", "Let the holder sign in again and show it."),
        )


class CodeNotCoveredError(ElicenceError):
    """Whoever holds the phone may act for the holder, but not for this."""

    code: ClassVar[str] = "show-code-not-covered"

    def __init__(self, why: Text) -> None:
        super().__init__(
            why.zh,
            why.en,
            where="/code",
            next_step=Text(
                "请先选择所办事项再扫码，或请持证人重新授权。",
                "Choose the service item before you scan, or let the holder grant it.",
            ),
        )


class CodeOfEndedLicenceError(ElicenceError):
    """A licence that is not in force any more, or not now."""

    code: ClassVar[str] = "show-code-ended"

    def __init__(self, word: Text) -> None:
        super().__init__(
            f"这张证照不能使用：{word.zh}。",
            f"This licence cannot be used: {word.en}.",
            where="/code",
            next_step=Text("请联系发证机构。", "Ask the issuing authority."),
        )


class NothingToShowError(ElicenceError):
    """None of the licences asked for can be shown by code."""

    code: ClassVar[str] = "nothing-to-show"

    def __init__(self) -> None:
        super().__init__(
            "没有可以亮证的证照。",
            "There is no licence that can be shown by code.",
            next_step=Text(
                "证照更新后会自动获得亮证形式；也可以用“扫一扫”出示。",
                "A licence gets that form when it is refreshed; it can be shown by scanning meanwhile.",
            ),
        )
