"""The embedded store's own secrets and its port: made once, kept in files that only their owner can read."""

from __future__ import annotations

import base64
import os
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from service.embedded_store.address import StoreLayout

_PORTS = range(20_000, 30_000)
"""Below the range from which Linux takes ports for outgoing connections (32768 up), so that none is taken by chance."""


def prepare(layout: StoreLayout) -> tuple[int, str]:
    """Make what is missing.

    Returns:
        The port, and the password of the store's user.
    """
    layout.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    layout.directory.chmod(0o700)
    layout.database_files.mkdir(exist_ok=True, mode=0o700)
    # The key file takes 6 to 1024 base64 characters (MongoDB manual, "Keyfiles"); 756 bytes give 1008.
    read_or_make(layout.key_file, lambda: base64.b64encode(secrets.token_bytes(756)).decode("ascii"))
    password = read_or_make(layout.password_file, lambda: secrets.token_urlsafe(32))
    port = int(read_or_make(layout.port_file, lambda: str(free_port())))
    return port, password


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text of a file; made with mode 0600, on the disk before its name is, when it does not exist."""
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        write_private(path, make())
        return path.read_text("ascii").strip()


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read; after a crash either the old or the new text is there."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def free_port() -> int:
    """A port on which nobody listens now."""
    while True:
        port = secrets.choice(_PORTS)
        if port_is_free(port):
            return port


def port_is_free(port: int) -> bool:
    """Whether nobody listens on 127.0.0.1 at this port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a connection that is still being forgotten is no listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
