"""Use case: exchange a refresh token for an access token (RFC 6749 section 6, RFC 9449 section 5, OpenID4VCI 1.0
section 14.5).

The wallet gets leave to fetch copies of whatever version of its licence is in force, for the same holder, and learns
where the licence stands. What an old token shows that comes again is said in ADR 18.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.errors import RefreshBusyError, RefreshTooOftenError
from issuer.issuance.offer import TOKEN_LIFETIME, Grant
from issuer.issuance.refresh_store import Family
from issuer.issuance.refresh_tokens import (
    REFRESHES_PER_DAY,
    REPEAT_WITHIN,
    RefreshToken,
    new_refresh_token,
    parse_refresh_token,
    refreshed_reference,
)
from issuer.library.licence import Holder, Licence, LicenceState
from issuer.library.standing import standing
from standards.oauth import DpopProof, InvalidDpopProofError, verify_dpop_proof
from standards.openid4vci import LicenceNews, RefreshRefusedError, RefreshRequest, TokenResponse

HOLDER_CHANGED: Final = "holder_changed"
"""Told instead of a state to somebody who does not hold the licence any more: how it stands is not theirs to know."""

REUSED: Final = "reused"
"""Why a family ended of which an exchanged token came again."""

FOR_GOOD: Final = frozenset({LicenceState.DEREGISTERED, LicenceState.RESCINDED, LicenceState.REVOKED})
"""States out of which no version of the licence comes back: the family ends with it."""

_MAX_VERSIONS: Final = 1_000
_DAY: Final = timedelta(days=1)
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What the wallet is answered: its tokens, and where the licence stands."""

    token: TokenResponse
    news: LicenceNews


def refresh_grant(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    request: RefreshRequest,
    *,
    dpop_proof: str | None,
    at: datetime,
) -> Refreshed:
    """Exchange a refresh token: one durable write, and of several requests at once exactly one is answered.

    Args:
        desk: of the node.
        issuer: whose token endpoint was asked.
        request: as parsed.
        dpop_proof: value of the ``DPoP`` header; required.
        at: now.

    Raises:
        InvalidDpopProofError: the proof is missing, does not hold, or was used before.
        RefreshRefusedError: the token is not good, or the licence has ended; it says what the holder may know.
        RefreshBusyError, RefreshTooOftenError: try again later; the token is as good as before.
    """
    token = parse_refresh_token(request.refresh_token)
    if dpop_proof is None:
        raise InvalidDpopProofError("缺少 DPoP 证明。", "The DPoP proof is missing.", where="DPoP")
    proof = verify_dpop_proof(dpop_proof, method="POST", uri=issuer.token_endpoint, at=at)
    family = None if token is None else desk.families.find(token.reference, issuer.uscc, at=at)
    # Without the key nobody learns whether a token was good, and nobody can end somebody else's family.
    if token is None or family is None or not hmac.compare_digest(family.jkt, proof.jkt):
        raise _refused()
    if family.ended is not None:
        raise _refused(None if family.ended == REUSED else LicenceNews(family.ended))
    proof_hash = _hash(proof)
    successor = _successor(desk, family, token, proof_hash, at)
    if at - family.day < _DAY and family.count >= REFRESHES_PER_DAY:
        raise RefreshTooOftenError
    licence, news = _look_up(desk, issuer, family, at)
    if licence is None or news.state in FOR_GOOD:
        desk.families.end(family, news.state)
        raise _refused(news)
    if licence.type_code in issuer.unrefreshed:
        raise _refused(LicenceNews(news.state, news.identifier))
    if not desk.families.rotate(family, successor, licence=str(licence.identifier), proof=proof_hash, at=at):
        raise RefreshBusyError
    grant = Grant(
        reference=refreshed_reference(successor),
        authority=issuer.uscc,
        licence=str(licence.identifier),
        configuration_id=news.configuration_id or "",
        holder=family.holder,
        jkt=family.jkt,
        expires_at=at + TOKEN_LIFETIME,
    )
    tokens = TokenResponse(
        access_token=desk.access_tokens.make(grant),
        token_type="DPoP",
        expires_in=int(TOKEN_LIFETIME.total_seconds()),
        refresh_token=successor.text,
    )
    return Refreshed(tokens, news)


def _successor(
    desk: IssuanceDesk, family: Family, token: RefreshToken, proof_hash: str, at: datetime
) -> RefreshToken:
    """The token to answer with, once the one that came was found good."""
    if token.generation == family.generation and hmac.compare_digest(token.hash, family.hash):
        return new_refresh_token(family.reference, family.generation + 1)
    if family.proof == proof_hash:
        raise InvalidDpopProofError("DPoP 证明已被使用。", "The DPoP proof was used before.", where="DPoP")
    if (
        token.generation == family.generation - 1
        and family.before is not None
        and hmac.compare_digest(token.hash, family.before)
        and at - family.rotated_at < REPEAT_WITHIN
    ):
        # The answer was lost on its way: what it carried is worth nothing from now on.
        return new_refresh_token(family.reference, family.generation)
    if token.generation <= family.generation:
        # Two keep this key: which of them is the holder's wallet cannot be told (RFC 9700 section 4.14.2).
        _LOG.warning("refresh-token-reused", offer=family.reference)
        desk.families.end(family, REUSED)
    raise _refused()


def _look_up(
    desk: IssuanceDesk, issuer: CredentialIssuer, family: Family, at: datetime
) -> tuple[Licence | None, LicenceNews]:
    """The newest version of the licence and where it stands; without it when it is not this holder's any more."""
    licence = desk.licences.find(family.licence, family.authority)
    for _ in range(_MAX_VERSIONS):
        if licence is None or licence.superseded_by is None:
            break
        licence = desk.licences.find(licence.superseded_by, family.authority)
    if licence is None or not any(_is_holder(desk, family, holder) for holder in licence.holders):
        return None, LicenceNews(HOLDER_CHANGED)
    offered = desk.types.by_vct(licence.vct)
    if offered is None:
        return licence, LicenceNews(LicenceState.OTHER, str(licence.identifier))
    state = standing(licence, offered.licence_type, at)
    issued = state is LicenceState.VALID and licence.type_code in issuer.type_codes
    return licence, LicenceNews(
        str(state), str(licence.identifier), offered.configuration.id if issued else None
    )


def _is_holder(desk: IssuanceDesk, family: Family, holder: Holder) -> bool:
    return family.holder in desk.lookup.candidates(holder.code_type, holder.number)


def _hash(proof: DpopProof) -> str:
    return hashlib.sha256(proof.jti.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(news: LicenceNews | None = None) -> RefreshRefusedError:
    return RefreshRefusedError(
        "更新令牌无效、已被使用、已过期，或证照已终结。",
        "The refresh token is not valid, was used, has expired, or its licence has ended.",
        news,
    )
