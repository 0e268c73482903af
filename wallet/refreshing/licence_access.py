"""Access to what an issuer does for the holder of a licence besides copies: documents, and who looked at it."""

from __future__ import annotations

from dataclasses import dataclass

from standards.oauth import AuthorizationServerMetadata
from standards.openid4vci import CredentialIssuerMetadata
from wallet.accounts.account import Holder
from wallet.holdings.holding import Holding
from wallet.node import WalletNode
from wallet.receiving.issuer_client import AccessToken
from wallet.receiving.refusal import RefusedByIssuer
from wallet.receiving.request_copies import credential_refused
from wallet.refreshing.errors import LicenceBusyError, NoAccessError
from wallet.refreshing.exchange_token import exchange_token
from wallet.refreshing.store import ClaimLostError


@dataclass(frozen=True, slots=True)
class LicenceAccess:
    """A licence, the metadata of its issuer and of the server that gave access, and a token that reaches it for some minutes."""

    holding: Holding
    metadata: CredentialIssuerMetadata
    server: AuthorizationServerMetadata
    token: AccessToken


def licence_access(node: WalletNode, holder: Holder, holding_id: str) -> LicenceAccess:
    """A fresh token for a licence of this wallet (three durable writes).

    Raises:
        LicenceNotFoundError: the wallet has none with this id.
        NoAccessError: its issuer gave no means to come back with, or honours them no more.
        LicenceBusyError: it is being refreshed at this moment.
        OfferGoneError, IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: as for copies.
    """
    at = node.clock.now()
    holding = node.holdings.get(holder, holding_id, at=at)
    if holding.renewal.means is None:
        raise NoAccessError
    claim = node.refreshes.claim(holder.account_id, holding_id, at)
    if claim is None:
        raise LicenceBusyError
    try:
        # Read again: the token may have been exchanged until a moment ago.
        holding = node.holdings.get(holder, holding_id, at=at)
        if holding.renewal.means is None:
            raise NoAccessError
        metadata = node.issuer_client.fetch_metadata(holding.face.credential_issuer)
        exchanged = exchange_token(node, holder, (holding, claim), metadata)
    except RefusedByIssuer as error:
        raise credential_refused(error.refusal) from error
    except ClaimLostError as error:
        raise LicenceBusyError from error
    finally:
        node.refreshes.let_go(holder.account_id, holding_id, claim)
    if exchanged.token is None:
        # The next round of the refresher hears the same and notes what the issuer said.
        raise NoAccessError
    return LicenceAccess(holding, metadata, exchanged.server, exchanged.token)
