"""A licence on the wire of ``/api/v1``: for its holder, who may see all of it."""

from __future__ import annotations

from typing import Any

from wallet.accounts.account import Holder
from wallet.holdings.face_fields import NEVER_ASKED, FaceField
from wallet.holdings.list_licences import Card


def card_json(card: Card, keeper: Holder) -> dict[str, Any]:
    """The schema ``Credential`` of the OpenAPI document; ``keeper`` is the account in which the licence lies."""
    face, renewal = card.holding.face, card.holding.renewal
    return {
        "id": card.holding.holding_id,
        "vct": face.vct,
        "type": face.type_name.to_json(),
        "issuer": {"identifier": face.credential_issuer, "name": face.issuer_name.to_json()},
        "holder": {
            "name": card.holder_name,
            "relation": face.relation.value,
            "acting": keeper.acting.capacity.value,
        },
        "state": card.state.state.value,
        "state_text": card.state.word.to_json(),
        "state_reason": None if card.state.reason is None else card.state.reason.to_json(),
        "state_as_of": None if card.state.as_of is None else card.state.as_of.isoformat(),
        "received_at": card.holding.received_at.isoformat(),
        "refreshed_at": None if renewal.refreshed_at is None else renewal.refreshed_at.isoformat(),
        "refreshes_itself": renewal.means is not None,
        "earlier_versions": [
            {
                "identifier": version.identifier,
                "until": version.until.isoformat(),
                "changes": [
                    {
                        "label": change.label.to_json(),
                        "before": None if change.before is None else change.before.to_json(),
                        "after": None if change.after is None else change.after.to_json(),
                    }
                    for change in version.changes
                ],
            }
            for version in renewal.past
        ],
        "removed_at": None if card.holding.removed_at is None else card.holding.removed_at.isoformat(),
        "expires_at": None if face.expires_at is None else face.expires_at.isoformat(),
        "copies": len(card.holding.copies),
        "unused_copies": card.holding.unused_copies,
        "fields": [field_json(field) for field in card.fields],
        "claims": {name: value for name, value in face.claims.items() if name not in NEVER_ASKED},
    }


def field_json(field: FaceField) -> dict[str, Any]:
    """The schema ``Field`` of the OpenAPI document."""
    return {
        "name": field.name,
        "label": field.label.to_json(),
        "value": field.value.to_json(),
        "masked": field.masked,
        "sensitive": field.sensitive,
        "image": field.image,
        "printed": field.printed,
    }
