"""The metadata of the node's authorisation server (RFC 8414, HAIP 1.0 section 4)."""

from __future__ import annotations

from datetime import datetime

from issuer.authorization.authorization import USES_SCOPE
from issuer.authorization.server import AuthorizationServer
from standards.oauth import ATTESTED_CLIENT, AUTHORIZATION_CODE, AuthorizationServerMetadata
from standards.oauth.authorization_request import RESPONSE_TYPE
from standards.oauth.authorization_server import PRE_AUTHORIZED_CODE
from standards.oauth.pkce import METHOD
from standards.openid4vci.authorization_details import TYPE
from standards.openid4vci.refresh import REFRESH_TOKEN


def describe_authorization_server(server: AuthorizationServer, at: datetime) -> AuthorizationServerMetadata:
    """What wallets need to know of it; the principal authority's offers are redeemed at the same token endpoint."""
    codes = {code for authority in server.authorities(at) for code in authority.licence_types}
    return AuthorizationServerMetadata(
        issuer=server.identifier,
        token_endpoint=server.token_endpoint,
        grant_types_supported=(AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE, REFRESH_TOKEN),
        authorization_endpoint=server.authorization_endpoint,
        pushed_authorization_request_endpoint=server.push_endpoint,
        require_pushed_authorization_requests=True,
        authorization_response_iss=True,
        token_endpoint_auth_methods=("none", ATTESTED_CLIENT),
        response_types=(RESPONSE_TYPE,),
        scopes=(*server.issuance.types.configurations(codes), USES_SCOPE),
        code_challenge_methods=(METHOD,),
        authorization_details_types=(TYPE,),
        # Of the principal authority's licences: each of the others has its own, below its identifier.
        document_endpoint=f"{server.identifier}/openid4vci/document",
        uses_endpoint=f"{server.identifier}/openid4vci/uses",
    )
