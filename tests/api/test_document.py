"""The description says what is there, for programs and for people, and the documentation has it as it is."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from tools import rest

from tessella_web.accounts.tokens.scopes import SCOPES
from tessella_web.api import document
from tessella_web.api.operations import OPERATIONS
from tests.api.support import Client
from tests.web.pages import CheckingClient


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return document.document()


def each(whole: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, one) for path, methods in whole["paths"].items() for method, one in methods.items()
    ]


def test_every_operation_is_described_once(whole: dict[str, Any]) -> None:
    assert whole["openapi"] == "3.1.0"
    described = {one["operationId"]: (method.upper(), path) for path, method, one in each(whole)}
    assert described == {one.name: (one.method, one.path) for one in OPERATIONS.values()}


def test_every_operation_says_who_may_and_what_can_go_wrong(whole: dict[str, Any]) -> None:
    for _path, _method, one in each(whole):
        operation = OPERATIONS[one["operationId"]]
        statuses = {int(status) for status in one["responses"]}
        assert {422, 429, 500} <= statuses
        assert ({401, 403} <= statuses) == (not operation.is_public)
        assert ({400, 413, 415} <= statuses) == bool(operation.body)
        assert one["security"] == (
            [] if operation.is_public else [{"token": [operation.scope] if operation.scope else []}]
        )
        assert one["summary"] and not one["summary"].endswith(".")
        if operation.scope:
            assert operation.scope in SCOPES


def test_every_error_is_a_problem_with_an_example(whole: dict[str, Any]) -> None:
    schema = {**whole["components"]["schemas"]["Problem"], "components": whole["components"]}
    validator = jsonschema_rs.validator_for(schema)
    for name, one in whole["components"]["responses"].items():
        content = one["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}, name
        assert list(validator.iter_errors(content["example"])) == []


def test_every_json_body_has_an_example_that_fits(whole: dict[str, Any]) -> None:
    for path, method, one in each(whole):
        content = one.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        assert "example" in content, (method, path)
        schema = {**content["schema"], "components": whole["components"]}
        assert list(jsonschema_rs.validator_for(schema).iter_errors(content["example"])) == [], (method, path)


def test_every_link_leads_to_an_operation_with_these_parameters(whole: dict[str, Any]) -> None:
    for path, _method, one in each(whole):
        for status in one["responses"].values():
            for name, link in status.get("links", {}).items():
                operation = OPERATIONS[link["operationId"]]
                wanted = set(re.findall(r"{(\w+)}", operation.path))
                given = set(link["parameters"]) - {"If-Match"}
                assert given and given <= wanted, (path, name)


def test_every_field_that_is_answered_has_a_type(whole: dict[str, Any]) -> None:
    for name, schema in whole["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name
        assert schema["type"] == "object", name
        assert schema.get("description"), name


def test_it_is_served_to_everybody(db: None) -> None:
    response = Client()("GET", "/openapi.json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content) == document.document()


def test_people_read_it_as_a_page_without_foreign_scripts(db: None) -> None:
    client = CheckingClient()
    response = client.get("/api/v1/docs")
    assert response.status_code == 200
    text = response.content.decode()
    for operation in OPERATIONS.values():
        assert f'id="{operation.name}"' in text
    assert [
        one
        for one in re.findall(r'(?:src|href)="([^"]+)"', text)
        if one.startswith(("http:", "https:", "//"))
    ] == []


def test_the_documentation_has_it_as_it_is() -> None:
    for path, content in rest.pages().items():
        assert path.read_text(encoding="utf-8") == content, "run: python -m tools.rest"
