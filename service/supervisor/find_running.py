"""Which data directory belongs to the node that runs on given ports."""

from __future__ import annotations

from pathlib import Path


def data_of_running_node(port_base: int) -> Path | None:
    """The data directory of this user's node on these ports, or ``None``.

    Read from the environment of its issuer's process (Linux ``proc(5)``), which only the same user can read; so
    ``elicence demo --port-base 9000`` needs not be told what ``elicence up`` was told.
    """
    wanted = f"ELICENCE_LISTEN_PORT={port_base + 1}"
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        if wanted in environment:
            for entry in environment:
                name, _, value = entry.partition("=")
                if name == "ELICENCE_DATA" and value:
                    return Path(value)
    return None
