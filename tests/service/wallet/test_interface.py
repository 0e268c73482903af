"""The outside of the wallet: OpenAPI, error table, health, manifest."""

from __future__ import annotations

import re

from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from service.web.error_rows import KIT_ERRORS
from service.web.error_table import unmapped_errors
from tests.support.wallet_world import IDENTITY_CARD, Browser, WalletWorld, identity_claims, query_for
from wallet.errors import WALLET_ERRORS


def test_the_openapi_document_is_valid_and_names_every_address_of_the_interface(world: WalletWorld) -> None:
    document = world.app.test_client().get("/openapi.json").json
    validate(document)
    served = {
        re.sub(r"<\w+_id>", "{id}", rule.rule)
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
    }
    assert served == {path for path in document["paths"] if path.startswith("/api/")}


def test_answers_have_the_documented_shape(world: WalletWorld, zhang: Browser) -> None:
    document = world.app.test_client().get("/openapi.json").json

    def fits(value: object, name: str) -> None:
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        Draft202012Validator(schema).validate(value)

    fits(zhang.get("/api/v1/session").json, "Session")
    fits(zhang.receive(world.issuer.offer(IDENTITY_CARD.vct, identity_claims())).json, "ReceivedOffer")
    fits(zhang.credentials()[0], "Credential")
    link, _ = world.verifier.ask(query_for(IDENTITY_CARD, "holder_name"))
    view = zhang.post("/api/v1/requests", {"uri": link}).json
    fits(view, "Request")
    fits(zhang.post(f"/api/v1/requests/{view['id']}/consent").json, "Answer")
    fits(zhang.get(f"/api/v1/requests/{view['id']}").json, "Request")
    for use in zhang.uses():
        fits(use, "Use")


def test_every_error_class_has_its_row() -> None:
    table = {**KIT_ERRORS, **WALLET_ERRORS}
    assert unmapped_errors(table, ("wallet", "keys", "standards")) == []


def test_health_reads_and_writes_the_store(world: WalletWorld) -> None:
    client = world.app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_the_manifest_and_the_colours_are_served(world: WalletWorld) -> None:
    client = world.app.test_client()
    manifest = client.get("/wallet.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    with client.get(manifest.json["icons"][0]["src"]) as icon:
        assert icon.status_code == 200
    colours = client.get("/licence-colours.css")
    assert colours.mimetype == "text/css"
    assert f".licence--{IDENTITY_CARD.code.lower()}{{" in colours.text


def test_bodies_that_are_no_json_are_the_callers_error(zhang: Browser) -> None:
    """20,000 brackets → 400 (they were a fault of ours), a megabyte and more → 413, text → 415."""
    headers = {"X-CSRF-Token": zhang.csrf}
    for path in ("/api/v1/offers", "/api/v1/requests"):
        for data, content_type, status in (
            (b"[" * 20_000, "application/json", 400),
            (b'{"uri": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
            (b'{"uri": "x"}', "text/plain", 415),
        ):
            answer = zhang.client.post(path, data=data, content_type=content_type, headers=headers)
            assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
