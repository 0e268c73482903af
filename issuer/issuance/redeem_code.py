"""Use case: exchange a pre-authorised code for an access token, once (OpenID4VCI 1.0 section 6)."""

from __future__ import annotations

from datetime import datetime

from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.handles import HandleKind
from issuer.issuance.offer import TOKEN_LIFETIME, Grant
from issuer.issuance.refresh_store import new_family
from issuer.issuance.refresh_tokens import RefreshToken, new_refresh_token
from standards.oauth import InvalidGrantError, InvalidRequestError, verify_dpop_proof
from standards.openid4vci import TokenRequest, TokenResponse, WrongTxCodeError


def redeem_code(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    request: TokenRequest,
    *,
    dpop_proof: str | None,
    at: datetime,
) -> TokenResponse:
    """Redeem a code: one durable write, and of several requests at once exactly one gets a token.

    Args:
        desk: of the node.
        issuer: whose token endpoint was asked.
        request: as parsed.
        dpop_proof: value of the ``DPoP`` header; then the token is bound to its key. A proof that is sent twice gains
            nothing here, because the code is used up by the first.
        at: now.

    Raises:
        InvalidDpopProofError: the proof does not hold; the code is still good.
        InvalidRequestError: a transaction code is missing, or there is one that nobody asked for (section 6.3).
        WrongTxCodeError: and one try less.
        InvalidGrantError: the code is unknown, used, expired, or of another issuer.
    """
    handles = desk.handles
    guarded = handles.read(HandleKind.CODE_WITH_TX_CODE, request.pre_authorized_code)
    reference = guarded or handles.read(HandleKind.CODE, request.pre_authorized_code)
    if reference is None:
        raise _refused()
    if (guarded is None) != (request.tx_code is None):
        raise InvalidRequestError(
            "须提供验证码。" if guarded else "此领取链接不需要验证码。",
            "A transaction code is required." if guarded else "No transaction code is expected.",
            where="tx_code",
        )
    jkt = None
    if dpop_proof is not None:
        jkt = verify_dpop_proof(dpop_proof, method="POST", uri=issuer.token_endpoint, at=at).jkt
    # A public client's refresh token must be bound to a key (RFC 9449 section 5): without a proof there is none.
    refresh = None if jkt is None else new_refresh_token(reference)
    grant = _redeem(desk, issuer, reference, request.tx_code, jkt=jkt, refresh=refresh, at=at)
    if refresh is not None and _type_of(desk, grant) in issuer.unrefreshed:
        refresh = None  # the row stays good for nothing: every exchange asks the rule again
    return TokenResponse(
        access_token=desk.access_tokens.make(grant),
        token_type="Bearer" if jkt is None else "DPoP",
        expires_in=int(TOKEN_LIFETIME.total_seconds()),
        refresh_token=None if refresh is None else refresh.text,
    )


def _type_of(desk: IssuanceDesk, grant: Grant) -> str | None:
    offered = desk.types.by_configuration(grant.configuration_id)
    return None if offered is None else offered.licence_type.code


def _redeem(
    desk: IssuanceDesk,
    issuer: CredentialIssuer,
    reference: str,
    tx_code: str | None,
    *,
    jkt: str | None,
    refresh: RefreshToken | None,
    at: datetime,
) -> Grant:
    expires_at = at + TOKEN_LIFETIME
    family = None
    if refresh is not None and jkt is not None:
        family = new_family(refresh, jkt, token_expires_at=expires_at, at=at)
    redeemed: Grant | int | None
    if tx_code is None:
        redeemed = desk.offers.redeem(
            reference, issuer.uscc, jkt=jkt, token_expires_at=expires_at, at=at, family=family
        )
    else:
        redeemed = desk.offers.redeem_with_tx_code(
            reference,
            issuer.uscc,
            desk.handles.tx_code_hashes(reference, tx_code),
            jkt=jkt,
            token_expires_at=expires_at,
            at=at,
            family=family,
        )
    if redeemed is None:
        raise _refused()
    if isinstance(redeemed, int):
        raise WrongTxCodeError(redeemed)
    return redeemed


def _refused() -> InvalidGrantError:
    return InvalidGrantError(
        "领取码无效、已被使用或已过期。",
        "The pre-authorised code is not valid, was used, or has expired.",
        where="pre-authorized_code",
    )
