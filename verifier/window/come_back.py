"""Use case: on the same device, the browser comes back from the wallet with the response code.

Without this check somebody could start a request, send its link to another person, and read in his own browser what
that person's wallet showed (OpenID4VP 1.0 section 13.3). So the answer is held back until the very browser session that
started brings the code.
"""

from __future__ import annotations

import hashlib
import hmac

from verifier.window.errors import WrongBrowserError
from verifier.window.presentation import Presentation, Received
from verifier.window.store import PresentationStore


def browser_of(session_token: str) -> str:
    """What is kept of a browser session: a hash of its secret cookie."""
    return hashlib.sha256(session_token.encode()).hexdigest()


def come_back(
    presentation: Presentation, *, session_token: str, response_code: str, presentations: PresentationStore
) -> None:
    """Release a held-back answer to the browser that started (one durable write, the first time).

    Raises:
        WrongBrowserError: another browser session, or another code.
    """
    asked = presentation.asked
    if asked.browser is None or not hmac.compare_digest(asked.browser, browser_of(session_token)):
        raise _wrong("此次出示不是从这个浏览器发起的。", "This presentation was not started in this browser.")
    if not isinstance(presentation, Received):
        return
    expected = presentation.answer.response_code or ""
    if not expected or not hmac.compare_digest(expected.encode(), response_code.encode()):
        raise _wrong("返回代码不符。", "The response code is not the right one.")
    if not presentation.answer.fetched:
        presentations.mark_fetched(asked.id)


def _wrong(zh: str, en: str) -> WrongBrowserError:
    return WrongBrowserError(zh, en)
