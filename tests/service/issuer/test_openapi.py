from __future__ import annotations

import jsonschema
from openapi_spec_validator import validate

from tests.service.issuer.conftest import MARKET


def test_the_description_is_openapi_and_covers_every_path_of_the_library(app):
    document = app.test_client().get("/openapi.json").get_json()
    validate(document)
    described = set(document["paths"])
    assert described >= {
        "/api/v1/types",
        "/api/v1/licences",
        "/api/v1/licences/search",
        "/api/v1/licences/{identifier}",
        "/api/v1/licences/{identifier}/events",
        "/api/v1/licences/{identifier}/events/{event}/decision",
        "/api/v1/licences/{identifier}/offers",
    }
    routes = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert {route.replace("<int:", "<").replace("<", "{").replace(">", "}") for route in routes} == {
        path for path in described if path.startswith("/api/")
    }


def test_examples_and_answers_keep_their_schemas(app, market, node):
    document = app.test_client().get("/openapi.json").get_json()

    def check(name, value):
        jsonschema.validate(
            value, {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        )

    for one in market.get("/api/v1/types").get_json()["types"]:
        check("LicenceType", one)
        check("NewLicence", one["example"])
        licence = market.post("/api/v1/licences", one["example"]).get_json()
        check("Licence", licence)
        answer = market.post(
            f"/api/v1/licences/{licence['identifier']}/events", {"operation": "revoke", "reason": "x"}
        )
        check("LicenceChange", answer.get_json())
    assert node.authorities.find(MARKET.uscc) is not None
