"""Putting sign-in into an application."""

from __future__ import annotations

from typing import Any

from flask import Flask
from pymongo.database import Database

from keys.master_key import MasterKey
from service.clock import Clock
from service.settings import ServiceName, Settings
from service.web.sign_in.desk import SignInDesk
from service.web.sign_in.guard import current_desk, current_person
from service.web.sign_in.links import ProviderLinks
from service.web.sign_in.providers import ListedProvider, listed_providers
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
    links = ProviderLinks(database, master_key)
    links.ensure_indexes()
    sessions = SessionStore(database, master_key.envelope(PURPOSE), master_key.lookup_key(purpose=PURPOSE))
    sessions.ensure_indexes()
    app.extensions["elicence.sign_in"] = SignInDesk(
        listed_providers(settings, service), sessions, links, master_key.envelope("sign-in attempt"), clock
    )
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(current_person=current_person, sign_in_providers=sign_in_providers)


def sign_in_providers() -> tuple[ListedProvider, ...]:
    """The providers among which a person may choose (template global)."""
    return current_desk().providers
