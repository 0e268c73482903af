"""The form of the log: one JSON object a line on standard error, with no personal data in it."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_NEVER_LOGGED = frozenset(
    {
        "name", "holder", "holder_name", "holder_number", "number", "id_number", "claims", "token", "authorization",
        "cookie", "password", "secret", "tx_code", "credential", "vp_token", "code", "body", "query", "url",
    }
)  # fmt: skip
"""Fields whose values are persons, secrets or free input. They are dropped wherever they appear, at the last moment."""


def configure_logging(service: str, level: str) -> None:
    """Set structlog up for this process: JSON lines on standard error.

    Args:
        service: stands in every event.
        level: ``debug``, ``info``, ``warning`` or ``error``.
    """

    def add_service(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    structlog.configure(
        processors=[
            drop_private_fields,
            add_service,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            structlog.processors.JSONRenderer(serializer=_to_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.BytesLoggerFactory(file=sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


def take_library_logs() -> None:
    """Put what libraries log into the same form, from warnings on; call it after :func:`configure_logging`."""
    logging.basicConfig(handlers=[_TemplateHandler()], level=logging.WARNING, force=True)


class _TemplateHandler(logging.Handler):
    """Takes what libraries log: the sentence as they wrote it, never what they put into it (addresses, input)."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger(record.name).log(
            record.levelno,
            "library",
            logger=record.name,
            said=str(record.msg)[:200],
            exc_info=record.exc_info,
        )


def drop_private_fields(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take every field of :data:`_NEVER_LOGGED` out of an event, should one slip in."""
    for key in _NEVER_LOGGED.intersection(event):
        event[key] = "(withheld)"
    return event


def name_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its class and the places it went through: its text and its locals may quote input."""
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else None
    if error is None and isinstance(info, tuple):
        error = info[1]
    if error is None and info:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = type(error).__name__
        event["at"] = _places(error)
    return event


def _places(error: BaseException) -> list[str]:
    places, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{step.tb_frame.f_globals.get('__name__', '?')}.{code.co_name}:{step.tb_lineno}")
        step = step.tb_next
    return places[-20:]


def _to_json(event: Any, **_: Any) -> bytes:
    return orjson.dumps(event, default=str)
