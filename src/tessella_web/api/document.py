"""The description of the interface (OpenAPI 3.1) and its readable form, both made from the table of operations."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja.openapi.schema import get_schema

from tessella_web.accounts.permissions import COMMITTING
from tessella_web.accounts.tokens.scopes import SCOPES
from tessella_web.api import limits
from tessella_web.api.idempotency import HEADER
from tessella_web.api.operations import FILE, JSON, OPERATIONS, Media, Operation
from tessella_web.api.problems import MEDIA_TYPE, FieldProblem, Problem

__all__ = ["document", "openapi", "readable"]

ERRORS: Mapping[int, tuple[str, str]] = {
    400: ("Unreadable", "The body is not JSON that can be read."),
    401: ("NoToken", "No token, or one that lets nobody in."),
    403: ("NotAllowed", "The token has not the scope, or the person not the role."),
    404: ("NotFound", "Nothing there that the token may see."),
    409: ("Refused", "The state of things or a rule of the platform does not allow it; nothing was changed."),
    412: ("Changed", "It was changed since it was read; nothing was changed now."),
    413: ("TooLarge", "The body is too large."),
    415: ("MediaType", "The body is of another type than this address takes."),
    422: ("Invalid", "The request is not what this address takes; each place is named."),
    428: ("NoPrecondition", "“If-Match” is missing: say what was read."),
    429: ("TooMany", "Too many requests; “Retry-After” says how long to wait."),
    500: ("Fault", "Something went wrong on our side."),
    503: ("Busy", "Too many ask for this at the moment; “Retry-After” says how long to wait."),
}
"""By status the component and what it says."""

ANYTHING = "#/components/schemas/JsonValue"
"""What pydantic calls any JSON value: an empty schema says the same."""

BUSY = "Verification"
"""Operations of this subject take turns, and may have none left."""

ABOUT = (
    "Everything the pages of Tessella can do, for programs. A token acts for one person in one organisation, within its scopes, and "
    "never does more than the person may. Errors are problem details (RFC 9457) with a stable code. Unsafe calls take an "
    "“Idempotency-Key”: sent again with the same key, a call is made once. Lists come in pages with a cursor. Texts are in the "
    "language of “Accept-Language”."
)


@functools.cache
def _made() -> str:
    from tessella_web.api.interface import api

    found = json.loads(json.dumps(get_schema(api, path_prefix="")))
    found["info"] = {
        "title": "Tessella", "version": "1", "description": ABOUT,
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }  # fmt: skip
    found["servers"] = [{"url": "/api/v1"}]
    found["tags"] = [
        {"name": one} for one in dict.fromkeys(operation.tag for operation in OPERATIONS.values())
    ]
    found["security"] = [{"token": []}]
    components = found["components"]
    components["schemas"] |= _schemas()
    components["schemas"] = {
        name: {"description": "One page of a list.", **_tidy(one)}
        if name.startswith("Listing_")
        else _tidy(one)
        for name, one in sorted(components["schemas"].items())
    }
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that a person made on the page of their organisation.",
        }
    }
    components["headers"] = _headers()
    components["responses"] = {name: _error(status, text) for status, (name, text) in ERRORS.items()}
    components["examples"] = {}
    for path, methods in found["paths"].items():
        for method, one in methods.items():
            methods[method] = _operation(OPERATIONS[one["operationId"]], one, path)
    text = json.dumps(found, ensure_ascii=False)
    components["schemas"] = {  # queries are described parameter by parameter
        name: one for name, one in components["schemas"].items() if f'"#/components/schemas/{name}"' in text
    }
    return json.dumps(found, ensure_ascii=False)


def document() -> dict[str, Any]:
    """The description, to be changed by nobody else: a fresh copy each time."""
    found: dict[str, Any] = json.loads(_made())
    return found


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description for programs."""
    response = HttpResponse(_made(), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "public, max-age=300"
    return response


@require_safe
def readable(request: HttpRequest) -> HttpResponse:
    """The description for people."""
    whole = document()
    sections: dict[str, list[dict[str, Any]]] = {}
    for path, methods in whole["paths"].items():
        for method, one in methods.items():
            operation = OPERATIONS[one["operationId"]]
            sections.setdefault(operation.tag, []).append(
                {
                    "method": method.upper(),
                    "path": f"/api/v1{path}",
                    "name": operation.name,
                    "summary": one["summary"],
                    "description": one.get("description", ""),
                    "scope": operation.scope,
                    "is_public": operation.is_public,
                    "parameters": [_parameter_row(each) for each in one["parameters"]],
                    "body": _body_row(one, whole),
                    "answers": [
                        (status, each.get("description") or _description(whole, each))
                        for status, each in one["responses"].items()
                    ],
                }
            )
    context = {
        "about": ABOUT,
        "sections": sections,
        "scopes": [(name, one.title, one.text) for name, one in SCOPES.items()],
        "rates": [limits.TOKEN, limits.PUBLIC],
    }
    return render(request, "api/docs.html", context)


def _operation(operation: Operation, found: dict[str, Any], path: str) -> dict[str, Any]:
    made = {
        "operationId": operation.name,
        "summary": found["summary"],
        **({"description": text} if (text := _more(found)) else {}),
        "tags": [operation.tag],
        "security": [] if operation.is_public else [{"token": [operation.scope] if operation.scope else []}],
        "parameters": [*map(_parameter, found["parameters"]), *_header_parameters(operation)],
    }
    if operation.body == JSON:
        content = {"schema": _tidy(found["requestBody"]["content"][JSON]["schema"])}
        if operation.example is not None:
            content["example"] = operation.example
        made["requestBody"] = {"required": True, "content": {JSON: content}}
    elif operation.body:
        made["requestBody"] = {
            "required": True,
            "content": {FILE: {"schema": {"type": "string", "format": "binary"}}},
        }
    answers = {str(status): _answer(operation, status, found) for status in operation.answers}
    errors = {
        str(status): {"$ref": f"#/components/responses/{ERRORS[status][0]}"}
        for status in _statuses(operation, path)
    }
    made["responses"] = {**answers, **errors}
    return made


def _more(found: Mapping[str, Any]) -> str:
    """What is said besides the summary; django-ninja says the summary again where there is nothing."""
    text = str(found.get("description") or "").strip()
    return "" if text.rstrip(".") == found["summary"].rstrip(".") else text


def _statuses(operation: Operation, path: str) -> Iterator[int]:
    """The errors an operation may answer."""
    if operation.body:
        yield 400
    if not operation.is_public:
        yield from (401, 403)
    if operation.misses or "{" in path or "cursor" in operation.takes or operation.body:
        yield 404
    if operation.refuses or operation.capability in COMMITTING:
        yield 409
    if operation.needs_match:
        yield 412
    if operation.body:
        yield from (413, 415)
    yield 422
    if operation.needs_match:
        yield 428
    yield from (429, 500)
    if operation.tag == BUSY:
        yield 503


def _answer(operation: Operation, status: int, found: Mapping[str, Any]) -> dict[str, Any]:
    kind = operation.answers[status]
    headers = {
        "RateLimit": _ref("headers", "RateLimit"),
        "RateLimit-Policy": _ref("headers", "RateLimit-Policy"),
    }
    made: dict[str, Any] = {"description": _DESCRIPTIONS[status]}
    if isinstance(kind, Media):
        made["description"] = kind.description
        made["content"] = {
            one: {} if "json" in one else {"schema": {"type": "string", "format": "binary"}}
            for one in kind.types
        }
    elif kind is not None:
        made["content"] = {
            JSON: {"schema": _tidy(found["responses"][str(status)]["content"][JSON]["schema"])}
        }
        made["description"] = (
            (kind.__doc__ or "").strip().splitlines()[0] if kind.__doc__ else made["description"]
        )
    if operation.has_etag:
        headers["ETag"] = _ref("headers", "ETag")
    if status == 201:
        headers["Location"] = _ref("headers", "Location")
    if "cursor" in operation.takes:
        headers["Link"] = _ref("headers", "Link")
    if operation.is_keyed:
        headers["Idempotency-Replayed"] = _ref("headers", "Idempotency-Replayed")
    made["headers"] = headers
    if operation.links:
        made["links"] = {
            name: {"operationId": name, "parameters": dict(parameters)}
            for name, parameters in operation.links.items()
        }
    return made


_DESCRIPTIONS = {200: "Done.", 201: "Made.", 202: "Queued.", 204: "Done; there is nothing to say."}


def _error(status: int, text: str) -> dict[str, Any]:
    headers: dict[str, Any] = {
        "RateLimit": _ref("headers", "RateLimit"),
        "RateLimit-Policy": _ref("headers", "RateLimit-Policy"),
    }
    if status == 401:
        headers["WWW-Authenticate"] = _ref("headers", "WWW-Authenticate")
    if status in (429, 503):
        headers["Retry-After"] = _ref("headers", "Retry-After")
    example = {
        "type": "urn:tessella:error:" + _EXAMPLES[status][0], "title": _EXAMPLES[status][1], "status": status,
        "detail": text, "code": _EXAMPLES[status][0],
    }  # fmt: skip
    return {
        "description": text,
        "headers": headers,
        "content": {MEDIA_TYPE: {"schema": _ref("schemas", "Problem"), "example": example}},
    }


_EXAMPLES = {
    400: ("api.json", "Bad Request"), 401: ("api.token", "Unauthorized"), 403: ("accounts.not-allowed", "Forbidden"),
    404: ("api.not-found", "Not Found"), 409: ("award.state", "Conflict"),
    412: ("api.changed", "Precondition Failed"), 413: ("api.too-large", "Request Entity Too Large"),
    415: ("api.media-type", "Unsupported Media Type"), 422: ("api.invalid", "Unprocessable Entity"), 428: ("api.if-match", "Precondition Required"),
    429: ("api.too-many", "Too Many Requests"), 500: ("api.fault", "Internal Server Error"),
    503: ("verify.busy", "Service Unavailable"),
}  # fmt: skip


def _headers() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "RateLimit": {"description": "How many requests are left (r) and when they are counted anew (t, seconds).", "schema": text},
        "RateLimit-Policy": {"description": "How many requests (q) in how many seconds (w).", "schema": text},
        "ETag": {"description": "What changing it asks for, in “If-Match”.", "required": True, "schema": text},
        "Location": {"description": "The address of what was made, when it has one.", "schema": text},
        "Link": {"description": "The address of the next page (rel=\"next\"), when there is one.", "schema": text},
        "Idempotency-Replayed": {
            "description": "“true” when the call was made before and this is its answer.", "schema": {"type": "string", "enum": ["true"]},
        },
        "WWW-Authenticate": {"description": "What is asked for.", "required": True, "schema": text},
        "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 0}},
    }  # fmt: skip


def _header_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    if operation.needs_match:
        yield {
            "name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"},
            "description": "The ETag of what was read; “*” for whatever it is now.",
        }  # fmt: skip
    if operation.is_keyed:
        yield {
            "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "format": "uuid"},
            "description": "A fresh UUID for each call; the same again for the same call, which is then made once. Kept for 24 hours.",
        }  # fmt: skip


def _parameter(found: Mapping[str, Any]) -> dict[str, Any]:
    schema = _tidy({name: value for name, value in found["schema"].items() if name != "description"})
    made = {"name": found["name"], "in": found["in"], "required": bool(found["required"]), "schema": schema}
    if found.get("description"):
        made["description"] = found["description"]
    return made


def _schemas() -> dict[str, Any]:
    """The shape of problems."""
    whole = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    whole.pop("$defs", None)
    return {"Problem": whole, "FieldProblem": FieldProblem.model_json_schema()}


def _tidy(schema: Any) -> Any:
    """Without the titles that only repeat names."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("$ref") == ANYTHING:
        return {}
    made = {}
    for name, value in schema.items():
        if name == "title" and isinstance(value, str):
            continue
        if name == "properties":
            made[name] = {field: _tidy(one) for field, one in value.items()}
        elif name in ("example", "examples", "default", "enum", "const"):
            made[name] = copy.deepcopy(value)
        else:
            made[name] = _tidy(value)
    return made


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


def _parameter_row(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": one["in"],
        "required": one["required"],
        "kind": _kind(one["schema"]),
        "description": one.get("description", ""),
    }


def _body_row(one: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any] | None:
    content = one.get("requestBody", {}).get("content", {})
    if FILE in content:
        return {"media": FILE, "fields": [], "example": ""}
    if JSON not in content:
        return None
    schema = content[JSON]["schema"]
    schema = whole["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    example = content[JSON].get("example")
    return {
        "media": JSON,
        "fields": [
            {
                "name": name, "required": name in schema.get("required", ()), "kind": _kind(field),
                "description": field.get("description", ""),
            }
            for name, field in schema.get("properties", {}).items()
        ],
        "example": json.dumps(example, indent=2, ensure_ascii=False) if example is not None else "",
    }  # fmt: skip


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(str(one) for one in schema["enum"] if one != "")
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return str(schema.get("format") or schema.get("type") or "")


def _description(whole: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    name = str(one.get("$ref", "")).rpartition("/")[2]
    return str(whole["components"]["responses"].get(name, {}).get("description", ""))
