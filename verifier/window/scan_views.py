"""The one field of the window: what a scanner types or a clerk pastes is recognised and checked at once."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, render_template, request

from keys.signer import Signer
from verifier.checking import VerificationPolicy, check_text, gather_evidence
from verifier.checking.scanned_code import is_code
from verifier.departments.department import DepartmentNotCertifiedError, Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.scanning.scan_code import Purpose, scan_code
from verifier.window.code_view import answer_of_code, verdict_of_code, view_code, view_compact
from verifier.window.describe_shown import with_description
from verifier.window.errors import UnknownPresentationError
from verifier.window.find_presentation import find_presentation, item_of
from verifier.window.lists_state import lists_state
from verifier.window.material_rule_of import material_rule_of
from verifier.window.note_lists import list_json, note_lists
from verifier.window.page_views import matching_items, render_home
from verifier.window.presentation import Pending
from verifier.window.receive_response import shown_licence
from verifier.window.relying_party import signer_of
from verifier.window.shown_view import view_licences
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of, verdict_of

MAX_SCAN_CHARS: Final = 256 * 1024
"""Longest text that the field takes."""

# A compact JWS, then disclosures each ended by "~" (RFC 9901 section 4); what is wrong inside, step 1 says.
_LICENCE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~[A-Za-z0-9_.~-]*", re.ASCII)

_POLICY: Final = VerificationPolicy()

blueprint = Blueprint("scan", __name__, template_folder="templates")


@blueprint.post("/window/scan")
@for_staff(Permission.ASK)
def scan() -> str:
    """A code, sheet or licence is checked, the name of an item finds the item, anything else gets a plain sentence."""
    text = request.form.get("text", "")[:MAX_SCAN_CHARS].strip()
    if is_code(text):
        return _scanned_code(text)
    compact = "".join(text.split())  # scanners and mail programs break lines
    if _LICENCE.fullmatch(compact):
        return _checked(compact)
    node, desk = current_node(), current_desk()
    handled = [item for item in node.items if desk.department.handles(item.code)]
    return render_home(text[:80], problem=bool(text) and not matching_items(handled, text[:80]))


def _scanned_code(text: str) -> str:
    """A code or sheet: for the request that waits on this page, or alone."""
    node, desk, at = current_node(), current_desk(), current_node().clock.now()
    waiting = _waiting(request.form.get("presentation", ""))
    item = item_of(node.items, waiting) if waiting else None
    checked = scan_code(
        node,
        text,
        Purpose(
            department=desk.department,
            signer=_signer_if_certified(),
            item=item.code if item else None,
            query=node.items.query(item) if item else None,
            material_rule=material_rule_of(item),
            nonce=waiting.asked.nonce if waiting else None,
        ),
        at=at,
        policy=_POLICY,
    )
    # The face is for this moment only: it is looked at on this page and kept nowhere, the decision is the next page.
    answered = (
        waiting is not None
        and checked.redeemed
        and node.presentations.settle(
            waiting.receive(
                answer_of_code(
                    checked,
                    node.types,
                    at,
                    note_lists(
                        checked.lists, trust=node.trust, status=node.status, kept=node.evidence, at=at
                    ),
                )
            ),
            at,
        )
    )
    report = checked.report.to_json()
    return render_template(
        "verifier/window/scanned_code.html",
        desk=desk,
        checked=checked,
        code=view_code(checked),
        verdict=verdict_of_code(checked),
        waiting=waiting,
        answered=answered,
        licences=view_compact(checked),
        report=report,
        used_lists=tuple(map(list_json, checked.lists)),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        lists=lists_state(node.trust, at),
    )


def _waiting(presentation_id: str) -> Pending | None:
    """The request that the clerk's page waits on, if it is still open and for a service item."""
    if not presentation_id:
        return None
    node = current_node()
    try:
        found = find_presentation(
            node.presentations, current_desk().department, presentation_id, node.clock.now()
        )
    except UnknownPresentationError:
        return None
    return found if isinstance(found, Pending) and found.asked.item and not found.asked.browser else None


def _signer_if_certified() -> Signer | None:
    """Without a certificate nothing can be redeemed; a code can be checked all the same."""
    try:
        return signer_of(current_node().keys, current_desk().department)
    except DepartmentNotCertifiedError:
        return None


def _checked(text: str) -> str:
    """The report on a licence that was handed over without a request. Nothing is kept."""
    node = current_node()
    at = node.clock.now()
    evidence = gather_evidence((text,), trust=node.trust, status=node.status, at=at)
    checked = check_text(text, evidence, policy=VerificationPolicy(), at=at)
    report = checked.report.to_json()
    licences = {
        query: tuple(with_description(shown_licence(one), node.types) for one in shown)
        for query, shown in checked.licences.items()
    }
    return render_template(
        "verifier/window/scanned.html",
        desk=current_desk(),
        verdict=verdict_of(report, presented=False),
        licences=view_licences(licences),
        report=report,
        used_lists=tuple(map(list_json, checked.lists)),
        step_names=STEP_NAMES,
        signs=SIGNS,
        text_of=text_of,
        lists=lists_state(node.trust, at),
    )
