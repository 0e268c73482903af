"""Where the messages that wake workers travel: the node's own store, or what ``ELICENCE_BROKER_URL`` names.

A message says only "look for work". It may be lost, doubled or late: the rows say what is to be done.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from celery import Celery

from service.settings import ServiceName, Settings

LOOK_FOR_WORK: Final = "elicence.look-for-work"
"""Name of the only task."""

MESSAGE_SECONDS: Final = 60
"""A message that nobody took in this time says nothing that a sweep has not seen."""

_POLL_SECONDS: Final = 0.5
"""How often a worker asks a broker that cannot push, such as MongoDB."""

_CONNECT_SECONDS: Final = 2.0
"""How long a request that asks for work waits for a broker that does not answer."""


def make_celery(settings: Settings, service: ServiceName) -> Celery:
    """The Celery application of a service. It opens no connection before the first message."""
    app = Celery("elicence", broker=broker_url(settings, service), set_as_current=False)
    app.conf.update(
        task_default_queue=f"{settings.database_name(service)}_work",
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_default_delivery_mode="transient",
        broker_transport_options=_transport_options(app.conf.broker_url),
        broker_connection_timeout=_CONNECT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
    )
    return app


def broker_url(settings: Settings, service: ServiceName) -> str:
    """Address of the broker; with its password, so it is never logged."""
    if settings.broker_url:
        return settings.broker_url
    return _in_the_store(settings.store_uri, f"{settings.database_name(service)}_messages")


def _in_the_store(store_uri: str, database: str) -> str:
    parts = urlsplit(store_uri)
    # A message need not outlive a crash, so it does not wait for the disks; and nobody waits long for it.
    options = dict(parse_qsl(parts.query)) | {
        "w": "1",
        "journal": "false",
        "readConcernLevel": "local",
        "serverSelectionTimeoutMS": str(int(_CONNECT_SECONDS * 1000)),
        "appname": "elicence-messages",
    }
    # Without it the user is looked for in the database of the path, which is now another.
    options.setdefault("authSource", parts.path.strip("/") or "admin")
    if not parts.username:
        options.pop("authSource", None)
    return urlunsplit(parts._replace(path=f"/{database}", query=urlencode(options)))


def _transport_options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {"polling_interval": _POLL_SECONDS}
    if url.startswith("mongodb"):
        return options | {"connect_timeout": _CONNECT_SECONDS, "calc_queue_size": False}
    return options | {"socket_connect_timeout": _CONNECT_SECONDS, "max_retries": 0}
