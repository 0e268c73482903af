"""What issuing refuses at the management interface; the protocol's own errors are in ``standards.openid4vci``."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class LicenceNotInForceError(ElicenceError):
    """The licence is not valid now: copies of it would be refused at every window."""

    code = "licence-not-in-force"


class HolderRequiredError(InvalidInputError):
    """The licence has several holders, and the request does not say whose copy it is."""

    code = "holder-required"

    def __init__(self) -> None:
        super().__init__(
            "证照有多名持有人，须指明领取人。",
            "The licence has several holders; say which one the copy is for.",
            where="/holder",
            next_step=Text(
                "在 holder 中给出持有人的证件类型和号码。",
                "Give code type and number of one holder in `holder`.",
            ),
        )


class NotAHolderError(InvalidInputError):
    """The person or entity named does not hold the licence."""

    code = "not-a-holder"

    def __init__(self) -> None:
        super().__init__(
            "指定的领取人不是证照持有人。", "The one named does not hold the licence.", where="/holder"
        )


class AuthorityCannotIssueError(ElicenceError):
    """The authority has no signing certificate, or may not issue this type."""

    code = "authority-cannot-issue"


class CredentialIssuerNotFoundError(ElicenceError):
    """There is no credential issuer under this path."""

    code = "credential-issuer-not-found"

    def __init__(self) -> None:
        super().__init__("此处没有签发机关。", "There is no credential issuer here.")


class OfferNotFoundError(ElicenceError):
    """There is no open offer under this address."""

    code = "offer-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有此领取链接，或已被使用、已过期。",
            "There is no such offer, or it was used or has expired.",
            next_step=Text("请签发机关重新发出领取链接。", "Ask the issuer for a new offer."),
        )


class RefreshBusyError(ElicenceError):
    """Another request of the same wallet was exchanging the refresh token at this very moment."""

    code = "refresh-busy"

    def __init__(self) -> None:
        super().__init__(
            "另一个更新请求正在进行。",
            "Another refresh is under way.",
            next_step=Text("请几秒后重试。", "Try again in a few seconds."),
        )


class RefreshTooOftenError(ElicenceError):
    """The copies of one licence were refreshed too often within a day."""

    code = "refresh-too-often"

    def __init__(self) -> None:
        super().__init__(
            "今日更新次数过多。",
            "The licence was refreshed too often today.",
            next_step=Text("请明天再试。", "Try again tomorrow."),
        )


class TypeMetadataNotFoundError(ElicenceError):
    """There is no licence type of this name."""

    code = "type-metadata-not-found"

    def __init__(self) -> None:
        super().__init__("没有此证照类型。", "There is no such licence type.")
