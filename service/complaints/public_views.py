"""The public side of a desk: what wallets call (``standards.complaints``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from service.clock import Clock
from service.complaints.complaint import Complaint
from service.complaints.errors import ComplaintNotFoundError
from service.complaints.store import ComplaintDesk
from service.web.csrf import MachineBlueprint
from service.web.json_body import read_json_body
from standards.complaints import Filing, InvalidComplaintError, parse_filing
from standards.json_reader import Reader

DESK_PATH = "/complaints/desk"
"""Where a desk is below the address of its service."""


def build_desk_blueprint(
    name: str,
    desk: Callable[[], ComplaintDesk],
    clock: Callable[[], Clock],
    check: Callable[[Filing], None],
    changed: Callable[[Complaint], object] = lambda complaint: None,  # noqa: ARG005
) -> MachineBlueprint:
    """The endpoints of one service.

    Args:
        name: of the blueprint.
        desk: finds the desk of the current application.
        clock: finds its clock.
        check: raises ``UnknownUseError`` unless whoever files was party to the use.
        changed: told of each complaint after it was taken, withdrawn or closed; of a repeated one again.
    """
    blueprint = MachineBlueprint(name, __name__, url_prefix=DESK_PATH)

    def own(complaint_id: str) -> Complaint:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise ComplaintNotFoundError
        return desk().of_token(complaint_id, token.strip(), clock().now())

    def told(complaint: Complaint) -> dict[str, Any]:
        changed(complaint)
        return complaint.standing().to_json()

    @blueprint.post("")
    def file() -> tuple[dict[str, Any], int]:
        """Take a complaint: 201 with how it stands; the same again for a repeat."""
        filing = parse_filing(read_json_body())
        check(filing)
        return told(desk().take(filing, clock().now())), 201

    @blueprint.get("/<complaint_id>")
    def show(complaint_id: str) -> dict[str, Any]:
        """How it stands."""
        return own(complaint_id).standing().to_json()

    @blueprint.post("/<complaint_id>/withdrawal")
    def withdraw(complaint_id: str) -> dict[str, Any]:
        """Withdrawn by the one who filed it."""
        return told(desk().withdraw(own(complaint_id), clock().now()))

    @blueprint.post("/<complaint_id>/closure")
    def close(complaint_id: str) -> dict[str, Any]:
        """Closed after its answer, with whether that satisfied."""
        satisfied = Reader(read_json_body(), error=InvalidComplaintError).boolean("satisfied")
        return told(desk().close(own(complaint_id), clock().now(), satisfied=satisfied))

    return blueprint
