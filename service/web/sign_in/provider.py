"""The identity provider: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636, S256), over Authlib."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.clock import Clock
from service.settings import ClaimNames
from service.web.errors import ProviderUnreachableError, SignInError
from service.web.sign_in.attempt import SignInAttempt
from service.web.sign_in.person import Person, lacks_person_claims, parse_person
from service.web.sign_in.provider_transport import ProviderTransport
from standards.text import Text

_SIGNATURE_ALGORITHMS = ("ES256", "ES384", "RS256", "PS256", "EdDSA")  # asymmetric only, never "none"
_METADATA_LIFETIME = timedelta(hours=1)
_LEEWAY_SECONDS = 60
_PATIENCE = timedelta(seconds=5)
"""How long a provider that just failed is left alone: threads that wait for it would be missing elsewhere."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Which provider, and who we are there."""

    issuer: str
    """Issuer identifier; discovery is ``{issuer}/.well-known/openid-configuration`` (OpenID Connect Discovery 1.0 §4)."""
    client_id: str
    client_secret: str | None
    """``None`` for a public client, which PKCE alone protects."""
    redirect_uri: str
    claims: ClaimNames
    """What the provider calls the facts we need."""
    scope: str
    """Scopes asked for, separated by spaces; ``openid`` is among them."""


@dataclass(frozen=True, slots=True)
class ProviderMetadata:
    """What we use of the discovery document (OpenID Connect Discovery 1.0 §3)."""

    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    keys: KeySet
    fetched_at: datetime


class IdentityProvider:
    """Speaks to the configured provider and nobody else; thread-safe."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._metadata: ProviderMetadata | None = None
        self._failed_at: datetime | None = None
        self._lock = Lock()

    def authorization_url(self, attempt: SignInAttempt, language: str) -> str:
        """The provider's page to which the browser is sent.

        Raises:
            ProviderUnreachableError: discovery failed.
        """
        with self._client() as client:
            url, _ = client.create_authorization_url(
                self._current_metadata().authorization_endpoint,
                state=attempt.state,
                code_verifier=attempt.code_verifier,
                nonce=attempt.nonce,
                ui_locales="en" if language == "en" else "zh-CN",
                # OpenID Connect Core 1.0 section 3.1.2.1: whoever is signed in there proves it once more.
                **({"prompt": "login", "max_age": "0"} if attempt.fresh_since else {}),
            )
        return str(url)

    def person_of(self, code: str, attempt: SignInAttempt) -> Person:
        """Exchange the code, verify the ID token, and read the person from it.

        Raises:
            ProviderUnreachableError: the provider does not answer properly.
            SignInError: the provider refuses the code, or its token does not verify or says too little.
        """
        metadata = self._current_metadata()
        token = self._exchange(metadata, code, attempt)
        claims = self._verified_claims(metadata, token, attempt)
        if lacks_person_claims(claims, self.settings.claims) and metadata.userinfo_endpoint:
            claims = {**self._userinfo(metadata.userinfo_endpoint, token, claims["sub"]), **claims}
        return parse_person(claims, self.settings.claims, self.settings.issuer)

    def _client(self) -> OAuth2Session:
        confidential = self.settings.client_secret is not None
        client = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            scope=self.settings.scope,
            redirect_uri=self.settings.redirect_uri,
            token_endpoint_auth_method="client_secret_basic" if confidential else "none",
            code_challenge_method="S256",
        )
        ProviderTransport(self.settings.issuer).take_over(client)
        return client

    def _exchange(self, metadata: ProviderMetadata, code: str, attempt: SignInAttempt) -> dict[str, Any]:
        try:
            with self._client() as client:
                token = client.fetch_token(
                    metadata.token_endpoint, code=code, code_verifier=attempt.code_verifier
                )
        except OAuthError as error:
            raise _refused() from error
        except (requests.RequestException, ValueError) as error:
            raise _unreachable() from error
        if not isinstance(token.get("id_token"), str) or not isinstance(token.get("access_token"), str):
            raise _unreachable()
        return dict(token)

    def _verified_claims(
        self, metadata: ProviderMetadata, token: dict[str, Any], attempt: SignInAttempt
    ) -> dict[str, Any]:
        """OpenID Connect Core 1.0 §3.1.3.7: signature, ``iss``, ``aud``, ``azp``, ``exp``, ``nonce``, ``at_hash``."""
        try:
            decoded = jwt.decode(token["id_token"], metadata.keys, algorithms=_SIGNATURE_ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                },
                params={
                    "nonce": attempt.nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token["access_token"],
                },
            )
            claims.validate(now=int(self._clock.now().timestamp()), leeway=_LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            self._metadata = None  # the provider may have new keys: ask again for the next attempt
            raise _refused() from error
        if attempt.fresh_since and not _is_fresh(claims.get("auth_time"), attempt.fresh_since):
            raise _refused()
        return dict(claims)

    def _userinfo(self, endpoint: str, token: dict[str, Any], subject: str) -> dict[str, Any]:
        """OpenID Connect Core 1.0 §5.3: the answer counts only when its ``sub`` is that of the ID token."""
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        claims = self._get_json(endpoint, bearer)
        if claims.get("sub") != subject:
            raise _refused()
        return claims

    def _current_metadata(self) -> ProviderMetadata:
        with self._lock:
            known = self._metadata
            now = self._clock.now()
            if known is None or not _within(_METADATA_LIFETIME, known.fetched_at, now):
                if self._failed_at is not None and _within(_PATIENCE, self._failed_at, now):
                    raise _unreachable()
                try:
                    known = self._metadata = self._discover(now)
                except ProviderUnreachableError:
                    self._failed_at = now
                    raise
            return known

    def _discover(self, now: datetime) -> ProviderMetadata:
        issuer = self.settings.issuer
        document = self._get_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != issuer:
            raise _unreachable()
        keys = self._get_json(self._endpoint(document, "jwks_uri"))
        try:
            key_set = KeySet.import_key_set({"keys": keys["keys"]})
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _unreachable() from error
        return ProviderMetadata(
            authorization_endpoint=self._endpoint(document, "authorization_endpoint"),
            token_endpoint=self._endpoint(document, "token_endpoint"),
            userinfo_endpoint=self._endpoint(document, "userinfo_endpoint")
            if "userinfo_endpoint" in document
            else None,
            keys=key_set,
            fetched_at=now,
        )

    def _endpoint(self, document: dict[str, Any], name: str) -> str:
        url = document.get(name)
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
            raise _unreachable()
        return url

    def _get_json(self, url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
        try:
            with requests.Session() as session:
                ProviderTransport(self.settings.issuer).take_over(session)
                response = session.get(url, headers={"Accept": "application/json", **(headers or {})})
                response.raise_for_status()
                value = orjson.loads(response.content)
        except (requests.RequestException, ValueError) as error:
            raise _unreachable() from error
        if not isinstance(value, dict):
            raise _unreachable()
        return value


def _is_fresh(auth_time: object, since: int) -> bool:
    """Whether the person proved it after ``since``; a provider that does not say so was asked to (section 2: auth_time)."""
    known = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
    return known and float(auth_time) >= since - _LEEWAY_SECONDS  # type: ignore[arg-type]


def _within(span: timedelta, since: datetime, now: datetime) -> bool:
    """Whether less than ``span`` has passed; not when the machine's clock was set back since: that could last for ever."""
    return timedelta(0) <= now - since < span


def _unreachable() -> ProviderUnreachableError:
    return ProviderUnreachableError(
        "身份认证平台暂时无法使用。",
        "The identity provider cannot be used right now.",
        next_step=Text("请稍后再试。", "Try again in a moment."),
    )


def _refused() -> SignInError:
    return SignInError(
        "身份认证平台未能确认您的身份。",
        "The identity provider did not confirm who you are.",
        next_step=Text("请重新登录。", "Sign in again."),
    )
