"""What the status feature refuses."""

from __future__ import annotations

from standards.errors import ElicenceError


class StatusListNotFoundError(ElicenceError):
    """There is no status list of this number."""

    code = "status-list-not-found"

    def __init__(self) -> None:
        super().__init__("没有此状态列表。", "There is no such status list.")
