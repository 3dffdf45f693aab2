"""Rules in work: what of them can be used, what is wrong where, and how they read as far as they are written.

A draft is the library's plain data, but may lack what a rule must have. Whatever cannot be used is told with its place, and everything
else is kept.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext as _

from tessella import typed
from tessella.stacking import Rule, explain
from tessella.stacking.loading import in_lists, rule_problems

__all__ = [
    "MOST_ENTRIES",
    "Draft",
    "Problem",
    "as_rule",
    "clean_draft",
    "problems_of",
    "read_back",
    "says_the_same",
]

MOST_ENTRIES = 200
"""Entries of one list of a draft: as many as a rule may have in all."""

OPEN = "…"
"""Stands where something that a rule must say is not said yet."""


class Problem(NamedTuple):
    """What is wrong, where (a path such as ``amounts.0.at_least``; empty for the rule as a whole), and what to do about it."""

    place: str
    message: str
    hint: str
    code: str


class Draft(NamedTuple):
    """What could be used, and what could not."""

    data: dict[str, Any]
    problems: tuple[Problem, ...]


def clean_draft(data: Mapping[str, Any]) -> Draft:
    """Everything that is a part of a rule; each entry of a list for itself, so that a wrong one costs no other."""
    plain = in_lists(data)
    if isinstance(plain.get("version"), int):
        plain["version"] = str(plain["version"])
    kept: dict[str, Any] = {}
    problems: list[Problem] = []
    fields = {one.encode_name: one for one in msgspec.structs.fields(Rule)}
    for name, value in plain.items():
        if name not in fields:
            problems.append(_problem(name[:80], _("There is no field of this name."), _("Look at the spelling; what it said is left out.")))  # fmt: skip
            continue
        found = list(_usable(name, value, fields[name].type, problems))
        if found:
            kept[name] = found[0]
    return Draft(json.loads(json.dumps(kept)), tuple(problems))


def as_rule(data: Mapping[str, Any]) -> Rule:
    """The draft as a rule, with `OPEN` where something necessary is not said."""
    decider = {"name": OPEN} | {k: v for k, v in data.get("decider", {}).items() if v}
    source = {"text": OPEN} | {k: v for k, v in data.get("source", {}).items() if v != ""}
    said = {name: value for name, value in data.items() if value not in ("", None)}
    open_ = dict.fromkeys(("id", "version", "title", "receiver", "award"), OPEN)
    return typed.convert({**open_, **said, "decider": decider, "source": source}, Rule, strict=False)


def read_back(data: Mapping[str, Any], *, number: int = 1) -> tuple[str, ...]:
    """The draft in plain sentences, as far as it is written: as the version of this number will read."""
    return explain(as_rule({**data, "version": str(number)}))


def problems_of(data: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Why the draft cannot be published: what is not said, what contradicts itself, what can never be met."""
    missing = [Problem(place, message, hint, "stacking.rule") for place, message, hint in _unsaid(data)]
    found = [
        Problem(_path(data, one.place), one.message, one.hint, one.code)
        for one in rule_problems(as_rule(data))
    ]
    return (*missing, *found)


def says_the_same(data: Mapping[str, Any], rule: Rule) -> bool:
    """Whether publishing the draft would say what the published rule says already."""
    return msgspec.structs.replace(as_rule(data), version=rule.version, published=True) == rule


def _unsaid(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    needed = (
        ("title", _("The rule has no title."), _("Say how people call it.")),
        ("award", _("It is not said what it leads to."), _("Name the award.")),
        ("receiver", _("It is not said whose rule it is."), _("Name the organisation.")),
        ("decider.name", _("It is not said who decides."), _("Name the person or the body that takes the decision.")),
        ("source.text", _("It is not said where the rule is published."), _("Name the regulation, the decision or the page.")),
    )  # fmt: skip
    for place, message, hint in needed:
        value: Any = data
        for step in place.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if not str(value or "").strip():
            yield place, message, hint


def _usable(place: str, value: Any, kind: Any, problems: list[Problem]) -> Iterator[Any]:
    """The value as plain data, if it can be used; of a list the entries that can."""
    if isinstance(value, list) and (entry := _entry_type(kind)) is not None:
        good = [
            found
            for number, one in enumerate(value[:MOST_ENTRIES])
            for found in _usable(f"{place}.{number}", one, entry, problems)
        ]
        if len(value) > MOST_ENTRIES:
            problems.append(_problem(place, _("There are more than %(limit)s entries.") % {"limit": MOST_ENTRIES}, _("The first of them were kept.")))  # fmt: skip
        yield good
        return
    try:
        yield msgspec.to_builtins(typed.convert(value, kind, strict=False))
    except (msgspec.ValidationError, ArithmeticError, RecursionError) as error:
        text = str(error)
        reason, _mark, inner = text.partition(" - at `$")
        at = place + inner.rstrip("`").replace("[", ".").replace("]", "").replace("....", ".")
        problems.append(_problem(at, _("It cannot be used: %(reason)s.") % {"reason": reason}, _("Say it again in the form; everything else was kept.")))  # fmt: skip


def _entry_type(kind: Any) -> Any:
    """What a list of structs is made of; None for anything else."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return next((found for one in typing.get_args(kind) if (found := _entry_type(one))), None)
    inner = typing.get_args(kind)[:1] if origin is tuple else ()
    is_struct = inner and isinstance(inner[0], type) and issubclass(inner[0], msgspec.Struct)
    return inner[0] if is_struct else None


def _problem(place: str, message: str, hint: str) -> Problem:
    return Problem(place, message, hint, "pathways.file")


def _path(data: Mapping[str, Any], place: str) -> str:
    """Where in the data a problem is, that the library tells by the id of a requirement."""
    if not place:
        return ""
    found = next((path for path, id in _ids(data) if id == place), "")
    if found:
        return found
    head, _dot, name = place.partition(".")
    if head == "conversions":
        sources = [one.get("from") for one in data.get("conversions", ())]
        return f"conversions.{sources.index(name)}" if name in sources else head
    if head == "categories":
        return f"categories.{list(data.get('categories', {})).index(name)}" if name in data.get("categories", {}) else head  # fmt: skip
    return place if head in data else ""


def _ids(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("conditions", "advice", "amounts", "groups", "outcomes", "parts"):
        for number, one in enumerate(data.get(name, ())):
            yield f"{name}.{number}", one.get("id", "")
            for place, slot in enumerate(one.get("slots", ()) if name == "groups" else ()):
                yield f"{name}.{number}.slots.{place}", slot.get("id", "")
    for name in ("capstone", "overlap"):
        if data.get(name):
            yield name, data[name].get("id", "")
