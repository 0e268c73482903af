"""Why a request cannot be answered, each with what the person can do about it."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text

_ASK_WINDOW = Text("请让窗口重新出示二维码或链接。", "Ask the window to show its code or link again.")


class RequestNotFoundError(ElicenceError):
    """This wallet knows no such request; whether another one does is not said."""

    code: ClassVar[str] = "request-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这项出示请求。", "There is no such request in your wallet.", next_step=_ASK_WINDOW
        )


class RequestGoneError(ElicenceError):
    """The request is over at the verifier: expired, or answered by somebody."""

    code: ClassVar[str] = "request-gone"

    def __init__(self) -> None:
        super().__init__(
            "这项出示请求已过期或已被使用。",
            "This request has expired, or was used already.",
            next_step=_ASK_WINDOW,
        )


class RequestDecidedError(ElicenceError):
    """The person has decided on this request before; nothing is sent a second time."""

    code: ClassVar[str] = "request-decided"

    def __init__(self) -> None:
        super().__init__(
            "您已经处理过这项请求，不会重复发送。",
            "You have decided on this request already; nothing was sent again.",
            next_step=Text("可在“用证记录”中查看结果。", "See the result in the use log."),
        )


class RequestRejectedError(ElicenceError):
    """The request does not hold: altered, malformed, or not by whom it says it is."""

    code: ClassVar[str] = "request-rejected"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            f"请求无效，已拒绝：{zh}",
            f"The request is not valid and was turned away: {en}",
            next_step=_ASK_WINDOW,
        )


class VerifierNotTrustedError(ElicenceError):
    """The one who asks is not a verifier of the trust lists."""

    code: ClassVar[str] = "verifier-not-trusted"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            f"请求方身份无法确认，未出示任何信息：{zh}",
            f"It cannot be confirmed who asks; nothing was shown: {en}",
            next_step=Text(
                "请勿向不明来源出示证照；如在办事窗口，请告知工作人员。",
                "Do not show licences to unknown parties; at a window, tell the clerk.",
            ),
        )


class VerifierAddressError(ElicenceError):
    """A request leads to an address that this wallet does not go to (a private network, no https)."""

    code: ClassVar[str] = "verifier-address-refused"

    def __init__(self) -> None:
        super().__init__(
            "请求指向不允许访问的地址，已拒绝。",
            "The request leads to an address that must not be visited; it was refused.",
            next_step=Text("请勿使用来历不明的链接。", "Do not use links from unknown sources."),
        )


class VerifierUnreachableError(ElicenceError):
    """The verifier's service does not answer while the request is fetched."""

    code: ClassVar[str] = "verifier-unreachable"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"暂时联系不上请求方的服务（{host}）。",
            f"The service of the one who asks ({host}) does not answer.",
            next_step=Text("请稍后再试，或让窗口重新发起。", "Try again later, or let the window ask anew."),
        )


class NotDeliveredError(ElicenceError):
    """What the person agreed to show did not arrive, as far as can be told."""

    code: ClassVar[str] = "presentation-not-delivered"

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.zh, reason.en, next_step=_ASK_WINDOW)


class LicencesMissingError(ElicenceError):
    """The wallet does not hold what the request needs."""

    code: ClassVar[str] = "licences-missing"

    def __init__(self) -> None:
        super().__init__(
            "您的钱包中没有该事项所需的证照。",
            "Your wallet does not hold the licences that are needed.",
            next_step=Text(
                "请先领取所缺的证照，或拒绝这项请求。", "Receive what is missing first, or refuse."
            ),
        )


class SensitiveNotConfirmedError(ElicenceError):
    """Sensitive personal data would be shown, and the person has not said so separately (PIPL article 29)."""

    code: ClassVar[str] = "sensitive-not-confirmed"

    def __init__(self) -> None:
        super().__init__(
            "其中有敏感个人信息，请单独勾选同意。",
            "Sensitive personal data are among it; agree to that separately.",
            where="/sensitive",
            next_step=Text(
                "请核对后勾选“同意出示敏感信息”，或拒绝这项请求。",
                "Look through and tick the box for sensitive data, or refuse.",
            ),
        )


class ConsentChangedError(ElicenceError):
    """What the page showed is not what would be sent now: a licence changed in between."""

    code: ClassVar[str] = "consent-changed"

    def __init__(self) -> None:
        super().__init__(
            "您的证照刚刚有变更，要出示的内容与刚才看到的不同，没有发送。",
            "A licence changed just now: what would be shown is not what you saw, so nothing was sent.",
            where="/seen",
            next_step=Text("请重新核对后再决定。", "Look through it again, then decide."),
        )


class InvalidSelectionError(ElicenceError):
    """The choice of licences does not answer the request."""

    code: ClassVar[str] = "invalid-selection"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            zh,
            en,
            where="/selection",
            next_step=Text("请重新选择要出示的证照。", "Choose again what to show."),
        )
