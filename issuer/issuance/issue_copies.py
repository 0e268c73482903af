"""Use case: issue copies of a licence, one for each key proof (OpenID4VCI 1.0 section 8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from issuer.issuance.check_token import PresentedGrant
from issuer.issuance.configurations import OfferedType
from issuer.issuance.copy_forms import CopiesToBe, CopyToBe, compact_copies, sd_jwt_copies
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.offer import BATCH_SIZE, Grant
from issuer.issuance.uses import Use
from issuer.library.licence import CHINA_TIME, Holder, Licence, LicenceState
from issuer.library.standing import standing
from issuer.status.entry import status_list_uri
from issuer.status.store import NewCopies
from standards.jose import PublicJwk
from standards.oauth import InvalidDpopProofError
from standards.openid4vci import (
    CredentialRequest,
    CredentialRequestDeniedError,
    FreshNonce,
    InvalidCredentialRequestError,
    InvalidNonceError,
    InvalidProofError,
    KeyProof,
    UnknownCredentialConfigurationError,
    UnknownCredentialIdentifierError,
    verify_c_nonce,
    verify_key_proof,
)
from standards.openid4vci.compact import plain_name
from standards.status_list import StatusReference

COPY_LIFETIME: Final = timedelta(days=180)
"""A copy is fetched anew after this at the latest, whatever the licence's own validity."""


@dataclass(frozen=True, slots=True, repr=False)
class IssuedCopies:
    """The copies, one for each proof in its order, and the id under which the wallet tells what became of them.

    ``compact`` says that they are a further form of a licence that the wallet asked for besides.
    """

    credentials: tuple[str, ...]
    notification_id: str
    compact: bool = False


def issue_copies(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    presented: PresentedGrant,
    request: CredentialRequest,
    *,
    at: datetime,
) -> IssuedCopies:
    """Issue: one durable write (the use of DPoP proof, nonce and grant, with the entries of all copies).

    The entries are taken before the licence is read: a change of status that is under way either finds the copies
    in the store, or is seen by this reading. So no copy escapes a revocation.

    Raises:
        InvalidCredentialRequestError, UnknownCredentialConfigurationError, UnknownCredentialIdentifierError: not what
            was granted.
        InvalidProofError, InvalidNonceError: a proof does not hold.
        InvalidDpopProofError: the DPoP proof was used before.
        CredentialRequestDeniedError: the grant is used up, or the licence is not in force any more.
    """
    order = checked_order(desk, issuer, presented.grant, request, at)
    return issue_order(desk, issuer, presented, order, at)


@dataclass(frozen=True, slots=True)
class CopyOrder:
    """What a wallet asked for, checked.

    Attributes:
        offered: the type that was granted.
        compact: whether its compact form is asked for.
        keys: the holder's keys, each proven.
        nonces: the distinct nonces of the proofs, to be used up with the order.
    """

    offered: OfferedType
    compact: bool
    keys: tuple[PublicJwk, ...]
    nonces: tuple[FreshNonce, ...] = ()


def checked_order(
    desk: IssuanceDesk, issuer: CredentialIssuer, grant: Grant, request: CredentialRequest, at: datetime
) -> CopyOrder:
    """What of a request was granted and proven; nothing is used up. Raises as :func:`issue_copies`."""
    offered, compact = _granted_type(desk, grant, request)
    proofs = _verify_proofs(issuer, request, at)
    return CopyOrder(
        offered, compact, tuple(proof.jwk for proof in proofs), _fresh_nonces(desk, issuer, proofs, at)
    )


def issue_order(
    desk: IssuanceDesk, issuer: CredentialIssuer, presented: PresentedGrant, order: CopyOrder, at: datetime
) -> IssuedCopies:
    """Issue what was checked. Writes and raises as :func:`issue_copies`."""
    grant, offered, compact = presented.grant, order.offered, order.compact
    entries = desk.entries.allocate(issuer.uscc, len(order.keys))
    # Times in a copy are rounded up to the day.
    copies = NewCopies(grant.licence, entries, at, at + COPY_LIFETIME + timedelta(days=1))
    used = desk.uses.use(presented.proof, order.nonces, grant, copies)
    if used is Use.PROOF_USED_BEFORE:
        raise InvalidDpopProofError("DPoP 证明已被使用。", "The DPoP proof was used before.", where="DPoP")
    if used is Use.NONCE_USED_BEFORE:
        raise InvalidNonceError("随机数已被使用。", "The nonce was used before.", where="/proofs/jwt")
    if used is Use.GRANT_USED_UP:
        raise _denied("此次领取的次数已用完。", "All requests of this grant are used up.")
    licence = desk.licences.find(grant.licence, grant.authority)
    if licence is None or standing(licence, offered.licence_type, at) is not LicenceState.VALID:
        raise _denied("证照当前不在有效状态。", "The licence is not in force.")
    uri = status_list_uri(desk.settings.issuer_url, entries.list_number)
    batch = CopiesToBe(
        issuer,
        offered,
        licence,
        _holder(desk, grant, licence),
        [
            CopyToBe(key, StatusReference(uri, index))
            for key, index in zip(order.keys, entries.indexes, strict=True)
        ],
        at,
        copy_expiry(licence, issuer, at),
    )
    credentials = compact_copies(batch) if compact else sd_jwt_copies(batch, desk.templates)
    return IssuedCopies(
        tuple(credentials), desk.handles.make_notification_id(grant.reference), compact=compact
    )


def _granted_type(desk: IssuanceDesk, grant: Grant, request: CredentialRequest) -> tuple[OfferedType, bool]:
    """The type that was granted, and whether its compact form is asked for."""
    named, compact = plain_name(request.credential_identifier or request.credential_configuration_id or "")
    by_identifier = request.credential_identifier is not None
    if by_identifier and not (grant.by_identifier and named == grant.reference):
        # Only those that the token response named (section 6.2).
        raise UnknownCredentialIdentifierError(
            "没有此凭证标识。", "There is no such credential identifier.", where="/credential_identifier"
        )
    offered = desk.types.by_configuration(grant.configuration_id)
    if offered is None or (not by_identifier and named != grant.configuration_id):
        raise UnknownCredentialConfigurationError(
            "未授权此凭证配置。",
            "This credential configuration was not granted.",
            where="/credential_configuration_id",
        )
    return offered, compact


def _verify_proofs(issuer: CredentialIssuer, request: CredentialRequest, at: datetime) -> list[KeyProof]:
    if len(request.unverified_proofs) > BATCH_SIZE:
        raise InvalidCredentialRequestError(
            f"一次最多 {BATCH_SIZE} 份。", f"At most {BATCH_SIZE} copies at a time.", where="/proofs/jwt"
        )
    proofs = [verify_key_proof(proof, issuer=issuer.identifier, at=at) for proof in request.unverified_proofs]
    if len({proof.jwk for proof in proofs}) != len(proofs):
        raise InvalidProofError(
            "同一密钥被用于两份副本。",
            "One key is used for two copies; that links them.",
            where="/proofs/jwt",
        )
    return proofs


def _fresh_nonces(
    desk: IssuanceDesk, issuer: CredentialIssuer, proofs: Sequence[KeyProof], at: datetime
) -> tuple[FreshNonce, ...]:
    """The distinct nonces of the proofs, usually one (section 8.2: proofs of a request may share it)."""
    return tuple(
        _verify_nonce(desk.nonce_keys, nonce, issuer.identifier, at)
        for nonce in dict.fromkeys(proof.nonce for proof in proofs)
    )


def _verify_nonce(keys: tuple[bytes, ...], nonce: str, issuer: str, at: datetime) -> FreshNonce:
    current, *previous = keys
    for key in previous:
        try:
            return verify_c_nonce(nonce, key, issuer=issuer, at=at)
        except InvalidNonceError:
            continue
    return verify_c_nonce(nonce, current, issuer=issuer, at=at)


def _holder(desk: IssuanceDesk, grant: Grant, licence: Licence) -> Holder:
    for holder in licence.holders:
        if grant.holder in desk.lookup.candidates(holder.code_type, holder.number):
            return holder
    raise _denied("领取人已不是证照持有人。", "The one it was offered to does not hold the licence any more.")


def copy_expiry(licence: Licence, issuer: CredentialIssuer, at: datetime) -> datetime:
    # A day less than the certificate, because the time in the copy is rounded up to the day.
    longest = min(at + COPY_LIFETIME, issuer.certified_until - timedelta(days=1))
    if licence.valid_until is None:
        return longest
    # The last day counts in full, by the country's time.
    end = datetime.combine(licence.valid_until + timedelta(days=1), time.min, CHINA_TIME).astimezone(UTC)
    return min(longest, end)


def _denied(zh: str, en: str) -> CredentialRequestDeniedError:
    return CredentialRequestDeniedError(zh, en)
