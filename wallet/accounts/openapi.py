"""``/api/v1/session`` in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/session": {
            "get": {
                "operationId": "showSession",
                "summary": "Who is signed in, and the token that changes need",
                "tags": ["session"],
                "security": [{"session": []}],
                "responses": {
                    "200": {
                        "description": "The session.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Session"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Session": {
                "type": "object",
                "required": ["person", "acting_for", "subjects", "csrf_token", "csrf_header"],
                "properties": {
                    "person": {
                        "type": "object",
                        "required": ["name", "code_type", "number"],
                        "properties": {
                            "name": {"type": "string"},
                            "code_type": {"type": "string", "description": "GB/T 36903 annex A."},
                            "number": {"type": "string", "description": "First and last character only."},
                        },
                    },
                    "acting_for": {"$ref": "#/components/schemas/ActingFor"},
                    "subjects": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/RightOfPerson"},
                        "description": "For whom the person could act, and invitations.",
                    },
                    "csrf_token": {"type": "string"},
                    "csrf_header": {"type": "string", "const": "X-CSRF-Token"},
                },
            }
        }
    },
    "tags": [{"name": "session", "description": "The signed-in person."}],
}
