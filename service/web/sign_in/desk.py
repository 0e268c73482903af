"""The sign-in desk: starts an attempt, finishes it with a session, and knows the sessions."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from keys.envelope import Envelope
from service.clock import Clock
from service.web.errors import SignInCancelledError, SignInError
from service.web.sign_in.attempt import SignInAttempt, new_attempt, open_attempt, seal_attempt
from service.web.sign_in.links import ProviderLinks
from service.web.sign_in.person import Person
from service.web.sign_in.provider import IdentityProvider
from service.web.sign_in.providers import FIRST, ListedProvider
from service.web.sign_in.session import Session
from service.web.sign_in.store import SessionStore
from standards.text import Text

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """The query that the provider sent the browser back with (RFC 6749 §4.1.2, RFC 9207). Unverified."""

    code: str | None
    state: str | None
    error: str | None
    issuer: str | None


class SignInDesk:
    """The use cases of signing in and out.

    Attributes:
        providers: in the order in which people see them.
        links: which accounts there belong to whom.
    """

    def __init__(
        self,
        providers: Sequence[ListedProvider],
        sessions: SessionStore,
        links: ProviderLinks,
        envelope: Envelope,
        clock: Clock,
    ) -> None:
        self.providers = tuple(providers)
        self.links = links
        self._speaking = {one.key: IdentityProvider(one.settings, clock) for one in self.providers}
        self._sessions = sessions
        self._envelope = envelope
        self._clock = clock

    def key_of(self, issuer: str) -> str | None:
        """The key of the provider with this issuer identifier, or ``None``."""
        return next((one.key for one in self.providers if one.settings.issuer == issuer), None)

    def provider(self, key: str | None) -> ListedProvider:
        """The provider with this key; the first without one.

        Raises:
            SignInError: there is none.
        """
        found = next((one for one in self.providers if not key or one.key == key), None)
        if found is None:
            raise SignInError(
                "没有这个身份认证平台。",
                "There is no such identity provider.",
                next_step=Text("请重新选择登录方式。", "Choose again how to sign in."),
            )
        return found

    @property
    def sessions(self) -> SessionStore:
        """The sessions of everybody."""
        return self._sessions

    def start(
        self, return_path: str, language: str, provider: str | None = None, *, fresh: bool = False
    ) -> tuple[str, str]:
        """Begin: the provider's address for the browser, and the cookie to recognise it by.

        Args:
            return_path: where to go afterwards.
            language: of the person.
            provider: key of the provider; the first without one.
            fresh: whether the person must prove anew who they are, however recently they did.

        Raises:
            ProviderUnreachableError: discovery failed.
            SignInError: there is no such provider.
        """
        listed = self.provider(provider)
        attempt = new_attempt(return_path, self._clock.now(), listed.key, fresh=fresh)
        url = self._speaking[listed.key].authorization_url(attempt, language)
        return url, seal_attempt(attempt, self._envelope)

    def finish(
        self,
        answer: ProviderAnswer,
        cookie: str | None,
        old_token: str | None,
        arrived_at: str | None = None,
        device: str = "",
    ) -> tuple[str, str]:
        """Finish: the session's secret token, and the path to go to.

        The token is new, and the session that the browser had before ends: one that somebody planted there is worth
        nothing (session fixation). Only where the same person proved it anew does their session go on. The answer must
        be of the provider to which this browser was sent, by the address at which it arrives and by ``iss`` (RFC 9207
        and RFC 9700 section 4.4.2: mix-up).

        Args:
            answer: as it came through the browser.
            cookie: of the attempt.
            old_token: of the session that the browser had, or ``None``.
            arrived_at: key of the provider in the address, or ``None`` at the first provider's.
            device: which kind of browser it is, for the person's list of sessions.

        Raises:
            SignInError: the answer does not belong to an attempt of this browser, or the provider did not confirm.
            ProviderUnreachableError: the provider does not answer properly.
        """
        attempt = open_attempt(cookie, self._envelope, self._clock.now())
        if attempt is None or not _same(answer.state, attempt.state):
            raise _stale()
        listed = self.provider(attempt.provider)
        if arrived_at != (None if listed.key == FIRST else listed.key):
            raise _stale()
        if answer.issuer != listed.settings.issuer and (answer.issuer is not None or listed.names_itself):
            raise _stale()
        if answer.error is not None or not answer.code:
            raise _cancelled()
        person = self._speaking[listed.key].person_of(answer.code, attempt)
        person = replace(person, level=listed.level_of(person.assurance))
        now = self._clock.now()
        if not self.links.remember(person, listed.key, now):
            _log.warning("sign_in_link_refused", provider=listed.key)
            raise _another()
        if attempt.fresh_since and old_token and self._goes_on(old_token, person, now):
            return old_token, attempt.return_path
        proved_at = now if attempt.fresh_since else None
        token = self._sessions.begin(person, now, device=device, stepped_up_at=proved_at)
        if old_token:
            self._sessions.end(old_token)
        return token, attempt.return_path

    def _goes_on(self, token: str, person: Person, at: datetime) -> bool:
        """Whether a session is this person's own and lives; then it is noted that they proved it just now."""
        session = self._sessions.find(token)
        if session is None or session.has_ended(at):
            return False
        before = session.person
        if (before.code_type, before.number) != (person.code_type, person.number):
            return False
        self._sessions.step_up(session.session_id, at, vouched=True)
        return True

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


def _another() -> SignInError:
    return SignInError(
        "身份认证平台上的这个账号先前属于另一个人，登录已拒绝。",
        "This account at the identity provider belonged to somebody else before; the sign-in was refused.",
        next_step=Text(
            "请联系身份认证平台核实您的账号。", "Ask the identity provider to look into your account."
        ),
    )


def _cancelled() -> SignInCancelledError:
    return SignInCancelledError(
        "登录已取消。",
        "The sign-in was cancelled.",
        next_step=Text("需要时请重新登录。", "Sign in again when you wish."),
    )


__all__ = ["ProviderAnswer", "SignInAttempt", "SignInDesk"]
