"""An offer that wants a sign-in at the issuer (OpenID4VCI 1.0 section 3.4): the same way as to a library, for what it names."""

from __future__ import annotations

from dataclasses import replace

from standards.openid4vci import CredentialOffer
from wallet.accounts.account import Holder
from wallet.claiming.libraries import ListedIssuer
from wallet.claiming.start_search import Asked, Started, send
from wallet.node import WalletNode
from wallet.receiving.errors import UnsupportedOfferError
from wallet.receiving.issuer_identity import identify_issuer


def follow_offer(node: WalletNode, holder: Holder, offer: CredentialOffer) -> Started:
    """Push a request for what the offer names, at the server that it names (one durable write).

    Raises:
        UnknownIssuerError: nobody knows who offers.
        UnsupportedOfferError: it names something that the issuer does not have.
        LibraryClosedError, LibraryRefusedError, IssuerUnreachableError, IssuerAnswerError, IssuerAddressError,
        TrustUnavailableError, ProviderNotCertifiedError: as for a library.
    """
    identity = identify_issuer(offer.credential_issuer, node.trust(), node.clock.now(), node.foreign)
    metadata = node.issuer_client.fetch_metadata(offer.credential_issuer)
    wanted = {
        name: configuration
        for name, configuration in metadata.configurations.items()
        if name in offer.credential_configuration_ids
    }
    servers = metadata.authorization_servers or (metadata.credential_issuer,)
    server = offer.authorization_server or servers[0]
    if len(wanted) != len(offer.credential_configuration_ids) or server not in servers:
        raise UnsupportedOfferError(
            "邀请中有本钱包不认识的证照格式，或指定了不属于发证机构的授权服务器。",
            "The offer names a kind of credential that this wallet cannot keep, or a server that is not the issuer's.",
        )
    return send(
        node,
        holder,
        Asked(
            node.issuer_client.fetch_authorization_server(server),
            (replace(metadata, configurations=wanted),),
            (ListedIssuer(identity.identifier, identity.name),),
            library_key="",
            name=identity.name,
            issuer_state=offer.issuer_state,
            foreign=identity.foreign,
        ),
    )
