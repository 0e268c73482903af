"""The person decides: show what was agreed to, once; or say no."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from standards.errors import ElicenceError
from standards.licence_types.licence_type import type_code_of
from standards.mandate import Acting, acting_extra
from standards.openid4vp import build_access_denied_form, build_direct_post, build_direct_post_jwt
from standards.openid4vp.request_object import DIRECT_POST_JWT
from standards.sd_jwt import parse_sd_jwt
from standards.sd_jwt_vc import present_credential
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.accounts.errors import DeedNotAllowedError
from wallet.history.entry import Counterpart, Entry, EntryKind, SeenField, new_entry_id
from wallet.holdings.sealing import OpenedCopy, open_copy
from wallet.mandates.errors import GrantRefusedError
from wallet.mandates.show_as import Occasion, acting_of, give_back_use, require_covered, take_use
from wallet.node import WalletNode
from wallet.presenting.consent import Picked
from wallet.presenting.decision import Decision, apply_decision
from wallet.presenting.errors import NotDeliveredError, RequestDecidedError, RequestGoneError
from wallet.presenting.pending_request import AnswerOfVerifier, PendingRequest, RequestState
from wallet.presenting.read_request import consent_of, verify_again
from wallet.presenting.trusted_request import TrustedRequest
from wallet.presenting.verifier_client import Delivery, deliver

_OWN_FAULT: Final = Text(
    "钱包内部出错，没有发送任何信息。", "Something went wrong in the wallet; nothing was sent."
)


def give_consent(node: WalletNode, holder: Holder, request_id: str, decision: Decision) -> AnswerOfVerifier:
    """Show the selected licences to the verifier (five durable writes for one licence; one more where uses are counted).

    The order matters: take a use, decide once (compare-and-set), write the use log, take an unseen copy, send. So nothing is
    sent twice, and nothing is sent that the log does not show.

    Args:
        node: stores, feeds and the guarded client.
        holder: whose wallet.
        request_id: of a request of this wallet.
        decision: what the person agreed to.

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
    _check_right(node, holder, request_id, consent.trusted, picked)
    acting = acting_of(node, holder)
    counted = take_use(node, holder)
    delivery = Delivery(delivered=False, reason=_OWN_FAULT, nothing_sent=True)
    try:
        _decide(node, holder, request_id, RequestState.SENDING)
    except RequestDecidedError:
        if counted:
            give_back_use(node, holder)
        raise
    try:
        node.use_log.append(holder, _sharing(node, request_id, consent.trusted, picked))
        form = _response_form(node, holder, consent.trusted, picked, acting)
        delivery = deliver(node.outbound, consent.trusted.request.response_uri, form)
    finally:
        if counted and delivery.nothing_sent:
            give_back_use(node, holder)
        _close(node, holder, request_id, consent.trusted, delivery)
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
    node.use_log.append(holder, _entry(node, request_id, EntryKind.REFUSED, trusted))
    if trusted is None:
        return AnswerOfVerifier()
    form = build_access_denied_form(trusted.request.state)
    answer = _answer(trusted, deliver(node.outbound, trusted.request.response_uri, form))
    node.requests.close(
        holder, request_id, before=RequestState.REFUSED, to=RequestState.REFUSED, answer=answer
    )
    return answer


def _check_right(
    node: WalletNode, holder: Holder, request_id: str, trusted: TrustedRequest, picked: Sequence[Picked]
) -> None:
    """Whether who acts may show this, here; a refusal is in the holder's log."""
    item = None if trusted.item is None else trusted.item.code
    occasion = Occasion(item, trusted.verifier.division or None, node.clock.now())
    try:
        for one in picked:
            face = one.option.licence.holding.face
            require_covered(holder, type_code_of(face.vct), occasion, face.type_name)
    except (DeedNotAllowedError, GrantRefusedError) as error:
        node.use_log.append(
            holder, _entry(node, request_id, EntryKind.ATTEMPT_REFUSED, trusted, reason=error.message)
        )
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


def _response_form(
    node: WalletNode,
    holder: Holder,
    trusted: TrustedRequest,
    picked: Sequence[Picked],
    acting: Acting | None,
) -> dict[str, str]:
    request = trusted.request
    vp_token: dict[str, Sequence[str]] = {}
    for one in picked:
        copy = _take_copy(node, holder, one)
        shown = present_credential(
            parse_sd_jwt(copy.credential),
            one.option.paths,
            audience=str(request.client_id),
            nonce=request.nonce,
            at=node.clock.now(),
            sign=copy.signer.sign,
            extra=acting_extra(acting),
        )
        vp_token[one.query_id] = [shown]
    if request.response_mode == DIRECT_POST_JWT:
        return build_direct_post_jwt(vp_token, request.state, request.client_metadata)
    return build_direct_post(vp_token, request.state)


def _take_copy(node: WalletNode, holder: Holder, one: Picked) -> OpenedCopy:
    """A copy that no verifier has seen, while there is one; then the one that was first seen longest ago."""
    holding = one.option.licence.holding
    unseen = [copy for copy in holding.copies if copy.used_at is None]
    for copy in unseen:
        if node.holdings.mark_used(holder, holding.holding_id, copy.copy_id, node.clock.now()):
            return open_copy(holder, copy)
    return open_copy(holder, holding.next_copy())


def _close(
    node: WalletNode, holder: Holder, request_id: str, trusted: TrustedRequest, delivery: Delivery
) -> None:
    kind = EntryKind.SHARED if delivery.delivered else EntryKind.UNSENT
    node.use_log.append(holder, _entry(node, request_id, kind, trusted, reason=delivery.reason))
    node.requests.close(
        holder,
        request_id,
        before=RequestState.SENDING,
        to=RequestState.SENT if delivery.delivered else RequestState.UNSENT,
        answer=AnswerOfVerifier(delivery.redirect_uri, delivery.reason),
    )


def _sharing(node: WalletNode, request_id: str, trusted: TrustedRequest, picked: Sequence[Picked]) -> Entry:
    faces = [(one, one.option.licence.holding.face) for one in picked]
    entry = _entry(node, request_id, EntryKind.SHARING, trusted)
    return replace(
        entry,
        licences=tuple(face.type_name for _, face in faces),
        holdings=tuple(one.option.holding_id for one in picked),
        seen=tuple(
            SeenField(face.type_name, field.label, field.value.zh)
            for one, face in faces
            for field in one.option.shown
        ),
    )


def _entry(
    node: WalletNode,
    request_id: str,
    kind: EntryKind,
    trusted: TrustedRequest | None,
    *,
    reason: Text | None = None,
) -> Entry:
    entry = Entry(new_entry_id(), node.clock.now(), kind, about=request_id, reason=reason)
    if trusted is None:
        return entry
    verifier, item, request = trusted.verifier, trusted.item, trusted.request
    entry = replace(
        entry,
        party=verifier.name,
        party_code=verifier.uscc,
        region=verifier.region,
        # The address holds the verifier's own name of the request, and only the two of us know the nonce.
        counterpart=Counterpart(request.response_uri, request.nonce, trusted.complaints),
    )
    if item is None:
        return entry
    return replace(entry, item=item.name, purpose=item.purpose, basis=item.basis, retention=item.retention)
