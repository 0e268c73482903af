"""What the chain says of an event: a digest of all that the event, and for a version's first one its record, holds.

It is taken over the plain text of what is sealed, so that a new master key changes nothing; the digests are kept sealed
themselves, since names and reasons could be guessed through.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import orjson

from issuer.library.record_document import RecordSeal, event_context, record_context
from keys.errors import SealedDataError

UNREADABLE: Final = "unreadable"
"""In the place of a digest, where an event did not open when it was to be sealed: the chain says so for good."""

_FIRST_EVENT: Final = 1
_CANONICAL: Final = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def event_digest(document: Mapping[str, Any], event: Mapping[str, Any], seal: RecordSeal) -> str:
    """SHA-256 of an event of a licence's document, 64 hexadecimal digits; ``UNREADABLE`` when it does not open."""
    identifier = document["_id"]
    try:
        words = seal.envelope.open(event["sealed"], event_context(identifier, event["number"]))
        record = (
            seal.envelope.open(document["sealed"], record_context(identifier))
            if event["number"] == _FIRST_EVENT
            else b""
        )
    except SealedDataError:
        return UNREADABLE
    plain = orjson.dumps([identifier, _plain_event(event), _plain_record(document, event)], option=_CANONICAL)
    digest = hashlib.sha256(b"%d %d\n" % (len(plain), len(words)))
    digest.update(plain)
    digest.update(words)
    digest.update(record)
    return digest.hexdigest()


def _plain_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """Whatever an event says in the open, also what later versions of this program add to it."""
    return {name: value for name, value in event.items() if name != "sealed"}


def _plain_record(document: Mapping[str, Any], event: Mapping[str, Any]) -> list[Any]:
    """What a version says in the open and never changes; it stands with the event that made the version."""
    if event["number"] != _FIRST_EVENT:
        return []
    return [
        document["authority"],
        document["authority_name"],
        document["division"],
        document["type"],
        document["type_version"],
        document["issue_date"],
        document["valid_from"],
        document["valid_until"],
        document["recorded_at"],
        document["supersedes"],
    ]
