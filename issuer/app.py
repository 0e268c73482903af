"""The application factory of the issuer service."""

from __future__ import annotations

import os

from flask import Flask

from issuer.errors import ERRORS
from issuer.library.store import LicenceStore
from issuer.node import open_node
from service.clock import Clock, SystemClock
from service.settings import Settings
from service.store import check_health
from service.web.application import create_web_app
from service.web.sign_in import install_sign_in


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The issuer's WSGI application.

    Args:
        settings: from the environment unless given.
        clock: the machine's unless given.
    """
    settings = settings or Settings.from_environment(os.environ)
    node = open_node(settings, clock or SystemClock())
    LicenceStore.ensure_indexes()
    app = create_web_app(
        __name__, settings, service="issuer", errors=ERRORS, ready=lambda: check_health(node.database)
    )
    app.extensions["elicence.issuer"] = node
    install_sign_in(
        app,
        settings,
        service="issuer",
        database=node.database,
        master_key=node.master_key,
        clock=node.clock,
    )
    return app
