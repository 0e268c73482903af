"""Who asks for a code to be redeemed: signed by a verifier of the trust lists, for this code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from keys.path_error import PathError
from keys.trust_list import TrustStore
from standards.show_code.errors import ShowCodeError
from standards.show_code.redemption import (
    RedemptionRequest,
    UnverifiedRedemption,
    verify_redemption_request,
)
from standards.text import Text
from wallet.presenting.errors import VerifierNotTrustedError
from wallet.showing.errors import RedemptionRejectedError
from wallet.trust import TrustUnavailableError, region_name


@dataclass(frozen=True, slots=True)
class TrustedWindow:
    """A window as the trust list knows it. Made only by :func:`trust_window`.

    Attributes:
        request: what it asks.
        name: of the organisation, from the list.
        uscc: its code.
        division, region: where it is.
        item: name of the service item, from the list; ``None`` when it names none.
    """

    request: RedemptionRequest
    name: Text
    uscc: str
    division: str
    region: Text
    item: Text | None


def trust_window(
    redemption: UnverifiedRedemption, *, audience: str, code_id: str, trust: TrustStore, at: datetime
) -> TrustedWindow:
    """Check a request and the one who signed it; nothing is fetched.

    Raises:
        RedemptionRejectedError: it does not hold, or names an item that is not this verifier's.
        VerifierNotTrustedError: its signer is not a verifier of the lists.
        TrustUnavailableError: the lists are missing or too old to tell.
    """
    try:
        path = trust.validator.validate(redemption.certificate_chain, at)
    except PathError as error:
        if error.indeterminate:
            raise TrustUnavailableError from error
        raise VerifierNotTrustedError(error.message.zh, error.message.en) from error
    decision = trust.verifier_entry(path, at)
    if decision.indeterminate:
        raise TrustUnavailableError
    if decision.entry is None or not decision.allowed:
        raise VerifierNotTrustedError(
            "该机构不在验证方信任列表中。", "the organisation is not on the trust list of verifiers."
        )
    try:
        verified = verify_redemption_request(
            redemption, path.public_key, audience=audience, code_id=code_id, at=at
        )
    except ShowCodeError as error:
        raise RedemptionRejectedError(error.message.zh, error.message.en) from error
    request, entry = verified.request, decision.entry
    item = next((one for one in entry.service_items if one.code == request.item), None)
    if request.item is not None and item is None:
        raise RedemptionRejectedError(
            "该机构没有登记这个办事事项。", "This item is not registered for the organisation that asks."
        )
    return TrustedWindow(
        request,
        entry.name,
        entry.uscc,
        entry.division,
        region_name(entry.division),
        None if item is None else item.name,
    )
