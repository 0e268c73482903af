"""The one field of the window: what a scanner types or a clerk pastes is recognised and checked at once."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, render_template, request

from verifier.checking import VerificationPolicy, check_text, gather_evidence
from verifier.departments.department import Permission
from verifier.departments.guard import current_desk, for_staff
from verifier.node import current_node
from verifier.window.describe_shown import with_description
from verifier.window.lists_state import lists_state
from verifier.window.page_views import matching_items, render_home
from verifier.window.receive_response import list_json, shown_licence
from verifier.window.shown_view import view_licences
from verifier.window.verdict import SIGNS, STEP_NAMES, text_of, verdict_of

MAX_SCAN_CHARS: Final = 256 * 1024
"""Longest text that the field takes."""

# A compact JWS, then disclosures each ended by "~" (RFC 9901 section 4); what is wrong inside, step 1 says.
_LICENCE: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~[A-Za-z0-9_.~-]*", re.ASCII)

blueprint = Blueprint("scan", __name__, template_folder="templates")


@blueprint.post("/window/scan")
@for_staff(Permission.ASK)
def scan() -> str:
    """A licence is checked, the name of an item finds the item, anything else gets a plain sentence."""
    text = request.form.get("text", "")[:MAX_SCAN_CHARS].strip()
    compact = "".join(text.split())  # scanners and mail programs break lines
    if _LICENCE.fullmatch(compact):
        return _checked(compact)
    node, desk = current_node(), current_desk()
    handled = [item for item in node.items if desk.department.handles(item.code)]
    return render_home(text[:80], problem=bool(text) and not matching_items(handled, text[:80]))


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
