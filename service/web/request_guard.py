"""The two hooks around every request: few and lean, because the services are measured by CPU per request.

Before: an id, the time, the check against forgery. After: one log event, the counters, the choices to remember.
"""

from __future__ import annotations

import re
import secrets
from time import perf_counter

import structlog
from flask import Flask, Response, g, request

from service.web.assets import keep_versioned
from service.web.csrf import refuse_forged_request
from service.web.display import DISPLAY
from service.web.kit import WebKit
from service.web.language import LANGUAGE
from service.web.measures import RequestMeasures
from service.web.security_headers import SecurityHeaders, dress_page

REQUEST_ID_HEADER = "X-Request-Id"
_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)

QUIET_ENDPOINTS = frozenset({"static", "health.healthz", "health.readyz", "health.metrics"})
"""Counted, but not logged one by one: they say nothing about what people do."""

_log = structlog.get_logger("elicence.request")


def install_request_guard(app: Flask, kit: WebKit, measures: RequestMeasures) -> None:
    """Hang the two hooks and the outer layer on the application."""

    def before() -> None:
        g.started = perf_counter()
        given = request.headers.get(REQUEST_ID_HEADER)
        # An id given by the proxy in front is kept, so that its log and ours can be joined; anything odd is not.
        g.request_id = given if given is not None and _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        refuse_forged_request()

    def after(response: Response) -> Response:
        context = g._get_current_object()  # noqa: SLF001 - documented; each use of the proxy costs a microsecond
        received = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        dress_page(response)
        response.headers[REQUEST_ID_HEADER] = context.request_id
        endpoint = received.endpoint or "-"
        if received.query_string:
            LANGUAGE.remember(response)
            DISPLAY.remember(response)
            keep_versioned(response, endpoint)
        seconds = perf_counter() - context.started
        measures.observe(endpoint, received.method, response.status_code, seconds)
        if endpoint not in QUIET_ENDPOINTS:
            # The endpoint's name, never the address: addresses can hold identifiers, queries can hold anything.
            _log.info(
                "request",
                request_id=context.request_id,
                method=received.method,
                endpoint=endpoint,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 2),
            )
        return response

    app.before_request(before)
    app.after_request(after)
    app.wsgi_app = SecurityHeaders(app.wsgi_app, kit)  # type: ignore[method-assign]
