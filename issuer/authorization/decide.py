"""Use cases: a signed-in person opens a pushed request, and lets licences go to the wallet or does not."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from datetime import datetime

from issuer.authorization.authorization import (
    CODE_LIFETIME,
    Authorization,
    AuthorizationState,
    Claimant,
)
from issuer.authorization.errors import AuthorizationGoneError, AuthorizationOfAnotherError
from issuer.authorization.find_licences import FoundLicence, find_licences
from issuer.authorization.server import AuthorizationServer
from issuer.issuance.handles import HandleKind, new_reference
from issuer.issuance.offer import GrantedLicence
from standards.oauth import AuthorizationResponse, build_authorization_response_url
from standards.oauth.authorization_request import REQUEST_URI_PREFIX


def pushed_request(
    server: AuthorizationServer, client_id: str | None, request_uri: str | None, at: datetime
) -> str:
    """The handle of the pushed request that a browser came with.

    Raises:
        AuthorizationGoneError: none is open under this name, or it is another client's (RFC 9126 section 4).
    """
    handle = (request_uri or "").removeprefix(REQUEST_URI_PREFIX)
    found = _find(server, handle, at)
    if found.state is not AuthorizationState.PUSHED or found.client.client_id != client_id:
        raise AuthorizationGoneError
    return handle


def open_request(server: AuthorizationServer, handle: str, claimant: Claimant, at: datetime) -> str:
    """Let the signed-in person decide in this browser (one durable write); answers the browser's secret.

    Raises:
        AuthorizationGoneError: somebody opened it before; a request serves one browser only.
    """
    found = _find(server, handle, at)
    secret = secrets.token_urlsafe(32)
    if found.state is not AuthorizationState.PUSHED or not server.store.open(found, claimant, _hash(secret)):
        raise AuthorizationGoneError
    return secret


def opened_request(
    server: AuthorizationServer, handle: str, secret: str | None, at: datetime
) -> Authorization:
    """The request that this browser opened and has not answered.

    Raises:
        AuthorizationGoneError: it was answered or has run out.
        AuthorizationOfAnotherError: another browser opened it.
    """
    found = _find(server, handle, at)
    if found.state is not AuthorizationState.OPENED or found.browser is None:
        raise AuthorizationGoneError
    if secret is None or not hmac.compare_digest(found.browser, _hash(secret)):
        raise AuthorizationOfAnotherError
    return found


def choices(server: AuthorizationServer, found: Authorization, at: datetime) -> tuple[FoundLicence, ...]:
    """What the person may let go: of the types that the wallet asked for."""
    if found.claimant is None:
        return ()
    licences = find_licences(server.finding, server.authorities(at), found.claimant, at)
    return tuple(one for one in licences if one.configuration.id in found.asked.configurations)


def agree(
    server: AuthorizationServer, found: Authorization, chosen: Collection[str], uses: bool, at: datetime
) -> str:
    """Let the chosen licences go (one durable write); answers where the browser goes.

    Args:
        server: of the node.
        found: as opened by this browser.
        chosen: identifiers of licences, untrusted: only what the person may let go counts.
        uses: whether the wallet may also learn who looked.
        at: now.

    Raises:
        AuthorizationGoneError: it was answered before.
    """
    lookup = server.issuance.lookup
    chosen_ones = [
        one for one in choices(server, found, at) if one.can_go and str(one.licence.identifier) in chosen
    ]
    licences = tuple(
        GrantedLicence(
            reference=new_reference(),
            authority=one.authority.uscc,
            issuer=one.authority.issuer_identifier,
            licence=str(one.licence.identifier),
            configuration_id=one.configuration.id,
            holder=lookup.lookup(one.holder.code_type, one.holder.number),
        )
        for one in chosen_ones
    )
    granted_uses = uses and found.asked.uses
    if not licences and not granted_uses:
        return decline(server, found)
    if not server.store.grant(
        found,
        licences,
        uses=granted_uses,
        waits=any(one.waits for one in chosen_ones),
        expires_at=at + CODE_LIFETIME,
    ):
        raise AuthorizationGoneError
    code = server.issuance.handles.make(HandleKind.AUTHORIZATION_CODE, found.reference)
    return _answer(found, AuthorizationResponse(found.asked.state, server.identifier, code=code))


def decline(server: AuthorizationServer, found: Authorization) -> str:
    """Let nothing go (one durable write); answers where the browser goes. Raises ``AuthorizationGoneError``."""
    if not server.store.refuse(found):
        raise AuthorizationGoneError
    told = "The person let nothing go."
    response = AuthorizationResponse(
        found.asked.state, server.identifier, error="access_denied", error_description=told
    )
    return _answer(found, response)


def _answer(found: Authorization, response: AuthorizationResponse) -> str:
    return build_authorization_response_url(found.asked.redirect_uri, response)


def _find(server: AuthorizationServer, handle: str, at: datetime) -> Authorization:
    reference = server.issuance.handles.read(HandleKind.PUSHED_REQUEST, handle)
    found = None if reference is None else server.store.find(reference, at)
    if found is None:
        raise AuthorizationGoneError
    return found


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
