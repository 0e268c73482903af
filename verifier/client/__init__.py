"""A small client of the window's interface, for the systems of departments.

This folder stands alone: it needs ``requests`` and ``cryptography`` and nothing else of this software, so it can be
installed with the package or copied. ``docs/connecting-a-system.md`` shows it at work.

    from verifier.client import WindowClient

    window = WindowClient("https://window.example.gov.cn", token)
    asked = window.ask("food-business-licence")
    print(asked.authorization_request)          # show it as a QR code, or send asked.wallet_link
    shown = window.wait_for(asked.id)
    if shown.passed:
        record = window.decide(shown.id, "accept")
"""

from verifier.client.answers import Asked, Problem, Report, Shown
from verifier.client.errors import (
    MessageRefusedError,
    NotAnsweredError,
    WindowError,
    WindowProblemError,
    WindowUnreachableError,
)
from verifier.client.messages import Message, MessageVerifier
from verifier.client.window import WindowClient

__all__ = [
    "Asked",
    "Message",
    "MessageRefusedError",
    "MessageVerifier",
    "NotAnsweredError",
    "Problem",
    "Report",
    "Shown",
    "WindowClient",
    "WindowError",
    "WindowProblemError",
    "WindowUnreachableError",
]
