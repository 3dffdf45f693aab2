"""What the templates show of the form: fields with their values, groups with their entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.http import QueryDict

from tessella_web.pages.pathways.filling import MAX_DEPTH, Data, inner_parts, shown
from tessella_web.pages.pathways.language import WHERE
from tessella_web.pages.pathways.parts import Field, Kind, Many, Often, Part

__all__ = ["Entry", "Line", "Place", "Screen", "place_of", "problem_list"]


class Line(NamedTuple):
    """A field as it is shown; ``options`` are value, label, explanation and whether it is chosen."""

    path: str
    field: Field
    value: str
    options: tuple[tuple[str, Any, Any, bool], ...]
    error: str
    suggestions: str

    @property
    def id(self) -> str:
        """Of the HTML element."""
        return place_of(self.path)

    @property
    def is_group(self) -> bool:
        """Whether entries follow."""
        return False


class Entry(NamedTuple):
    """One entry of a group: what is shown, what only programs need, and what else can be said."""

    path: str
    heading: str
    lines: tuple[Any, ...]
    technical: tuple[Any, ...]
    addable: tuple[tuple[str, Any], ...]
    is_removable: bool

    @property
    def id(self) -> str:
        """Of the HTML element."""
        return place_of(self.path)


class Place(NamedTuple):
    """A group of fields."""

    path: str
    group: Many
    entries: tuple[Entry, ...]
    error: str

    @property
    def id(self) -> str:
        """Of the HTML element."""
        return place_of(self.path)

    @property
    def is_group(self) -> bool:
        """Whether entries follow."""
        return True

    @property
    def is_counted(self) -> bool:
        """Whether it says how many there are."""
        return self.group.often is not Often.ONE

    @property
    def takes_more(self) -> bool:
        """Whether another entry can be added here; groups of a sparse one are added from there."""
        return bool(self.group.another) and (self.group.often is Often.MANY or not self.entries)


class Screen:
    """The form of some parts over a draft: ``opened`` is the path of a field that somebody wants to fill in."""

    def __init__(
        self, form: Data, *, errors: Mapping[str, str], post: QueryDict | None = None, opened: str = "", problems: Collection[str] = ()
    ) -> None:  # fmt: skip
        self.form = form
        self.errors = errors
        self.post = post
        self.opened = opened
        self.problems = problems

    def lines(
        self, parts: Sequence[Part], data: Mapping[str, Any], prefix: str = "", depth: int = 0, *, is_sparse: bool = False
    ) -> tuple[Line | Place, ...]:  # fmt: skip
        """Each part with what it says."""
        made: list[Line | Place] = []
        for part in parts:
            path = prefix + part.name
            if is_sparse and part.name not in data and path != self.opened:
                continue
            if isinstance(part, Field):
                made.append(self._line(part, path, data.get(part.name), is_sparse=is_sparse))
            elif depth < MAX_DEPTH:
                made.append(self._place(part, path, data.get(part.name), depth, is_removable=is_sparse))
        return tuple(made)

    def _line(self, field: Field, path: str, value: Any, *, is_sparse: bool) -> Line:
        posted = shown(field, value)
        if self.post is not None and path in self.errors:
            posted = self.post.getlist(path) or posted
        text = posted[0] if posted else ""
        options: tuple[tuple[str, Any, Any, bool], ...] = ()
        if field.kind is Kind.CHOICE:
            chosen = text or ("" if is_sparse else field.choices[0].value)
            options = tuple((one.value, one.label, one.means, one.value == chosen) for one in field.choices)
        elif field.kind is Kind.NEEDS:
            options = self._needs(path, posted)
        elif field.kind is Kind.EITHER and not text and field.otherwise is not None:
            text = "yes" if field.otherwise else "no"
        return Line(path, field, text, options, self.errors.get(path, ""), self._suggested(field))

    def _needs(self, path: str, chosen: Sequence[str]) -> tuple[tuple[str, Any, Any, bool], ...]:
        """The other parts, those that are chosen first and in their order."""
        own = int(path.split(".")[1])
        titles = {
            one["id"]: one.get("title") or one["id"]
            for number, one in enumerate(self.form.get("parts", ()))
            if number != own and one.get("id")
        }
        known = [*chosen, *(id for id in titles if id not in chosen)]
        return tuple((id, titles.get(id, id), "", id in chosen) for id in known)

    def _suggested(self, field: Field) -> str:
        """The id of the list of suggestions on the page."""
        return f"known-{field.name}" if field.known and field.kind is Kind.TEXT else ""

    def _place(self, group: Many, path: str, value: Any, depth: int, *, is_removable: bool) -> Place:
        if group.often is Often.MANY:
            found = [
                (f"{path}.{number}", one, True)
                for number, one in enumerate(value or ())
                if isinstance(one, Mapping)
            ]
        elif group.often is Often.MAYBE:
            found = [(path, value or {}, True)] if value is not None or path == self.opened else []
        else:
            found = [(path, value or {}, False)]
        entries = tuple(self._entry(group, at, one, depth, number, removable) for number, (at, one, removable) in enumerate(found))  # fmt: skip
        return Place(path, group, entries, self.errors.get(path, ""))

    def _entry(
        self, group: Many, path: str, data: Mapping[str, Any], depth: int, number: int, removable: bool
    ) -> Entry:
        lines = self.lines(inner_parts(group), data, f"{path}.", depth + 1, is_sparse=group.is_sparse)
        plain = tuple(one for one in lines if isinstance(one, Place) or not one.field.is_technical)
        technical = tuple(one for one in lines if isinstance(one, Line) and one.field.is_technical)
        there = {one.path.rpartition(".")[2] for one in lines}
        addable = tuple((part.name, part.label) for part in WHERE if part.name not in there) if group.is_sparse and depth < MAX_DEPTH else ()  # fmt: skip
        title = str(data.get("title") or data.get("name") or "")
        return Entry(path, title or str(number + 1), plain, technical, addable, removable)


def place_of(path: str) -> str:
    """The id of the HTML element for a path."""
    return "f-" + path.replace(".", "-")


def problem_list(screen_parts: Sequence[Part], errors: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    """For the summary on top: the element, what it is called, and what is wrong."""
    found = []
    for path, message in errors.items():
        parts, label = screen_parts, ""
        for step in path.split("."):
            part = next((one for one in parts if one.name == step), None)
            if part is not None:
                label = str(part.label)
                parts = inner_parts(part) if isinstance(part, Many) else ()
        found.append((place_of(path), label, message))
    return found
