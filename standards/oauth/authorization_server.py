"""Authorization server metadata (RFC 8414) as OpenID4VCI 1.0 section 12.3 extends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standards.json_reader import Reader
from standards.oauth.dpop import ALGORITHMS
from standards.oauth.well_known import well_known_url

PRE_AUTHORIZED_CODE = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
"""Grant type of OpenID4VCI 1.0 section 3.5."""

_SUFFIX = "oauth-authorization-server"


@dataclass(frozen=True, slots=True)
class AuthorizationServerMetadata:
    """What a wallet needs to know of an authorization server.

    Attributes:
        issuer: the server's identifier; equal to the credential issuer's when both are one.
        token_endpoint: URL of the token endpoint.
        grant_types_supported: grant types; the default of RFC 8414 when the server names none.
        anonymous_pre_authorized: ``pre-authorized_grant_anonymous_access_supported``: no client_id is needed.
        dpop_algorithms: ``dpop_signing_alg_values_supported``; empty when the server does not speak DPoP.
    """

    issuer: str
    token_endpoint: str
    grant_types_supported: tuple[str, ...] = (PRE_AUTHORIZED_CODE,)
    anonymous_pre_authorized: bool = True
    dpop_algorithms: tuple[str, ...] = ALGORITHMS

    def to_json(self) -> dict[str, Any]:
        """The metadata document (RFC 8414 section 2, RFC 9449 section 5.1)."""
        return {
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "token_endpoint_auth_methods_supported": ["none"],
            "response_types_supported": [],
            "grant_types_supported": list(self.grant_types_supported),
            "pre-authorized_grant_anonymous_access_supported": self.anonymous_pre_authorized,
            "dpop_signing_alg_values_supported": list(self.dpop_algorithms),
        }


def authorization_server_metadata_url(issuer: str) -> str:
    """Where the metadata of ``issuer`` are: well-known between host and path (RFC 8414 section 3.1)."""
    return well_known_url(issuer, _SUFFIX)


def parse_authorization_server_metadata(
    document: Mapping[str, Any], *, issuer: str
) -> AuthorizationServerMetadata:
    """Read the metadata fetched for ``issuer``.

    Raises:
        InvalidInputError: a member is missing or malformed, or the document is of another issuer (RFC 8414
            section 3.3).
    """
    reader = Reader(document)
    named = reader.text("issuer", max_chars=2_000)
    if named != issuer:
        raise reader.fail(
            "issuer", "元数据属于另一个授权服务器。", "The metadata belong to another authorization server."
        )
    grants = reader.optional_texts("grant_types_supported", max_items=50, max_chars=200)
    return AuthorizationServerMetadata(
        issuer=named,
        token_endpoint=reader.text("token_endpoint", max_chars=2_000),
        grant_types_supported=grants if grants is not None else ("authorization_code", "implicit"),
        anonymous_pre_authorized=reader.optional_boolean("pre-authorized_grant_anonymous_access_supported")
        or False,
        dpop_algorithms=reader.optional_texts("dpop_signing_alg_values_supported", max_items=50, max_chars=50)
        or (),
    )
