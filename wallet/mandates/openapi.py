"""Acting for others, in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

_TEXT: Final = {"$ref": "#/components/schemas/Text"}
_OPTIONAL_TEXT: Final = {"oneOf": [_TEXT, {"type": "null"}]}
_INSTANT: Final = {"type": ["string", "null"], "format": "date-time"}
_SCOPE: Final = {
    "type": "object",
    "description": "What is absent is not limited.",
    "properties": {
        "licence_types": {"type": "array", "items": {"type": "string"}},
        "service_items": {"type": "array", "items": {"type": "string"}},
        "divisions": {"type": "array", "items": {"type": "string"}, "description": "Six digits."},
        "uses": {"type": "integer", "minimum": 1},
    },
}
_CAPACITY: Final = {
    "type": "string",
    "enum": ["self", "legal_representative", "manager", "agent", "guardian", "relative"],
}
_KIND: Final = {"type": "string", "enum": ["person", "entity", "child"]}
_STATE: Final = {"type": "string", "enum": ["offered", "active", "declined", "withdrawn"]}
_LIMITS: Final = {
    "scope": {"oneOf": [{"$ref": "#/components/schemas/GrantScope"}, {"type": "null"}]},
    "uses_left": {"type": ["integer", "null"]},
    "not_before": _INSTANT,
    "expires_at": _INSTANT,
}
_ID: Final = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
_BRIEF: Final = {
    "type": "object",
    "required": ["state"],
    "properties": {"right": {"type": "string"}, "id": {"type": "string"}, "state": {"type": "string"}},
}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _body(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _operation(name: str, summary: str, answer: dict[str, Any], **more: Any) -> dict[str, Any]:
    status = more.pop("status", "200")
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["acting"],
        "security": [{"session": []}],
        "responses": {status: answer},
        **more,
    }


def _listed(member: str, schema: str) -> dict[str, Any]:
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{schema}"}}
    return {"type": "object", "required": [member], "properties": {member: items}}


_RIGHT_BODY: Final = _body({"right": {"type": "string", "description": "A right, or `self`."}}, ["right"])
_CHILD_BODY: Final = _body({"name": {"type": "string"}, "number": {"type": "string"}}, ["name", "number"])
_GRANT_BODY: Final = _body(
    {
        "capacity": {"type": "string", "enum": ["manager", "agent", "relative"]},
        "person": {
            "type": "object",
            "required": ["name", "number"],
            "properties": {
                "name": {"type": "string"},
                "number": {"type": "string"},
                "code_type": {"type": "string", "default": "111"},
            },
        },
        "scope": {"$ref": "#/components/schemas/GrantScope"},
        "from": {"type": "string", "format": "date"},
        "until": {"type": "string", "format": "date", "description": "The last day, in China."},
    },
    ["capacity", "person", "until"],
)
_ACTING: Final = {"$ref": "#/components/schemas/ActingFor"}

OPENAPI: Final[dict[str, Any]] = {
    "paths": {
        "/api/v1/acting-for": {
            "post": _operation(
                "chooseActingFor",
                "Choose for whom the session acts",
                _answer("The choice.", {"type": "object", "properties": {"acting_for": _ACTING}}),
                requestBody=_RIGHT_BODY,
            )
        },
        "/api/v1/rights": {
            "get": _operation(
                "listRights",
                "The rights of the signed-in person",
                _answer("The rights.", _listed("rights", "RightOfPerson")),
            )
        },
        "/api/v1/rights/{id}/accept": {
            "post": _operation(
                "acceptRight", "Accept a right", _answer("Accepted.", _BRIEF), parameters=[_ID]
            )
        },
        "/api/v1/rights/{id}/give-up": {
            "post": _operation(
                "giveUpRight", "Decline or give up a right", _answer("Ended.", _BRIEF), parameters=[_ID]
            )
        },
        "/api/v1/rights/{id}/hand-over": {
            "post": _operation(
                "handOver",
                "A guardian offers the child its wallet",
                _answer("Offered.", _BRIEF),
                status="201",
                parameters=[_ID],
                requestBody=_CHILD_BODY,
            )
        },
        "/api/v1/grants": {
            "get": _operation(
                "listGrants",
                "The grants over the subject acted for",
                _answer("The grants.", _listed("grants", "Grant")),
            ),
            "post": _operation(
                "giveGrant",
                "Let somebody act for the subject, within limits",
                _answer("Offered.", {"$ref": "#/components/schemas/Grant"}),
                status="201",
                requestBody=_GRANT_BODY,
            ),
        },
        "/api/v1/grants/{id}/withdraw": {
            "post": _operation(
                "withdrawGrant",
                "Withdraw a grant, at once",
                _answer("Withdrawn.", _BRIEF),
                parameters=[_ID],
            )
        },
    },
    "components": {
        "schemas": {
            "GrantScope": _SCOPE,
            "ActingFor": {
                "type": "object",
                "required": ["right", "name", "kind", "code_type", "number", "capacity"],
                "properties": {
                    "right": {"type": ["string", "null"], "description": "null: the person's own wallet."},
                    "name": {"type": "string"},
                    "kind": _KIND,
                    "code_type": {"type": "string"},
                    "number": {"type": "string", "description": "First and last character only."},
                    "capacity": _CAPACITY,
                    "only_to_look": {
                        "type": "boolean",
                        "description": "Nothing but seeing is left of the right.",
                    },
                },
            },
            "RightOfPerson": {
                "type": "object",
                "required": ["right", "name", "kind", "capacity", "state", "can_be_chosen", "reason"],
                "properties": {
                    "right": {"type": "string"},
                    "name": {"type": "string"},
                    "kind": _KIND,
                    "capacity": _CAPACITY,
                    "state": _STATE,
                    "can_be_chosen": {"type": "boolean"},
                    "only_to_look": {
                        "type": "boolean",
                        "description": "The licence behind it was revoked or deregistered: nothing but seeing is left.",
                    },
                    "reason": _OPTIONAL_TEXT,
                    **_LIMITS,
                },
            },
            "Grant": {
                "type": "object",
                "required": ["id", "person", "capacity", "state", "parent"],
                "properties": {
                    "id": {"type": "string"},
                    "person": {
                        "type": "object",
                        "properties": {"name": {"type": "string"}, "number": {"type": "string"}},
                    },
                    "capacity": _CAPACITY,
                    "state": _STATE,
                    "parent": {"type": ["string", "null"], "description": "The manager's grant above it."},
                    "changed_at": _INSTANT,
                    **_LIMITS,
                },
            },
        }
    },
    "tags": [{"name": "acting", "description": "Acting for an entity, a child or a relative."}],
}
