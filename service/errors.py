"""Errors of what the three services stand on. They are raised at start-up or by commands, never by a request's input."""

from __future__ import annotations

from standards.errors import ElicenceError
from standards.text import Text


class SettingsError(ElicenceError):
    """A setting is missing or cannot be used; ``where`` names the environment variable."""

    code = "settings"


class RotationUnfinishedError(ElicenceError):
    """The master key before the current one is still needed, or may be."""

    code = "rotation-unfinished"


class StoreUnavailableError(ElicenceError):
    """The store does not answer, or does not take a durable write."""

    code = "store-unavailable"


class StoreUnsuitableError(ElicenceError):
    """The store answers, but is not one that keeps acknowledged writes (a replica set or a sharded cluster)."""

    code = "store-unsuitable"


class TimeStampAuthorityUnavailableError(ElicenceError):
    """The time-stamp authority that the operator named does not answer as it should."""

    code = "time-stamp-authority-unavailable"

    def __init__(self) -> None:
        super().__init__(
            "时间戳服务暂时不可用，未生成文件。",
            "The time-stamp authority cannot be reached; no document was made.",
            next_step=Text("请稍后再试。", "Try again in a moment."),
        )
