"""``/api/v1``: for whom a session acts, the rights of the person, and those over the subject acted for."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from service.web.json_body import read_json_body
from standards.json_reader import Reader
from wallet.accounts.acting import Deed
from wallet.accounts.current import current_self, current_session_id, require_deed
from wallet.mandates.change_right import accept_right, give_up_right, may_withdraw, withdraw_right
from wallet.mandates.choose import choose
from wallet.mandates.give_grant import give_grant
from wallet.mandates.hand_over import hand_over
from wallet.mandates.open_right import rights_of
from wallet.mandates.read_draft import draft_of_json
from wallet.mandates.right_json import acting_json, grant_json, subject_json
from wallet.node import current_node
from wallet.passkeys.step_up import require_step_up

blueprint = Blueprint("wallet_mandates_api", __name__)


@blueprint.post("/api/v1/acting-for")
def post_acting_for() -> dict[str, Any]:
    """Choose for whom the session acts: a right of this person, or ``self``."""
    right = Reader(read_json_body()).text("right", max_chars=64)
    return {"acting_for": acting_json(choose(current_node(), current_self(), current_session_id(), right))}


@blueprint.get("/api/v1/rights")
def list_rights() -> dict[str, Any]:
    """The rights that the signed-in person was given; offered ones wait for an answer."""
    return {"rights": [subject_json(one) for one in rights_of(current_node(), current_self())]}


@blueprint.post("/api/v1/rights/<right_id>/accept")
def post_acceptance(right_id: str) -> dict[str, Any]:
    """Accept what was offered."""
    require_step_up("/acting-for")
    right = accept_right(current_node(), current_self(), right_id)
    return {"right": right.right_id, "state": "active"}


@blueprint.post("/api/v1/rights/<right_id>/give-up")
def post_giving_up(right_id: str) -> dict[str, Any]:
    """Decline what was offered, or stop acting."""
    give_up_right(current_node(), current_self(), right_id)
    return {"right": right_id, "state": "ended"}


@blueprint.post("/api/v1/rights/<right_id>/hand-over")
def post_hand_over(right_id: str) -> tuple[dict[str, Any], int]:
    """A guardian offers the child its wallet."""
    require_step_up(f"/rights/{right_id}/hand-over")
    body = Reader(read_json_body())
    name, number = body.text("name", max_chars=100), body.text("number", max_chars=40)
    right = hand_over(current_node(), current_self(), right_id, name, number)
    return {"right": right.right_id, "state": right.state.value}, 201


@blueprint.get("/api/v1/grants")
def list_grants() -> dict[str, Any]:
    """The grants over the subject acted for; a manager sees those that the manager made."""
    holder = require_deed(Deed.MANAGE_AGENTS)
    sealed = current_node().rights.of_subject(holder.account_id)
    return {"grants": [grant_json(one.open(holder.envelope)) for one in sealed if may_withdraw(holder, one)]}


@blueprint.post("/api/v1/grants")
def post_grant() -> tuple[dict[str, Any], int]:
    """201 with the grant, which holds once the person has accepted it."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    require_step_up("/mandates/new")
    return grant_json(give_grant(node, holder, draft_of_json(read_json_body(), node.clock.now()))), 201


@blueprint.post("/api/v1/grants/<right_id>/withdraw")
def post_withdrawal(right_id: str) -> dict[str, Any]:
    """Withdraw a grant, at once."""
    withdraw_right(current_node(), require_deed(Deed.MANAGE_AGENTS), right_id)
    return {"id": right_id, "state": "withdrawn"}
