"""What an issuer will deliver later of an offer (OpenID4VCI 1.0 section 9): waited for as a search waits for its finds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from standards.openid4vci import CredentialIssuerMetadata, DeferredResponse
from wallet.accounts.account import Holder
from wallet.claiming.libraries import ListedIssuer
from wallet.claiming.search import PREPARING, Connection, Fate, Find, Search, SearchState
from wallet.holdings.sealing import HolderKey
from wallet.receiving.offer_token import authorization_server_of
from wallet.receiving.pending_offer import Grant, OfferedLicence, PendingOffer

LONGEST_WAIT: Final = timedelta(days=1)
"""An issuer may want to be asked later than this; the wallet asks all the same."""


def find_of(
    holder: Holder,
    pending: PendingOffer,
    offered: OfferedLicence,
    answer: DeferredResponse,
    keys: Sequence[HolderKey],
    *,
    at: datetime,
) -> Find:
    """One licence that comes later, with the keys that were proved for it."""
    return Find(
        issuer=pending.offer.credential_issuer,
        configuration_id=offered.configuration_id,
        fate=Fate.LATER,
        name=offered.name,
        told=PREPARING,
        transaction_id=answer.transaction_id,
        sealed_keys=tuple(key.sealed_under(holder) for key in keys),
        not_before=at + min(timedelta(seconds=answer.interval), LONGEST_WAIT),
    )


def search_of(
    pending: PendingOffer,
    metadata: CredentialIssuerMetadata,
    grant: Grant,
    finds: Sequence[Find],
    at: datetime,
) -> Search:
    """The search that goes on with an offer; it bears the offer's id."""
    return Search(
        search_id=pending.offer_id,
        state=SearchState.FETCHING,
        library_key="",
        library_name=pending.issuer.name,
        started_at=at,
        connection=Connection(
            server=authorization_server_of(pending, metadata),
            issuers=(ListedIssuer(pending.issuer.identifier, pending.issuer.name),),
            state="",
            code_verifier="",
            sealed_key=grant.sealed_dpop_key,
            foreign=pending.issuer.foreign,
            access_token=grant.access_token,
            token_type=grant.token_type,
            expires_at=grant.expires_at,
            # One token for several licences renews none of them: each exchange would end it for the others. It still
            # renews the access to those that are waited for.
            refresh_token=grant.refresh_token,
        ),
        finds=tuple(finds),
        of_offer=True,
    )
