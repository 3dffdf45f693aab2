"""The table of operations: what each asks for and answers. Routing, permission tests and the description are made from it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict, StringConstraints

from tessella_web.accounts.assurance import acting
from tessella_web.api import idempotency, limits
from tessella_web.api.access import Access, Caller, caller
from tessella_web.api.problems import FieldProblem, ProblemError

__all__ = [
    "FILE",
    "OPERATIONS",
    "Answer",
    "Given",
    "Id",
    "Media",
    "Operation",
    "Shape",
    "StashParser",
    "Table",
    "Text",
    "Words",
]

SAFE = frozenset({"GET", "HEAD"})
JSON = "application/json"
_UUID = re.compile(r'("?)([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\1')
"""As the draft writes it, a string in quotes (RFC 9651, section 3.3.3), and as many programs send it."""

FILE = "application/octet-stream"
"""The media type of uploaded files: what is in them shows when they are read."""

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
"""An identifier of the platform, as it stands in addresses."""

Text = Annotated[str, StringConstraints(strict=True, max_length=2000, pattern=r"^[^\x00]*$")]
"""Some sentences; may be empty."""

Words = Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]
"""A name or a few words; may be empty."""


class _Named(BaseModel):
    """A part of the interface, known by its name: no two have the same."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if _NAMES.setdefault(cls.__name__, cls.__module__) != cls.__module__:
            raise TypeError(f"{cls.__module__}: {cls.__name__} is the name of another part of the interface")


_NAMES: dict[str, str] = {}


class Given(_Named):
    """What a request brings: exactly the fields there are, of exactly their types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Shape(_Named):
    """What an answer holds: exactly the fields there are."""

    model_config = ConfigDict(extra="forbid")


class Media(NamedTuple):
    """An answer that is no JSON: its media types."""

    types: tuple[str, ...]
    description: str = ""


class Answer(NamedTuple):
    """An answer with a status or headers of its own."""

    body: BaseModel | None = None
    headers: Mapping[str, str] = {}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation.

    ``capability`` is what the caller's person needs, and names the scope the token needs; ``personal`` names the scope where no
    capability is needed; both empty with ``is_public`` False for any token. ``answers`` maps the status to what the body is. ``links`` name operations whose parameters an answer gives.
    ``misses``: what it is about may not be there, though its address names nothing. ``repeats``: twice is as good as once.
    """

    name: str
    method: str
    path: str
    tag: str
    capability: str
    personal: str
    is_public: bool
    answers: Mapping[int, Any]
    body: str
    example: Any
    has_etag: bool
    needs_match: bool
    links: Mapping[str, Mapping[str, str]]
    refuses: bool
    misses: bool
    repeats: bool
    takes: frozenset[str]
    lists: frozenset[str]

    @property
    def is_safe(self) -> bool:
        """Whether it changes nothing."""
        return self.method in SAFE

    @property
    def is_keyed(self) -> bool:
        """Whether it takes an idempotency key."""
        return not (self.is_safe or self.is_public or self.repeats)

    @property
    def scope(self) -> str:
        """The scope that a token needs; empty when any does, or none is needed."""
        return self.access.scope

    @property
    def access(self) -> Access:
        """What it asks of whoever calls it."""
        return Access(self.capability, is_public=self.is_public, scope=self.personal)


OPERATIONS: dict[str, Operation] = {}
"""All, by name."""


class StashParser(Parser):
    """Gives django-ninja the JSON that the gate has read."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value, whatever its type; the models look at it."""
        return request.api_json  # type: ignore[attr-defined] # set by `_Gate`


class _Gate:
    """Before anything is looked at: who asks, then the query's names, then the body."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._access = operation.access

    def __call__(self, request: HttpRequest) -> Caller | bool:
        found = self._access(request)
        _check_query(request, self._operation)
        if self._operation.needs_match and "If-Match" not in request.headers:
            raise ProblemError(
                428, "api.if-match", _("“If-Match” is missing."), hint=_("Send the ETag of what you have read."),
                errors=[FieldProblem(parameter="If-Match", detail=_("It is missing."))],
            )  # fmt: skip
        if self._operation.body:
            media = (request.content_type or "").lower()
            if media != self._operation.body:
                raise ProblemError(
                    415, "api.media-type", _("The body is of a type that this address does not take."),
                    hint=_("Send %(type)s.") % {"type": self._operation.body},
                    headers={"Accept-Post" if request.method == "POST" else "Accept-Patch": self._operation.body},
                )  # fmt: skip
        if self._operation.body == JSON:
            data = limits.body_of(request, limits.MAX_JSON_BYTES)
            request.api_json = limits.json_of(data)  # type: ignore[attr-defined] # for `StashParser`
        elif self._operation.body == FILE:
            limits.body_of(request, limits.MAX_FILE_BYTES)
        return found


class Table:
    """Registers operations of one subject with django-ninja and in `OPERATIONS`."""

    def __init__(self, tag: str) -> None:
        self.router = Router(tags=[tag])
        self._tag = tag

    def __call__(
        self,
        method: str,
        path: str,
        answers: Mapping[int, Any],
        *,
        capability: str = "",
        personal: str = "",
        is_public: bool = False,
        takes_file: bool = False,
        example: Any = None,
        has_etag: bool = False,
        needs_match: bool = False,
        links: Mapping[str, Mapping[str, str]] | None = None,
        refuses: bool | None = None,
        misses: bool = False,
        repeats: bool = False,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the function: its name is the operation's, its docstring what people read.

        Args:
            refuses: it may answer 409; unsafe operations do unless they say otherwise.
            misses: it may answer 404, though its address names nothing.
            repeats: made twice it does what it does once, and it takes long: no key is needed, and no transaction is held.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            signature = inspect.signature(function, eval_str=True)
            taken, lists = _query_names(signature)
            operation = Operation(
                name=function.__name__, method=method, path=path, tag=self._tag, capability=capability, personal=personal,
                is_public=is_public, answers=answers, example=example, has_etag=has_etag, needs_match=needs_match,
                body=FILE if takes_file else JSON if _has_body(signature) else "", links=links or {},
                refuses=method not in SAFE if refuses is None else refuses, misses=misses, repeats=repeats, takes=taken, lists=lists,
            )  # fmt: skip
            if operation.name in OPERATIONS:
                raise ValueError(operation.name)
            OPERATIONS[operation.name] = operation

            def view(request: HttpRequest, **values: Any) -> HttpResponse:
                return _respond(request, operation, lambda: function(request, **values))

            view.__name__, view.__doc__ = function.__name__, function.__doc__
            view.__signature__ = signature  # type: ignore[attr-defined] # read by django-ninja
            summary, _gap, more = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
            models = {status: one if isinstance(one, type) else None for status, one in answers.items()}
            self.router.api_operation(
                [method], path, auth=_Gate(operation), response=models, operation_id=operation.name,
                summary=" ".join(summary.split()).rstrip("."), description=" ".join(more.split()),
            )(view)  # fmt: skip
            return function

        return register


def _respond(request: HttpRequest, operation: Operation, run: Callable[[], Any]) -> HttpResponse:
    def finished() -> HttpResponse:
        with acting(
            timezone.now
        ):  # whoever made the token had shown the second factor that its scopes ask for
            return _response(request, operation, run())

    key = request.headers.get(idempotency.HEADER)
    if not operation.is_keyed or key is None:
        return finished()
    uuid = _UUID.fullmatch(key)
    if uuid is None:
        raise ProblemError(
            422, "api.key", _("“Idempotency-Key” is not a key."), hint=_("Send a fresh UUID."),
            errors=[FieldProblem(parameter=idempotency.HEADER, detail=_("This is not a UUID."))],
        )  # fmt: skip
    return idempotency.once(request, caller(request), uuid[2].lower(), finished)


def _response(request: HttpRequest, operation: Operation, result: Any) -> HttpResponse:
    status = next(iter(operation.answers))
    if isinstance(result, HttpResponse) or not isinstance(result, Answer | BaseModel | type(None)):
        result.status_code = status
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    response = HttpResponse(status=status, content_type=JSON if answer.body is not None else None)
    if answer.body is None:
        del response["Content-Type"]
    else:
        response.content = answer.body.model_dump_json().encode()
    for name, value in answer.headers.items():
        response[name] = value
    links: str = getattr(request, "api_links", "")
    if links:
        response["Link"] = links
    return response


def _check_query(request: HttpRequest, operation: Operation) -> None:
    errors = [
        FieldProblem(parameter=name[:80], detail=_("There is no such parameter."))
        for name in request.GET
        if name not in operation.takes
    ]
    errors += [
        FieldProblem(parameter=name, detail=_("It stands twice."))
        for name in request.GET
        if name in operation.takes - operation.lists and len(request.GET.getlist(name)) > 1
    ]
    errors += [
        FieldProblem(parameter=name[:80], detail=_("It has signs that are not allowed."))
        for name, values in request.GET.lists()
        if any("\x00" in one or "\ufffd" in one for one in values)
    ]
    if errors:
        raise ProblemError(
            422, "api.invalid", _("The request is not what this address takes."),
            hint=_("Look at the places named, and at the description of the interface."), errors=errors[:20],
        )  # fmt: skip


def _has_body(signature: inspect.Signature) -> bool:
    return any(
        isinstance(one.annotation, type) and issubclass(one.annotation, Given)
        for one in signature.parameters.values()
    )


def _query_names(signature: inspect.Signature) -> tuple[frozenset[str], frozenset[str]]:
    """The query parameters, and those of them that may stand more than once."""
    taken: set[str] = set()
    lists: set[str] = set()
    for one in signature.parameters.values():
        metadata: Sequence[Any] = getattr(one.annotation, "__metadata__", ())
        if not any(type(each).__name__ == "Query" for each in metadata):
            continue
        model = one.annotation.__origin__
        for name, field in model.model_fields.items():
            taken.add(field.alias or name)
            if getattr(field.annotation, "__origin__", None) is list:
                lists.add(field.alias or name)
    return frozenset(taken), frozenset(lists)
