"""Use case: a citizen holds a show-licence code before the kiosk, in place of scanning the kiosk's own."""

from __future__ import annotations

from typing import Final

from standards.text import Text
from verifier.cases.note_answer import shown_before
from verifier.kiosk.visit import Visit
from verifier.node import VerifierNode
from verifier.offline.policy import policy_of
from verifier.scanning.scan_code import Purpose, scan_code
from verifier.window.code_view import answer_of_code, verdict_of_code
from verifier.window.material_rule_of import material_rule_of
from verifier.window.note_lists import note_lists
from verifier.window.presentation import Pending
from verifier.window.relying_party import signer_of

CUT_OFF: Final = Text(
    "本机已断网，不能核销亮证码。请到人工窗口办理，或稍后再试。",
    "This terminal is cut off and cannot have codes redeemed. Go to a counter, or try again later.",
)


def show_code(node: VerifierNode, visit: Visit, text: str) -> Text | None:
    """Check and redeem a code for the request that waits; ``None`` when it was answered, else why it was not.

    Raises:
        DepartmentNotCertifiedError: the department has no certificate.
    """
    waiting = visit.presentation
    if not isinstance(waiting, Pending):
        return Text("现在不需要出示。", "Nothing is awaited now.")
    at = node.clock.now()
    checked = scan_code(
        node,
        text,
        Purpose(
            department=visit.department,
            signer=signer_of(node.keys, visit.department),
            item=visit.item.code,
            query=waiting.asked.query,
            material_rule=material_rule_of(visit.item, shown_before(node, waiting.asked)),
            nonce=waiting.asked.nonce,
        ),
        at=at,
        policy=lambda: policy_of(visit.item, node.status),
    )
    if checked.redeemed and node.presentations.settle(
        waiting.receive(
            answer_of_code(
                checked,
                node.types,
                at,
                note_lists(checked.lists, trust=node.trust, status=node.status, kept=node.evidence, at=at),
            )
        ),
        at,
    ):
        return None
    if not checked.redeemed and node.status.cut_off:
        # Nobody stands here to compare the person with the photo, which is what a code that was not redeemed needs.
        return CUT_OFF
    return verdict_of_code(checked).sentence
