"""The page of a licence, and what staff do on it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from issuer.console.blueprint import blueprint
from issuer.console.desk import READERS, current_desk, licence_at_desk, staff_only
from issuer.console.discrepancy_page import discrepancy_row
from issuer.console.forms_out import forms_out, offers_named
from issuer.console.licence_page import history_lines, licence_page, needs_approval
from issuer.discrepancies.rows import subject_text
from issuer.issuance.errors import HolderRequiredError, LicenceNotInForceError
from issuer.issuance.made_offers_store import MadeOffers
from issuer.issuance.make_offer import make_offer
from issuer.library.change_input import parse_change_request, parse_reason
from issuer.library.change_licence import change_licence, decide_proposal
from issuer.library.errors import (
    LicenceChangedError,
    NoProposalError,
    OperationNotAllowedError,
    ProposalOpenError,
)
from issuer.library.licence import InspectionResult, Licence, local_day
from issuer.library.reason_codes import REASON_CODES, reason_label
from issuer.node import current_node
from issuer.staff import StaffRole
from issuer.status.store import StatusStore
from standards.errors import ElicenceError, InvalidInputError
from standards.json_reader import Reader
from standards.qr import build_qr, write_svg
from standards.text import Text

SHOWN_ON_THE_PAGE = (
    InvalidInputError,
    OperationNotAllowedError,
    ProposalOpenError,
    NoProposalError,
    LicenceChangedError,
    LicenceNotInForceError,
    HolderRequiredError,
)
"""Refusals that the person can mend on the page itself; it keeps what was typed."""


@blueprint.get("/licences/<identifier>")
@staff_only(*READERS)
def show_licence(identifier: str) -> str:
    """The licence with its fields, its copies and its history."""
    return _page(licence_at_desk(identifier))


@blueprint.post("/licences/<identifier>/operations")
@staff_only(StaffRole.CLERK)
def carry_out(identifier: str) -> Response | tuple[str, int]:
    """Carry out an operation, or propose it when it takes rights away."""
    node, desk, licence = current_node(), current_desk(), licence_at_desk(identifier)
    at = node.clock.now()
    body: dict[str, object] = {
        "operation": request.form.get("operation", ""),
        "reason": request.form.get("reason", ""),
    }
    if body["operation"] == "inspect":
        body["inspection"] = {"result": request.form.get("result", "")}
    ground = request.form.get("ground", "")
    try:
        if ground:
            body["reason_code"] = _code_of(ground, request.form.get("operation", ""))
        change_request = parse_change_request(
            body, licence, node.library.type_of(licence), node.catalogue, today=local_day(at)
        )
        change = change_licence(node.library, licence, change_request, caller=desk.actor, system=None, at=at)
    except SHOWN_ON_THE_PAGE as error:
        return _page(licence_at_desk(identifier), error), 400
    shown = change.successor or change.licence
    return _back(shown, change.event.number if change.successor is None else 1)


@blueprint.post("/licences/<identifier>/proposals/<int:event>")
@staff_only(StaffRole.APPROVER)
def decide(identifier: str, event: int) -> Response | tuple[str, int]:
    """Approve or refuse what a colleague proposed."""
    node, desk, licence = current_node(), current_desk(), licence_at_desk(identifier)
    try:
        given = request.form.get("reason", "").strip()
        change = decide_proposal(
            node.library,
            licence,
            event,
            approver=desk.actor,
            approved=Reader(request.form.to_dict()).choice("decision", ("approve", "refuse")) == "approve",
            reason=parse_reason(Reader({"reason": given})) if given else None,
            system=None,
            at=node.clock.now(),
        )
    except SHOWN_ON_THE_PAGE as error:
        return _page(licence_at_desk(identifier), error), 400
    return _back(change.licence, change.event.number)


@blueprint.post("/licences/<identifier>/offers")
@staff_only(StaffRole.CLERK)
def offer(identifier: str) -> str | tuple[str, int]:
    """Offer a copy to a holder's wallet: code, link, and the transaction code to tell."""
    node, desk, licence = current_node(), current_desk(), licence_at_desk(identifier)
    place = request.form.get("holder", "0")
    holder = licence.holders[int(place)] if place in _places(licence) else None
    try:
        made = make_offer(
            node,
            licence,
            holder,
            tx_code="tx_code" in request.form,
            # A code for a camera must be small: the wallet fetches the rest.
            by="reference",
            at=node.clock.now(),
        )
    except SHOWN_ON_THE_PAGE as error:
        return _page(licence, error), 400
    return render_template(
        "issuer/console/offer.html",
        desk=desk,
        licence=licence,
        licence_type=node.library.type_of(licence),
        holder=holder or licence.holders[0],
        made=made,
        qr=write_svg(build_qr(made.credential_offer_uri)),
    )


def _code_of(ground: str, operation: str) -> str:
    """The form offers the grounds of all operations, each as ``operation:code``."""
    belongs_to, _, code = ground.partition(":")
    if belongs_to != operation:
        raise InvalidInputError(
            "所选依据属于另一种操作。",
            "The ground belongs to another operation.",
            where="/reason_code",
            next_step=Text("请选择该操作下的依据，或不选。", "Choose one of this operation's, or none."),
        )
    return code


def _places(licence: Licence) -> set[str]:
    return {str(place) for place in range(len(licence.holders))}


def _page(licence: Licence, error: ElicenceError | None = None) -> str:
    node, desk = current_node(), current_desk()
    at, identifier = node.clock.now(), str(licence.identifier)
    issued = StatusStore(node.database).copies_of_licence(identifier)
    offers = MadeOffers(node.database).of(identifier, offers_named(issued))
    found = node.discrepancies.of_licence(licence.authority.uscc, subject_text(identifier))
    done = request.args.get("done", type=int)
    proposal = licence.proposal
    return render_template(
        "issuer/console/licence.html",
        desk=desk,
        page=licence_page(node.library, licence, at),
        copies=sum(len(one.entries.indexes) for one in issued),
        forms=forms_out(licence, offers, issued, node.master_key.lookup_key(), at),
        history=history_lines(node.finder.versions(licence.identifier, licence.authority.uscc)),
        discrepancies=[discrepancy_row(one, node.catalogue, {}) for one in found],
        error=error,
        typed=request.form,
        done=next((event for event in licence.events if event.number == done), None),
        results=(InspectionResult.PASSED, InspectionResult.FAILED),
        needs_approval=needs_approval,
        grounds=REASON_CODES,
        proposal_ground=proposal and reason_label(proposal.operation, proposal.code),
        is_clerk=desk.may(StaffRole.CLERK),
        is_approver=desk.may(StaffRole.APPROVER),
    )


def _back(licence: Licence, event: int) -> Response:
    address = url_for("console.show_licence", identifier=str(licence.identifier), done=event)
    return redirect(address, code=303)
