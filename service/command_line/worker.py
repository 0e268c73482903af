"""``elicence worker``: the background work of one service."""

from __future__ import annotations

import os
from typing import cast

import click

from service.serving.requirements import settings_for_serving
from service.settings import ServiceName
from service.telemetry import configure_logging, take_library_logs


@click.command()
@click.argument("service", type=click.Choice(["issuer", "wallet", "verifier"]))
@click.option(
    "--jobs",
    default=None,
    type=click.IntRange(1, 64),
    help="Jobs at a time.  [default: ELICENCE_WORKER_JOBS or 2]",
)
def worker(service: str, jobs: int | None) -> None:
    """Do the background work of SERVICE: jobs and periodic work. Start as many as you like; SIGTERM ends one in order.

    Settings come from the environment, as for `elicence serve`; see docs/operating.md.
    """
    from service.jobs.worker import run_worker

    given = {} if jobs is None else {"ELICENCE_WORKER_JOBS": str(jobs)}
    named = cast("ServiceName", service)
    settings = settings_for_serving({**os.environ, **given}, named)
    configure_logging(f"{service}-worker", settings.log_level)
    take_library_logs()
    run_worker(named, settings)
