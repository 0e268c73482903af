"""Which lists a report stands on, each with the digest of its content; the contents are kept for the record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from service.status_feed import StatusFeed
from service.trust_feed import TrustFeed
from verifier.acceptance.kept_evidence import EvidenceStore, digest_of_content
from verifier.checking.evidence import ListUsed


def note_lists(
    used: Iterable[ListUsed],
    *,
    trust: TrustFeed,
    status: StatusFeed,
    kept: EvidenceStore,
    at: datetime,
    certificate: bytes | None = None,
) -> tuple[dict[str, Any], ...]:
    """The ``lists`` of an answer: those that steps named, and what stands behind them (the nation's and the regions'
    lists, revocations), with digests; and the ``certificate`` (DER) of a compact licence's issuer, where that is what counts.

    Nothing is fetched but what a step has just used. A list that is renewed between the check and this note has
    another digest: it then carries none, and a later repeat of the check says that it is missing.
    """
    contents: dict[str, bytes] = {}
    noted = [_noted(one, status, contents) for one in used]
    behind = [_behind(*part, contents) for part in trust.parts()]
    if certificate is not None:
        behind.append(_behind("certificate", digest_of_content(certificate), certificate, contents))
    kept.keep(contents.values(), at)
    return (*noted, *behind)


def list_json(used: ListUsed) -> dict[str, Any]:
    """A list that the report stands on: kind, uri, sequence, when it was made, and its age in seconds."""
    return {
        "kind": used.kind,
        "uri": used.uri,
        "sequence": used.sequence,
        "issued_at": used.issued_at.isoformat(timespec="seconds"),
        "age_seconds": int(used.age.total_seconds()),
    }


def _noted(used: ListUsed, status: StatusFeed, contents: dict[str, bytes]) -> dict[str, Any]:
    noted = list_json(used)
    if used.kind == "status":
        token = status.in_hand(used.uri)
        if token is not None:
            noted["digest"] = _add(token, contents)
    return noted


def _behind(kind: str, name: str, content: str | bytes, contents: dict[str, bytes]) -> dict[str, Any]:
    return {"kind": kind, "uri": name, "digest": _add(content, contents)}


def _add(content: str | bytes, contents: dict[str, bytes]) -> str:
    digest, encoded = _digested(content)
    contents[digest] = encoded
    return digest


@lru_cache(maxsize=256)
def _digested(content: str | bytes) -> tuple[str, bytes]:
    """Lists are large, and the same for hundreds of answers."""
    encoded = content.encode() if isinstance(content, str) else content
    return digest_of_content(encoded), encoded
