"""What a content needs to be a record: usable values, outcomes and assessments that each have an identifier."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import MicroCredential, unknown_fields
from tessella_web.catalogue.content import loaded
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import RefusedError

__all__ = ["known_outcomes", "usable_record"]


def usable_record(content: Mapping[str, Any], *, known: Mapping[str, str]) -> MicroCredential:
    """The record of a content in which everything can be used."""
    content = {**content}
    if "outcomes" in content:
        content["outcomes"] = _with_ids(content["outcomes"], known, str(content.get("language") or "en"))
    if "assessments" in content:
        content["assessments"] = _assessments(content["assessments"], content.get("outcomes", ()))
    try:
        found = loaded(content)
    except TessellaError as error:
        raise RefusedError(
            error.message, code="catalogue.element", hint=error.hint, field=error.place.strip()
        ) from error
    for problem in found.problems:
        raise RefusedError(problem.message, code="catalogue.element", hint=problem.hint, field=problem.place)
    for place in unknown_fields(found.record):
        raise RefusedError(
            _("The field “%(name)s” is not known.") % {"name": place[:80]},
            code="catalogue.element", hint=_("Use the fields of a description."), field=place,
        )  # fmt: skip
    return found.record


def known_outcomes(description: Description) -> dict[str, str]:
    """By title the ids of all outcomes that the description or one of its versions ever had, newest last."""
    contents = [
        *description.versions.order_by("number").values_list("content", flat=True),
        description.content,
    ]
    return {_words(one, language): one["id"] for content in contents
            for language in [str(content.get("language") or "en")]
            for one in content.get("outcomes", ()) if isinstance(one, Mapping) and one.get("id")}  # fmt: skip


def _with_ids(outcomes: Any, known: Mapping[str, str], language: str) -> list[Any]:
    """Outcomes that each have an id: their own, that of the same words earlier, or a new one."""
    items = [{"title": one} if isinstance(one, str) else one
             for one in (outcomes if isinstance(outcomes, list | tuple) else [outcomes])]  # fmt: skip
    used = [one["id"] for one in items if isinstance(one, Mapping) and one.get("id")]
    if len(used) != len(set(used)):
        raise RefusedError(
            _("Two outcomes have the same identifier."),
            code="catalogue.outcome-twice", hint=_("Give each its own, or leave it out."), field="outcomes",
        )  # fmt: skip
    ever, taken = set(known.values()), set(used)
    made: list[Any] = []
    for one in items:
        if isinstance(one, Mapping) and one.get("id") not in ever:
            same = known.get(_words(one, language), "")
            id = same if same and same not in taken else one.get("id") or f"lo-{secrets.token_hex(4)}"
            taken.add(id)
            one = {**one, "id": id}
        made.append(one)
    return made


def _words(outcome: Mapping[str, Any], language: str) -> str:
    title = outcome.get("title", "")
    text = title.get(language, "") or next(iter(title.values()), "") if isinstance(title, Mapping) else title
    return " ".join(str(text).split()).casefold()


def _assessments(assessments: Any, outcomes: Any) -> Any:
    """Assessments that each have an id and cover only outcomes there are."""
    if not isinstance(assessments, list | tuple):
        return assessments
    parts = [{"type": one} if isinstance(one, str) else one for one in assessments]
    ids = {one["id"] for one in outcomes if isinstance(one, Mapping)}
    taken = {one.get("id") for one in parts if isinstance(one, Mapping)}
    free = (id for number in itertools.count(1) if (id := f"assessment-{number}") not in taken)
    made = []
    for one in parts:
        if isinstance(one, Mapping):
            covers = one.get("covers")
            kept = {"covers": [id for id in covers if id in ids]} if isinstance(covers, list | tuple) else {}
            one = {**one, **kept, "id": one.get("id") or next(free)}
        made.append(one)
    return made
