"""The form of a rule, shown and read: what is posted as it was shown gives the same rule back.

A draft is read beside what stood there before: a field that nobody touched keeps its value exactly, whatever its widget makes of it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.vocabulary import Concept, code_list
from tessella_web.catalogue.pathways.drafting import MOST_ENTRIES
from tessella_web.pages.pathways.language import WHERE
from tessella_web.pages.pathways.parts import Field, Kind, Many, Often, Part

__all__ = [
    "MAX_DEPTH",
    "Read",
    "as_draft",
    "as_form",
    "changed_by",
    "inner_parts",
    "read",
    "shown",
    "with_ids",
]

MAX_DEPTH = 12
"""Groups within groups: nobody reads deeper, and each level is shown within the one around it."""

MAX_TEXT = 4000
"""Characters of one field."""

Data = dict[str, Any]


class Read(NamedTuple):
    """What was posted: the data, and what of it cannot be, by path."""

    data: Data
    errors: dict[str, str]


def inner_parts(group: Many) -> Sequence[Part]:
    """The fields of one entry; those of "what is meant" hold themselves."""
    return WHERE if group.is_sparse else group.parts


def shown(field: Field, value: Any) -> list[str]:
    """The value as it is posted when nobody touches it."""
    if value is None:
        return [] if field.kind is Kind.NEEDS else [""]
    if field.kind is Kind.NEEDS:
        return [str(one) for one in value]
    if field.kind is Kind.EITHER:
        return ["yes" if value else "no"]
    if field.kind is Kind.LISTED:
        return ["\n".join(_named(field.codes, one) for one in value)]
    if field.kind is Kind.LINES:
        return ["\n".join(value)]
    return [str(value)]


def read(parts: Sequence[Part], post: QueryDict, before: Mapping[str, Any], prefix: str = "") -> Read:
    """What these fields say; ``before`` is what stood there when they were shown."""
    errors: dict[str, str] = {}
    return Read(_read(parts, post, before, prefix, errors, 0), errors)


def _read(
    parts: Sequence[Part], post: QueryDict, before: Mapping[str, Any], prefix: str, errors: dict[str, str], depth: int,
    *, is_sparse: bool = False,
) -> Data:  # fmt: skip
    made: Data = {}
    for part in parts:
        path = prefix + part.name
        old = before.get(part.name)
        if isinstance(part, Field):
            found = _read_field(part, path, post, old, errors, is_sparse=is_sparse)
        else:
            found = _read_group(part, path, post, old, errors, depth) if depth < MAX_DEPTH else old
        if found is not None:
            made[part.name] = found
    return made


def _read_group(group: Many, path: str, post: QueryDict, old: Any, errors: dict[str, str], depth: int) -> Any:
    def entry(at: str, stood: Any) -> Data:
        known = stood if isinstance(stood, Mapping) else {}
        return _read(inner_parts(group), post, known, f"{at}.", errors, depth + 1, is_sparse=group.is_sparse)

    if group.often is Often.ONE:
        found = entry(path, old)
        return found if found or group.must or old == {} else None
    count = post.get(f"{path}.count", "")
    number = min(int(count), MOST_ENTRIES) if count.isascii() and count.isdigit() and len(count) < 6 else 0
    if group.often is Often.MAYBE:
        return entry(path, old) if number else None
    listed = old if isinstance(old, list) else []
    found_all = [entry(f"{path}.{i}", listed[i] if i < len(listed) else None) for i in range(number)]
    return found_all if found_all or group.must or old == [] else None


def _read_field(
    field: Field, path: str, post: QueryDict, old: Any, errors: dict[str, str], *, is_sparse: bool
) -> Any:
    posted = [_plain(one) for one in post.getlist(path)]
    if not posted and field.kind is not Kind.NEEDS:
        return old if field.kind in (Kind.CHOICE, Kind.EITHER) and not is_sparse else None
    flat = _flat if field.kind is Kind.TEXT else _plain
    is_kept = old is not None or not field.must
    if is_kept and [flat(one) for one in posted] == [flat(one) for one in shown(field, old)]:
        return old
    try:
        found = _READ[field.kind](field, posted)
    except ValueError as error:
        errors[path] = str(error)
        return old
    if found in (None, "", []):
        if field.must and field.kind is Kind.NUMBER:
            errors[path] = _("A number is needed here.")
        return _EMPTY.get(field.kind) if field.must else None
    usual = field.choices[0].value if field.choices and not is_sparse else None
    return None if found == usual else found


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _flat(text: str) -> str:
    """As a field of one line has it, whatever a browser makes of a break."""
    return " ".join(text.split())


def _text(field: Field, posted: Sequence[str]) -> str:
    if len(posted[0]) > MAX_TEXT:
        raise ValueError(_("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT})
    return posted[0] if field.kind is Kind.LONG else " ".join(posted[0].split())


def _lines(field: Field, posted: Sequence[str]) -> list[str]:
    found = [" ".join(line.split()) for line in posted[0].split("\n")]
    if len(found) > MOST_ENTRIES or any(len(one) > MAX_TEXT for one in found):
        raise ValueError(_("These are too many lines, or one is too long."))
    found = list(dict.fromkeys(filter(None, found)))
    return [_code_of(field.codes, one) for one in found] if field.codes else found


def _number(field: Field, posted: Sequence[str]) -> str:
    text = posted[0].replace(",", ".").replace(" ", "").removesuffix("%")
    if not text:
        return ""
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or len(text) > 20:
        raise ValueError(_("This is no number. Write it as 30 or 2.5."))
    return str(found)


def _whole(field: Field, posted: Sequence[str]) -> int | None:
    if not posted[0]:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", posted[0], re.ASCII):
        raise ValueError(_("This is no whole number. Write it as 3 or 84."))
    return int(posted[0])


def _day(field: Field, posted: Sequence[str]) -> str:
    try:
        return dt.date.fromisoformat(posted[0]).isoformat() if posted[0] else ""
    except ValueError:
        raise ValueError(_("This is no date. Write it as year-month-day.")) from None


def _choice(field: Field, posted: Sequence[str]) -> str | None:
    if posted[0] not in {one.value for one in field.choices}:
        raise ValueError(_("This is not one of the choices."))
    return posted[0]


def _either(field: Field, posted: Sequence[str]) -> bool | None:
    found = {"yes": True, "no": False}.get(posted[0])
    return None if found is field.otherwise else found


_READ: dict[Kind, Any] = {
    Kind.TEXT: _text, Kind.LONG: _text, Kind.LINES: _lines, Kind.LISTED: _lines, Kind.NUMBER: _number, Kind.WHOLE: _whole,
    Kind.DAY: _day, Kind.CHOICE: _choice, Kind.EITHER: _either, Kind.NEEDS: lambda field, posted: list(dict.fromkeys(posted)),
}  # fmt: skip
_EMPTY: dict[Kind, Any] = {Kind.TEXT: "", Kind.LINES: []}


def _concepts(codes: str) -> dict[str, Concept]:
    return {one.code: one for one in code_list(codes)}


def _named(codes: str, code: str) -> str:
    """The name of a code, if the name leads back to it."""
    concept = _concepts(codes).get(code)
    if concept is None:
        return code
    name = concept.labels.get(get_language() or "en") or concept.labels.get("en", "")
    text = f"{code} {name}" if codes == "isced-f" else name
    return text if _code_of(codes, text) == code else code


def _code_of(codes: str, text: str) -> str:
    """The code that a name or a code means; what is neither stays as it is written."""
    known = _concepts(codes)
    first = text.split(" ", 1)[0]
    for one in (text, text.upper(), text.lower(), first if codes == "isced-f" else text):
        if one in known:
            return one
    wanted = text.casefold()
    return next(
        (code for code, one in known.items() if wanted in (name.casefold() for name in one.labels.values())), text
    )  # fmt: skip


def as_form(draft: Mapping[str, Any]) -> Data:
    """The draft as the form has it: lists by name become entries with a name."""
    made = dict(draft)
    if isinstance(made.get("categories"), Mapping):
        made["categories"] = [{"name": name, "where": where} for name, where in made["categories"].items()]
    return made


def as_draft(form: Mapping[str, Any], errors: dict[str, str]) -> Data:
    """The form's data as a draft; two lists of one name are an error."""
    made = dict(form)
    if "categories" in made:
        named: Data = {}
        for number, one in enumerate(made["categories"]):
            name = one.get("name") or _("List %(number)s") % {"number": number + 1}
            if name in named:
                errors[f"categories.{number}.name"] = _("Another list has this name.")
            named[name] = one.get("where", {})
        made["categories"] = named
    return made


def with_ids(draft: Data) -> Data:
    """The draft with an id for every requirement and place that has none: made from its title, once in the rule."""
    taken = {one.get("id") for _kind, one in _identified(draft)}
    for kind, one in _identified(draft):
        if not str(one.get("id", "")).strip():
            stem = slugify(str(one.get("title", "")))[:40] or kind
            names = (stem, *(f"{stem}-{number}" for number in range(2, 10_000)))
            one["id"] = next(name for name in names if name not in taken)
            taken.add(one["id"])
    return draft


def _identified(draft: Mapping[str, Any]) -> Iterator[tuple[str, Data]]:
    kinds = {"conditions": "condition", "advice": "advice", "amounts": "amount", "groups": "group", "outcomes": "outcomes", "parts": "part"}  # fmt: skip
    for name, kind in kinds.items():
        for one in draft.get(name, ()):
            yield kind, one
            if name == "groups":
                yield from (("place", slot) for slot in one.get("slots", ()))
    for name in ("capstone", "overlap"):
        if draft.get(name):
            yield name, draft[name]


def changed_by(action: str, parts: Sequence[Part], form: Data, post: QueryDict) -> str:
    """Do what a button says: ``add:PATH`` an entry, ``remove:PATH`` one, ``open:PATH`` a field that was not shown.

    Returns the path to show next, empty when there is none.
    """
    verb, _colon, path = action.partition(":")
    steps = path.split(".")
    if verb == "open":
        name = post.get(f"{path}.open", "")
        return _open(form, steps, name) if any(part.name == name for part in WHERE) else path
    if verb not in ("add", "remove"):
        return ""
    holder, group = _at(form, steps[:-1], parts), _part_at(parts, steps)
    last = steps[-1]
    if verb == "add" and isinstance(group, Many) and isinstance(holder, dict):
        new = _fresh(group, form)
        if group.often is Often.MANY:
            holder.setdefault(last, []).append(new)
            return f"{path}.{len(holder[last]) - 1}"
        holder.setdefault(last, new)
        return path
    if verb == "remove":
        if isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
            del holder[int(last)]
        elif isinstance(holder, dict):
            holder.pop(last, None)
    return ".".join(steps[:-1])


def _fresh(group: Many, form: Data) -> Data:
    """An entry that says nothing yet, with what it cannot be without."""
    if group.name == "conversions":
        return {"from": "", "to": form.get("unit") or "ects", "factor": "1"}
    needed = [part for part in group.parts if isinstance(part, Many) and part.must]
    return {part.name: [] if part.often is Often.MANY else {} for part in needed}


def _open(form: Data, steps: list[str], name: str) -> str:
    """Say something more of what is meant: what has a value of its own from the start gets it."""
    holder = _at(form, steps, ())
    part = next(one for one in WHERE if one.name == name)
    if isinstance(holder, dict) and name not in holder:
        if isinstance(part, Many):
            holder[name] = [{}] if part.often is Often.MANY else {}
        elif part.kind is Kind.EITHER:
            holder[name] = True
        elif part.kind is Kind.CHOICE:
            holder[name] = part.choices[0].value
    return ".".join((*steps, name))


def _at(data: Any, steps: Sequence[str], parts: Sequence[Part]) -> Any:
    """What stands at a path, made on the way where a group is empty; None where there is nothing."""
    for step in steps:
        if isinstance(data, list):
            data = data[int(step)] if step.isdigit() and int(step) < len(data) else None
        elif isinstance(data, dict):
            data = data.setdefault(step, {})
        else:
            return None
    return data


def _part_at(parts: Sequence[Part], steps: Sequence[str]) -> Part | None:
    found: Part | None = None
    for step in steps:
        if step.isdigit():
            continue
        found = next((part for part in parts if part.name == step), None)
        if found is None:
            return None
        parts = inner_parts(found) if isinstance(found, Many) else ()
    return found
