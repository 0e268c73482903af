"""The person decides: show what was agreed to, once; or say no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from standards.errors import ElicenceError
from standards.licence_types.licence_type import type_code_of
from standards.openid4vp import build_access_denied_form
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.errors import DeedNotAllowedError
from wallet.history.entry import EntryKind
from wallet.mandates.errors import GrantRefusedError
from wallet.mandates.show_as import Occasion, acting_of, give_back_uses, require_covered, take_uses
from wallet.node import WalletNode
from wallet.presenting.build_answer import build_answer
from wallet.presenting.decision import Decision, apply_decision, is_sensitive
from wallet.presenting.errors import NotDeliveredError, RequestDecidedError, RequestGoneError
from wallet.presenting.journal import Journal
from wallet.presenting.pending_request import AnswerOfVerifier, PendingRequest, RequestState
from wallet.presenting.read_request import consent_of, verify_again
from wallet.presenting.trusted_request import TrustedRequest
from wallet.presenting.verifier_client import Delivery, deliver

_OWN_FAULT: Final = Text(
    "钱包内部出错，没有发送任何信息。", "Something went wrong in the wallet; nothing was sent."
)


def give_consent(
    node: WalletNode,
    holder: Holder,
    request_id: str,
    decision: Decision,
    *,
    prove_person: Callable[[], None] | None = None,
) -> AnswerOfVerifier:
    """Show the selected licences to the verifier (five durable writes for one licence; for somebody else two more, and one where uses
    are counted).

    The order matters: take a use, decide once (compare-and-set), write the use log, take an unseen copy, send. So nothing is
    sent twice, and nothing is sent that the log does not show.

    Args:
        node: stores, feeds and the guarded client.
        holder: whose wallet.
        request_id: of a request of this wallet.
        decision: what the person agreed to.
        prove_person: called before sensitive data go; raises when the person has to prove once more who they are.

    Raises:
        RequestNotFoundError, RequestDecidedError, RequestGoneError: it cannot be answered (any more).
        DeedNotAllowedError, GrantRefusedError, RootLicenceMissingError: the right of who acts does not carry it.
        LicencesMissingError, InvalidSelectionError: the selection does not answer it.
        SensitiveNotConfirmedError, ConsentChangedError: the decision does not cover what would be shown.
        NotDeliveredError: the verifier did not confirm.
        RequestRejectedError, VerifierNotTrustedError, TrustUnavailableError: what was good at first is not any more.
    """
    pending = _waiting(node, holder, request_id)
    consent = consent_of(node, holder, pending)
    picked = apply_decision(consent, decision)
    if prove_person is not None and is_sensitive(picked):
        prove_person()
    journal = Journal(node, holder, request_id, consent.trusted, picked)
    _check_rights(journal)
    keepers = {one.keeper.account_id: one.keeper for one in picked}
    acting = {account_id: acting_of(node, keeper) for account_id, keeper in keepers.items()}
    counted = _take_uses(journal, keepers.values())
    delivery = Delivery(delivered=False, reason=_OWN_FAULT, nothing_sent=True)
    try:
        _decide(node, holder, request_id, RequestState.SENDING)
    except RequestDecidedError:
        give_back_uses(node, counted)
        raise
    try:
        journal.note_sharing()
        form = build_answer(node, consent.trusted, picked, acting)
        delivery = deliver(node.outbound, consent.trusted.request.response_uri, form)
    finally:
        if delivery.nothing_sent:
            give_back_uses(node, counted)
        _close(node, holder, request_id, journal, delivery)
    if not delivery.delivered:
        raise NotDeliveredError(delivery.reason or _OWN_FAULT)
    return _answer(consent.trusted, delivery)


def refuse(node: WalletNode, holder: Holder, request_id: str) -> AnswerOfVerifier:
    """Say no, and tell the verifier so (OpenID4VP 1.0 section 8.5); it learns nothing about what is in the wallet.

    The refusal stands whether or not the verifier can be reached, or is still trusted; one that is not any more is
    not told.

    Raises:
        RequestNotFoundError, RequestDecidedError, RequestGoneError: there is nothing to refuse (any more).
    """
    pending = _waiting(node, holder, request_id)
    try:
        trusted = verify_again(node, pending)
    except ElicenceError:
        trusted = None
    _decide(node, holder, request_id, RequestState.REFUSED)
    Journal(node, holder, request_id, trusted).note(EntryKind.REFUSED)
    if trusted is None:
        return AnswerOfVerifier()
    form = build_access_denied_form(trusted.request.state)
    answer = _answer(trusted, deliver(node.outbound, trusted.request.response_uri, form))
    node.requests.close(
        holder, request_id, before=RequestState.REFUSED, to=RequestState.REFUSED, answer=answer
    )
    return answer


def _check_rights(journal: Journal) -> None:
    """Whether who acts may show each of these, here; a refusal is in the logs."""
    trusted = journal.trusted
    if trusted is None:
        raise RequestGoneError
    item = None if trusted.item is None else trusted.item.code
    occasion = Occasion(item, trusted.verifier.division or None, journal.node.clock.now())
    try:
        for one in journal.picked:
            face = one.option.licence.holding.face
            require_covered(one.keeper, type_code_of(face.vct), occasion, face.type_name)
    except (DeedNotAllowedError, GrantRefusedError) as error:
        journal.note(EntryKind.ATTEMPT_REFUSED, reason=error.message)
        raise


def _take_uses(journal: Journal, keepers: Iterable[Holder]) -> Sequence[Holder]:
    """Count the show under each right; a refusal is in the logs."""
    try:
        return take_uses(journal.node, keepers)
    except GrantRefusedError as error:
        journal.note(EntryKind.ATTEMPT_REFUSED, reason=error.message)
        raise


def _answer(trusted: TrustedRequest, delivery: Delivery) -> AnswerOfVerifier:
    back = delivery.redirect_uri
    same = back is not None and _origin(back) == _origin(trusted.request.response_uri)
    return AnswerOfVerifier(back, at_same_origin=same)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _waiting(node: WalletNode, holder: Holder, request_id: str) -> PendingRequest:
    pending = node.requests.get(holder, request_id)
    if pending.state is not RequestState.WAITING:
        raise RequestDecidedError
    if pending.expires_at <= node.clock.now():
        raise RequestGoneError
    return pending


def _decide(node: WalletNode, holder: Holder, request_id: str, to: RequestState) -> None:
    if not node.requests.leave_waiting(holder, request_id, to, node.clock.now()):
        raise RequestDecidedError


def _close(node: WalletNode, holder: Holder, request_id: str, journal: Journal, delivery: Delivery) -> None:
    journal.note(EntryKind.SHARED if delivery.delivered else EntryKind.UNSENT, reason=delivery.reason)
    node.requests.close(
        holder,
        request_id,
        before=RequestState.SENDING,
        to=RequestState.SENT if delivery.delivered else RequestState.UNSENT,
        answer=AnswerOfVerifier(delivery.redirect_uri, delivery.reason),
    )
