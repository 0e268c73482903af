"""What can be done in the background. The services bring it; entry points name it (``pyproject.toml``).

    ``elicence.job_kinds``       ``issuer.import = "issuer.imports.job:JOB_KIND"``: a :class:`JobKind` of that name
    ``elicence.periodic_work``   ``issuer.seal-events = "issuer.library.seal:PERIODIC"``: a :class:`Periodic` of that name

The part of the name before the first dot is the service whose workers run it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

from pymongo.database import Database

from service.clock import Clock
from service.jobs.errors import UnknownJobKindError
from service.jobs.job import Job
from service.settings import ServiceName, Settings
from standards.text import Text


class JobNode(Protocol):
    """What background work needs of a service's node; ``IssuerNode``, ``WalletNode`` and ``VerifierNode`` have it."""

    @property
    def settings(self) -> Settings:
        """What the operator decided."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...

    @property
    def database(self) -> Database[dict[str, Any]]:
        """Of the service."""
        ...


class JobContext(Protocol):
    """What a run is given. It belongs to the thread of the run; other threads and processes report to that thread."""

    @property
    def job(self) -> Job:
        """The job as it stands now; ``job.cursor`` says where to go on."""
        ...

    @property
    def node(self) -> Any:
        """The service's node: a kind called ``issuer.…`` is given an ``IssuerNode``."""
        ...

    @property
    def clock(self) -> Clock:
        """The node's clock."""
        ...

    def advance(self, cursor: Any, *, done: int, errors: int = 0, total: int | None = None) -> None:
        """Note durably that everything before ``cursor`` is done: one durable write, and the lease is renewed.

        Do the step's effects first and make them idempotent: after a kill between effects and this note, the step
        comes again from the last noted cursor.

        Args:
            cursor: JSON; given back as ``job.cursor`` to the next run.
            done: items done since the last call; added, not set.
            errors: how many of them were refused; added.
            total: how many items there are in all; set when given.

        Raises:
            LeaseLostError: another worker has the job; nothing was noted.
            JobCancelledError, WorkerStoppingError: noted; stop here.
        """
        ...

    def check(self) -> None:
        """Raise what :meth:`advance` would raise, without a write; for use within a long step."""
        ...


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job.

    Attributes:
        name: ``issuer.import``; the part before the dot is the service.
        run: does the work from ``context.job.cursor`` on, and answers the job's result. An ``ElicenceError`` that it
            raises fails the job with its message; a store that is away does not: the run is repeated later.
        title: for people.
        page: address, within the service's pages, of the page that shows what became of a job of this kind.
    """

    name: str
    run: Callable[[JobContext], Mapping[str, Any] | None]
    title: Text
    page: Callable[[Job], str] | None = None


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that comes again.

    Attributes:
        name: ``issuer.seal-events``; the part before the dot is the service.
        every: from the beginning of a run to the beginning of the next; a longer run delays the next.
        run: called with the service's node and the instant. One worker at a time runs it. It is idempotent: a worker
            may be killed in the middle, and what it raises is logged and forgotten.
    """

    name: str
    every: timedelta
    run: Callable[[Any, datetime], None]


@cache
def job_kinds(service: ServiceName) -> Mapping[str, JobKind]:
    """The kinds of a service by name. Imports their modules; fixed for the life of the process."""
    found: dict[str, JobKind] = {}
    for point in entry_points(group="elicence.job_kinds"):
        if _service_of(point.name) == service:
            kind = point.load()
            if not isinstance(kind, JobKind) or kind.name != point.name:
                raise TypeError(f"the entry point {point.name!r} is no job kind of that name")
            found[kind.name] = kind
    return found


@cache
def periodic_work(service: ServiceName) -> tuple[Periodic, ...]:
    """The periodic work of a service. Imports its modules; fixed for the life of the process."""
    found: list[Periodic] = []
    for point in entry_points(group="elicence.periodic_work"):
        if _service_of(point.name) == service:
            periodic = point.load()
            if not isinstance(periodic, Periodic) or periodic.name != point.name:
                raise TypeError(f"the entry point {point.name!r} is no periodic work of that name")
            found.append(periodic)
    return tuple(found)


def has_background_work(service: ServiceName) -> bool:
    """Whether a worker of this service has anything to do. Imports nothing."""
    groups = ("elicence.job_kinds", "elicence.periodic_work")
    return any(_service_of(point.name) == service for group in groups for point in entry_points(group=group))


def kind_of(name: str) -> JobKind:
    """The kind of this name; raises ``UnknownJobKindError``."""
    service: Any = _service_of(name)
    kind = job_kinds(service).get(name)
    if kind is None:
        raise UnknownJobKindError(name)
    return kind


def _service_of(name: str) -> str:
    return name.partition(".")[0]
