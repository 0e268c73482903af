"""Serve one service with granian: a parent that listens, and workers that answer."""

from __future__ import annotations

import gc
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from service.serving.worker import create_application, find_factory
from service.settings import ServiceName, Settings

_SECONDS_TO_FINISH = 5
"""How long a worker may finish what it is answering; durable writes take milliseconds."""


def run_service(service: ServiceName, settings: Settings) -> None:
    """Listen and answer until SIGTERM or SIGINT. Returns when all workers are gone.

    Workers read their settings from the environment again: each is complete on its own. What they are made of is loaded
    here, before they fork: a reload (SIGHUP) ends an old worker a fixed time after it started the new one, and a new one
    that still had to load its modules on a busy machine would not answer yet. So new code needs a restart, not a reload.
    """
    find_factory(service)
    gc.freeze()  # pages that no worker writes to are shared by all of them
    # The class is one of several by platform and build, which its types do not tell.
    server: Any = Granian(
        service,
        address=settings.listen_host,
        port=settings.listen_port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.blocking_threads,
        backlog=1024,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_SECONDS_TO_FINISH,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=create_application)
