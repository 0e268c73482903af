"""A real worker process of the issuer with a kind of job that tests can watch: `python -m tests.support.counting_worker`.

Each step of ``issuer.counting`` writes a row of its number, with the holder of the day in it, and then advances; so
whoever looks at the rows sees which steps were done, how often, and by whom. Settings come from the environment.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from service.jobs import JobContext, JobKind, Periodic
from service.settings import Settings
from service.telemetry import configure_logging, take_library_logs
from standards.text import Text


def count(context: JobContext) -> dict[str, int]:
    """Parameters: ``upto``, ``seconds`` a step, ``stuck`` (a step that never ends)."""
    parameters = context.job.parameters
    for number in range(context.job.cursor or 0, parameters["upto"]):
        step = f"{context.job.id}:{number}"
        context.node.database["counted"].update_one(
            {"_id": step},
            {"$setOnInsert": {"job": context.job.id}, "$push": {"by": os.getpid()}},
            upsert=True,
        )
        time.sleep(parameters["seconds"])
        if parameters.get("stuck") == number:
            time.sleep(3600)
        context.advance(number + 1, done=1)
    return {"counted": context.job.done}


def tick(node: Any, at: datetime) -> None:
    """Leaves a row that says from when to when, by the clock that all processes of this machine share."""
    began = time.monotonic()
    time.sleep(0.05)
    node.database["ticks"].insert_one({"pid": os.getpid(), "began": began, "ended": time.monotonic()})


KINDS = {"issuer.counting": JobKind("issuer.counting", count, Text("数数", "Counting"))}
PERIODICS = (Periodic("issuer.tick", timedelta(seconds=0.2), tick),)


def main() -> None:
    from service.command_line.group import print_error
    from service.jobs.worker import run_worker
    from standards.errors import ElicenceError

    settings = Settings.from_environment(os.environ)
    configure_logging("issuer-worker", settings.log_level)
    take_library_logs()
    try:
        run_worker("issuer", settings, kinds=KINDS, periodics=PERIODICS if "ticking" in sys.argv else ())
    except ElicenceError as error:
        print_error(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
