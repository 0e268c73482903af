"""Whether a complaint is about a request of ours, filed by who was party to it."""

from __future__ import annotations

import hmac

from service.complaints import UnknownUseError
from standards.complaints import Filing
from verifier.acceptance.record import AcceptanceRecord
from verifier.node import VerifierNode
from verifier.window.presentation import Presentation


def check_filing(node: VerifierNode, filing: Filing) -> None:
    """See that the request was made here, by this department, and that the caller knows its nonce.

    The nonce went to one wallet, inside a signed request; whoever knows it was asked.

    Raises:
        UnknownUseError: it was not; which of the three is not said.
    """
    presentation_id = presentation_of(filing.reference)
    nonce = _nonce_of(node, filing.department, presentation_id)
    if nonce is None or not hmac.compare_digest(nonce.encode(), filing.proof.encode()):
        raise UnknownUseError


def presentation_of(reference: str) -> str:
    """Id of the presentation: wallets name a request by the address that its answer went to."""
    return reference.rpartition("/")[2]


def use_of(
    node: VerifierNode, department: str, reference: str
) -> tuple[Presentation | None, AcceptanceRecord | None]:
    """What the department still has of it: the presentation for a while, the record for years."""
    presentation_id = presentation_of(reference)
    presentation = node.presentations.find(presentation_id)
    if presentation is not None and presentation.asked.department != department:
        presentation = None
    return presentation, node.records.of_presentation(department, presentation_id)


def _nonce_of(node: VerifierNode, department: str, presentation_id: str) -> str | None:
    presentation = node.presentations.find(presentation_id)
    if presentation is not None:
        asked = presentation.asked
        return asked.nonce if asked.department == department else None
    record = node.records.of_presentation(department, presentation_id)
    return None if record is None else str(record.facts()["asked"]["nonce"])
