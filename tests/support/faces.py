"""Faces of licences for unit tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from standards.licence_types import load_catalogue
from standards.status_list import StatusReference
from standards.text import Text
from wallet.holdings.holding import Face, Relation

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
IDENTITY_CARD = load_catalogue().by_code("11100000000013338W001")


def face(*, vct: str = IDENTITY_CARD.vct, expires_at: datetime | None = None, **claims: Any) -> Face:
    return Face(
        credential_issuer="https://issuer.example",
        issuer_name=Text("某局", "Some bureau"),
        issuer_chain=(b"leaf", b"region"),
        vct=vct,
        type_name=IDENTITY_CARD.name,
        claims={"iss": "https://issuer.example", "vct": vct, "holder_name": "张小明"} | claims,
        relation=Relation.OWN,
        expires_at=expires_at,
        statuses=(StatusReference("https://issuer.example/status-lists/1", 7),),
    )
