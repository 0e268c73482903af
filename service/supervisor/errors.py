"""Why a node does not come up."""

from __future__ import annotations

from standards.errors import ElicenceError


class NodeError(ElicenceError):
    """Root of what can go wrong when a node starts."""

    code = "node"


class NodeRunningError(NodeError):
    """Another supervisor holds this data directory."""

    code = "node-running"


class PortInUseError(NodeError):
    """Somebody listens on a port that the node needs."""

    code = "port-in-use"


class NodeMovedError(NodeError):
    """The data directory was filled under other addresses."""

    code = "node-moved"


class NodeStartError(NodeError):
    """A part of the node ended or did not become ready."""

    code = "node-start"


class NodeDataError(NodeError):
    """The data directory is incomplete: a key is missing, or a restore was not finished."""

    code = "node-data"


class NodeReloadError(NodeError):
    """The processes of a running node were not started anew."""

    code = "node-reload"
