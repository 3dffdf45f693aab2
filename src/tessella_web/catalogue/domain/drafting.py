"""Starting a description, and editing it element by element."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.model import MicroCredential
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue import particulars
from tessella_web.catalogue.content import plain, title_of
from tessella_web.catalogue.domain._common import cut, locked, note, require_to_edit
from tessella_web.catalogue.domain._usable import known_outcomes, usable_record
from tessella_web.catalogue.merging import ChangedMeanwhileError, merged
from tessella_web.catalogue.models import Description, Edit, Stage
from tessella_web.common.errors import RefusedError

__all__ = [
    "ELEMENTS",
    "SAME_EDIT_MINUTES",
    "as_stored",
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
    notes: Mapping[str, Any] | None = None,
) -> Description:
    """A new description, with the organisation as awarding body unless ``content`` names one.

    Args:
        content: fields of a library description, and particulars, to begin with.
        notes: what to keep beside the record, such as what could not be taken over.
        started_from: what it was begun from, in a word (``text``, the name of a format); empty for nothing.
        proposed: elements that a program read out of something, for people to confirm.
    """
    require(by, organisation, "description.edit", "")  # an associate for named descriptions starts no other
    description = Description(
        organisation=organisation, started_by=by, started_from=started_from, source=source
    )
    first = {"language": organisation.language, "awarding_bodies": [_body(organisation)], **(content or {})}
    beside = particulars.usable(first)
    first = {name: value for name, value in first.items() if name in ELEMENTS}
    made = usable_record({**first, "id": f"{settings.BASE_URL}/m/{description.id}"}, known={})
    description.content, description.title = plain(made), cut(title_of(made))
    description.particulars = beside
    described = {**description.content, **beside}
    description.workings = {"proposed": [name for name in proposed if name in described], **(notes or {})}
    description.save()
    note("description.started", f"description:{description.id}", by=by, description=description,
         started_from=started_from)  # fmt: skip
    return description


def save_element(*, description: Description, by: Person, element: str, value: Any) -> Description:
    """Write one element; see `save_elements`."""
    return save_elements(description=description, by=by, values={element: value})


@transaction.atomic
def save_elements(
    *,
    description: Description,
    by: Person,
    values: Mapping[str, Any],
    notes: Mapping[str, Any] | None = None,
    seen: Mapping[str, Any] | None = None,
    confirmed: Iterable[tuple[str, str]] = (),
) -> Description:
    """Write elements (fields of the library's description, or particulars; None takes one away), with attribution.

    Outcomes keep their ids: one that comes without gets the id of the same words in an earlier state, else a new one.
    What was approved before has to be reviewed again. ``notes`` say how something was worked out, such as the hours by
    activity: they are kept beside the record, not in it. ``seen`` is what the elements were when the person began to write:
    what somebody else wrote meanwhile is kept, and only where both changed the same thing nothing is written. ``confirmed``
    names outcomes and skills (URIs) that this person says belong together.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        ChangedMeanwhileError: ``catalogue.changed-meanwhile``: somebody else changed the same.
        RefusedError: ``catalogue.in-review``; ``catalogue.element`` for a value the record cannot hold, with the field.
    """
    description = locked(description)
    require_to_edit(by, description)
    _require_editable(description)
    unknown = sorted(set(values) - ELEMENTS - set(particulars.ELEMENTS))
    if unknown:
        raise RefusedError(
            _("There is no element “%(name)s”.") % {"name": unknown[0][:40]},
            code="catalogue.element", hint=_("Use the fields of a description."), field=unknown[0],
        )  # fmt: skip
    before = {**description.content, **description.particulars}
    if seen is not None:
        values = _reconciled(description, before, values, seen)
    made, beside = _made(description, {**before, **values})
    after = {**plain(made), **beside}
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    description.workings = {
        **_without_proposals(description.workings, set(values)),
        **(notes or {}),
        **_confirmations(description.workings, after, confirmed, by),
    }
    if changed:
        description.content, description.particulars = plain(made), beside
        description.title = cut(title_of(made))
        description.stage = Stage.CHANGES_ASKED if description.stage == Stage.CHANGES_ASKED else Stage.DRAFT
        for name in changed:
            _remember(description, by, name, before.get(name), after.get(name))
    description.save()
    return description


def as_stored(*, description: Description, elements: Mapping[str, Any]) -> dict[str, Any]:
    """Elements and particulars in the form in which they are stored, whoever they come from.

    Raises:
        RefusedError: ``catalogue.element``: the record cannot hold them.
    """
    made, beside = _made(description, elements)
    return {**plain(made), **beside}


def _made(description: Description, wanted: Mapping[str, Any]) -> tuple[MicroCredential, dict[str, Any]]:
    """The record and the particulars of elements in one."""
    beside = particulars.usable({name: wanted.get(name) for name in particulars.ELEMENTS})
    content = {
        name: value
        for name, value in wanted.items()
        if value is not None and name not in particulars.ELEMENTS
    }
    return usable_record(content, known=known_outcomes(description)), beside


def _reconciled(
    description: Description, before: Mapping[str, Any], values: Mapping[str, Any], seen: Mapping[str, Any]
) -> dict[str, Any]:
    """What to write so that nothing is lost that somebody else wrote since it was ``seen``.

    Raises:
        ChangedMeanwhileError: both changed the same.
    """
    made, beside = _made(description, {**before, **seen, **values})
    mine, merged_values, both = {**plain(made), **beside}, {}, []
    for name in values:
        value, is_clear = merged(seen.get(name), mine.get(name), before.get(name))
        merged_values[name] = value
        if not is_clear:
            both.append(name)
    if both:
        raise ChangedMeanwhileError(
            _("Somebody else changed the same while you wrote."),
            code="catalogue.changed-meanwhile",
            hint=_("Compare the two, and choose."),
            elements=tuple(both),
            mine={name: mine.get(name) for name in both},
            theirs={name: before.get(name) for name in both},
        )
    return merged_values


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


def _without_proposals(workings: Mapping[str, Any], looked_at: set[str]) -> dict[str, Any]:
    left = [name for name in workings.get("proposed", ()) if name not in looked_at]
    return {**workings, "proposed": left}


def _confirmations(
    workings: Mapping[str, Any], content: Mapping[str, Any], confirmed: Iterable[tuple[str, str]], by: Person
) -> dict[str, Any]:
    """Who said of which linked skill that it belongs to the outcome, and on which day; skills that are gone are forgotten."""
    now = {"by": by.id, "on": timezone.now().date().isoformat()}
    before, fresh = workings.get("skills") or {}, set(confirmed)
    made: dict[str, dict[str, Any]] = {}
    for outcome in content.get("outcomes", ()):
        id = outcome["id"]
        for skill in outcome.get("esco", ()):
            uri = skill["uri"] if isinstance(skill, Mapping) else skill
            said = before.get(id, {}).get(uri) or (now if (id, uri) in fresh else None)
            if said:
                made.setdefault(id, {})[uri] = said
    return {"skills": made} if made or before else {}


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
