"""Putting sign-in into an application."""

from __future__ import annotations

from typing import Any

from flask import Flask
from pymongo.database import Database

from keys.master_key import MasterKey
from service.clock import Clock
from service.settings import ServiceName, Settings
from service.web.application import public_url_of
from service.web.sign_in.desk import SignInDesk
from service.web.sign_in.guard import current_person
from service.web.sign_in.provider import IdentityProvider, ProviderSettings
from service.web.sign_in.store import PURPOSE, SessionStore
from service.web.sign_in.views import blueprint


def install_sign_in(
    app: Flask,
    settings: Settings,
    *,
    service: ServiceName,
    database: Database[dict[str, Any]],
    master_key: MasterKey,
    clock: Clock,
) -> None:
    """Add ``/sign-in``, ``/sign-in/callback``, ``/sign-out`` and the sessions to an application of the kit.

    Args:
        app: made by :func:`service.web.application.create_web_app`.
        settings: names the provider and our client there.
        service: which of the three; its address is the base of the redirect URI.
        database: of this service; gets the collection ``sign_in_sessions``.
        master_key: seals the person in the session, and the attempt in its cookie.
        clock: decides on lifetimes.
    """
    provider = IdentityProvider(provider_settings(settings, service), clock)
    sessions = SessionStore(database, master_key.envelope(PURPOSE))
    sessions.ensure_indexes()
    app.extensions["elicence.sign_in"] = SignInDesk(
        provider, sessions, master_key.envelope("sign-in attempt"), clock
    )
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(current_person=current_person)


def provider_settings(settings: Settings, service: ServiceName) -> ProviderSettings:
    """The provider as this service sees it."""
    return ProviderSettings(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        redirect_uri=f"{public_url_of(settings, service)}/sign-in/callback",
        claims=settings.oidc_claims,
        scope=settings.oidc_scope,
    )
