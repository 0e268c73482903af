"""OpenAPI 3.1 of what the registrar publishes."""

from __future__ import annotations

from typing import Any, Final

_DIVISION: Final[dict[str, Any]] = {
    "name": "division",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[0-9]{6}$"},
    "description": "Division code (GB/T 2260); the nation is 000000.",
}


def _get(operation: str, summary: str, media_type: str, *parameters: dict[str, Any]) -> dict[str, Any]:
    kind = "object" if media_type == "application/json" else "string"
    return {
        "get": {
            "tags": ["trust"],
            "summary": summary,
            "operationId": operation,
            "security": [],
            "parameters": list(parameters),
            "responses": {
                "200": {"description": summary, "content": {media_type: {"schema": {"type": kind}}}},
                "404": {
                    "description": "This node publishes nothing for the division.",
                    "content": {
                        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                    },
                },
            },
        }
    }


OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/trust/anchor.pem": _get(
            "trustAnchor", "The demo nation's root certificate, PEM", "application/pem-certificate-chain"
        ),
        "/trust/list": _get("nationList", "The nation's signed trust list", "application/jwt"),
        "/trust/lists/{division}": _get(
            "regionList", "A region's signed trust list", "application/jwt", _DIVISION
        ),
        "/trust/certificates/{division}": _get(
            "issuerCertificates",
            "Certificates of a region's issuers (PEM); its list names each by thumbprint",
            "application/pem-certificate-chain",
            _DIVISION,
        ),
        "/trust/bundle": _get(
            "trustBundle", "Anchor, lists, revocations and status lists for offline use", "application/json"
        ),
        "/crl/{division}.crl": _get(
            "revocationList",
            "Revocation list of a certificate authority, DER",
            "application/pkix-crl",
            _DIVISION,
        ),
    },
    "tags": [{"name": "trust", "description": "Trust lists and revocation lists; public."}],
}
"""Merged into ``/openapi.json``."""
