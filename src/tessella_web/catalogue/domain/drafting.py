"""Starting a description, and editing it element by element."""

from __future__ import annotations

import datetime as dt
import itertools
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import MicroCredential, unknown_fields
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.content import loaded, plain, title_of
from tessella_web.catalogue.domain._common import cut, locked, note, require_to_edit
from tessella_web.catalogue.models import Description, Edit, Stage
from tessella_web.common.errors import RefusedError

__all__ = [
    "ELEMENTS",
    "SAME_EDIT_MINUTES",
    "confirm",
    "invite_partner",
    "require_to_start",
    "save_element",
    "save_elements",
    "start_description",
]

SAME_EDIT_MINUTES = 10
"""What one person writes on one element within this time is one edit in the history: autosaving would fill it otherwise."""

_KEPT = frozenset({"id", "version", "modified_on", "extra"})
"""Fields of the record that the platform sets itself."""

ELEMENTS = frozenset(MicroCredential.__struct_fields__) - _KEPT
"""The fields of the record that people edit."""


@transaction.atomic
def start_description(
    *,
    by: Person,
    organisation: Organisation,
    content: Mapping[str, Any] | None = None,
    started_from: str = "",
    source: str = "",
    proposed: tuple[str, ...] = (),
) -> Description:
    """A new description, with the organisation as awarding body unless ``content`` names one.

    Args:
        content: fields of a library description to begin with.
        started_from: what it was begun from, in a word (``text``, the name of a format); empty for nothing.
        proposed: elements that a program read out of something, for people to confirm.
    """
    require(by, organisation, "description.edit")
    description = Description(
        organisation=organisation, started_by=by, started_from=started_from, source=source
    )
    first = {"language": organisation.language, "awarding_bodies": [_body(organisation)], **(content or {})}
    first = {name: value for name, value in first.items() if name in ELEMENTS}
    made = _usable({**first, "id": f"{settings.BASE_URL}/m/{description.id}"}, known={})
    description.content, description.title = plain(made), cut(title_of(made))
    description.workings = {"proposed": [name for name in proposed if name in description.content]}
    description.save()
    note("description.started", f"description:{description.id}", by=by, description=description,
         started_from=started_from)  # fmt: skip
    return description


def save_element(*, description: Description, by: Person, element: str, value: Any) -> Description:
    """Write one element; see `save_elements`."""
    return save_elements(description=description, by=by, values={element: value})


@transaction.atomic
def save_elements(
    *, description: Description, by: Person, values: Mapping[str, Any], notes: Mapping[str, Any] | None = None
) -> Description:
    """Write elements (fields of the library's description, in its plain form; None takes one away), with attribution.

    Outcomes keep their ids: one that comes without gets the id of the same words in an earlier state, else a new one.
    What was approved before has to be reviewed again. ``notes`` say how something was worked out, such as the hours by
    activity: they are kept beside the record, not in it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``catalogue.in-review``; ``catalogue.element`` for a value the record cannot hold, with the field.
    """
    description = locked(description)
    require_to_edit(by, description)
    _require_editable(description)
    unknown = sorted(set(values) - ELEMENTS)
    if unknown:
        raise RefusedError(
            _("There is no element “%(name)s”.") % {"name": unknown[0][:40]},
            code="catalogue.element", hint=_("Use the fields of a description."), field=unknown[0],
        )  # fmt: skip
    before = description.content
    wanted = {name: value for name, value in {**before, **values}.items() if value is not None}
    made = _usable(wanted, known=_known_outcomes(description))
    after = plain(made)
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    description.workings = {**_without_proposals(description.workings, set(values)), **(notes or {})}
    if changed:
        description.content, description.title = after, cut(title_of(made))
        description.stage = Stage.CHANGES_ASKED if description.stage == Stage.CHANGES_ASKED else Stage.DRAFT
        for name in changed:
            _remember(description, by, name, before.get(name), after.get(name))
    description.save()
    return description


@transaction.atomic
def confirm(*, description: Description, by: Person, element: str) -> None:
    """Somebody looked at what a program proposed for this element and leaves it as it is."""
    description = locked(description)
    require_to_edit(by, description)
    description.workings = _without_proposals(description.workings, {element})
    description.save(update_fields=["workings"])


@transaction.atomic
def invite_partner(*, description: Description, by: Person, partner: Organisation) -> None:
    """Let the people of another organisation edit this description, each by the role they have there."""
    description = locked(description)
    require(by, description.organisation, "description.submit")
    if partner.pk == description.organisation_id:
        raise RefusedError(
            _("This is the organisation's own description."),
            code="catalogue.own-partner", hint=_("Name another organisation."), field="partner",
        )  # fmt: skip
    description.partners.add(partner)
    note(
        "description.shared",
        f"description:{description.id}",
        by=by,
        description=description,
        partner=partner.id,
    )


def require_to_start(*, by: Person, organisation: Organisation) -> None:
    """Go on only for those who may start a description there.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, organisation, "description.edit")


def _require_editable(description: Description) -> None:
    if description.stage == Stage.IN_REVIEW:
        raise RefusedError(
            _("This description is in quality review."),
            code="catalogue.in-review",
            hint=_("Take it back to change it, or wait for the decision."),
        )


def _body(organisation: Organisation) -> dict[str, Any]:
    place = {"country": organisation.country, "region": organisation.region}
    found = {
        "name": organisation.name,
        "places": [{name: value for name, value in place.items() if value}] if organisation.country else [],
        "legal_id": organisation.legal_id,
        "homepage": organisation.website,
    }
    return {name: value for name, value in found.items() if value}


def _usable(content: Mapping[str, Any], *, known: Mapping[str, str]) -> MicroCredential:
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


def _known_outcomes(description: Description) -> dict[str, str]:
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


def _without_proposals(workings: Mapping[str, Any], looked_at: set[str]) -> dict[str, Any]:
    left = [name for name in workings.get("proposed", ()) if name not in looked_at]
    return {**workings, "proposed": left}


def _remember(description: Description, by: Person, element: str, before: Any, after: Any) -> None:
    """One row of the history; what the same person wrote just before on the same element becomes part of it."""
    now = timezone.now()
    last = description.edits.filter(element=element).first()
    if last and last.person_id == by.id and now - last.last_at < dt.timedelta(minutes=SAME_EDIT_MINUTES):
        last.after, last.last_at = after, now
        last.save(update_fields=["after", "last_at"])
        return
    Edit.objects.create(
        description=description,
        person=by,
        element=element,
        before=before,
        after=after,
        first_at=now,
        last_at=now,
    )
    note(
        "description.edited", f"description:{description.id}", by=by, description=description, element=element
    )
