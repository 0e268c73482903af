"""The licence types in a bundle: those that do not ship, as their issuers publish them.

Which types an issuer has, its metadata say (OpenID4VCI 1.0 section 12.2.3); what they are called, the type's own documents. The
window proves each by the ``vct#integrity`` of the licence before it, so nothing here has to be believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from service.outbound import Outbound, OutboundError
from service.type_feed import TypeDocuments, fetch_type, origin_of
from standards.errors import InvalidInputError
from standards.json_reader import parse_json
from standards.licence_types.described_type import describe_vct, parse_described_type
from standards.openid4vci import (
    InvalidIssuerMetadataError,
    credential_issuer_metadata_url,
    parse_credential_issuer_metadata,
)
from standards.sd_jwt_vc import TypeMetadataError
from verifier.offline.bundle import TYPE, Key, Parts

ASKED_EVERY: Final = timedelta(minutes=10)
"""A new type is known at the windows within this time and a round of theirs."""

MAX_METADATA_BYTES: Final = 1024 * 1024
TIMEOUT_SECONDS: Final = 3.0
MAX_TYPES_OF_ISSUER: Final = 100
MAX_TYPE_BYTES: Final = 8 * 1024 * 1024
"""Of all types in a bundle together: a window takes it over a thin line, and one issuer must not fill it."""

_OK: Final = 200
_LOG = structlog.get_logger(__name__)


class MadeTypes:
    """Asks issuers for their types now and then. One in a process; its caller makes one bundle at a time."""

    def __init__(self) -> None:
        self._asked_at: dict[str, datetime] = {}

    def parts(
        self,
        outbound: Outbound,
        issuers: Iterable[str],
        before: Parts,
        at: datetime,
        *,
        away: Iterable[str] = (),
    ) -> Mapping[Key, bytes]:
        """What the new bundle holds of types.

        Args:
            outbound: how to reach the issuers.
            issuers: credential issuer identifiers on the trust list.
            before: parts of the last bundle. A type in it goes on: licences of a version that is offered no more live.
            at: now.
            away: origins that did not answer a moment ago: they are not waited for again.
        """
        listed = tuple(issuers)
        origins = {origin_of(issuer) for issuer in listed}
        parts = {
            key: content
            for key, content in before.items()
            if key[0] == TYPE and key[1].partition(" ")[0] in origins
        }
        silent = set(away)
        for issuer in listed:
            origin, asked_at = origin_of(issuer), self._asked_at.get(issuer)
            fresh = asked_at is not None and timedelta(0) <= at - asked_at < ASKED_EVERY
            if origin in silent or fresh:
                continue
            try:
                for vct in _types_of(outbound, issuer)[:MAX_TYPES_OF_ISSUER]:
                    content = _type(outbound, origin, vct)
                    if content is not None and sum(map(len, parts.values())) + len(content) <= MAX_TYPE_BYTES:
                        parts[TYPE, f"{origin} {vct}"] = content
            except (OutboundError, InvalidInputError) as cause:
                _LOG.warning("types-not-had", issuer=issuer, reason=cause.message.en)
                silent.add(origin)
                continue
            self._asked_at[issuer] = at
        return parts


def check_type_part(name: str, content: bytes) -> None:
    """See that a part is what its kind says; raises ``InvalidInputError``."""
    origin, _, vct = name.partition(" ")
    if not origin or not vct:
        raise TypeMetadataError("", "The part names no type.")
    documents = TypeDocuments.from_bytes(content)
    parse_described_type(documents.document, vct=vct, integrity=None, data=documents.data)


def _types_of(outbound: Outbound, issuer: str) -> list[str]:
    """The types of an issuer that do not ship."""
    url = credential_issuer_metadata_url(issuer)
    response = outbound.get(url, max_bytes=MAX_METADATA_BYTES, timeout_seconds=TIMEOUT_SECONDS)
    if response.status != _OK:
        raise InvalidIssuerMetadataError(
            f"签发者应答 {response.status}。", f"The issuer answered {response.status}."
        )
    body = parse_json(response.body, error=InvalidIssuerMetadataError)
    metadata = parse_credential_issuer_metadata(body, credential_issuer=issuer)
    vcts = dict.fromkeys(one.vct for one in metadata.configurations.values())
    return [vct for vct in vcts if describe_vct(vct) is None]


def _type(outbound: Outbound, origin: str, vct: str) -> bytes | None:
    """A type as a part, or ``None`` when it cannot be used."""
    documents = fetch_type(outbound, origin, vct)
    if documents is None:
        return None
    try:
        parse_described_type(documents.document, vct=vct, integrity=None, data=documents.data)
        return documents.to_bytes()
    except InvalidInputError as cause:
        _LOG.warning("type-left-out", vct=vct, origin=origin, reason=cause.message.en)
        return None
