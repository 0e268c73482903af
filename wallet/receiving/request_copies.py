"""Asking an issuer for copies of a licence: fresh keys proved to it, once more when it finds the nonce stale."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from standards.errors import ElicenceError
from standards.openid4vci import (
    CredentialIssuerMetadata,
    CredentialResponse,
    DeferredResponse,
    build_key_proof,
)
from wallet.holdings.sealing import HolderKey
from wallet.node import WalletNode
from wallet.receiving.errors import IssuerAnswerError, OfferGoneError
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.pending_offer import OfferedLicence
from wallet.receiving.refusal import OAuthRefusal, RefusedByIssuer

Answer = CredentialResponse | DeferredResponse


def request_copies(
    node: WalletNode,
    metadata: CredentialIssuerMetadata,
    token: AccessToken,
    offered: OfferedLicence,
    keys: Sequence[HolderKey],
) -> CredentialResponse:
    """One batch of what an offer names, now.

    Raises:
        OfferGoneError: the issuer does not honour it any more.
        IssuerAnswerError: another refusal, or the issuer wants to deliver later.
    """
    answer = ask_for_copies(node, metadata, token, keys, configuration_id=offered.configuration_id)
    if isinstance(answer, DeferredResponse):
        raise IssuerAnswerError(
            "发证机构尚未准备好这份证照。", "The issuer has not got this licence ready yet."
        )
    return answer


def ask_for_copies(
    node: WalletNode,
    metadata: CredentialIssuerMetadata,
    token: AccessToken,
    keys: Sequence[HolderKey],
    *,
    configuration_id: str,
    identifier: str | None = None,
) -> Answer:
    """One batch, or when to come back; by its identifier where the token response named one (section 8.2).

    Raises:
        OfferGoneError, IssuerAnswerError: the issuer refused.
    """
    client = node.issuer_client

    def ask(proofs: Sequence[str]) -> Answer:
        if identifier is None:
            return client.request_credentials(metadata, token, configuration_id, proofs)
        return client.request_credential(metadata, token, identifier, proofs)

    return _with_fresh_nonce(node, metadata, keys, ask)


def ask_for_deferred(
    node: WalletNode, metadata: CredentialIssuerMetadata, token: AccessToken, transaction_id: str
) -> Answer:
    """What was not ready before (section 9): the copies, or when to come back.

    Raises:
        OfferGoneError, IssuerAnswerError: the issuer refused, or knows no such transaction.
    """
    try:
        return node.issuer_client.request_deferred(metadata, token, transaction_id)
    except RefusedByIssuer as error:
        raise credential_refused(error.refusal) from error


def _with_fresh_nonce(
    node: WalletNode,
    metadata: CredentialIssuerMetadata,
    keys: Sequence[HolderKey],
    ask: Callable[[Sequence[str]], Answer],
) -> Answer:
    """Once more with a fresh nonce when the issuer finds the first one stale (section 8.3.1.2)."""
    for attempt in range(2):
        nonce = node.issuer_client.request_nonce(metadata)
        proofs = [_proof(metadata, key, nonce, node.clock.now()) for key in keys]
        try:
            return ask(proofs)
        except RefusedByIssuer as error:
            if error.refusal.error == "invalid_nonce" and attempt == 0:
                continue
            raise credential_refused(error.refusal) from error
    raise AssertionError("the second attempt returns or raises")


def _proof(metadata: CredentialIssuerMetadata, key: HolderKey, nonce: str, at: datetime) -> str:
    return build_key_proof(
        issuer=metadata.credential_issuer, jwk=key.signer.public_jwk, sign=key.signer.sign, nonce=nonce, at=at
    )


def credential_refused(refusal: OAuthRefusal) -> ElicenceError:
    """What a refusal of the credential endpoint means to the person (section 8.3.1)."""
    if refusal.error in ("invalid_token", "credential_request_denied", "invalid_transaction_id"):
        return OfferGoneError()
    return odd_answer(refusal)


def odd_answer(refusal: OAuthRefusal) -> IssuerAnswerError:
    """A refusal that says nothing which the person could act on."""
    told = refusal.error if refusal.error.isidentifier() and len(refusal.error) <= 60 else str(refusal.status)
    return IssuerAnswerError(
        f"发证机构的服务拒绝了请求（{told}）。", f"The issuer's service refused the request ({told})."
    )
