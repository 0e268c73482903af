"""Public documents of issuing: issuer and server metadata, type metadata. Anybody may read them, from any origin."""

from __future__ import annotations

from typing import Any, Final

import orjson
from flask import Response, request

from issuer.authorization.describe_server import describe_authorization_server
from issuer.issuance.configurations import OfferedType
from issuer.issuance.credential_issuer import CredentialIssuer
from issuer.issuance.desk import IssuanceDesk
from issuer.issuance.errors import TypeMetadataNotFoundError
from issuer.issuance.offer import BATCH_SIZE
from issuer.node import current_node
from service.web.csrf import MachineBlueprint
from standards.licence_types import vct_of
from standards.licence_types.type_data import type_data
from standards.oauth import AuthorizationServerMetadata
from standards.oauth.authorization_server import PRE_AUTHORIZED_CODE
from standards.openid4vci import CredentialIssuerMetadata, build_signed_metadata
from standards.openid4vci.refresh import REFRESH_TOKEN

blueprint = MachineBlueprint("issuer_metadata", __name__)

_CACHE_CONTROL: Final = "public, max-age=60"
_TYPE_CACHE_CONTROL: Final = "public, max-age=3600"


@blueprint.get("/.well-known/openid-credential-issuer", defaults={"uscc": None})
@blueprint.get("/.well-known/openid-credential-issuer/authorities/<uscc>")
def credential_issuer_metadata(uscc: str | None) -> Response:
    """Credential issuer metadata (OpenID4VCI 1.0 section 12.2); signed for whoever prefers ``application/jwt``."""
    node = current_node()
    at = node.clock.now()
    issuer = node.issuance.issuers.at_path(uscc, at=at)
    metadata = describe_issuer(node.issuance, issuer, node.authorization.identifier)
    best = request.accept_mimetypes.best_match(["application/json", "application/jwt"], "application/json")
    if best == "application/jwt":
        signer = issuer.signer
        signed = build_signed_metadata(
            metadata, certificate_chain=signer.certificate_chain, sign=signer.sign, at=at
        )
        return _public(signed.encode("ascii"), "application/jwt")
    return _public_json(metadata.to_json())


@blueprint.get("/.well-known/oauth-authorization-server", defaults={"uscc": None})
@blueprint.get("/.well-known/oauth-authorization-server/authorities/<uscc>")
def authorization_server_metadata(uscc: str | None) -> Response:
    """Authorisation server metadata (RFC 8414): every issuer is its own server for its offers; that of the node, which
    stands at the root, also lets wallets find licences of all of them.
    """
    node = current_node()
    if uscc is None:
        return _public_json(describe_authorization_server(node.authorization, node.clock.now()).to_json())
    issuer = node.issuance.issuers.at_path(uscc, at=node.clock.now())
    return _public_json(
        AuthorizationServerMetadata(
            issuer.identifier,
            issuer.token_endpoint,
            (PRE_AUTHORIZED_CODE, REFRESH_TOKEN),
            document_endpoint=issuer.document_endpoint,
            uses_endpoint=issuer.uses_endpoint,
        ).to_json()
    )


@blueprint.get("/vct/<code>/<version>")
def type_metadata(code: str, version: str) -> Response:
    """Type metadata by code and version (SD-JWT VC draft -13 section 6)."""
    return _type_document(current_node().issuance.types.by_vct(vct_of(code, version)))


@blueprint.get("/vct")
def type_metadata_by_vct() -> Response:
    """Type metadata by ``?vct=urn:…``: how a type whose name is no address is looked up."""
    return _type_document(current_node().issuance.types.by_vct(request.args.get("vct", "")))


@blueprint.get("/vct/<code>/<version>/data")
def type_data_by_vct(code: str, version: str) -> Response:
    """The type as data, for whoever shows its licences or enters it into a catalogue of his own."""
    offered = current_node().issuance.types.by_vct(vct_of(code, version))
    if offered is None:
        raise TypeMetadataNotFoundError
    response = _public(orjson.dumps(type_data(offered.licence_type)), "application/json")
    response.headers["Cache-Control"] = _TYPE_CACHE_CONTROL
    return response


def describe_issuer(
    desk: IssuanceDesk, issuer: CredentialIssuer, shared_server: str
) -> CredentialIssuerMetadata:
    """The metadata of one authority. Its own server comes first: offers are redeemed there."""
    shared = issuer.identifier == shared_server
    configurations = desk.types.configurations(issuer.type_codes)
    return CredentialIssuerMetadata(
        credential_issuer=issuer.identifier,
        credential_endpoint=issuer.credential_endpoint,
        configurations=configurations,
        compact=frozenset(configurations),
        nonce_endpoint=issuer.nonce_endpoint,
        notification_endpoint=issuer.notification_endpoint,
        deferred_credential_endpoint=issuer.deferred_endpoint,
        batch_size=BATCH_SIZE,
        name=issuer.name,
        authorization_servers=() if shared else (issuer.identifier, shared_server),
    )


def _type_document(offered: OfferedType | None) -> Response:
    if offered is None:
        raise TypeMetadataNotFoundError
    # The very octets over which ``vct#integrity`` was made.
    response = _public(offered.metadata, "application/json")
    response.headers["Cache-Control"] = _TYPE_CACHE_CONTROL
    return response


def _public_json(document: dict[str, Any]) -> Response:
    return _public(orjson.dumps(document), "application/json")


def _public(body: bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = _CACHE_CONTROL
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Vary"] = "Accept"
    return response
