"""Use case: a case is opened, and a wallet is asked for what is still missing in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from standards.text import Text
from verifier.cases import steps
from verifier.cases.case import Case, Channel, SlotState, Stage, State
from verifier.cases.case_code import case_id_of, case_number_of, new_case_code
from verifier.cases.errors import CaseStateError
from verifier.cases.find_case import item_of_case
from verifier.cases.item_terms import empty_slots, query_for, version_of
from verifier.cases.steps import Actor
from verifier.departments.department import Department
from verifier.items import ServiceItem
from verifier.node import VerifierNode
from verifier.window.create_presentation import create_presentation
from verifier.window.order import Order
from verifier.window.presentation import Pending
from verifier.window.relying_party import signer_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case and the code that finds it again; the code is told once and kept nowhere here."""

    case: Case
    code: str


def open_case(
    node: VerifierNode, item: ServiceItem, department: Department, channel: Channel, actor: Actor
) -> Opened:
    """Open a case (one durable write). At a window or a kiosk the applicant is there: that is a visit."""
    case, code = new_case(item, department, channel, actor)
    node.cases.add(case)
    return Opened(case, code)


def new_case(item: ServiceItem, department: Department, channel: Channel, actor: Actor) -> tuple[Case, str]:
    """A case that is not kept yet, and its code."""
    code = new_case_code()
    case_id = str(case_id_of(code))
    case = Case(
        id=case_id,
        number=case_number_of(case_id, actor.at),
        department=department.uscc,
        item=item.code,
        item_version=version_of(item),
        stage=Stage.CONSULT,
        state=State.OPEN,
        slots=empty_slots(item),
        visits=(),
        channel=channel,
        opened_at=actor.at,
        events=(steps.opened(actor, channel),),
    )
    return (steps.visited(case, actor) if channel in {Channel.WINDOW, Channel.KIOSK} else case), code


def open_and_ask(
    node: VerifierNode,
    item: ServiceItem,
    department: Department,
    channel: Channel,
    actor: Actor,
    *,
    materials: Iterable[str] | None = None,
    browser: str | None = None,
    redirect_uri: str | None = None,
) -> tuple[Opened, Pending]:
    """Open a case and ask for its materials at once (two durable writes).

    Args:
        node: whose window it is.
        item: what is applied for.
        department: whose case it is.
        channel: how the case begins.
        actor: who opens it, and where.
        materials: ids of those to ask for; all of the item's unless given.
        browser: as in :func:`verifier.window.create_presentation.create_presentation`.
        redirect_uri: likewise.
    """
    case, code = new_case(item, department, channel, actor)
    pending = _ask(
        node,
        case,
        item,
        department,
        actor=actor,
        materials=materials,
        browser=browser,
        redirect_uri=redirect_uri,
    )
    case = steps.asked(case, pending.asked.id, actor)
    node.cases.add(case)
    return Opened(case, code), pending


def ask_in_case(
    node: VerifierNode,
    case: Case,
    department: Department,
    actor: Actor,
    *,
    materials: Iterable[str] | None = None,
    browser: str | None = None,
    redirect_uri: str | None = None,
) -> tuple[Case, Pending]:
    """Ask a wallet for what is missing in a case (two durable writes). What is satisfied is not asked for again (R12).

    Args:
        node: whose window it is.
        case: what is missing in it is asked for.
        department: whose case it is.
        actor: who asks, and where.
        materials: ids of the missing materials to ask for; all of them unless given.
        browser: as in :func:`verifier.window.create_presentation.create_presentation`.
        redirect_uri: likewise.

    Raises:
        CaseStateError: nothing is missing, or the case does not wait for materials.
        CaseChangedError: somebody took a step meanwhile.
    """
    item = item_of_case(node.items, case)
    wanted = case.missing if materials is None else tuple(one for one in materials if one in case.missing)
    if not wanted:
        raise CaseStateError(
            "此办件没有需要出示的材料。",
            "Nothing is left to be shown in this case.",
            next_step=Text("请直接作出决定。", "Decide on it."),
        )
    pending = _ask(
        node,
        case,
        item,
        department,
        actor=actor,
        materials=wanted,
        browser=browser,
        redirect_uri=redirect_uri,
    )
    return node.cases.save(steps.asked(case, pending.asked.id, actor)), pending


def pending_for_item(
    node: VerifierNode, case: Case, item: ServiceItem, department: Department, actor: Actor
) -> Pending:
    """A request for all that the item needs, in a case (one durable write)."""
    return _ask(node, case, item, department, actor=actor, materials=None, browser=None, redirect_uri=None)


def _ask(
    node: VerifierNode,
    case: Case,
    item: ServiceItem,
    department: Department,
    *,
    actor: Actor,
    materials: Iterable[str] | None,
    browser: str | None,
    redirect_uri: str | None,
) -> Pending:
    everything = materials is None or all(slot.state is SlotState.MISSING for slot in case.slots.values())
    wanted = tuple(case.slots) if materials is None else tuple(materials)
    some = query_for(item, wanted)
    whole = (everything and set(wanted) == set(case.slots)) or some is None
    return create_presentation(
        Order(item, node.items.query(item) if whole or some is None else some, redirect_uri=redirect_uri),
        department=department,
        signer=signer_of(node.keys, department),
        presentations=node.presentations,
        public_url=node.public_url,
        asked_by=actor.by or "",
        at=actor.at,
        browser=browser,
        case=case.id,
    )
