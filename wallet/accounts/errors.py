"""What is wrong with acting for somebody."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text
from wallet.accounts.acting import Capacity, Deed


class DeedNotAllowedError(ElicenceError):
    """The capacity in which the person acts does not include what was asked for."""

    code: ClassVar[str] = "deed-not-allowed"

    def __init__(self, capacity: Capacity, deed: Deed) -> None:
        who, what = capacity.word, deed.word
        super().__init__(
            f"您目前以{who.zh}身份办理，不能{what.zh}。",
            f"You act as {who.en} at the moment, which does not let you {what.en}.",
            next_step=Text("请切换为谁办理，或联系持证人。", "Change for whom you act, or ask the holder."),
        )


class RightEndedError(ElicenceError):
    """The right to act for the chosen subject is there no more (withdrawn, expired, or never given)."""

    code: ClassVar[str] = "right-ended"

    def __init__(self, why: Text | None = None) -> None:
        why = why or Text(
            "授权已撤回、到期，或不存在。", "the right was withdrawn, has ended, or is not there."
        )
        super().__init__(
            f"您不能为所选对象办理：{why.zh}",
            f"You may not act for the one you chose: {why.en}",
            next_step=Text("请重新选择为谁办理。", "Choose again for whom you act."),
        )
