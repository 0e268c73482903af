"""OpenAPI 3.1 fragment of ``POST /api/v1/checks``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FINDING = {
    "type": "object",
    "required": ["step", "code", "outcome", "message", "next"],
    "properties": {
        "step": {"type": "integer", "minimum": 1, "maximum": 9},
        "code": {"type": "string", "description": "Stable, for machines."},
        "outcome": {"enum": ["passed", "failed", "indeterminate", "neutral"]},
        "message": {"$ref": "#/components/schemas/Text"},
        "next": {"oneOf": [{"$ref": "#/components/schemas/Text"}, {"type": "null"}]},
        "query": {"type": "string", "description": "DCQL query id that the finding is about."},
        "retry_helps": {"type": "boolean", "description": "Only for indeterminate."},
    },
}
_REPORT = {
    "type": "object",
    "description": "Verdict in the terms of ETSI EN 319 102-1. INDETERMINATE is never acceptance.",
    "required": ["indication", "sub_indication", "findings"],
    "properties": {
        "indication": {"enum": ["PASSED", "FAILED", "INDETERMINATE"]},
        "sub_indication": {"type": ["string", "null"], "examples": ["REVOKED", "TRY_LATER"]},
        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    },
}
_CHECKED = {
    "allOf": [
        {"$ref": "#/components/schemas/VerificationReport"},
        {
            "type": "object",
            "properties": {
                "code": {
                    "type": "object",
                    "description": "Only for a code or a sheet.",
                    "properties": {
                        "kind": {"enum": ["code", "sheet"]},
                        "redeemed": {
                            "type": "boolean",
                            "description": "False: it may have been used elsewhere too.",
                        },
                        "shown_by": {
                            "type": ["object", "null"],
                            "description": "Who holds it when that is not the holder: capacity, name, number_end, grant.",
                        },
                        "items": {"type": "array", "items": {"type": "string"}},
                        "portrait": {
                            "type": ["string", "null"],
                            "description": "Base64, from the verified identity card of who should stand there. Do not keep it.",
                        },
                    },
                },
                "recognised": {
                    "type": "object",
                    "description": "What it was found to be, and how it came.",
                    "required": ["kind", "carrier", "beside"],
                    "properties": {
                        "kind": {
                            "type": "string",
                            "examples": [
                                "show-code",
                                "sheet",
                                "credential",
                                "presentation-response",
                                "identity-code",
                                "case-code",
                                "payment-code",
                                "web-link",
                            ],
                        },
                        "carrier": {"enum": ["typed", "picture", "screenshot", "photograph", "pdf", "file"]},
                        "beside": {
                            "type": "integer",
                            "description": "Further codes in the same picture or document, none of them a licence's.",
                        },
                    },
                },
                "licences": {
                    "type": "array",
                    "description": "Only for a response with a vp_token: its licences, each as `licence`.",
                    "items": {"type": "object"},
                },
                "identity": {
                    "type": ["object", "null"],
                    "description": "Only for an identity code (CWT Claim 169) whose signature holds: who it says the person is. "
                    "It can be copied: compare the face. Do not keep it.",
                },
                "document": {
                    "type": ["object", "null"],
                    "description": "Only for a sealed PDF: id; kind (original, annotated, foreign); pages; seals and time "
                    "stamps (signer, uscc, trusted, holds, problem, changes, level B-B to B-LTA, stated_at, proven_at); "
                    "annotation (purpose, recipient, expiry of a per-use copy); fields (what the page prints beside what "
                    "the licence says).",
                },
                "record": {
                    "type": ["object", "null"],
                    "description": "Only for an exported acceptance record (`recognised.kind` is `record`): id, department, "
                    "service_item, item_version, decision, reason, decided_at, channel, once its seal holds.",
                },
                "claims": {
                    "type": "object",
                    "description": "Only for a code or a sheet: query id → claims presented for the service item.",
                },
                "licence": {
                    "type": ["object", "null"],
                    "description": "What it says, once the issuer's signature and certificate hold.",
                    "properties": {
                        "vct": {"type": "string"},
                        "issuer": {
                            "type": "object",
                            "properties": {
                                "name": {"$ref": "#/components/schemas/Text"},
                                "uscc": {"type": "string"},
                            },
                        },
                        "claims": {"type": "object"},
                        "shown_by": {
                            "type": ["object", "null"],
                            "description": "Who showed it for its holder, as verified; null when the holder did.",
                        },
                    },
                },
            },
        },
    ]
}
_FILE = {"type": "string", "format": "binary"}

OPENAPI: Mapping[str, Any] = {
    "tags": [
        {
            "name": "checks",
            "description": "Checking a licence that was not asked for. Nothing is stored but a keyed hash of a code, for half an hour.",
        }
    ],
    "paths": {
        "/api/v1/checks": {
            "post": {
                "operationId": "checkFile",
                "tags": ["checks"],
                "summary": "Check a credential, a show-licence code or sheet, an identity code, a picture or PDF with one, or a sealed PDF",
                "description": "A code (`ELC1:`) that is good by itself is redeemed in the name of the calling department, which "
                "uses it up; a sheet (`ELP1:`) for a service item likewise, as often as it is valid.",
                "parameters": [
                    {
                        "name": "service_item",
                        "in": "query",
                        "required": False,
                        "description": "What a code or sheet is shown for: its fields come along, its rule is applied.",
                        "schema": {"type": "string"},
                    }
                ],
                "security": [{"bearer": []}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "text/plain": {
                            "schema": {
                                "type": "string",
                                "description": "SD-JWT VC, `ELC1:…`, `ELP1:…`, an identity code.",
                            }
                        },
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["credential"],
                                "properties": {"credential": {"type": "string"}},
                            }
                        },
                        "image/png": {"schema": _FILE},
                        "image/jpeg": {"schema": _FILE},
                        "image/webp": {"schema": _FILE},
                        "application/pdf": {"schema": _FILE},
                        "multipart/form-data": {
                            "schema": {"type": "object", "properties": {"file": _FILE}, "required": ["file"]}
                        },
                    },
                },
                "responses": {
                    "200": {
                        "description": "The verdict, whatever it is.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/CheckedLicence"}}
                        },
                    },
                    "404": {
                        "description": "A PDF with neither a seal, nor attachments, nor a code on its pages.",
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                    "415": {
                        "description": "Neither text nor a picture.",
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                    "503": {
                        "description": "Too many PDF documents at once; nothing was used up, try again.",
                        "content": {
                            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                        },
                    },
                },
            }
        }
    },
    "components": {
        "schemas": {"Finding": _FINDING, "VerificationReport": _REPORT, "CheckedLicence": _CHECKED}
    },
}
