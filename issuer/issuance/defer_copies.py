"""Use case: copies of a licence that waits for its first day or for an approval come later (OpenID4VCI 1.0 section 9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from issuer.issuance.check_token import PresentedGrant
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.handles import HandleKind
from issuer.issuance.issue_copies import CopyOrder, IssuedCopies, checked_order, issue_order
from issuer.issuance.offer import Grant
from issuer.library.licence import Licence, LicenceState
from issuer.library.standing import standing
from standards.licence_types import LicenceType
from standards.openid4vci import (
    CredentialRequest,
    DeferredResponse,
    InvalidTransactionIdError,
    UnknownCredentialConfigurationError,
)

WAIT_LIFETIME: Final = timedelta(days=1)
"""How long the token serves with which a wallet comes back for what waits."""

ASK_AGAIN: Final = timedelta(minutes=5)

_HELD_UP: Final = frozenset({LicenceState.SUSPENDED, LicenceState.REPORTED_LOST})


def waits(licence: Licence, licence_type: LicenceType, at: datetime) -> bool:
    """Whether a licence that gives no copies now may soon: before its first day, or while somebody decides on it."""
    state = standing(licence, licence_type, at)
    return state is LicenceState.NOT_YET_EFFECTIVE or (state in _HELD_UP and licence.proposal is not None)


def grant_waits(desk: IssuanceDesk, grant: Grant, at: datetime) -> bool:
    """Whether copies under this grant have to wait."""
    licence = desk.licences.find(grant.licence, grant.authority)
    offered = desk.types.by_configuration(grant.configuration_id)
    return licence is not None and offered is not None and waits(licence, offered.licence_type, at)


def defer_copies(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    grant: Grant,
    request: CredentialRequest,
    *,
    at: datetime,
) -> DeferredResponse:
    """Keep the proven keys until the licence gives copies (one durable write). Raises as ``issue_copies``."""
    order = checked_order(desk, issuer, grant, request, at)
    desk.offers.defer(grant.reference, order.keys, compact=order.compact)
    return _later(desk, grant)


def deferred_copies(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    presented: PresentedGrant,
    *,
    at: datetime,
) -> IssuedCopies | DeferredResponse:
    """The copies, once the licence gives them (two durable writes); a transaction gives them once.

    Raises:
        InvalidTransactionIdError: nothing is kept under this grant, or it was fetched.
        CredentialRequestDeniedError: the licence has ended.
    """
    grant = presented.grant
    if grant_waits(desk, grant, at):
        return _later(desk, grant)
    offered = desk.types.by_configuration(grant.configuration_id)
    if offered is None:
        raise UnknownCredentialConfigurationError("未授权此凭证配置。", "The type is not issued any more.")
    kept = desk.offers.take_deferred(grant.reference)
    if kept is None:
        raise unknown_transaction()
    keys, compact = kept
    return issue_order(desk, issuer, presented, CopyOrder(offered, compact, keys), at)


def deferred_reference(desk: IssuanceDesk, transaction_id: str) -> str:
    """The grant's reference in an untrusted transaction id; raises ``InvalidTransactionIdError``."""
    reference = desk.handles.read(HandleKind.DEFERRED, transaction_id)
    if reference is None:
        raise unknown_transaction()
    return reference


def unknown_transaction() -> InvalidTransactionIdError:
    """No such transaction, as told to the wallet."""
    return InvalidTransactionIdError(
        "没有此延迟领取。",
        "There is no such deferred credential, or it was fetched.",
        where="/transaction_id",
    )


def _later(desk: IssuanceDesk, grant: Grant) -> DeferredResponse:
    transaction = desk.handles.make(HandleKind.DEFERRED, grant.reference)
    return DeferredResponse(transaction, int(ASK_AGAIN.total_seconds()))
