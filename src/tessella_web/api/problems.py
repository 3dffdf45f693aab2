"""Errors as problem details (RFC 9457): one shape, whatever went wrong."""

from __future__ import annotations

import http
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from tessella_web.common.errors import BusyError, DomainError, NotAllowedError

__all__ = [
    "MEDIA_TYPE",
    "FieldProblem",
    "Problem",
    "ProblemError",
    "of_domain",
    "of_validation",
    "problem_response",
]

MEDIA_TYPE = "application/problem+json"

TYPE_PREFIX = "urn:tessella:error:"
"""What the type of a problem begins with; the rest is the code."""

MAX_ERRORS = 20
"""Problems told of one request: who sends more has sent something else."""


class FieldProblem(BaseModel):
    """What is wrong at one place of the request."""

    model_config = ConfigDict(extra="forbid")

    pointer: str = Field(
        default="",
        description="JSON Pointer (RFC 6901) into the body, as a URI fragment.",
        examples=["#/reason"],
    )
    parameter: str = Field(
        default="", description="Name of the query parameter or header.", examples=["limit"]
    )
    detail: str = Field(description="What is wrong there.", examples=["This needs a few words."])


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(
        description="Identifies the kind of problem; stable.", examples=["urn:tessella:error:award.state"]
    )
    title: str = Field(description="The kind of problem in a few words.", examples=["Conflict"])
    status: int = Field(description="The HTTP status.", ge=400, le=599, examples=[409])
    detail: str = Field(description="What went wrong this time.", examples=["The award is: Revoked."])
    code: str = Field(
        description="The last part of the type: stable, for programs.", examples=["award.state"]
    )
    hint: str = Field(default="", description="What to do about it.", examples=["Load it again."])
    errors: list[FieldProblem] = Field(
        default=[], description="Where in the request, when it is about certain fields."
    )


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        hint: str = "",
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.hint = status, code, detail, hint
        self.errors, self.headers = list(errors), dict(headers or {})

    def response(self) -> HttpResponse:
        """The answer."""
        return problem_response(self)


def problem_response(error: ProblemError) -> HttpResponse:
    """The problem as it is sent."""
    problem = Problem(
        type=TYPE_PREFIX + error.code,
        title=http.HTTPStatus(error.status).phrase,
        status=error.status,
        detail=error.detail,
        code=error.code,
        hint=error.hint,
        errors=error.errors,
    )
    body = json.dumps(problem.model_dump(exclude_defaults=True), ensure_ascii=False)
    return HttpResponse(body, status=error.status, content_type=MEDIA_TYPE, headers=error.headers)


def of_domain(error: DomainError) -> ProblemError:
    """A rule of the platform said no: 403 when it is about who asks, else 409."""
    if isinstance(error, BusyError):
        headers = {"Retry-After": str(error.retry_after_s)}
        return ProblemError(503, error.code, error.message, hint=error.hint, headers=headers)
    errors = [FieldProblem(pointer=f"#/{error.field}", detail=error.message)] if error.field else []
    status = 403 if isinstance(error, NotAllowedError) else 409
    return ProblemError(status, error.code, error.message, hint=error.hint, errors=errors)


def of_validation(errors: Sequence[Mapping[str, Any]]) -> ProblemError:
    """The request is not what the interface takes: 422 with each place; 404 for an address that cannot exist."""
    if any(one["loc"][0] == "path" for one in errors):
        return not_found()
    return ProblemError(
        422,
        "api.invalid",
        _("The request is not what this address takes."),
        hint=_("Look at the places named, and at the description of the interface."),
        errors=[_place(one) for one in errors[:MAX_ERRORS]],
    )


def not_found() -> ProblemError:
    """Nothing there, or nothing that this token may see: not told apart."""
    return ProblemError(
        404, "api.not-found", _("There is nothing here that this token may see."),
        hint=_("Look at the address, and at the organisation the token is for."),
    )  # fmt: skip


def _place(error: Mapping[str, Any]) -> FieldProblem:
    source, *path = error["loc"]
    detail = str(error["msg"])
    if source != "body":
        return FieldProblem(parameter=str(path[-1] if path else ""), detail=detail)
    steps = [str(one).replace("~", "~0").replace("/", "~1") for one in path[1:]]
    return FieldProblem(pointer="#" + "".join(f"/{one}" for one in steps), detail=detail)
