"""Type metadata of issuers (SD-JWT VC draft -13 section 6), fetched once and remembered.

A type is the same for good under its ``vct`` and ``vct#integrity``, so what was fetched needs no renewal. What could not
be had is asked for again after a minute: a licence is shown under the names of its claims meanwhile.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from service.clock import Clock
from service.outbound import Outbound, OutboundError
from service.type_feed.documents import TypeDocuments, fetch_type, origin_of
from standards.errors import InvalidInputError
from standards.licence_types.described_type import DescribedType, describe_vct, parse_described_type
from standards.sd_jwt_vc import TypeMetadataError

RETRY_AFTER: Final = timedelta(minutes=1)
_KEPT: Final = 256
_Key = tuple[str, str, str]
_LOG = structlog.get_logger(__name__)


class KeptTypes(Protocol):
    """Types that a node has from elsewhere, for the time without a network."""

    @property
    def cut_off(self) -> bool:
        """Whether nobody is to be waited for."""
        ...

    def type_documents(self, origin: str, vct: str) -> TypeDocuments | None:
        """What the issuer at ``origin`` published of a type."""
        ...


class TypeFeed:
    """Describes credential types. Safe for threads."""

    def __init__(self, outbound: Outbound, clock: Clock, *, kept: KeptTypes | None = None) -> None:
        """``kept`` is asked first, and alone while the node is cut off."""
        self._kept = kept
        self._outbound = outbound
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[_Key, tuple[DescribedType | None, datetime]] = OrderedDict()

    def describe(self, vct: str, integrity: str | None, issuer: str) -> DescribedType | None:
        """The type of a verified credential; ``None`` when its issuer says nothing usable of it at the moment.

        Args:
            vct: the credential's type; one that ships with this software costs no fetch.
            integrity: the credential's ``vct#integrity``; without one nothing is fetched, because nothing would prove it.
            issuer: identifier (URL) of the credential's issuer, verified.
        """
        shipped = describe_vct(vct)
        if shipped is not None or integrity is None:
            return shipped
        origin = origin_of(issuer)
        key, at = (vct, integrity, origin), self._clock.now()
        with self._lock:
            described, asked_at = self._known.get(key, (None, None))
        if described is not None or (asked_at is not None and timedelta(0) <= at - asked_at < RETRY_AFTER):
            return described
        described = self._kept_type(vct, integrity, origin)
        if described is None and not (self._kept is not None and self._kept.cut_off):
            described = self._fetch(vct, integrity, origin)
        with self._lock:
            self._known[key] = (described, at)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return described

    def _kept_type(self, vct: str, integrity: str, origin: str) -> DescribedType | None:
        documents = self._kept.type_documents(origin, vct) if self._kept is not None else None
        if documents is None:
            return None
        try:
            return _described(documents, vct, integrity)
        except (TypeMetadataError, InvalidInputError):
            return None  # signed over another document: the issuer may have the right one

    def _fetch(self, vct: str, integrity: str, origin: str) -> DescribedType | None:
        try:
            documents = fetch_type(self._outbound, origin, vct)
            return None if documents is None else _described(documents, vct, integrity)
        except (OutboundError, TypeMetadataError, InvalidInputError) as error:
            _LOG.warning("type_metadata_not_usable", vct=vct, origin=origin, error=type(error).__name__)
            return None


def _described(documents: TypeDocuments, vct: str, integrity: str) -> DescribedType:
    return parse_described_type(documents.document, vct=vct, integrity=integrity, data=documents.data)
