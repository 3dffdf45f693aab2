"""The reference page of the rule language of stacking, from its structs."""

from __future__ import annotations

import enum
import types
import typing
from typing import Any

import msgspec
from tools.markdown import plain, table

from tessella.adapters.descriptions import parse_description
from tessella.stacking import Item, load_rule, published_rule, published_rules
from tessella.stacking import language as rules
from tessella.stacking.explaining import where_words
from tessella.stacking.planning import Offer, Requirement

__all__ = ["stacking_rules"]

_STRUCTS = (
    rules.Rule, rules.Decider, rules.Source, rules.Condition, rules.Amount, rules.Group, rules.Slot, rules.OutcomeList, rules.Overlap,
    rules.Part, rules.Conversion, rules.Where, rules.Range, rules.LevelRange,
)  # fmt: skip

_EXAMPLES: dict[str, Any] = {
    "level": {"framework": "eqf", "at_least": 7}, "credits": {"at_least": 2}, "hours": {"at_least": 25, "at_most": 150}, "route": "validation",
    "grade_at_least": "B", "assessed": True, "supervised": True, "quality_assured": True, "max_age_months": 84, "awarded_from": "2020-01-01",
    "awarded_until": "2026-12-31", "any_of": [{"field": ["061"]}, {"category": ["core"]}], "not": {"route": "validation"}, "field": ["061"],
    "mode": ["online"], "language": ["en"], "country": ["NL"], "issuer": ["University of Twickel"], "provider": ["University of Twickel"],
    "category": ["core"], "credential": ["Data ethics in practice"], "outcome": ["Weighs risks"], "kind": ["micro-credential"],
}  # fmt: skip


def stacking_rules() -> str:
    """All structs of the language with their fields, the conditions with how they read back, and the example rules."""
    parts = [
        "# The rule language of stacking\n",
        "A rule is a YAML or JSON file with the fields of *Rule*. How to use it: [Check whether credentials stack](../how-to/stack.md). "
        "An unknown field is an error. A list with one member may be written without brackets inside `where`.\n",
    ]
    for struct in _STRUCTS:
        parts += [f"## {struct.__name__}\n", *(f"{text}\n" for text in _paragraphs(struct))]
        parts.append(
            _conditions()
            if struct is rules.Where
            else table(("field", "value", "if absent"), _fields(struct))
        )
    parts += [
        "## Items\n",
        "What a rule can ask about a credential. Taken from the credential itself, or written in a list (`items:`), where every field but `id` may be "
        "left out: then it is not known.\n",
        table(("field", "value", "if absent"), _fields(Item)),
        *(
            part
            for struct in (Offer, Requirement)
            for part in (
                f"## {struct.__name__}\n",
                *(f"{text}\n" for text in _paragraphs(struct)),
                table(("field", "value", "if absent"), _fields(struct)),
            )
        ),
        "## Example rules\n",
        "They ship with Tessella (`tessella stack rules`). What the institution itself publishes decides.\n",
        table(("name", "receiver", "award", "source"), _examples()),
    ]
    return "\n".join(parts)


def _paragraphs(struct: type) -> list[str]:
    doc = struct.__doc__ or ""
    return [text for block in doc.split("\n\n") if (text := plain(block))]


def _fields(struct: Any) -> list[tuple[str, str, str]]:
    hints = typing.get_type_hints(struct)
    return [
        (f"`{field.encode_name}`", _type(hints[field.name]), _default(field))
        for field in msgspec.structs.fields(struct)
    ]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "**required**"
    value = field.default if field.default is not msgspec.NODEFAULT else None
    if value is None or value in ((), ""):
        return ""
    return f"`{str(value).lower()}`" if isinstance(value, bool | int | str | enum.Enum) else ""


def _type(hint: Any) -> str:
    origin, inner = (
        typing.get_origin(hint),
        [one for one in typing.get_args(hint) if one not in (type(None), ...)],
    )
    if origin in (typing.Union, types.UnionType):
        return " or ".join(map(_type, inner))
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"mapping to {_type(inner[1])}"
    if origin is typing.Literal:
        return " or ".join(f"`{one}`" for one in inner)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " or ".join(f"`{one.value}`" for one in hint)
    name = str(hint.__name__)
    words = {"str": "text", "int": "whole number", "Decimal": "number", "bool": "`true` or `false`"}
    return words.get(name, name)


def _conditions() -> str:
    types_of = {field: kind for field, kind, _ in _fields(rules.Where)}
    rows = [
        (
            f"`{name}`",
            types_of[f"`{name}`"],
            where_words(msgspec.convert({name: value}, rules.Where, strict=False)),
        )
        for name, value in sorted(_EXAMPLES.items(), key=lambda pair: list(types_of).index(f"`{pair[0]}`"))
    ]
    return table(("field", "value", "reads back, for example"), rows)


def _examples() -> list[tuple[str, str, str, str]]:
    found = [(name, load_rule(parse_description(published_rule(name), name))) for name in published_rules()]
    return [(f"`{name}`", rule.receiver, rule.award, rule.source.text) for name, rule in found]
