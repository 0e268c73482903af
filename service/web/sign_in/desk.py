"""The sign-in desk: starts an attempt, finishes it with a session, and knows the sessions."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from keys.envelope import Envelope
from service.clock import Clock
from service.web.errors import SignInCancelledError, SignInError
from service.web.sign_in.attempt import SignInAttempt, new_attempt, open_attempt, seal_attempt
from service.web.sign_in.provider import IdentityProvider
from service.web.sign_in.session import Session
from service.web.sign_in.store import SessionStore
from standards.text import Text


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """The query that the provider sent the browser back with (RFC 6749 §4.1.2, RFC 9207). Unverified."""

    code: str | None
    state: str | None
    error: str | None
    issuer: str | None


class SignInDesk:
    """The use cases of signing in and out."""

    def __init__(
        self, provider: IdentityProvider, sessions: SessionStore, envelope: Envelope, clock: Clock
    ) -> None:
        self._provider = provider
        self._sessions = sessions
        self._envelope = envelope
        self._clock = clock

    def start(self, return_path: str, language: str) -> tuple[str, str]:
        """Begin: the provider's address for the browser, and the cookie to recognise it by.

        Raises:
            ProviderUnreachableError: discovery failed.
        """
        attempt = new_attempt(return_path, self._clock.now())
        return self._provider.authorization_url(attempt, language), seal_attempt(attempt, self._envelope)

    def finish(self, answer: ProviderAnswer, cookie: str | None, old_token: str | None) -> tuple[str, str]:
        """Finish: a new session's secret token, and the path to go to.

        The token is always new, and the session that the browser had before ends: one that somebody planted there
        is worth nothing (session fixation).

        Raises:
            SignInError: the answer does not belong to an attempt of this browser, or the provider did not confirm.
            ProviderUnreachableError: the provider does not answer properly.
        """
        attempt = open_attempt(cookie, self._envelope, self._clock.now())
        if attempt is None or not _same(answer.state, attempt.state):
            raise _stale()
        if answer.issuer is not None and answer.issuer != self._provider.settings.issuer:
            raise _stale()
        if answer.error is not None or not answer.code:
            raise _cancelled()
        person = self._provider.person_of(answer.code, attempt)
        token = self._sessions.begin(person, self._clock.now())
        if old_token:
            self._sessions.end(old_token)
        return token, attempt.return_path

    def live_session(self, token: str) -> Session | None:
        """The session of a cookie's token if it has not ended; notes the activity now and then."""
        session = self._sessions.find(token)
        now = self._clock.now()
        if session is None or session.has_ended(now):
            return None
        if session.needs_touch(now):
            self._sessions.touch(session, now)
        return session

    def end(self, token: str) -> None:
        """Sign out."""
        self._sessions.end(token)


def _same(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def _stale() -> SignInError:
    return SignInError(
        "这次登录已过期，或不是从本浏览器开始的。",
        "This sign-in is too old, or was not begun in this browser.",
        next_step=Text("请重新登录。", "Sign in again."),
    )


def _cancelled() -> SignInCancelledError:
    return SignInCancelledError(
        "登录已取消。",
        "The sign-in was cancelled.",
        next_step=Text("需要时请重新登录。", "Sign in again when you wish."),
    )


__all__ = ["ProviderAnswer", "SignInAttempt", "SignInDesk"]
