"""Type metadata of issuers (SD-JWT VC draft -13 section 6), fetched once and remembered.

A type is the same for good under its ``vct`` and ``vct#integrity``, so what was fetched needs no renewal. What could not
be had is asked for again after a minute: a licence is shown under the names of its claims meanwhile.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

import structlog

from service.clock import Clock
from service.outbound import Outbound, OutboundError
from standards.errors import InvalidInputError
from standards.licence_types.described_type import DescribedType, describe_vct, parse_described_type
from standards.sd_jwt_vc import TypeMetadataError

MAX_DOCUMENT_BYTES: Final = 256 * 1024
RETRY_AFTER: Final = timedelta(minutes=1)
TIMEOUT_SECONDS: Final = 3.0
"""A label is worth no long wait: the licence itself is there already."""

_KEPT: Final = 256
_OURS: Final = "urn:elicence:type:"
_OK: Final = 200

_Key = tuple[str, str, str]
_LOG = structlog.get_logger(__name__)


class TypeFeed:
    """Describes credential types. Safe for threads."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
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
        origin = _origin_of(issuer)
        key, at = (vct, integrity, origin), self._clock.now()
        with self._lock:
            described, asked_at = self._known.get(key, (None, None))
        if described is not None or (asked_at is not None and timedelta(0) <= at - asked_at < RETRY_AFTER):
            return described
        described = self._fetch(vct, integrity, origin)
        with self._lock:
            self._known[key] = (described, at)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return described

    def _fetch(self, vct: str, integrity: str, origin: str) -> DescribedType | None:
        try:
            document = self._get(f"{origin}/vct?vct={quote(vct, safe='')}")
            if document is None:
                return None
            data = None
            code, _, version = vct.removeprefix(_OURS).partition(":")
            if vct.startswith(_OURS):
                data = self._get(f"{origin}/vct/{quote(code, safe='')}/{quote(version, safe='')}/data")
            return parse_described_type(document, vct=vct, integrity=integrity, data=data)
        except (OutboundError, TypeMetadataError, InvalidInputError) as error:
            _LOG.warning("type_metadata_not_usable", vct=vct, origin=origin, error=type(error).__name__)
            return None

    def _get(self, url: str) -> bytes | None:
        response = self._outbound.get(url, max_bytes=MAX_DOCUMENT_BYTES, timeout_seconds=TIMEOUT_SECONDS)
        return response.body if response.status == _OK else None


def _origin_of(issuer: str) -> str:
    parts = urlsplit(issuer)
    return f"{parts.scheme}://{parts.netloc}"
