"""What the catalogue refuses."""

from __future__ import annotations

from collections.abc import Sequence

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class TypeVersionNotFoundError(ElicenceError):
    """There is no such type or version, or it is another authority's draft: the answer does not tell which."""

    code = "type-version-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到此证照类型或版本。",
            "There is no such licence type or version.",
            next_step=Text("请核对类型代码和版本号。", "Check the type code and the version."),
        )


class InvalidTypeVersionError(InvalidInputError):
    """A description that is not yet a licence type; every mistake is named.

    Attributes:
        errors: all that is wrong, each with its place; the first one speaks for the whole.
    """

    code = "invalid-type-version"

    def __init__(self, errors: Sequence[InvalidInputError]) -> None:
        first, count = errors[0], len(errors)
        rest = Text("", "") if count == 1 else Text(f"（共 {count} 处）", f" ({count} places in all)")
        super().__init__(
            first.message.zh + rest.zh,
            first.message.en + rest.en,
            where=first.where,
            next_step=first.next_step,
        )
        self.errors = tuple(errors)


class TypeVersionStateError(ElicenceError):
    """The version is not in the state that this step needs; what is published is never edited."""

    code = "type-version-state"


class TypeVersionChangedError(ElicenceError):
    """Somebody changed the draft meanwhile; nothing was written."""

    code = "type-version-changed"

    def __init__(self) -> None:
        super().__init__(
            "草案刚被他人修改。",
            "The draft was changed by somebody else meanwhile.",
            next_step=Text("请重新打开后再修改。", "Open it again, then change it."),
        )


class TypeVersionOpenError(ElicenceError):
    """There is a draft of the next version already."""

    code = "type-version-open"

    def __init__(self, version: str) -> None:
        super().__init__(
            f"第 {version} 版草案已在编制中。",
            f"A draft of version {version} is under way already.",
            next_step=Text("请在该草案上继续。", "Continue with that draft."),
        )


class NotDefinedHereError(ElicenceError):
    """The authority neither defines the type nor keeps this node's catalogue."""

    code = "type-not-defined-here"

    def __init__(self) -> None:
        super().__init__(
            "此证照类型不由本机构定义。",
            "This licence type is not defined by your authority.",
            next_step=Text("请向定义该类型的机构提出。", "Turn to the authority that defines the type."),
        )


class ApproverIsAuthorError(InvalidInputError):
    """The same person made the draft and approves it."""

    code = "approver-is-author"

    def __init__(self, *, where: str | None = None) -> None:
        super().__init__(
            "编制人不能批准自己的草案。",
            "Whoever worked on a draft does not approve it.",
            where=where,
            next_step=Text("请由另一人批准。", "Have a second person approve it."),
        )


class TypeWithdrawnError(ElicenceError):
    """No new licence of a withdrawn type is issued."""

    code = "type-withdrawn"

    def __init__(self, *, where: str | None = None) -> None:
        super().__init__(
            "此证照类型已停用，不再新发证照。",
            "This licence type is withdrawn: no new licence of it is issued.",
            where=where,
            next_step=Text(
                "已颁发的证照仍可变更、延续和出示。",
                "Licences that there are can still be changed, extended and shown.",
            ),
        )


class AlreadyWithdrawnError(ElicenceError):
    """The withdrawal was proposed or carried out before."""

    code = "type-already-withdrawn"

    def __init__(self) -> None:
        super().__init__("此证照类型已停用或正待批准停用。", "The type is withdrawn, or about to be.")


class NoWithdrawalError(ElicenceError):
    """Nobody proposed to withdraw the type, or it was decided already."""

    code = "no-withdrawal-proposed"

    def __init__(self) -> None:
        super().__init__("没有待批准的停用申请。", "No withdrawal waits for approval.")
