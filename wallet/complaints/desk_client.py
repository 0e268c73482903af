"""The other side's desk as the wallet calls it (``standards.complaints``); fetching only."""

from __future__ import annotations

from typing import Any, Final

from service.outbound import Outbound, OutboundError, OutboundResponse
from standards.complaints import InvalidComplaintError, Standing, parse_standing
from wallet.complaints.complaint import FiledComplaint
from wallet.complaints.errors import DeskRefusedError, DeskUnreachableError

_MAX_BYTES: Final = 64 * 1024


def file_at_desk(outbound: Outbound, complaint: FiledComplaint) -> Standing:
    """File it; a repeat of the same is safe.

    Raises:
        DeskUnreachableError: no sensible answer.
        DeskRefusedError: the desk does not take it.
    """
    return _post(outbound, complaint.desk, complaint.filing.to_json(), {})


def ask_desk(outbound: Outbound, complaint: FiledComplaint) -> Standing:
    """How it stands; raises as :func:`file_at_desk`."""
    try:
        answer = outbound.get(
            _address(complaint), headers=_bearer(complaint), accept="application/json", max_bytes=_MAX_BYTES
        )
    except OutboundError as error:
        raise DeskUnreachableError from error
    return _standing(answer)


def withdraw_at_desk(outbound: Outbound, complaint: FiledComplaint) -> Standing:
    """Withdraw it; raises as :func:`file_at_desk`."""
    return _post(outbound, f"{_address(complaint)}/withdrawal", {}, _bearer(complaint))


def close_at_desk(outbound: Outbound, complaint: FiledComplaint, *, satisfied: bool) -> Standing:
    """Close it after the answer; raises as :func:`file_at_desk`."""
    body = {"satisfied": satisfied}
    return _post(outbound, f"{_address(complaint)}/closure", body, _bearer(complaint))


def _post(outbound: Outbound, url: str, body: dict[str, Any], headers: dict[str, str]) -> Standing:
    try:
        return _standing(outbound.post_json(url, body, headers=headers, max_bytes=_MAX_BYTES))
    except OutboundError as error:
        raise DeskUnreachableError from error


def _standing(answer: OutboundResponse) -> Standing:
    if 400 <= answer.status < 500 and answer.status != 429:
        raise DeskRefusedError
    if answer.status not in (200, 201):
        raise DeskUnreachableError
    try:
        return parse_standing(answer.json())
    except (InvalidComplaintError, OutboundError) as error:
        raise DeskUnreachableError from error


def _address(complaint: FiledComplaint) -> str:
    if complaint.standing is None:
        raise DeskRefusedError
    return f"{complaint.desk}/{complaint.standing.complaint_id}"


def _bearer(complaint: FiledComplaint) -> dict[str, str]:
    return {"Authorization": f"Bearer {complaint.filing.token}"}
