"""Whether this process lives (``/healthz``), whether it can do its work (``/readyz``), and its counters."""

from __future__ import annotations

from typing import cast

import orjson
import structlog
from flask import Flask, Response, request

from service.trust_feed.errors import TrustListsMissingError
from service.web.csrf import MachineBlueprint
from service.web.errors import NotFoundError
from service.web.kit import current_kit
from service.web.measures import RequestMeasures

_log = structlog.get_logger("elicence.web")


def install_health(app: Flask, measures: RequestMeasures) -> None:
    """Add the three endpoints; features register what they measure by :func:`measures_of`."""
    app.extensions["elicence.measures"] = measures
    blueprint = MachineBlueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _answer(200, "ok")

    @blueprint.get("/readyz")
    def readyz() -> Response:
        ready = current_kit().ready
        if ready is not None:
            try:
                ready()
            except Exception as error:  # noqa: BLE001 - whatever keeps us from working is the answer
                _log.warning("not ready", reason=type(error).__name__)
                if isinstance(error, TrustListsMissingError):
                    return _answer(503, "the trust lists are not in hand")
                return _answer(503, "the store does not answer")
        return _answer(200, "ready")

    @blueprint.get("/metrics")
    def metrics() -> Response:
        # For the operator's collector beside us, not for whoever comes through the proxy in front.
        if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
            raise NotFoundError("没有找到这个页面或资源。", "There is nothing at this address.")
        return Response(measures.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")

    app.register_blueprint(blueprint)


def measures_of(app: Flask) -> RequestMeasures:
    """The counters of an application; a feature adds a collector to their ``registry``."""
    return cast("RequestMeasures", app.extensions["elicence.measures"])


def _answer(status: int, state: str) -> Response:
    return Response(orjson.dumps({"status": state}), status, mimetype="application/json")
