"""What the library refuses."""

from __future__ import annotations

from collections.abc import Sequence

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class LicenceNotFoundError(ElicenceError):
    """There is no such licence, or it is another authority's: the answer does not tell which."""

    code = "licence-not-found"

    def __init__(self) -> None:
        super().__init__(
            "没有找到此证照。",
            "There is no such licence.",
            next_step=Text(
                "请核对电子证照标识；只能查看本机构颁发的证照。",
                "Check the licence identifier; only licences of your own authority can be seen.",
            ),
        )


class InvalidLicenceError(InvalidInputError):
    """A licence that cannot be recorded; every reason is named.

    Attributes:
        errors: all that is wrong, each with its place; the first one speaks for the whole.
    """

    code = "invalid-licence"

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


class TypeNotIssuedError(ElicenceError):
    """The authority may not issue licences of this type."""

    code = "type-not-issued"


class OperationNotAllowedError(ElicenceError):
    """The operation cannot start in the licence's present state."""

    code = "operation-not-allowed"


class SamePersonError(InvalidInputError):
    """Proposer and approver are one person."""

    code = "same-person"


class ProposalOpenError(ElicenceError):
    """An operation is already proposed; it is decided first."""

    code = "proposal-open"


class NoProposalError(ElicenceError):
    """There is no open proposal of this number."""

    code = "no-such-proposal"


class LicenceChangedError(ElicenceError):
    """Somebody changed the licence at the same time; nothing was written."""

    code = "licence-changed"

    def __init__(self) -> None:
        super().__init__(
            "证照刚刚被他人更改，本次操作没有生效。",
            "Somebody else has just changed the licence; this operation did not take effect.",
            next_step=Text("请重新读取证照后再试。", "Read the licence again, then retry."),
        )


class SerialTakenError(ElicenceError):
    """The authority has given this serial to another licence of the type."""

    code = "serial-taken"

    def __init__(self) -> None:
        super().__init__(
            "该流水号已用于另一份证照。",
            "The serial already belongs to another licence.",
            where="/serial",
            next_step=Text(
                "请换一个流水号，或不填写由系统分配。", "Take another, or leave it out to have one assigned."
            ),
        )


class IdempotencyConflictError(ElicenceError):
    """An idempotency key came again with another content."""

    code = "idempotency-key-reused"
