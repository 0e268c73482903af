"""What runs in a worker process: the application of one service, made fresh after the fork."""

from __future__ import annotations

import multiprocessing
import os
import sys
from importlib.metadata import entry_points
from typing import Any, cast

from service.command_line.group import print_error
from service.processes.bound import die_with_parent
from service.settings import ServiceName, Settings
from service.telemetry import configure_logging
from standards.errors import ElicenceError


def create_application(service: str) -> Any:
    """The WSGI application of a service, through the entry point of that name in ``elicence.services``.

    Ends the process with status 1 and the reason on standard error when it cannot be made.
    """
    # A worker whose listening parent was killed would keep the port and answer nobody.
    die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        os._exit(1)  # it was killed before the kernel knew of us
    try:
        configure_logging(service, Settings.from_environment(os.environ).log_level)
        return find_factory(cast("ServiceName", service))()
    except ElicenceError as error:
        print_error(error)
        sys.exit(1)


def find_factory(service: ServiceName) -> Any:
    """The application factory of a service; ``LookupError`` when it is not installed."""
    for point in entry_points(group="elicence.services", name=service):
        return point.load()
    raise LookupError(service)
