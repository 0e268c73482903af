"""A link comes in: fetch the request behind it, find out who asks, and keep it for the person to decide."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from standards.errors import ElicenceError
from standards.openid4vp import (
    FormatsNotSupportedError,
    InvalidTransactionDataError,
    parse_request_uri,
)
from wallet.accounts.account import Holder
from wallet.accounts.acting import Deed
from wallet.history.entry import Entry, EntryKind, new_entry_id
from wallet.holdings.list_licences import status_reader
from wallet.mandates.wallets_at_hand import wallets_at_hand
from wallet.node import WalletNode
from wallet.presenting.consent import Consent, HeldLicence, build_consent
from wallet.presenting.errors import RequestRejectedError, VerifierNotTrustedError
from wallet.presenting.pending_request import LIFETIME, PendingRequest, SignedText
from wallet.presenting.trusted_request import TrustedRequest, verify_request
from wallet.presenting.verifier_client import fetch_request_object


def read_request(node: WalletNode, holder: Holder, link: str) -> str:
    """The id of a new request, verified and stored as ``waiting`` (one durable write).

    A request that does not hold, or whose sender is not trusted, leaves a line in the use log instead.

    Args:
        node: stores, feeds and the guarded client.
        holder: whose wallet.
        link: ``openid4vp://…`` or the wallet's own link; untrusted.

    Raises:
        InvalidPresentationRequestError, InvalidVerifierError, InvalidRequestUriMethodError: not such a link.
        RequestGoneError, VerifierAddressError, VerifierUnreachableError: it could not be fetched.
        RequestRejectedError, VerifierNotTrustedError: it must not be answered.
        InvalidTransactionDataError, FormatsNotSupportedError: this wallet cannot answer it.
        TrustUnavailableError: nobody can be checked at the moment.
    """
    reference = parse_request_uri(link)
    trust = node.trust()
    wallet_nonce = secrets.token_urlsafe(24) if reference.method == "post" else None
    text = fetch_request_object(node.outbound, reference, wallet_nonce)
    signed = SignedText(text.strip(), reference, wallet_nonce)
    at = node.clock.now()
    request_id = secrets.token_urlsafe(16)
    try:
        trusted = verify_request(
            signed.request_object,
            reference=reference,
            wallet_nonce=wallet_nonce,
            trust=trust,
            at=at,
            foreign=node.foreign,
        )
    except (
        RequestRejectedError,
        VerifierNotTrustedError,
        InvalidTransactionDataError,
        FormatsNotSupportedError,
    ) as error:
        node.use_log.append(holder, _turned_away(request_id, error, node))
        raise
    expires_at = min(trusted.request.expires_at or at + LIFETIME, at + LIFETIME)
    node.requests.add(holder, request_id, signed, expires_at=expires_at, at=at)
    return request_id


def verify_again(node: WalletNode, pending: PendingRequest) -> TrustedRequest:
    """The request of a stored row, verified at this instant; raises as :func:`read_request`."""
    signed = pending.signed
    return verify_request(
        signed.request_object,
        reference=signed.reference,
        wallet_nonce=signed.wallet_nonce,
        trust=node.trust(),
        at=node.clock.now(),
        foreign=node.foreign,
    )


def consent_of(node: WalletNode, holder: Holder, pending: PendingRequest) -> Consent:
    """The decision that a waiting request asks for, over the licences that are in the wallet now."""
    return build_consent(verify_again(node, pending), held_licences(node, holder))


def held_licences(node: WalletNode, holder: Holder) -> Sequence[HeldLicence]:
    """All licences at hand with their state, those of the subject acted for first."""
    reader = status_reader(node)
    return [
        HeldLicence(holding, reader.state_of(holding.face), keeper)
        for keeper in wallets_at_hand(node, holder)
        if keeper.acting.may(Deed.SHOW)
        for holding in node.holdings.all_of(keeper)
    ]


def _turned_away(request_id: str, error: ElicenceError, node: WalletNode) -> Entry:
    return Entry(
        new_entry_id(), node.clock.now(), EntryKind.UNANSWERABLE, about=request_id, reason=error.message
    )
