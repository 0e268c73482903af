"""The catalogue of a running node: the types that ship and those that were made here, fresh within two seconds.

Every reader asks it many times a second, so it answers from memory. Once a second at most one of them looks whether
the store has something new; a type that is not known is looked for at once, because somebody may just have published
it in another process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from issuer.catalogue.published import PublishedTypes, TypesInStore
from standards.licence_types import Catalogue, InvalidLicenceTypeError, LicenceType
from standards.licence_types.catalogue import TypeIndex

FRESH_SECONDS: Final = 1.0
"""How long a process relies on what it read."""

_RETRY_MISS_SECONDS: Final = 0.1
"""How often a question for an unknown type may look into the store."""

_log = structlog.get_logger(__name__)


class LiveCatalogue(Catalogue):
    """``Catalogue`` over the store. Safe for threads."""

    __slots__ = ("_looked_at", "_looking", "_seen", "_shipped", "_store", "_ticks")

    def __init__(
        self, shipped: Catalogue, store: PublishedTypes, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """Args:
            shipped: the types that come with this software.
            store: the types that were made here.
            ticks: seconds of a clock that only goes forward.

        Raises:
            PyMongoError: the store cannot be read; without it nobody knows what licences are of.
        """
        super().__init__(shipped.versions())
        self._shipped = shipped
        self._store = store
        self._ticks = ticks
        self._looking = threading.Lock()
        self._seen = TypesInStore.NONE
        store.record_documents({one.vct: shipped.metadata_document(one) for one in shipped.versions()})
        self._take()
        self._looked_at = ticks()

    def find(self, code: str) -> LicenceType | None:
        """The newest version of the type of ``code``, or ``None``."""
        found = self._index().by_code.get(code)
        if found is None and self._look(_RETRY_MISS_SECONDS):
            found = self._kept.by_code.get(code)
        return found

    def find_vct(self, vct: str) -> LicenceType | None:
        """The type of ``vct``, or ``None``."""
        found = self._index().by_vct.get(vct)
        if found is None and self._look(_RETRY_MISS_SECONDS):
            found = self._kept.by_vct.get(vct)
        return found

    def refresh(self) -> None:
        """Read now: whoever published something here sees it at once."""
        # After a look that is under way, which may have read before the publication.
        with self._looking:
            self._take()

    def snapshot(self) -> Catalogue:
        """What is known now, immutable: for a process that has no store."""
        return _Snapshot(self._index())

    def _index(self) -> TypeIndex:
        self._look(FRESH_SECONDS)
        return self._kept

    def _look(self, older_than: float) -> bool:
        """Read what is new if nobody did for so long; whether that was done. Nobody waits for another's look."""
        if self._ticks() - self._looked_at < older_than or not self._looking.acquire(blocking=False):
            return False
        try:
            self._looked_at = self._ticks()
            self._take()
        except (PyMongoError, InvalidLicenceTypeError) as error:
            # What is known stays known: requests that need the store fail by themselves, and a version that a newer
            # release published beside this one is not understood here.
            _log.warning("catalogue_not_refreshed", error=type(error).__name__)
            return False
        finally:
            self._looking.release()
        return True

    def _take(self) -> None:
        seen = self._store.read(self._seen)
        if seen is self._seen:
            return
        # A version that was published here stays, although a later release brings one of the same number.
        shipped = (one for one in self._shipped.versions() if one.vct not in seen.types)
        self._kept = TypeIndex.of((*shipped, *seen.types.values()), seen.withdrawn, seen.documents)
        self._seen = seen


class _Snapshot(Catalogue):
    """A catalogue of an index in hand."""

    __slots__ = ()

    def __init__(self, index: TypeIndex) -> None:
        self._kept = index
