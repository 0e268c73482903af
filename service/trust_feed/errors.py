"""Errors of the trust feed."""

from __future__ import annotations

from standards.errors import ElicenceError


class TrustAnchorError(ElicenceError):
    """The trust anchor file is missing or holds no certificate authority: this node can trust nobody."""

    code = "trust-anchor"
