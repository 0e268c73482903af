"""Errors of the trust feed."""

from __future__ import annotations

from standards.errors import ElicenceError


class TrustAnchorError(ElicenceError):
    """The trust anchor file is missing or holds no certificate authority: this node can trust nobody."""

    code = "trust-anchor"


class TrustListsMissingError(ElicenceError):
    """No trust list has been had since this node exists: nothing can be accepted, and nobody recognised."""

    code = "trust-lists-missing"

    def __init__(self) -> None:
        super().__init__("尚未取得信任列表。", "The trust lists are not in hand yet.")
