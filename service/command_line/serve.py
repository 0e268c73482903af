"""``elicence serve``: one service for production."""

from __future__ import annotations

import os
from typing import cast

import click

from service.serving.requirements import settings_for_serving
from service.serving.server import run_service
from service.settings import ServiceName


@click.command()
@click.argument("service", type=click.Choice(["issuer", "wallet", "verifier"]))
@click.option(
    "--host", default=None, help="Address to listen on.  [default: ELICENCE_LISTEN_HOST or 127.0.0.1]"
)
@click.option(
    "--port",
    default=None,
    type=click.IntRange(1, 65535),
    help="Port.  [default: ELICENCE_LISTEN_PORT or 8000]",
)
@click.option(
    "--workers",
    default=None,
    type=click.IntRange(1, 256),
    help="Processes.  [default: ELICENCE_WORKERS or 1]",
)
def serve(service: str, host: str | None, port: int | None, workers: int | None) -> None:
    """Run SERVICE for production, behind a proxy that speaks TLS.

    Settings come from the environment; see docs/operating.md. Nothing is created: master key, store and trust anchor
    must be there.
    """
    given = {
        name: str(value)
        for name, value in (
            ("ELICENCE_LISTEN_HOST", host),
            ("ELICENCE_LISTEN_PORT", port),
            ("ELICENCE_WORKERS", workers),
        )
        if value is not None
    }
    named = cast("ServiceName", service)
    run_service(named, settings_for_serving({**os.environ, **given}, named))
