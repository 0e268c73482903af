"""Pages: for whom somebody acts, what was granted, and the child's wallet that passes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from service.web.sign_in.return_path import safe_return_path
from standards.errors import ElicenceError
from standards.mandate import MandateError
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.acting import Capacity, Deed
from wallet.accounts.current import current_self, current_session_id, require_deed
from wallet.accounts.subject import SubjectKind
from wallet.holdings.holding import Holding
from wallet.mandates.change_right import accept_right, give_up_right, may_withdraw, withdraw_right
from wallet.mandates.choices import choices_of
from wallet.mandates.choose import SELF, choose
from wallet.mandates.errors import (
    GrantRefusedError,
    HandOverError,
    InvalidGrantError,
    RightStateError,
    TooManyManagersError,
)
from wallet.mandates.give_grant import GRANTED_BY, give_grant
from wallet.mandates.hand_over import child_of, hand_over, handed_over
from wallet.mandates.open_right import RightOfPerson, current_root, rights_of
from wallet.mandates.read_draft import draft_of_form
from wallet.mandates.right import MOST_MANAGERS, Right, RightState
from wallet.mandates.root_licence import capacity_by_licence
from wallet.node import current_node
from wallet.passkeys.step_up import require_step_up

blueprint = Blueprint(
    "mandates",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/static/mandates",
)

_NOT_IN_ADDRESS: Final = frozenset({"name", "number", "csrf_token"})
_LIVE: Final = frozenset({RightState.OFFERED, RightState.ACTIVE})
_WHOSE: Final = {
    SubjectKind.PERSON: Text("我的亲友", "My relative or friend"),
    SubjectKind.ENTITY: Text("我的单位", "My company"),
    SubjectKind.CHILD: Text("我的孩子", "My child"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A right in a list, with its limits in words."""

    right: Right
    limits: tuple[Text, ...]
    in_force: bool
    may_withdraw: bool


@blueprint.get("/acting-for")
def choice() -> str:
    """For whom: the person, and everybody for whom the person acts; invitations wait at the top."""
    rights = rights_of(current_node(), current_self())
    return render_template(
        "wallet/mandates/choice.html",
        own=current_self(),
        offered=[one for one in rights if one.right.state is RightState.OFFERED],
        given=[one for one in rights if one.right.state is not RightState.OFFERED],
        handed=handed_over(current_node(), rights),
        whose=_whose,
        limits=_limits,
        back=safe_return_path(request.args.get("next")),
    )


@blueprint.post("/acting-for")
def choose_for_whom() -> BaseResponse:
    """Choose, and go on."""
    choose(current_node(), current_self(), current_session_id(), request.form.get("right", SELF))
    return redirect(safe_return_path(request.form.get("next")), code=303)


@blueprint.post("/rights/<right_id>/acceptance")
def accept(right_id: str) -> BaseResponse:
    """Accept; the subject is chosen at once."""
    require_step_up(url_for("mandates.choice"))
    right = accept_right(current_node(), current_self(), right_id)
    if right.terms is None or right.terms.not_before <= current_node().clock.now():
        choose(current_node(), current_self(), current_session_id(), right_id)
        return redirect("/", code=303)
    return redirect(url_for("mandates.choice"), code=303)


@blueprint.post("/rights/<right_id>/end")
def end(right_id: str) -> BaseResponse:
    """Decline, or stop acting."""
    give_up_right(current_node(), current_self(), right_id)
    return redirect(url_for("mandates.choice"), code=303)


@blueprint.get("/rights/<right_id>/hand-over")
def ask_hand_over(right_id: str) -> str:
    """The form with which a guardian hands the child its wallet."""
    return _hand_over_page(right_id, request.args, None)


@blueprint.post("/rights/<right_id>/hand-over")
def do_hand_over(right_id: str) -> BaseResponse:
    """Offer the child its wallet; what was typed stays after an error."""
    require_step_up(url_for("mandates.ask_hand_over", right_id=right_id))
    form = request.form
    try:
        hand_over(current_node(), current_self(), right_id, form.get("name", ""), form.get("number", ""))
    except (HandOverError, RightStateError) as error:
        return Response(_hand_over_page(right_id, form, error), 422, mimetype="text/html")
    return redirect(url_for("mandates.choice"), code=303)


@blueprint.get("/mandates")
def grants() -> str:
    """What was granted over the subject acted for, live ones first."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    root = current_root(node, holder)
    lines = [
        Line(
            right := one.open(holder.envelope),
            _limits(right),
            in_force=right.holds_in_time(node.clock.now()) and _is_named(right, root),
            may_withdraw=may_withdraw(holder, one),
        )
        for one in node.rights.of_subject(holder.account_id)
        if _is_seen(holder, one.parent_id)
    ]
    return render_template(
        "wallet/mandates/grants.html",
        holder=holder,
        live=[one for one in lines if one.right.state in _LIVE],
        past=[one for one in lines if one.right.state not in _LIVE][:100],
        capacities=_capacities(holder),
        most_managers=MOST_MANAGERS,
        at=node.clock.now(),
    )


@blueprint.get("/mandates/new")
def ask_grant() -> str:
    """The form of a grant; asked for the person's presence before anything is typed."""
    require_step_up(_form_path(request.args))
    return _grant_page(request.args, None)


@blueprint.post("/mandates/new")
def make_grant() -> BaseResponse:
    """Grant; what was typed stays after an error."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    require_step_up(_form_path(request.form))
    try:
        give_grant(node, holder, draft_of_form(request.form, node.clock.now()))
    except (InvalidGrantError, MandateError, GrantRefusedError, TooManyManagersError) as error:
        return Response(_grant_page(request.form, error), 422, mimetype="text/html")
    return redirect(url_for("mandates.grants"), code=303)


@blueprint.get("/mandates/<right_id>/withdrawal")
def ask_withdrawal(right_id: str) -> BaseResponse | str:
    """Ask before a right is withdrawn."""
    node, holder = current_node(), require_deed(Deed.MANAGE_AGENTS)
    sealed = node.rights.get(holder.account_id, right_id)
    if sealed is None or sealed.state not in _LIVE or not may_withdraw(holder, sealed):
        return redirect(url_for("mandates.grants"), code=303)
    fallen = len(node.rights.children(holder.account_id, right_id))
    right = sealed.open(holder.envelope)
    return render_template("wallet/mandates/withdrawal.html", right=right, fallen=fallen)


@blueprint.post("/mandates/<right_id>/withdrawal")
def withdraw(right_id: str) -> BaseResponse:
    """Withdraw, at once; a second click finds it withdrawn."""
    try:
        withdraw_right(current_node(), require_deed(Deed.MANAGE_AGENTS), right_id)
    except RightStateError:
        return redirect(url_for("mandates.grants"), code=303)
    return redirect(url_for("mandates.grants"), code=303)


def _form_path(given: MultiDict[str, str]) -> str:
    """The form with what was chosen, so that it comes back; who the person is never goes into an address."""
    kept: dict[str, Any] = {name: given.getlist(name) for name in given if name not in _NOT_IN_ADDRESS}
    return url_for("mandates.ask_grant", **kept)


def _is_named(right: Right, root: Holding | None) -> bool:
    """Whether the licence in force names a representative; true for who needs a grant instead."""
    if not right.capacity.is_by_licence:
        return True
    if root is None:
        return False
    person, face = right.person, root.face
    return capacity_by_licence(face.vct, face.claims, person.code_type, person.number) is right.capacity


def _is_seen(holder: Holder, parent_id: str | None) -> bool:
    return holder.acting.capacity is not Capacity.MANAGER or parent_id == holder.acting.right_id


def _capacities(holder: Holder) -> tuple[Capacity, ...]:
    return tuple(
        one
        for one in GRANTED_BY[holder.subject.kind]
        if holder.acting.may(Deed.MANAGE_MANAGERS if one is Capacity.MANAGER else Deed.MANAGE_AGENTS)
    )


def _grant_page(given: MultiDict[str, str], error: ElicenceError | None) -> str:
    holder = require_deed(Deed.MANAGE_AGENTS)
    return render_template(
        "wallet/mandates/new.html",
        holder=holder,
        given=given,
        error=error,
        capacities=_capacities(holder),
        choices=choices_of(current_node()),
    )


def _hand_over_page(right_id: str, given: MultiDict[str, str], error: ElicenceError | None) -> str:
    subject, age = child_of(current_node(), current_self(), right_id)
    return render_template(
        "wallet/mandates/hand_over.html",
        subject=subject,
        age=age,
        right_id=right_id,
        given=given,
        error=error,
    )


def _whose(one: RightOfPerson) -> Text:
    if one.right.capacity is Capacity.SELF:
        return Text("移交给我的钱包", "Handed to me")
    return _WHOSE[one.right.subject.kind]


def _limits(right: Right) -> tuple[Text, ...]:
    """What limits a right, in words; empty for who needs no grant."""
    terms = right.terms
    if terms is None:
        return ()
    choices = choices_of(current_node())
    found = [
        _named("仅限证照", "Only these licences", terms.scope.licence_types, choices.licence_types),
        _named("仅限事项", "Only these services", terms.scope.service_items, choices.service_items),
        _named("仅限地区", "Only these regions", terms.scope.divisions, choices.divisions),
    ]
    if right.uses_left is not None and terms.scope.uses is not None:
        found.append(
            Text(
                f"限用 {terms.scope.uses} 次，还剩 {right.uses_left} 次",
                f"{terms.scope.uses} uses, {right.uses_left} left",
            )
        )
    if terms.scope.is_full:
        found.append(Text("全部证照、事项和地区", "All licences, services and regions"))
    return tuple(one for one in found if one is not None)


def _named(
    zh: str, en: str, codes: frozenset[str] | None, names: tuple[tuple[str, Text], ...]
) -> Text | None:
    if codes is None:
        return None
    known = dict(names)
    listed = [known.get(code, Text(code, code)) for code in sorted(codes)]
    return Text(
        f"{zh}：{'、'.join(one.zh for one in listed)}", f"{en}: {', '.join(one.en for one in listed)}"
    )
