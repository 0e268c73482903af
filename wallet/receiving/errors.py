"""Why an offer cannot be taken, each with what the person can do about it."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text

_ASK_AGAIN = Text("请联系发证机构重新发送领取链接。", "Ask the issuing authority for a new offer.")
_TRY_LATER = Text("请稍后再试；领取链接仍然有效。", "Try again later; the offer is still good.")


class OfferNotFoundError(ElicenceError):
    """This wallet knows no such offer; whether another one does is not said."""

    code: ClassVar[str] = "offer-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这份待领取的证照。",
            "There is no such offer in your wallet.",
            next_step=Text("请重新打开领取链接。", "Open the offer link again."),
        )


class OfferGoneError(ElicenceError):
    """The issuer does not honour the offer any more: it was used, or it has expired."""

    code: ClassVar[str] = "offer-gone"

    def __init__(self) -> None:
        super().__init__(
            "这份领取邀请已被使用或已过期。",
            "This offer was used already, or it has expired.",
            next_step=_ASK_AGAIN,
        )


class OfferBusyError(ElicenceError):
    """Another request is receiving this offer at this very moment."""

    code: ClassVar[str] = "offer-busy"

    def __init__(self) -> None:
        super().__init__(
            "这份证照正在领取中。",
            "This offer is being received right now.",
            next_step=Text("请稍等几秒后查看首页。", "Wait a few seconds and look at the first page."),
        )


class UnsupportedOfferError(ElicenceError):
    """The offer asks for a way of issuing that this wallet does not speak, or offers nothing that it can keep."""

    code: ClassVar[str] = "offer-unsupported"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, next_step=_ASK_AGAIN)


class OfferNeedsSignInError(UnsupportedOfferError):
    """The offer wants the person to sign in at its issuer: its page leads there, the API cannot."""

    code: ClassVar[str] = "offer-needs-sign-in"

    def __init__(self) -> None:
        super().__init__(
            "领取这份证照需要到发证机构的页面登录，请在浏览器中打开领取链接。",
            "This offer wants a sign-in at its issuer: open its link in a browser.",
        )


class TxCodeError(ElicenceError):
    """Something about the transaction code (OpenID4VCI 1.0 section 4.1.1).

    Attributes:
        tries_left: as the issuer told, or ``None``.
    """

    code: ClassVar[str] = "tx-code"
    tries_left: int | None = None


class TxCodeRequiredError(TxCodeError):
    """The offer needs a transaction code and none came."""

    code: ClassVar[str] = "tx-code-required"

    def __init__(self, description: str | None) -> None:
        super().__init__(
            "领取这份证照需要验证码。",
            "This offer needs a transaction code.",
            where="/tx_code",
            next_step=Text(
                description or "请输入发证机构另外告知您的验证码。",
                description or "Enter the code that the issuing authority gave you separately.",
            ),
        )


class WrongTxCodeError(TxCodeError):
    """The issuer refused the transaction code."""

    code: ClassVar[str] = "tx-code-wrong"

    def __init__(self, tries_left: int | None) -> None:
        if tries_left is None:
            next_step = Text(
                "请核对后重新输入；如仍不行，领取邀请可能已使用或过期，请联系发证机构。",
                "Check it and try again; if that fails, the offer may be used or expired: ask the issuing authority.",
            )
        else:
            tries = "once" if tries_left == 1 else f"{tries_left} times"
            next_step = Text(
                f"请核对后重新输入，还可以再试 {tries_left} 次。", f"Check it; you can try {tries} more."
            )
        super().__init__(
            "验证码不正确。", "The transaction code is wrong.", where="/tx_code", next_step=next_step
        )
        self.tries_left = tries_left


class IssuerUnreachableError(ElicenceError):
    """The issuer's service does not answer."""

    code: ClassVar[str] = "issuer-unreachable"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"暂时联系不上发证机构的服务（{host}）。",
            f"The issuer's service ({host}) does not answer.",
            next_step=_TRY_LATER,
        )


class IssuerAnswerError(ElicenceError):
    """The issuer's service answered with something that the protocol does not allow, or refused."""

    code: ClassVar[str] = "issuer-answer"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, next_step=_TRY_LATER)


class IssuerAddressError(ElicenceError):
    """An offer leads to an address that this wallet does not go to (a private network, no https)."""

    code: ClassVar[str] = "issuer-address-refused"

    def __init__(self) -> None:
        super().__init__(
            "领取链接指向不允许访问的地址，已拒绝。",
            "The offer leads to an address that must not be visited; it was refused.",
            next_step=Text("请勿使用来历不明的链接。", "Do not use links from unknown sources."),
        )


class CredentialRejectedError(ElicenceError):
    """What the issuer sent did not pass the checks; nothing was kept."""

    code: ClassVar[str] = "credential-rejected"

    def __init__(self, zh: str, en: str, *, next_step: Text = _ASK_AGAIN) -> None:
        super().__init__(
            f"收到的证照未通过核验，未存入：{zh}",
            f"What was received did not pass the checks and was not kept: {en}",
            next_step=next_step,
        )


class IssuerNotTrustedError(CredentialRejectedError):
    """The signer is not an authority of the trust lists, or may not issue licences of this type."""

    code: ClassVar[str] = "issuer-not-trusted"


class UnknownIssuerError(ElicenceError):
    """No trust list knows the issuer of an offer; it was not asked for anything."""

    code: ClassVar[str] = "issuer-not-trusted"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"信任列表中没有这家发证机构（{host}），未领取。",
            f"No trust list knows this issuer ({host}); nothing was received.",
            next_step=Text(
                "请勿使用来历不明的领取链接；如确认无误，请稍后再试或联系发证机构。",
                "Do not use offers from unknown sources; if you are sure, try again later or ask the issuer.",
            ),
        )


class AnotherPersonsLicenceError(ElicenceError):
    """The licence belongs to another natural person."""

    code: ClassVar[str] = "another-persons-licence"

    def __init__(self) -> None:
        super().__init__(
            "这份证照属于另一位公民，不能存入您的钱包。",
            "This licence belongs to another person and cannot be kept in your wallet.",
            next_step=Text(
                "请由持证人本人登录后领取；如果信息有误，请联系发证机构。",
                "Let its holder sign in and receive it; if the data are wrong, ask the issuing authority.",
            ),
        )


class NotRepresentedError(ElicenceError):
    """The licence belongs to an entity or a child for whom the person does not act."""

    code: ClassVar[str] = "not-represented"

    def __init__(self) -> None:
        super().__init__(
            "这份证照属于您没有代办资格的单位或孩子，不能存入。",
            "This licence belongs to an entity or a child for whom you do not act; it was not kept.",
            next_step=Text(
                "单位请由营业执照上的法定代表人先领取营业执照，孩子请由出生医学证明上的父母先领取出生医学证明；"
                "代办人请先取得授权。",
                "Let the legal representative on the business licence, or a parent on the birth certificate, "
                "receive that licence first; an agent needs a grant.",
            ),
        )
