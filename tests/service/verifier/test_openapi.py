"""The interface that the window describes is the one that it has."""

from __future__ import annotations

import re

import jsonschema
import orjson
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.support.verifier_world import VerifierWorld


def described(world: VerifierWorld) -> set[tuple[str, str]]:
    document = world.app.test_client().get("/openapi.json").json
    return {
        (method.upper(), re.sub(r"\{[^}]+\}", "{}", path))
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }


def served(world: VerifierWorld) -> set[tuple[str, str]]:
    return {
        (method, re.sub(r"<[^>]+>", "{}", rule.rule))
        for rule in world.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_the_document_is_valid(world: VerifierWorld) -> None:
    document = world.app.test_client().get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    assert "event" in document["webhooks"]


def test_every_way_for_systems_is_described(world: VerifierWorld) -> None:
    ways = {way for way in served(world) if way[1].startswith("/api/")}
    assert ways - described(world) == set()


def test_nothing_is_described_that_is_not_there(world: VerifierWorld) -> None:
    assert {way for way in described(world) if way[1].startswith("/api/")} - served(world) == set()


def test_every_operation_says_that_it_needs_a_token(world: VerifierWorld) -> None:
    """An operation under /api/v1 answers 401 without a token exactly when it says so."""
    document = world.app.test_client().get("/openapi.json").json
    client = world.app.test_client()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if not path.startswith("/api/") or method not in {"get", "post", "put", "patch", "delete"}:
                continue
            answer = client.open(re.sub(r"\{[^}]+\}", "x", path), method=method.upper())
            needs = {"bearer": []} in operation.get("security", [])
            assert (answer.status_code == 401) is needs, (method, path, answer.status_code)


def test_answers_keep_their_schemas(world: VerifierWorld) -> None:
    document = world.app.test_client().get("/openapi.json").json

    def check(name: str, value: object) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.validate(value, schema)

    check("Reports", world.api("GET", "/api/v1/reports").json)
    made = world.api(
        "POST", "/api/v1/webhooks", {"url": "https://example.org/hook", "events": ["decision.taken"]}
    ).json
    check("Webhook", made)
    world.api("POST", f"/api/v1/webhooks/{made['id']}/test")
    check("Webhook", world.api("GET", f"/api/v1/webhooks/{made['id']}").json)
    (delivery,) = world.api("GET", f"/api/v1/webhooks/{made['id']}/deliveries").json["deliveries"]
    check("WebhookDelivery", delivery)
    (row,) = world.node.database["webhook_deliveries"].find({"endpoint": made["id"]})
    check("WebhookMessage", orjson.loads(row["body"]))
    presented = world.ask()
    world.wallet().show(presented["authorization_request"])
    decided = world.api("POST", f"/api/v1/presentations/{presented['id']}/decision", {"decision": "accept"})
    check("AcceptanceRecord", decided.json)
