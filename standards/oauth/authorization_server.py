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

ATTESTED_CLIENT = "attest_jwt_client_auth"
"""Client authentication by attestation (draft-ietf-oauth-attestation-based-client-auth)."""

DOCUMENT_ENDPOINT = "elicence_document_endpoint"
"""Members for what the standards have no word for; others leave them aside (RFC 8414 section 2 allows further ones)."""

USES_ENDPOINT = "elicence_uses_endpoint"

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
        authorization_endpoint: where the browser goes, or ``None``: this server has no authorisation code flow.
        pushed_authorization_request_endpoint: where requests are pushed (RFC 9126), or ``None``.
        require_pushed_authorization_requests: whether no other requests are taken.
        authorization_response_iss: whether answers carry ``iss`` (RFC 9207).
        token_endpoint_auth_methods: how clients say who they are; ``attest_jwt_client_auth`` for attested wallets.
        response_types: ``response_types_supported``.
        scopes: ``scopes_supported``; empty when not said.
        code_challenge_methods: ``code_challenge_methods_supported`` (RFC 7636).
        authorization_details_types: ``authorization_details_types_supported`` (RFC 9396 section 10).
        document_endpoint: where a holder's wallet asks for a licence as a sealed document, or ``None``: a member of ours.
        uses_endpoint: where it asks who looked at the licence without the holder, or ``None``: a member of ours.
    """

    issuer: str
    token_endpoint: str
    grant_types_supported: tuple[str, ...] = (PRE_AUTHORIZED_CODE,)
    anonymous_pre_authorized: bool = True
    dpop_algorithms: tuple[str, ...] = ALGORITHMS
    authorization_endpoint: str | None = None
    pushed_authorization_request_endpoint: str | None = None
    require_pushed_authorization_requests: bool = False
    authorization_response_iss: bool = False
    token_endpoint_auth_methods: tuple[str, ...] = ("none",)
    response_types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    code_challenge_methods: tuple[str, ...] = ()
    authorization_details_types: tuple[str, ...] = ()
    document_endpoint: str | None = None
    uses_endpoint: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The metadata document (RFC 8414 section 2, RFC 9449 section 5.1)."""
        lists = {
            "scopes_supported": self.scopes,
            "code_challenge_methods_supported": self.code_challenge_methods,
            "authorization_details_types_supported": self.authorization_details_types,
        }
        endpoints = {
            "authorization_endpoint": self.authorization_endpoint,
            "pushed_authorization_request_endpoint": self.pushed_authorization_request_endpoint,
            DOCUMENT_ENDPOINT: self.document_endpoint,
            USES_ENDPOINT: self.uses_endpoint,
        }
        flags = {
            "require_pushed_authorization_requests": self.require_pushed_authorization_requests,
            "authorization_response_iss_parameter_supported": self.authorization_response_iss,
        }
        attested = (
            {
                "client_attestation_signing_alg_values_supported": list(ALGORITHMS),
                "client_attestation_pop_signing_alg_values_supported": list(ALGORITHMS),
            }
            if ATTESTED_CLIENT in self.token_endpoint_auth_methods
            else {}
        )
        return {
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "token_endpoint_auth_methods_supported": list(self.token_endpoint_auth_methods),
            "response_types_supported": list(self.response_types),
            "grant_types_supported": list(self.grant_types_supported),
            "pre-authorized_grant_anonymous_access_supported": self.anonymous_pre_authorized,
            "dpop_signing_alg_values_supported": list(self.dpop_algorithms),
            **{name: url for name, url in endpoints.items() if url is not None},
            **{name: True for name, flag in flags.items() if flag},
            **{name: list(values) for name, values in lists.items() if values},
            **attested,
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
        authorization_endpoint=reader.optional_text("authorization_endpoint", max_chars=2_000),
        pushed_authorization_request_endpoint=reader.optional_text(
            "pushed_authorization_request_endpoint", max_chars=2_000
        ),
        require_pushed_authorization_requests=reader.optional_boolean("require_pushed_authorization_requests")
        or False,
        authorization_response_iss=reader.optional_boolean("authorization_response_iss_parameter_supported")
        or False,
        # RFC 8414 section 2: absent means a client secret, which no wallet has.
        token_endpoint_auth_methods=_texts(reader, "token_endpoint_auth_methods_supported"),
        response_types=_texts(reader, "response_types_supported"),
        scopes=reader.optional_texts("scopes_supported", max_items=2_000, max_chars=500) or (),
        code_challenge_methods=_texts(reader, "code_challenge_methods_supported"),
        authorization_details_types=_texts(reader, "authorization_details_types_supported"),
        document_endpoint=reader.optional_text(DOCUMENT_ENDPOINT, max_chars=2_000),
        uses_endpoint=reader.optional_text(USES_ENDPOINT, max_chars=2_000),
    )


def _texts(reader: Reader, name: str) -> tuple[str, ...]:
    return reader.optional_texts(name, max_items=50, max_chars=200) or ()
