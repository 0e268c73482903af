"""OpenAPI 3.1: each feature describes its own paths; here they become one document, at ``/openapi.json``, and a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import orjson
from flask import Flask, Response, render_template

from service.web.csrf import CSRF_HEADER, MachineBlueprint
from service.web.kit import WebKit

PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "message", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:elicence:problem:invalid-input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "One sentence in the language of the request."},
        "message": {"$ref": "#/components/schemas/Text"},
        "where": {"type": "string", "description": "JSON pointer, parameter or column in the input."},
        "next": {"$ref": "#/components/schemas/Text"},
        "request_id": {"type": "string"},
    },
}
TEXT_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["zh", "en"],
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}
PROBLEM_RESPONSE: Mapping[str, Any] = {
    "description": "The request was not carried out; the body says why and what to do next.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def build_openapi(kit: WebKit, fragments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One OpenAPI 3.1 document from fragments ``{"paths": …, "components": {section: {name: …}}, "tags": […],
    "webhooks": {name: …}}``.

    Every operation under ``/api/`` gets the problem as its ``default`` answer unless it names one, and as the body of every
    error that it only describes. Fragments may refer to the
    schemas ``Problem`` and ``Text``, the response ``Problem``, and the security schemes ``bearer`` and ``session``.

    Raises:
        ValueError: two fragments describe the same operation or component: a mistake of ours, seen at start.
    """
    paths: dict[str, dict[str, Any]] = {}
    components: dict[str, dict[str, Any]] = {
        "schemas": {"Problem": PROBLEM_SCHEMA, "Text": TEXT_SCHEMA},
        "responses": {"Problem": PROBLEM_RESPONSE},
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "description": "`elicence token` prints one."},
            "session": {
                "type": "apiKey",
                "in": "cookie",
                "name": kit.session_cookie,
                "description": f"Session of the signed-in person; changes also need `{CSRF_HEADER}`.",
            },
        },
    }
    tags: list[Any] = []
    webhooks: dict[str, Any] = {}
    for fragment in fragments:
        for path, operations in fragment.get("paths", {}).items():
            _merge(paths.setdefault(path, {}), _with_default_answer(path, operations), path)
        for section, named in fragment.get("components", {}).items():
            _merge(components.setdefault(section, {}), named, f"components/{section}")
        tags.extend(fragment.get("tags", ()))
        _merge(webhooks, fragment.get("webhooks", {}), "webhooks")
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": f"elicence {kit.service}",
            "summary": f"{kit.title.zh} · {kit.title.en}",
            "version": version("elicence"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": kit.public_url}],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }
    if tags:
        document["tags"] = tags
    if webhooks:
        document["webhooks"] = webhooks
    return document


def _merge(into: dict[str, Any], new: Mapping[str, Any], place: str) -> None:
    twice = into.keys() & new.keys()
    if twice:
        raise ValueError(f"described twice in {place}: {sorted(twice)}")
    into.update(new)


def _with_default_answer(path: str, operations: Mapping[str, Any]) -> dict[str, Any]:
    described = dict(operations)
    if not path.startswith("/api/"):
        return described  # endpoints of protocols fail in the form of their protocol
    for method in _METHODS:
        if method in described:
            answers = {
                status: _with_problem(status, answer)
                for status, answer in described[method].get("responses", {}).items()
            }
            otherwise = (
                {} if "default" in answers else {"default": {"$ref": "#/components/responses/Problem"}}
            )
            described[method] = {**described[method], "responses": {**answers, **otherwise}}
    return described


def _with_problem(status: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    bare = status.startswith(("4", "5")) and not {"content", "$ref"} & answer.keys()
    return {**answer, "content": PROBLEM_RESPONSE["content"]} if bare else answer


def operations_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The operations one by one for the page: ``{"path", "method", "anchor", "operation", "parameters"}``."""
    return [
        {
            "path": path,
            "method": method,
            "anchor": f"{method}-{path.strip('/').replace('/', '-')}",
            "operation": operations[method],
            "parameters": [*operations.get("parameters", ()), *operations[method].get("parameters", ())],
        }
        for path, operations in document["paths"].items()
        for method in _METHODS
        if method in operations
    ]


def install_openapi(app: Flask, kit: WebKit, fragments: Iterable[Mapping[str, Any]]) -> None:
    """Add ``/openapi.json`` and ``/docs``; the document is made once."""
    document = build_openapi(kit, fragments)
    encoded = orjson.dumps(document)
    blueprint = MachineBlueprint("openapi", __name__)

    @blueprint.get("/openapi.json")
    def openapi_json() -> Response:
        return Response(
            encoded, mimetype="application/json", headers={"Cache-Control": "public, max-age=300"}
        )

    @blueprint.get("/docs")
    def docs() -> str:
        return render_template("kit/docs.html", document=document, operations=operations_of(document))

    app.register_blueprint(blueprint)
