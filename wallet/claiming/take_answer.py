"""The browser comes back from the library: take its answer once, against the search of this very person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from keys.sealed_key import open_sealed_key
from standards.errors import ElicenceError
from standards.oauth import parse_authorization_response
from standards.openid4vci import CodeTokenRequest, CredentialIssuerMetadata, TokenResponse
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.claiming.authorization_client import told_of
from wallet.claiming.errors import SearchBusyError, SearchNotFoundError
from wallet.claiming.search import Connection, Find, Search, SearchState
from wallet.claiming.start_search import CALLBACK_PATH, USES_SCOPE
from wallet.node import WalletNode
from wallet.receiving.refusal import RefusedByIssuer

MAX_FINDS: Final = 500
"""Most licences that one search fetches."""

_DEFAULT_LIFETIME: Final = timedelta(minutes=5)


def take_answer(node: WalletNode, holder: Holder, parameters: Mapping[str, Sequence[str]]) -> Search:
    """Take the answer, exchange its code, and note what the library grants (three durable writes).

    Args:
        node: stores and the guarded clients.
        holder: the person's own wallet; an answer to anybody else's search finds nothing.
        parameters: every query parameter of the callback, untrusted.

    Raises:
        SearchNotFoundError: no search of this person has this ``state``, or it took too long.
        SearchBusyError: the answer was taken before.
        InvalidAuthorizationResponseError: it is not this server's, or malformed.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError: the library did not exchange the code.
    """
    state, at = (parameters.get("state") or [""])[0], node.clock.now()
    search = node.searches.by_state(holder, node.references.of("search state", state), at)
    connection = search.connection
    if search.state is not SearchState.SENT:
        raise SearchBusyError
    if not search.may_answer(at):
        raise SearchNotFoundError
    server = node.issuer_client.fetch_authorization_server(connection.server)
    answer = parse_authorization_response(
        parameters,
        expected_state=connection.state,
        expected_issuer=connection.server,
        issuer_required=server.authorization_response_iss,
    )
    claim = node.searches.claim(holder, search.search_id, SearchState.SENT, at)
    if answer.code is None:
        return _ended(node, holder, search, claim, _refusal(answer.error or ""))
    signer = open_sealed_key("search", connection.sealed_key, holder.envelope, search.key_context)
    request = CodeTokenRequest(
        answer.code,
        node.settings.wallet_url + CALLBACK_PATH,
        connection.code_verifier,
        node.provider.client_id,
    )
    try:
        response, asked_at = node.authorization_client.exchange(server, request, signer)
    except RefusedByIssuer as error:
        return _ended(node, holder, search, claim, _refusal(told_of(error)))
    except ElicenceError as error:
        # A code is worth nothing after its first use, whatever became of the answer.
        _ended(node, holder, search, claim, error.message)
        raise
    lifetime = timedelta(seconds=response.expires_in) if response.expires_in else _DEFAULT_LIFETIME
    granted = replace(
        connection,
        access_token=response.access_token,
        token_type=response.token_type,
        expires_at=asked_at + lifetime,
        uses=USES_SCOPE in (response.scope or connection.scope).split(),
    )
    finds = _finds(node, granted, response)
    search = replace(search, connection=granted, finds=finds, state=SearchState.FETCHING)
    node.searches.save(holder, search, claim, release=True)
    return search


def _finds(node: WalletNode, connection: Connection, response: TokenResponse) -> tuple[Find, ...]:
    """What the token reaches, by the identifiers that it names, or by scope where it names none (section 6.2)."""
    described: dict[str, CredentialIssuerMetadata] = {}
    finds: list[Find] = []
    for detail in response.authorization_details:
        for issuer in detail.locations or (connection.issuers[0].identifier,):
            if connection.issuer(issuer) is None:
                continue  # not an authority of the library that was asked
            if issuer not in described:
                described[issuer] = node.issuer_client.fetch_metadata(issuer)
            name = _name(described[issuer], detail.configuration_id)
            finds.extend(
                Find(issuer, detail.configuration_id, identifier, name=name)
                for identifier in detail.credential_identifiers or (None,)
            )
    if not response.authorization_details:
        scopes = set((response.scope or connection.scope).split())
        for listed in connection.issuers:
            metadata = node.issuer_client.fetch_metadata(listed.identifier)
            finds.extend(
                Find(listed.identifier, one.id, name=_name(metadata, one.id))
                for one in metadata.configurations.values()
                if one.scope in scopes
            )
    return tuple(finds[:MAX_FINDS])


def _name(metadata: CredentialIssuerMetadata, configuration_id: str) -> Text:
    configuration = metadata.configurations.get(configuration_id)
    name = None if configuration is None else configuration.name
    return name or Text("证照", "Licence")


def _ended(node: WalletNode, holder: Holder, search: Search, claim: str, told: Text) -> Search:
    search = replace(search, state=SearchState.DONE, told=told)
    node.searches.save(holder, search, claim, release=True)
    return search


def _refusal(error: str) -> Text:
    if error == "access_denied":
        return Text("您在证照库的页面上选择了不领取。", "At the library's page you chose to take nothing.")
    told = error if error.isidentifier() and len(error) <= 60 else "error"
    return Text(f"证照库没有完成授权（{told}）。", f"The library did not give access ({told}).")
