"""Verifying a text, a link or a small file in JSON: for everybody, and nothing of it is kept."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, StringConstraints, WithJsonSchema

from tessella_web.accounts.tokens.domain import token_of
from tessella_web.api import limits
from tessella_web.api.operations import Given, Media, Table
from tessella_web.api.problems import FieldProblem, ProblemError
from tessella_web.api.uploads import Content
from tessella_web.common.limits import client_address
from tessella_web.credentials.verifying.asking import report_under

operation = Table("Verification")

REPORT = Media(("application/json",), "The verification report.")

EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""Nothing was sealed before."""

_BEARER = re.compile(r"Bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)

Check = Literal[
    "format", "seal", "binding", "key-status", "validity", "status", "trust", "registry", "timestamp", "completeness",
    "audit", "holder", "page",
]  # fmt: skip
"""The checks, as reports name them."""


def _instant(value: object) -> dt.datetime:
    """A time with its zone (RFC 3339); days to come are none: nobody knows what will be revoked until then."""
    if not isinstance(value, str) or not re.fullmatch(
        r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", value, re.ASCII
    ):
        raise ValueError(_("Write a time with its zone, such as 2026-05-04T12:00:00Z."))
    return dt.datetime.fromisoformat(value.upper())


Instant = Annotated[
    dt.datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]


_ONE_OF = ("credential", "link", "file")


class VerifyGiven(Given):
    """What is to be verified: exactly one of the three. ``required`` are checks that decide besides those of the policy."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"oneOf": [{"required": [name]} for name in _ONE_OF]}
    )

    credential: dict[str, JsonValue] | Annotated[str, StringConstraints(min_length=1)] = Field(
        default="",
        description="The credential: a JSON object, or a text such as a token, in the form it was received in.",
    )
    link: Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")] = Field(
        default="",
        description="The address on its code. Other servers are asked only where the operator allows it.",
    )
    file: Content = Field(
        default=b"", description="A file, in base64. Larger ones are sent to “/verification”."
    )
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f/\\]{1,150}$")] = "credential"
    as_of: Instant = Field(default=EARLIEST, description="As of this time; now when left out or to come.")
    policy: Literal["default", "proof-only", "full"] = "default"
    required: Annotated[list[Check], Field(max_length=len(get_args(Check)))] = []


@operation("POST", "/verify", {200: REPORT}, is_public=True, refuses=True,
           example={"link": "https://credentials.example/a/AAAAAAAAAAAAAAAAAAAAAA", "policy": "default"})  # fmt: skip
def verify_given(request: HttpRequest, body: VerifyGiven) -> HttpResponse:
    """Verify a credential, a link or a small file. The answer is the report, for anything that comes; nothing is kept.

    Without a token 60 a minute for each address, with one 300. When too many verify at once the answer is 503: ask again after as many
    seconds as “Retry-After” says.
    """
    _count(request)
    given = [name for name in _ONE_OF if name in body.model_fields_set]
    if len(given) != 1:
        told = _("Send one of: credential, link, file.")
        raise ProblemError(
            422,
            "api.invalid",
            told,
            errors=[FieldProblem(pointer=f"#/{name}", detail=told) for name in given or _ONE_OF],
        )
    now = timezone.now()
    at = max(body.as_of, EARLIEST) if "as_of" in body.model_fields_set else now
    report = report_under(
        _data(getattr(body, given[0])), name=body.name, languages=(get_language() or "en", "en"), at=min(at, now),
        policy=body.policy, required=body.required,
    )  # fmt: skip
    return HttpResponse(report.as_json(), content_type="application/json")


def _count(request: HttpRequest) -> None:
    """One more of whoever asks: by token, which may more, else by address."""
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    token = token_of(match.group(1)) if match else None
    if token is None:
        limits.count(request, f"verify:{client_address(request)}", limits.VERIFICATION)
    else:
        limits.count(request, f"verify-token:{token.id}", limits.TOKEN_VERIFICATION)


def _data(given: Any) -> bytes:
    """What was given as a file: a text as it stands, an object as JSON."""
    if isinstance(given, bytes):
        return given
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")
