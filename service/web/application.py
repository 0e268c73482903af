"""The application factory that the three services share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from service.settings import ServiceName, Settings
from service.web.assets import install_assets
from service.web.csrf import install_csrf
from service.web.display import install_display
from service.web.error_answers import install_error_answers
from service.web.error_rows import KIT_ERRORS
from service.web.error_table import ErrorTable
from service.web.health import install_health
from service.web.kit import TITLES, NavigationItem, WebKit, attach_kit
from service.web.language import install_language
from service.web.measures import RequestMeasures
from service.web.openapi import install_openapi
from service.web.page_frame import install_page_frame
from service.web.request_guard import install_request_guard
from service.web.vendor_views import blueprint as vendor

MAX_BODY_BYTES = 1024 * 1024
"""Largest body that a service reads; a view that reads its body itself, and not as a form, may raise it."""

_HERE = Path(__file__).parent


def create_web_app(
    import_name: str,
    settings: Settings,
    *,
    service: ServiceName,
    errors: ErrorTable,
    ready: Callable[[], object] | None = None,
    navigation: Iterable[NavigationItem] = (),
    openapi: Iterable[Mapping[str, Any]] = (),
    max_body_bytes: int = MAX_BODY_BYTES,
) -> Flask:
    """A Flask application with everything that is the same in the three services; the caller adds its blueprints.

    Args:
        import_name: the caller's ``__name__``.
        settings: where the service is reached from.
        service: which of the three.
        errors: error class → (status, problem type) of this service; the kit's own rows are added.
        ready: reads and writes the store, raises when it cannot; asked by ``/readyz``.
        navigation: entries of the main navigation of its pages.
        openapi: fragments ``{"paths": …, "components": …}`` of its features.
        max_body_bytes: largest request body.
    """
    app = _PlainFlask(
        import_name, static_folder=str(_HERE / "static"), template_folder=str(_HERE / "templates")
    )
    app.config.update(
        MAX_CONTENT_LENGTH=max_body_bytes, MAX_FORM_MEMORY_SIZE=max_body_bytes, MAX_FORM_PARTS=200
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.strict_slashes = True
    kit = WebKit(
        service=service,
        title=TITLES[service],
        public_url=public_url_of(settings, service),
        errors={**KIT_ERRORS, **errors},
        navigation=tuple(navigation),
        ready=ready,
    )
    attach_kit(app, kit)
    measures = RequestMeasures()
    install_request_guard(app, kit, measures)
    install_error_answers(app)
    install_language(app)
    install_display(app)
    install_csrf(app)
    install_assets(app)
    install_health(app, measures)
    install_openapi(app, kit, openapi)
    install_page_frame(app)
    app.register_blueprint(vendor)
    return app


class _PlainFlask(Flask):
    """An application without asynchronous views: asking of each view and hook whether it is one costs more than many
    of them do.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """``func`` as it is."""
        return func


def public_url_of(settings: Settings, service: ServiceName) -> str:
    """The address of one of the three services as browsers and other services see it, without a trailing slash."""
    addresses = {
        "issuer": settings.issuer_url,
        "wallet": settings.wallet_url,
        "verifier": settings.verifier_url,
    }
    return addresses[service].rstrip("/")
