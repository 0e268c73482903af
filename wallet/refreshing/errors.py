"""Why a licence's issuer cannot be asked for more."""

from __future__ import annotations

from typing import ClassVar

from standards.errors import ElicenceError
from standards.text import Text


class NoAccessError(ElicenceError):
    """The wallet has nothing to come back to the issuer with."""

    code: ClassVar[str] = "no-access-to-issuer"

    def __init__(self) -> None:
        super().__init__(
            "钱包与这张证照的发证机构之间没有可用的授权。",
            "The wallet has no access to the issuer of this licence any more.",
            next_step=Text(
                "请在“找我的证照”中重新领取这张证照，再试一次。",
                "Receive the licence again under “Find my licences”, then try once more.",
            ),
        )


class LicenceBusyError(ElicenceError):
    """Another request or the background worker is at this licence."""

    code: ClassVar[str] = "licence-busy"

    def __init__(self) -> None:
        super().__init__(
            "这张证照正在更新。",
            "This licence is being refreshed right now.",
            next_step=Text("请稍等几秒再试。", "Try again in a few seconds."),
        )
