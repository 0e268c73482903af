"""What a decision rests on beside the presentation itself: gathered before, then only read.

The same evidence, policy and instant always give the same report, so that a decision can be made offline and replayed
for audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from keys.trust_list import TrustStore


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lists in hand.

    Attributes:
        trust: anchors, trust lists and revocation lists; may hold no list at all.
        status_tokens: status list token by ``uri``, as fetched and not verified; a list that could not be fetched
            is absent.
        issuer_chains: certificate chains (DER, leaf first) by the SHA-256 of their leaf, for compact licences, which name
            their issuer's certificate and do not carry it; not validated.
    """

    trust: TrustStore
    status_tokens: Mapping[str, str] = field(default_factory=dict)
    issuer_chains: Mapping[bytes, tuple[bytes, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListUsed:
    """A list that a decision rests on, for the acceptance record.

    Attributes:
        kind: ``trust`` or ``status``.
        uri: where it is published.
        sequence: sequence number of a trust list, else ``None``.
        issued_at: when it was made.
        age: how old it was at the decision.
    """

    kind: str
    uri: str
    sequence: int | None
    issued_at: datetime
    age: timedelta
