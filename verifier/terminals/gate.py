"""Before each page: a barred terminal gets nothing, and a kiosk nothing but the pages for citizens."""

from __future__ import annotations

from typing import Final

from flask import Flask, redirect, request, url_for
from werkzeug.wrappers import Response

from service.web.csrf import is_machine_request
from service.web.security_headers import allow_web_assembly
from verifier.node import current_node
from verifier.terminals.current import current_terminal, device_entry, device_token
from verifier.terminals.errors import KioskOnlyError, TerminalBarredError
from verifier.terminals.terminal import TerminalKind, TerminalState

_OPEN_BLUEPRINTS: Final = frozenset({"terminal_device", "health", "vendor"})
"""What a device needs in order to prove itself, and what says nothing about anybody."""

KIOSK_BLUEPRINT: Final = "kiosk"


def install_terminal_gate(app: Flask) -> None:
    """Hang the gate before the views, behind the kit's guard."""
    app.before_request(_gate)
    app.jinja_env.globals.update(current_terminal=current_terminal, allow_web_assembly=allow_web_assembly)


def _gate() -> Response | None:
    endpoint = request.endpoint or ""
    if is_machine_request() or endpoint.endswith("static") or request.blueprint in _OPEN_BLUEPRINTS:
        return None
    token, entry = device_token(), device_entry()
    if token is None or entry is None:
        return None
    if entry.state is TerminalState.BARRED:
        raise TerminalBarredError
    if entry.terminal.kind is TerminalKind.KIOSK and request.blueprint != KIOSK_BLUEPRINT:
        if endpoint == "window.home":
            return redirect(url_for("kiosk.home"), code=303)
        raise KioskOnlyError
    if (
        not token.is_live(current_node().clock.now())
        and request.method == "GET"
        and request.blueprint != "sign_in"  # on its way back from the provider, with a code that serves once
        and "text/html" in request.headers.get("Accept", "")
    ):
        return redirect(url_for("terminal_device.resume", next=request.full_path.rstrip("?")), code=303)
    return None
