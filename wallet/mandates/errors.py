"""What can be wrong with a right to act."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError, InvalidInputError
from standards.mandate import GrantRefusal
from standards.text import Text
from wallet.mandates.right import MOST_MANAGERS

_ASK_GRANTER = Text("请联系授权人。", "Ask who granted it to you.")


class RightNotFoundError(ElicenceError):
    """No such right here; whether there is one elsewhere is not said."""

    code: ClassVar[str] = "right-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到这项授权。",
            "There is no such right here.",
            next_step=Text("返回授权列表查看。", "Look at the list."),
        )


class RightStateError(ElicenceError):
    """The right is not in a state in which that can be done (any more)."""

    code: ClassVar[str] = "right-decided"

    def __init__(self) -> None:
        super().__init__(
            "这项授权已处理过或已结束。",
            "This right was decided on already, or has ended.",
            next_step=Text("请刷新页面查看最新状态。", "Reload the page to see where it stands."),
        )


class TooManyManagersError(ElicenceError):
    """All manager's places are taken."""

    code: ClassVar[str] = "too-many-managers"

    def __init__(self) -> None:
        super().__init__(
            f"最多可设 {MOST_MANAGERS} 名证照管理员。",
            f"There can be {MOST_MANAGERS} licence managers at most.",
            next_step=Text("请先撤回一名管理员的授权。", "Withdraw one of them first."),
        )


class TooManyRightsError(ElicenceError):
    """More rights than one subject may have given at a time."""

    code: ClassVar[str] = "too-many-rights"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"同时有效的授权不能超过 {most} 项。",
            f"No more than {most} rights can be in force at a time.",
            next_step=Text("请先撤回不再需要的授权。", "Withdraw those that are not needed any more."),
        )


class RootLicenceMissingError(ElicenceError):
    """The subject has no licence in the wallet that could speak for it."""

    code: ClassVar[str] = "root-licence-missing"

    def __init__(self) -> None:
        super().__init__(
            "钱包中没有可以作为授权依据的有效证照（单位为营业执照，个人为身份证等，未成年人为出生医学证明）。",
            "The wallet holds no valid licence that a grant could rest on (a business licence, an identity card, "
            "a birth certificate).",
            next_step=Text("请先领取该证照。", "Receive it first."),
        )


class RootLicenceStaysError(ElicenceError):
    """Who acts for a subject cannot take out the licence on which all rights rest."""

    code: ClassVar[str] = "root-licence-stays"

    def __init__(self) -> None:
        super().__init__(
            "这张证照是代办资格和各项授权的依据，不能移除。",
            "All rights to act for this holder rest on this licence; it cannot be taken out.",
            next_step=Text("如需停止代办，请撤回授权。", "To stop acting, withdraw the rights."),
        )


class InvalidGrantError(InvalidInputError):
    """What was typed cannot be granted."""

    code: ClassVar[str] = "invalid-grant"


class GrantRefusedError(ElicenceError):
    """The right does not carry what was asked for.

    Attributes:
        refusal: the rule that says no; ``None`` when no use is left.
    """

    code: ClassVar[str] = "grant-refused"

    def __init__(self, refusal: GrantRefusal | None, licence: Text | None = None) -> None:
        if refusal is None:
            zh, en = "授权的使用次数已用完。", "All uses of the grant have been made."
        else:
            zh, en = refusal.message.zh, refusal.message.en
        if licence is not None:
            zh, en = f"{licence.zh}：{zh}", f"{licence.en}: {en}"
        super().__init__(zh, en, next_step=_ASK_GRANTER)
        self.refusal = refusal


class HandOverError(InvalidInputError):
    """A child's wallet cannot pass to this person."""

    code: ClassVar[str] = "hand-over-refused"
