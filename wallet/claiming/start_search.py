"""Begin a search at a library: find out whom to ask, push the request, and say where the browser goes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from keys.sealed_key import create_sealed_key
from standards.errors import ElicenceError
from standards.oauth import (
    AUTHORIZATION_CODE,
    AuthorizationRequest,
    AuthorizationServerMetadata,
    build_authorization_url,
    build_code_challenge,
)
from standards.oauth.pkce import METHOD
from standards.openid4vci import AuthorizationDetail, CredentialIssuerMetadata
from standards.text import Text
from wallet.accounts.account import Holder
from wallet.claiming.authorization_client import told_of
from wallet.claiming.errors import LibraryClosedError, LibraryRefusedError
from wallet.claiming.libraries import Library, ListedIssuer, connected_libraries, find_library
from wallet.claiming.search import Connection, Search, SearchState
from wallet.node import WalletNode
from wallet.receiving.refusal import RefusedByIssuer

CALLBACK_PATH: Final = "/find/callback"
"""Where the library sends the browser back to."""

USES_SCOPE: Final = "uses"
"""Scope of our libraries that also tells who looked at a licence without its holder."""

MAX_ISSUERS: Final = 200
"""Most authorities of one library that are asked for their metadata."""

_AT_ONCE: Final = 8
_MAX_DETAILS: Final = 100


@dataclass(frozen=True, slots=True)
class Started:
    """A search whose answer is awaited.

    Attributes:
        search_id: of the search.
        authorization_url: where the browser goes.
    """

    search_id: str
    authorization_url: str


def start_search(node: WalletNode, holder: Holder, library_key: str, server_place: int = 0) -> Started:
    """Push a request for everything that the library has of the person (one durable write).

    Args:
        node: feeds, stores and the guarded clients.
        holder: the person's own wallet: a library knows whom it signed in, not for whom somebody acts.
        library_key: of a connected library.
        server_place: which of the library's authorisation servers, where it has several.

    Raises:
        UnknownLibraryError, LibraryClosedError, LibraryRefusedError: it cannot be asked.
        IssuerUnreachableError, IssuerAnswerError, IssuerAddressError, TrustUnavailableError: try again later.
        ProviderNotCertifiedError: this wallet has no certificate to show.
    """
    at = node.clock.now()
    library = find_library(connected_libraries(node.trust(), node.references, at), library_key)
    servers = _by_server(node, library)
    if not 0 <= server_place < len(servers):
        server_place = 0
    server, described = servers[server_place]
    asked = {metadata.credential_issuer for metadata in described}
    return send(
        node,
        holder,
        Asked(
            server,
            described,
            tuple(one for one in library.issuers if one.identifier in asked),
            library_key=library.key,
            name=_name(library),
            place=server_place,
            others=len(servers) - 1 - server_place,
        ),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one authorisation server.

    Attributes:
        server: its metadata.
        described: metadata of the issuers that are asked for, each with the configurations wanted.
        issuers: the same as the trust lists name them.
        library_key: of the library, or empty.
        name: of the library or the issuer, for people.
        place: of the server among those of the library.
        others: further servers of the library.
        issuer_state: of an offer, or ``None``.
        foreign: whether the issuer is on no trust list.
    """

    server: AuthorizationServerMetadata
    described: Sequence[CredentialIssuerMetadata]
    issuers: tuple[ListedIssuer, ...]
    library_key: str
    name: Text
    place: int = 0
    others: int = 0
    issuer_state: str | None = None
    foreign: bool = False


def send(node: WalletNode, holder: Holder, asked: Asked) -> Started:
    """Push the request and keep the search (one durable write); raises as :func:`start_search`."""
    server = asked.server
    _check_server(server)
    search_id, verifier, state = (secrets.token_urlsafe(count) for count in (16, 32, 32))
    sealed_key, signer = create_sealed_key("search", holder.envelope, key_context(search_id))
    scope, details = _asked_for(server, asked.described)
    request = AuthorizationRequest(
        client_id=node.provider.client_id,
        redirect_uri=node.settings.wallet_url + CALLBACK_PATH,
        state=state,
        code_challenge=build_code_challenge(verifier),
        scope=scope,
        authorization_details=tuple(one.to_json() for one in details),
        issuer_state=asked.issuer_state,
    )
    try:
        pushed = node.authorization_client.push(server, request, signer)
    except RefusedByIssuer as error:
        raise LibraryRefusedError(told_of(error)) from error
    search = Search(
        search_id=search_id,
        state=SearchState.SENT,
        library_key=asked.library_key,
        library_name=asked.name,
        started_at=node.clock.now(),
        connection=Connection(
            server=server.issuer,
            issuers=asked.issuers,
            state=state,
            code_verifier=verifier,
            sealed_key=sealed_key,
            scope=scope or "",
            foreign=asked.foreign,
            place=asked.place,
            others=asked.others,
        ),
    )
    node.searches.add(holder, search, node.references.of("search state", state))
    url = build_authorization_url(
        server.authorization_endpoint or "", client_id=request.client_id, request_uri=pushed.request_uri
    )
    return Started(search_id, url)


def key_context(search_id: str) -> str:
    """The context under which the key of a search is sealed."""
    return f"search {search_id} key"


def _by_server(
    node: WalletNode, library: Library
) -> Sequence[tuple[AuthorizationServerMetadata, list[CredentialIssuerMetadata]]]:
    """The library's issuers by the authorisation server at which a person can give access to them, the largest first.

    An issuer may name several (OpenID4VCI 1.0 section 12.2.4); the one that serves most others is preferred, so that one
    sign-in reaches as much as possible. Issuers that do not answer are left out.

    Raises:
        LibraryClosedError: no server has the authorisation code flow.
        ElicenceError: not one issuer answered; the first failure.
    """

    def fetch(issuer: ListedIssuer) -> CredentialIssuerMetadata | ElicenceError:
        try:
            return node.issuer_client.fetch_metadata(issuer.identifier)
        except ElicenceError as error:
            return error

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(pool.map(fetch, library.issuers[:MAX_ISSUERS]))
    described = [one for one in answers if isinstance(one, CredentialIssuerMetadata)]
    if not described:
        raise next(answer for answer in answers if isinstance(answer, ElicenceError))
    served: dict[str, list[CredentialIssuerMetadata]] = {}
    for metadata in described:
        for name in metadata.authorization_servers or (metadata.credential_issuer,):
            served.setdefault(name, []).append(metadata)
    chosen: list[tuple[AuthorizationServerMetadata, list[CredentialIssuerMetadata]]] = []
    left = {metadata.credential_issuer for metadata in described}
    for name in sorted(served, key=lambda name: (-len(served[name]), name)):
        reached = [one for one in served[name] if one.credential_issuer in left]
        if reached and _has_code_flow(server := node.issuer_client.fetch_authorization_server(name)):
            chosen.append((server, reached))
            left -= {one.credential_issuer for one in reached}
    if not chosen:
        raise LibraryClosedError(
            "证照库不支持从钱包查找。", "The library does not let wallets look for licences."
        )
    return chosen


def _has_code_flow(server: AuthorizationServerMetadata) -> bool:
    return AUTHORIZATION_CODE in server.grant_types_supported and bool(server.authorization_endpoint)


def _check_server(server: AuthorizationServerMetadata) -> None:
    """Everything that keeps a code from being stolen or mixed up must be there (HAIP 1.0 section 4.2)."""
    if METHOD not in server.code_challenge_methods or not server.dpop_algorithms:
        raise LibraryClosedError(
            "证照库缺少必要的安全措施（PKCE、DPoP）。",
            "The library lacks safeguards that this wallet needs (PKCE, DPoP).",
        )


def _asked_for(
    server: AuthorizationServerMetadata, described: Sequence[CredentialIssuerMetadata]
) -> tuple[str | None, tuple[AuthorizationDetail, ...]]:
    """Scopes of all configurations; authorisation details for those that have none (OpenID4VCI 1.0 section 5.1)."""
    several = len(described) > 1
    scopes: list[str] = []
    details: list[AuthorizationDetail] = []
    for metadata in described:
        for configuration in metadata.configurations.values():
            if configuration.scope is not None:
                scopes.append(configuration.scope)
            else:
                where = (metadata.credential_issuer,) if several else ()
                details.append(AuthorizationDetail(configuration.id, locations=where))
    if USES_SCOPE in server.scopes:
        scopes.append(USES_SCOPE)
    return " ".join(dict.fromkeys(scopes)) or None, tuple(details[:_MAX_DETAILS])


def _name(library: Library) -> Text:
    """The library as people know it: its region, or its one authority."""
    if len(library.issuers) == 1:
        return library.issuers[0].name
    return Text(f"{library.region.zh}证照库", f"Licence library of {library.region.en}")
