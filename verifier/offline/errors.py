"""Errors of bundles and of records on their way to the centre."""

from __future__ import annotations

from standards.errors import ElicenceError, InvalidInputError


class InvalidBundleError(InvalidInputError):
    """A bundle that is damaged, incomplete, altered, of somebody else, or older than the one in hand. Nothing was taken."""

    code = "invalid-bundle"


class BundleBaseError(InvalidBundleError):
    """A difference to another bundle than the one in hand: the whole one helps."""

    code = "bundle-base-unknown"


class InvalidWindowRecordsError(InvalidInputError):
    """Records of a window node that do not continue its chain; none was kept."""

    code = "invalid-window-records"


class WindowChainBrokenError(ElicenceError):
    """The centre has another record in a place of a window's chain: somebody altered one of the two."""

    code = "window-chain-broken"


class NoUpstreamError(ElicenceError):
    """This node has no upstream: it is a centre, or not set up as a window yet."""

    code = "no-upstream"
