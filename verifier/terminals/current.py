"""Which terminal the current request comes from; looked up in the store with every request, so that a bar acts at once."""

from __future__ import annotations

from typing import Final, cast

from flask import g, request

from service.web.csrf import is_machine_request
from verifier.node import current_node
from verifier.terminals.device_session import PURPOSE, DeviceToken, read_device_token
from verifier.terminals.errors import KioskMissingError
from verifier.terminals.terminal import Terminal, TerminalEntry, TerminalKind, TerminalState

TERMINAL_COOKIE: Final = "elicence_verifier_terminal"


def session_key() -> bytes:
    """The key under which challenges and sessions of devices are marked."""
    return current_node().master_key.derive(PURPOSE)


def device_token() -> DeviceToken | None:
    """What this browser's cookie says, be the session over or not."""
    if "device_token" not in g:
        cookie = request.cookies.get(TERMINAL_COOKIE)
        g.device_token = (
            None if not cookie or is_machine_request() else read_device_token(session_key(), cookie)
        )
    return cast("DeviceToken | None", g.device_token)


def device_entry() -> TerminalEntry | None:
    """The terminal whose place this browser has, barred or not; ``None`` when it has none, or lost it to another."""
    if "device_entry" not in g:
        token = device_token()
        entry = None if token is None else current_node().terminals.find(token.terminal)
        g.device_entry = entry if entry and token and entry.key_name == token.key_name else None
    return cast("TerminalEntry | None", g.device_entry)


def current_terminal() -> Terminal | None:
    """The enrolled terminal that this request comes from, or ``None``."""
    token, entry = device_token(), device_entry()
    if token is None or entry is None or entry.state is not TerminalState.ENROLLED:
        return None
    return entry.terminal if token.is_live(current_node().clock.now()) else None


def require_kiosk() -> Terminal:
    """The self-service terminal that this request comes from.

    Raises:
        KioskMissingError: it comes from none.
    """
    terminal = current_terminal()
    if terminal is None or terminal.kind is not TerminalKind.KIOSK:
        raise KioskMissingError
    return terminal
