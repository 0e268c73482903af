"""The library as its use cases see it: the records, their types, and the status lists that follow them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from issuer.library.licence import Licence
from issuer.library.standing import status_value
from issuer.library.store import LicenceStore
from standards.licence_types import Catalogue, LicenceType
from standards.status_list import StatusValue


class StatusReporter(Protocol):
    """Carries a licence's status to every copy of it. Announcing before the durable write and reporting after it
    means that a crash in between is noticed and mended.
    """

    def announce_change(self, identifier: str, *, at: datetime) -> None:
        """The status of this licence version is about to change."""

    def set_licence_status(self, identifier: str, value: StatusValue, *, revision: int, at: datetime) -> None:
        """The status of all copies of this licence version as of ``revision``; repeating it changes nothing."""


@dataclass(frozen=True, slots=True)
class Library:
    """What every change of a licence needs."""

    store: LicenceStore
    catalogue: Catalogue
    status: StatusReporter

    def type_of(self, licence: Licence) -> LicenceType:
        """The licence's type, in the version under which it was issued."""
        return self.catalogue.by_vct(licence.vct)

    def put(self, before: Licence, after: Licence, at: datetime, successor: Licence | None = None) -> Licence:
        """Store a change of state and bring it to the copies; answers the licence as stored.

        Raises:
            LicenceChangedError: somebody was faster; nothing was written.
        """
        self.status.announce_change(str(before.identifier), at=at)
        if successor is None:
            stored = self.store.change(before, after)
        else:
            stored = self.store.supersede(before, after, successor)
        self.report(stored, at)
        return stored

    def report(self, licence: Licence, at: datetime) -> None:
        """Bring the licence's present standing to its copies."""
        value = status_value(licence, self.type_of(licence), at)
        self.status.set_licence_status(str(licence.identifier), value, revision=licence.revision, at=at)
