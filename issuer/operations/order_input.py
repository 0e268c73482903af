"""Reads what ``POST /api/v1/operations`` and the console's form ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from issuer.library.change_input import parse_actor, parse_reason
from issuer.library.event import Actor, Operation
from issuer.library.inspection import InspectionResult
from issuer.library.reason_codes import REASON_CODES
from issuer.library.selection import Selection, parse_selection
from issuer.library.validity_period import parse_day_ahead
from issuer.operations.bulk_operation import BULK_OPERATIONS, Order
from standards.json_reader import Reader

_MEMBERS: Final = frozenset(
    {"selection", "operation", "reason_code", "reason", "inspection", "approval", "preview"}
)
_DIGEST_CHARS: Final = 64


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """A checked request.

    Attributes:
        selection: whose licences, and which.
        order: what and why.
        proposer: who asks, or ``None`` where the calling system did not say.
        approver: the second person, or ``None``.
        preview: digest of the preview that was seen, or ``None``.
    """

    selection: Selection
    order: Order
    proposer: Actor | None = None
    approver: Actor | None = None
    preview: str | None = None


def parse_operation_request(obj: Any, authority: str) -> OperationRequest:
    """The request in ``obj`` for licences of ``authority``.

    Raises:
        InvalidInputError: with the place of what is wrong.
    """
    reader = Reader(obj)
    reader.refuse_unknown(_MEMBERS)
    operation = Operation(reader.choice("operation", tuple(operation.value for operation in BULK_OPERATIONS)))
    code = reader.choice("reason_code", tuple(REASON_CODES[operation]))
    inspection: Mapping[str, Any] | None = None
    if operation is Operation.INSPECT:
        # Whether a type has inspections at all, and when the next is due, differs: the preview says so.
        inspection = _inspection(reader.object("inspection"))
    elif "inspection" in reader:
        raise reader.fail(
            "inspection", "只有检验操作可填写此项。", "Only the operation inspect has this member."
        )
    proposer, approver = _approval(reader)
    return OperationRequest(
        selection=parse_selection(reader.any("selection"), authority, where=reader.pointer("selection")),
        order=Order(operation, code, parse_reason(reader), inspection),
        proposer=proposer,
        approver=approver,
        preview=reader.optional_text("preview", max_chars=_DIGEST_CHARS),
    )


def _inspection(reader: Reader) -> dict[str, str]:
    reader.refuse_unknown(frozenset({"result", "due"}))
    inspection = {"result": reader.choice("result", tuple(InspectionResult))}
    due = reader.optional_text("due", max_chars=10)
    if due is not None:
        inspection["due"] = parse_day_ahead(due, where=reader.pointer("due")).isoformat()
    return inspection


def _approval(reader: Reader) -> tuple[Actor | None, Actor | None]:
    approval = reader.optional_object("approval")
    if approval is None:
        return None, None
    approval.refuse_unknown(frozenset({"proposer", "approver"}))
    approver = parse_actor(approval, "approver") if "approver" in approval else None
    return parse_actor(approval, "proposer"), approver
