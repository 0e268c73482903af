"""A request and the decision on it, on the wire of ``/api/v1``."""

from __future__ import annotations

from typing import Any

from wallet.holdings.card_json import field_json
from wallet.presenting.consent import Consent, Option, Slot
from wallet.presenting.pending_request import PendingRequest, RequestState


def request_json(pending: PendingRequest, consent: Consent | None) -> dict[str, Any]:
    """The schema ``Request`` of the OpenAPI document; the consent view is there while the request waits."""
    expired = pending.state is RequestState.WAITING and consent is None
    wire: dict[str, Any] = {
        "id": pending.request_id,
        "state": "expired" if expired else pending.state.value,
        "expires_at": pending.expires_at.isoformat(),
    }
    if pending.answer is not None:
        wire["redirect_uri"] = pending.answer.redirect_uri
        wire["reason"] = None if pending.answer.reason is None else pending.answer.reason.to_json()
    return wire if consent is None else wire | _consent_json(consent)


def _consent_json(consent: Consent) -> dict[str, Any]:
    verifier, item = consent.trusted.verifier, consent.trusted.item
    slots = {
        slot.query_id: slot
        for choice in consent.choices
        for alternative in choice.alternatives
        for slot in alternative
    }
    return {
        "verifier": {
            "client_id": verifier.client_id,
            "name": verifier.name.to_json(),
            "region": verifier.region.to_json(),
            "uscc": verifier.uscc,
            "registered": not verifier.foreign,
            "verified": True,
        },
        "item": None
        if item is None
        else {
            "code": item.code,
            "name": item.name.to_json(),
            "purpose": None if item.purpose is None else item.purpose.to_json(),
            "registered": item.registered,
            "basis": None if item.basis is None else item.basis.to_json(),
            "retention": None if item.retention is None else item.retention.to_json(),
        },
        "seen": consent.fingerprint,
        "satisfied": consent.satisfied,
        "choices": [
            {
                "required": choice.required,
                "alternatives": [
                    [slot.query_id for slot in alternative] for alternative in choice.alternatives
                ],
                "missing": [name.to_json() for name in choice.missing],
            }
            for choice in consent.choices
        ],
        "queries": {query_id: _slot_json(slot) for query_id, slot in slots.items()},
        "selection": {one.query_id: one.option.holding_id for one in consent.resolve(None)}
        if consent.satisfied and any(choice.required for choice in consent.choices)
        else {},
    }


def _slot_json(slot: Slot) -> dict[str, Any]:
    return {"wanted": slot.wanted.to_json(), "options": [_option_json(option) for option in slot.options]}


def _option_json(option: Option) -> dict[str, Any]:
    face = option.licence.holding.face
    return {
        "credential_id": option.holding_id,
        "type": face.type_name.to_json(),
        "issuer": face.issuer_name.to_json(),
        "holder_name": face.claim_text("holder_name"),
        "acting": option.licence.keeper.acting.capacity.value,
        "state": option.licence.state.state.value,
        "shown": [field_json(field) for field in option.shown],
        "optional": [field_json(field) for field in option.optional],
        "sensitive": option.is_sensitive,
        "withheld": [{"name": field.name, "label": field.label.to_json()} for field in option.withheld],
    }
