"""The face of the person who holds the phone, from their resident identity card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from standards.licence_types.licence_type import type_code_of
from wallet.holdings.holding import Holding

PORTRAIT: Final = "portrait"
"""Claim of the identity card: base64 of a JPEG or PNG picture, checked by its type."""

IDENTITY_CARD: Final = "11100000000013338W001"
"""Type code of the resident identity card."""

_PNG: Final = "iVBORw0KGgo"


def identity_card(cards: Sequence[Holding]) -> Holding | None:
    """The newest identity card with a portrait."""
    return next(
        (
            card
            for card in cards
            if type_code_of(card.face.vct) == IDENTITY_CARD
            and isinstance(card.face.claims.get(PORTRAIT), str)
        ),
        None,
    )


def portrait_url(cards: Sequence[Holding]) -> str | None:
    """The portrait as a ``data:`` address for a page; ``None`` without one."""
    card = identity_card(cards)
    if card is None:
        return None
    picture = card.face.claim_text(PORTRAIT)
    kind = "png" if picture.startswith(_PNG) else "jpeg"
    return f"data:image/{kind};base64,{picture}"
