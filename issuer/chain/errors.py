"""What can be wrong with a chain, and with a request for an audit."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError
from standards.text import Text


class InvalidNotesError(InvalidInputError):
    """The file of noted heads is none."""

    code = "invalid-audit-notes"


class ChainBrokenError(ElicenceError):
    """The end of a chain does not open: nothing can be added to it."""

    code = "chain-broken"

    def __init__(self, authority: str, sequence: int) -> None:
        super().__init__(
            f"机构 {authority} 的事件链末尾第 {sequence} 块无法读出，暂停封存。",
            f"Block {sequence}, the last of the chain of {authority}, does not open; sealing stops.",
            where=authority,
            next_step=Text(
                "请执行 elicence issuer audit，并从备份核对。",
                "Run `elicence issuer audit` and compare with a backup.",
            ),
        )
