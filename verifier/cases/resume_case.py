"""Use case: a case begun at home is resumed at the window by scanning its code; what was shown is judged again now.

Everything is checked anew with the lists of this moment; only the holder's proof may be as old as the pre-check may be. What
does not hold any more opens its slot again. The outcome stands as a presentation of its own, so that the decision and its
record rest on what was true at the window.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from verifier.cases import steps
from verifier.cases.case import Case, SlotState, State
from verifier.cases.find_case import item_of_case
from verifier.cases.steps import Actor
from verifier.cases.tick_slots import earlier_claims, mixed_holders, what_it_adds
from verifier.checking import ExpectedPresentation, VerificationPolicy, check_presentation, gather_evidence
from verifier.departments.department import Department
from verifier.node import VerifierNode
from verifier.offline.policy import policy_of
from verifier.window.describe_shown import with_description
from verifier.window.material_rule_of import material_rule_of
from verifier.window.note_lists import note_lists
from verifier.window.presentation import LIFETIME, Answer, Received
from verifier.window.receive_response import shown_licence

FRESH_FOR: Final = timedelta(hours=24)
"""How old the holder's proof of a pre-check may be at the window; presentations are kept no longer either."""

OVER_AGE: Final = "shown-too-long-ago"
"""Reason of a slot that has to be shown again because of its age alone."""

NOT_HOLDING: Final = "does-not-hold-now"
"""Reason of a slot whose licence failed when it was judged again."""


def resume_case(node: VerifierNode, case: Case, department: Department, actor: Actor) -> Case:
    """Note the visit, and judge again what was shown before it (two durable writes at most).

    Args:
        node: whose window it is.
        case: as found by its code or number.
        department: whose window it is; the case is its own.
        actor: who scanned, at which terminal.

    Raises:
        CaseChangedError: somebody took a step meanwhile.
    """
    if case.state is not State.OPEN:
        return case
    after = steps.visited(case, actor)
    # What was asked at this visit is fresh already.
    if case.visits and after is case:
        return case
    return node.cases.save(_judged_again(node, after, department, actor))


def _judged_again(node: VerifierNode, case: Case, department: Department, actor: Actor) -> Case:
    for presentation_id in _shown_in(case):
        found = node.presentations.find(presentation_id)
        ticks = [material for material, slot in case.slots.items() if slot.presentation == presentation_id]
        if not isinstance(found, Received) or actor.at - found.answer.received_at > FRESH_FOR:
            case = steps.unticked(case, ticks, actor, OVER_AGE)
            continue
        now = _judge(node, case, found, department, actor)
        node.presentations.add_received(now)
        item = item_of_case(node.items, case)
        case = steps.unticked(case, ticks, actor, NOT_HOLDING)
        if mixed_holders(case, item, now) is None:
            case = steps.ticked(case, what_it_adds(item, now), actor)
    return case


def _shown_in(case: Case) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            slot.presentation
            for slot in case.slots.values()
            if slot.state is SlotState.SATISFIED and slot.presentation is not None
        )
    )


def _judge(
    node: VerifierNode, case: Case, received: Received, department: Department, actor: Actor
) -> Received:
    """The same presentation, checked with the lists of this moment."""
    asked, answer, at = received.asked, received.answer, actor.at
    texts = [text for shown in answer.vp_token.values() for text in shown]
    item = item_of_case(node.items, case)
    checked = check_presentation(
        answer.vp_token,
        ExpectedPresentation(asked.nonce, asked.client_id, asked.query, asked.item, department.division),
        gather_evidence(texts, trust=node.trust, status=node.status, at=at),
        policy=policy_of(
            item, node.status, VerificationPolicy(key_binding_max_age=FRESH_FOR + timedelta(minutes=5))
        ),
        at=at,
        material_rule=material_rule_of(item, earlier_claims(node, case)),
    )
    return Received(
        replace(
            asked,
            id=secrets.token_urlsafe(16),
            asked_by=actor.by or "",
            asked_at=at,
            expires_at=at + LIFETIME,
            redirect_uri=None,
            browser=None,
        ),
        Answer(
            report=checked.report.to_json(),
            lists=note_lists(checked.lists, trust=node.trust, status=node.status, kept=node.evidence, at=at),
            licences={
                query: tuple(with_description(shown_licence(one), node.types) for one in shown)
                for query, shown in checked.licences.items()
            },
            vp_token=answer.vp_token,
            response_code=None,
            received_at=answer.received_at,
        ),
    )
