"""``/api/v1/show-codes``: what the code page of a phone asks for; and where windows redeem codes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, request

from service.web.csrf import MachineBlueprint, csrf_token
from service.web.json_body import read_json_body
from service.web.kit import current_kit
from service.web.sign_in.session import session_id_of
from standards.errors import InvalidInputError
from standards.jose import b64url_encode, parse_public_jwk
from standards.json_reader import Reader
from standards.licence_types.licence_type import type_code_of
from standards.show_code import SHEET_PREFIX
from standards.show_code.errors import ShowCodeError
from standards.show_code.redemption import MAX_CHARS, parse_redemption_request
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_self, require_deed
from wallet.node import WalletNode, current_node
from wallet.sheets.redeem_sheet import redeem_sheet
from wallet.showing.errors import RedemptionRejectedError
from wallet.showing.make_delegations import MAX_LICENCES, make_delegations
from wallet.showing.portrait import portrait_url
from wallet.showing.redeem_code import redeem_code
from wallet.showing.session_end import reference_of_session
from wallet.showing.show_state import ShownLicence, show_state

USES_AT_ONCE: Final = 20

blueprint = Blueprint("show_codes_api", __name__)
windows = MachineBlueprint("show_codes_windows", __name__)


@blueprint.get("/api/v1/show-codes")
def state() -> dict[str, Any]:
    """The licences acted for and their state, the face of who holds the phone, and what their phone is bound to."""
    node, holder = current_node(), require_deed(Deed.SHOW)
    return {
        "at": node.clock.now().isoformat(),
        "bound_to": bound_to(node, holder),
        "csrf_token": csrf_token(),
        "person": {"name": holder.person.name},
        "acting_for": None
        if holder.acting.is_self
        else {
            "name": holder.subject.name,
            "kind": holder.subject.kind.value,
            "capacity": holder.acting.capacity.value,
        },
        "portrait": portrait_url(node.holdings.all_of(current_self())),
        "licences": [licence_json(one) for one in show_state(node, holder)],
    }


@blueprint.post("/api/v1/show-codes/delegations")
def delegate() -> dict[str, Any]:
    """Let the phone whose public key comes make codes for a day."""
    node, holder = current_node(), require_deed(Deed.SHOW)
    reader = Reader(read_json_body())
    phone_key = parse_public_jwk(reader.any("phone_key"))
    wanted = reader.texts("licences", max_items=MAX_LICENCES)
    made = make_delegations(
        node,
        holder,
        phone_key,
        wanted,
        own=current_self(),
        session=session_reference(node),
    )
    return {
        "delegations": [
            {
                "id": one.holding_id,
                "copy": one.copy_id,
                "licence": b64url_encode(one.licence),
                "delegation": b64url_encode(one.delegation),
                "expires_at": one.expires_at.isoformat(),
            }
            for one in made
        ]
    }


@blueprint.get("/api/v1/show-codes/uses")
def uses() -> dict[str, Any]:
    """What happened to codes of this wallet after ``?after=`` (a cursor of an earlier answer; empty: from now on)."""
    node, holder = current_node(), require_deed(Deed.SHOW)
    after = _cursor(request.args.get("after", ""), node.clock.now())
    found = node.code_uses.after(holder, after, USES_AT_ONCE)
    return {
        "uses": [{"code_id": use.code_id, "at": use.at.isoformat(), **use.told} for use in found],
        "cursor": (found[-1].at if found else after).isoformat(),
    }


@windows.post("/show-codes/redeem")
def redeem() -> dict[str, Any]:
    """A window redeems a code, or has the use of a sheet noted: ``{"code": text, "request": JWT}``."""
    reader = Reader(read_json_body())
    code = reader.text("code", max_chars=8192)
    try:
        redemption = parse_redemption_request(reader.text("request", max_chars=MAX_CHARS))
    except ShowCodeError as error:
        raise RedemptionRejectedError(error.message.zh, error.message.en, where="/request") from error
    redeem_this = redeem_sheet if code.strip().startswith(SHEET_PREFIX) else redeem_code
    return redeem_this(current_node(), code, redemption).to_json()


def licence_json(one: ShownLicence) -> dict[str, Any]:
    """One licence as the phone keeps it: no more than it shows."""
    card = one.card
    number = card.number
    return {
        "id": one.holding_id,
        "title": card.title.to_json(),
        "holder": card.holder_name,
        "number": None if number is None else number.masked or number.value.zh,
        "issuer": card.holding.face.issuer_name.to_json(),
        "card": type_code_of(card.holding.face.vct).lower(),
        "state": {
            "value": card.state.state.value,
            "word": card.state.word.to_json(),
            "reason": None if card.state.advice is None else card.state.advice.to_json(),
            "usable": card.state.usable,
            "kind": state_kind(card.state.state.value),
        },
        "can_show": one.can_show,
        "why_not": None if one.why_not is None else one.why_not.to_json(),
        "copy": None if one.copy is None else one.copy.sealed.copy_id,
    }


def state_kind(state: str) -> str:
    """How a tag of this state looks."""
    return {"valid": "success", "unknown": "info", "ended": "danger", "expired": "danger"}.get(
        state, "warning"
    )


def bound_to(node: WalletNode, holder: Holder) -> str:
    """What a phone's material belongs to: this session, and whom it acts for."""
    return node.references.of("show code", session_reference(node), holder.account_id)


def session_reference(node: WalletNode) -> str:
    """The session, as it may be stored: nothing can be done with it."""
    cookie = request.cookies.get(current_kit().session_cookie, "")
    return reference_of_session(node, session_id_of(cookie))


def _cursor(text: str, now: datetime) -> datetime:
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInputError("游标无效。", "The cursor is not one of ours.", where="/after")
    return at.astimezone(UTC)
