"""Lists in pages: a cursor that says where the next page begins, which stays right when things are added meanwhile."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from tessella import typed
from tessella_web.api.problems import ProblemError

__all__ = ["Listing", "PageQuery", "listed", "listed_in_order", "whole"]

DEFAULT = 25
MOST = 100

Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row", bound=Model)
Thing = TypeVar("Thing")


def _whole(value: object) -> object:
    """Numbers of a query as they are written: digits only."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError(_("This is not a whole number."))
    return value


whole = BeforeValidator(_whole)
"""For numbers in a query."""


class Listing(BaseModel, Generic[Item]):
    """One page of a list."""

    model_config = ConfigDict(extra="forbid")

    items: list[Item] = Field(description="What the page holds, in order.")
    next: str | None = Field(default=None, description="Cursor of the next page; null on the last one.")


class PageQuery(BaseModel):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=MOST), whole] = Field(
        default=DEFAULT, description="How many at most."
    )
    cursor: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,400}$")] = Field(
        default="", description="Where the page begins: “next” of the page before."
    )


def listed(
    request: HttpRequest,
    found: QuerySet[Row],
    query: PageQuery,
    shape: Callable[[Any], Item],
    *,
    by: str = "-made_at",
) -> Listing[Item]:
    """A page of what was found, ordered by a field (``-`` for the last first) and then by primary key.

    Raises:
        ProblemError: 404 for a cursor that this list never gave.
    """
    name, falling = by.removeprefix("-"), by.startswith("-")
    found = found.order_by(by, "-pk" if falling else "pk")
    try:
        if query.cursor:
            value, key = _opened(query.cursor)
            step = "lt" if falling else "gt"
            found = found.filter(Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"pk__{step}": key}))
        rows = list(found[: query.limit + 1])
    except (ValueError, TypeError, OverflowError, ValidationError) as error:  # values of another list
        raise _no_page() from error
    return _page(request, rows, query, shape, lambda one: _closed(getattr(one, name), one.pk))


def listed_in_order(
    request: HttpRequest,
    found: Sequence[Thing],
    query: PageQuery,
    shape: Callable[[Any], Item],
    *,
    at: Callable[[Thing], tuple[str, ...]],
) -> Listing[Item]:
    """A page of things that no single table holds; the order is that of ``at``, the last first, and no two have the same.

    Raises:
        ProblemError: 404 for a cursor that this list never gave.
    """
    rows = sorted(found, key=at, reverse=True)
    if query.cursor:
        value, _key = _opened(query.cursor)
        try:
            begin = tuple(typed.decode(value, list[str]))
        except (TypeError, msgspec.MsgspecError) as error:
            raise _no_page() from error
        rows = [one for one in rows if at(one) < begin]
    return _page(
        request,
        rows[: query.limit + 1],
        query,
        shape,
        lambda one: _closed(msgspec.json.encode(at(one)).decode(), ""),
    )


def _page(
    request: HttpRequest,
    rows: Sequence[Any],
    query: PageQuery,
    shape: Callable[[Any], Item],
    cursor: Callable[[Any], str],
) -> Listing[Item]:
    """The page of rows of which one more was read than it holds."""
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    next_ = cursor(rows[-1]) if more else None
    if next_:
        values = request.GET.copy()
        values["cursor"] = next_
        address = f"{request.build_absolute_uri(request.path)}?{values.urlencode()}"
        request.api_links = f'<{address}>; rel="next"'  # type: ignore[attr-defined] # sent with the answer
    return Listing[Any](items=[shape(one) for one in rows], next=next_)


def _closed(value: Any, key: Any) -> str:
    plain = value.isoformat() if isinstance(value, dt.date) else value
    kind = "t" if isinstance(value, dt.datetime) else "d" if isinstance(value, dt.date) else "v"
    return base64.urlsafe_b64encode(json.dumps([kind, plain, key]).encode()).decode().rstrip("=")


def _opened(cursor: str) -> tuple[Any, Any]:
    try:
        kind, value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return _READ[kind](value), _plain(key)
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error) as error:
        raise _no_page() from error


def _no_page() -> ProblemError:
    return ProblemError(
        404, "api.cursor", _("This list has no such page."), hint=_("Begin again without “cursor”.")
    )


def _plain(value: Any) -> Any:
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int)
        or (isinstance(value, int) and abs(value) > 2**53)
    ):
        raise ValueError("not a value of a list")
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("not a value of a list")
    return value


_READ: Mapping[str, Callable[[Any], Any]] = {
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "v": _plain,
}
"""By kind of value how it is read back."""
