"""The OpenAPI document is put together from the features' fragments and is valid."""

from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from service.settings import Settings
from service.web.application import create_web_app

LICENCES = {
    "paths": {
        "/api/v1/licences/{identifier}": {
            "get": {
                "summary": "One licence",
                "security": [{"bearer": []}],
                "parameters": [
                    {"name": "identifier", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": {
                    "200": {
                        "description": "The licence.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Licence"}}},
                    },
                    "404": {"description": "No such licence."},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Licence": {
                "type": "object",
                "required": ["identifier"],
                "properties": {
                    "identifier": {"type": "string"},
                    "names": {"type": "array", "items": {"$ref": "#/components/schemas/Text"}},
                },
            }
        }
    },
}


def test_document_is_valid_openapi_31() -> None:
    app = create_web_app("issuer", Settings(), service="issuer", errors={}, openapi=[LICENCES])
    document = app.test_client().get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    operation = document["paths"]["/api/v1/licences/{identifier}"]["get"]
    assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    # An error that is only described has the problem as its body.
    assert operation["responses"]["404"]["description"] == "No such licence."
    assert "application/problem+json" in operation["responses"]["404"]["content"]


def test_docs_page_shows_operations_and_schemas() -> None:
    app = create_web_app("issuer", Settings(), service="issuer", errors={}, openapi=[LICENCES])
    page = app.test_client().get("/docs", headers={"Accept": "text/html"}).text
    assert "GET /api/v1/licences/{identifier}" in page
    assert 'id="schema-Licence"' in page
    assert "One licence" in page


def test_docs_page_of_a_path_without_get() -> None:
    """A mapping has a method called ``get``; a template must not take it for the operation."""
    only_post = {
        "paths": {
            "/api/v1/checks": {
                "post": {"summary": "Check", "responses": {"200": {"description": "The report."}}}
            }
        }
    }
    app = create_web_app("issuer", Settings(), service="issuer", errors={}, openapi=[only_post])
    page = app.test_client().get("/docs", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "POST /api/v1/checks" in page.text
    assert "GET /api/v1/checks" not in page.text


def test_an_operation_described_twice_stops_the_start() -> None:
    with pytest.raises(ValueError, match="described twice"):
        create_web_app("issuer", Settings(), service="issuer", errors={}, openapi=[LICENCES, LICENCES])
