"""Where an embedded store keeps its things, and at which address it answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPLICA_SET = "elicence"
"""Name of the single-member replica set."""

USER = "elicence"
"""The store's only user; its password stands in a file that only its owner can read."""


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """The files of the embedded store below ``{data}/store``."""

    directory: Path

    @classmethod
    def of_node(cls, data: Path) -> StoreLayout:
        """The layout of the node in a data directory."""
        return cls(data / "store")

    @property
    def database_files(self) -> Path:
        """The server's own directory (``--dbpath``)."""
        return self.directory / "db"

    @property
    def key_file(self) -> Path:
        """Secret shared by the members of the set (``--keyFile``); it also switches access control on."""
        return self.directory / "keyfile"

    @property
    def password_file(self) -> Path:
        """Password of :data:`USER`."""
        return self.directory / "password"

    @property
    def port_file(self) -> Path:
        """The port, chosen once: a replica set remembers its members as host:port."""
        return self.directory / "port"

    @property
    def sentinel_file(self) -> Path:
        """Proof, outside the server's directory, that the data exist; see :mod:`service.embedded_store.sentinel`."""
        return self.directory / "sentinel.json"

    @property
    def log_file(self) -> Path:
        """The server's log."""
        return self.directory / "mongod.log"

    @property
    def pid_file(self) -> Path:
        """Process id of the running server."""
        return self.directory / "mongod.pid"


def store_uri(port: int, password: str) -> str:
    """Address of the embedded store as a replica set."""
    return (
        f"mongodb://{USER}:{password}@127.0.0.1:{port}/?replicaSet={REPLICA_SET}&authSource=admin"
        "&w=majority&journal=true&retryWrites=true&readConcernLevel=majority"
    )


def known_store_uri(data: Path) -> str | None:
    """Address of the embedded store in a data directory, or ``None`` when there is none yet or it is not ours to read."""
    layout = StoreLayout.of_node(data)
    try:
        port, password = (
            layout.port_file.read_text("ascii").strip(),
            layout.password_file.read_text("ascii").strip(),
        )
        return store_uri(int(port), password) if password else None
    except (OSError, ValueError):
        return None
