"""What a description says beyond the standard's elements: what it is for, whether it is a pilot, how its need is known.

No credential format has an element for these, so they are no part of the record that is awarded. They belong to the
description all the same: reviewers see them, they count for what was approved, and they are published with the version
(``Version.particulars``). Their form in JSON, each member only when it says something::

    {"purposes": ["well-being", …],          # codes of `PURPOSES`
     "pilot": true,
     "needs": [{"kind": "survey", "says": "…", "on": "2026-03-01", "partners": ["…"], "url": "https://…"}, …]}

For a search index ``purposes`` is a facet of a few codes and ``pilot`` a yes; `purpose_label` names a code.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.rendering import Row, Section
from tessella_web.common.addresses import parts_of
from tessella_web.common.errors import RefusedError

__all__ = [
    "ELEMENTS",
    "MAX_NEEDS",
    "NEED_KINDS",
    "PURPOSES",
    "Choice",
    "purpose_label",
    "section_of",
    "usable",
]

ELEMENTS = ("purposes", "pilot", "needs")
"""The members, as elements that people edit."""

MAX_NEEDS = 10
"""Pieces of evidence: more than a page of them is a study, to be linked."""

MAX_WORDS = 2000
"""Characters of what one piece of evidence says."""

MAX_PARTNERS = 20
"""Partners named in one piece of evidence."""


class Choice(NamedTuple):
    """What a code is called, and what choosing it means."""

    label: Any
    meaning: Any


PURPOSES: Mapping[str, Choice] = {
    "work": Choice(
        gettext_lazy("Work and career"),
        gettext_lazy("Finding work, keeping it, moving to another job or sector."),
    ),
    "further-study": Choice(
        gettext_lazy("Further study"), gettext_lazy("Getting into other learning, or getting on in it.")
    ),
    "personal-development": Choice(
        gettext_lazy("Personal development"), gettext_lazy("Growing as a person, whatever it is used for.")
    ),
    "well-being": Choice(
        gettext_lazy("Well-being"), gettext_lazy("Health of body and mind, one's own or other people's.")
    ),
    "volunteering": Choice(gettext_lazy("Volunteering"), gettext_lazy("Doing something for others, unpaid.")),
    "civic-life": Choice(
        gettext_lazy("Civic life"),
        gettext_lazy("Having a say: in the neighbourhood, in a council, in Europe."),
    ),
    "active-ageing": Choice(
        gettext_lazy("Active ageing"), gettext_lazy("Staying independent and taking part at any age.")
    ),
    "green": Choice(
        gettext_lazy("Green transition"),
        gettext_lazy("Climate, energy, nature, using less and using it longer."),
    ),
    "digital": Choice(
        gettext_lazy("Digital transition"), gettext_lazy("Living and working with digital tools, safely.")
    ),
}
"""What learning may be for, in the words of the European documents on micro-credentials; work is one of many."""

NEED_KINDS: Mapping[str, Choice] = {
    "survey": Choice(
        gettext_lazy("A survey"), gettext_lazy("People were asked, and this is what they said.")
    ),
    "vacancies": Choice(
        gettext_lazy("Job advertisements or statistics"),
        gettext_lazy("Numbers of a labour market, with their source."),
    ),
    "partner": Choice(
        gettext_lazy("A partner asked for it"),
        gettext_lazy("A company, a council, an association: in writing."),
    ),
    "learners": Choice(
        gettext_lazy("Learners asked for it"), gettext_lazy("In an evaluation, a council, a vote.")
    ),
    "policy": Choice(
        gettext_lazy("A law or a policy asks for it"),
        gettext_lazy("For example a new rule for an occupation."),
    ),
    "other": Choice(gettext_lazy("Something else"), ""),
}
"""How a need may be known."""


def purpose_label(code: str) -> str:
    """What people call a purpose; the code itself when it is of no list of ours."""
    return str(PURPOSES[code].label) if code in PURPOSES else code


def usable(values: Mapping[str, Any]) -> dict[str, Any]:
    """The members that say something, checked.

    Raises:
        RefusedError: ``catalogue.element``, with the member as field.
    """
    made: dict[str, Any] = {}
    if purposes := values.get("purposes"):
        made["purposes"] = _purposes(purposes)
    if pilot := values.get("pilot"):
        _require(pilot is True, "pilot", _("Whether it is a pilot is yes or no."))
        made["pilot"] = True
    if needs := values.get("needs"):
        _require(isinstance(needs, list) and len(needs) <= MAX_NEEDS, "needs",
                 _("At most %(most)s pieces of evidence fit here.") % {"most": MAX_NEEDS})  # fmt: skip
        made["needs"] = [_need(one) for one in needs]
    return made


def section_of(particulars: Mapping[str, Any]) -> Section | None:
    """The particulars in plain words; None when they say nothing."""
    rows = []
    if purposes := particulars.get("purposes"):
        rows.append(
            Row(element="purposes", label=_("What it is for"), values=tuple(map(purpose_label, purposes)))
        )
    if particulars.get("pilot"):
        rows.append(
            Row(element="pilot", label=_("Pilot"), values=(_("Yes: it is being tried out and may change."),))
        )
    if needs := particulars.get("needs"):
        rows.append(
            Row(element="needs", label=_("How the need is known"), values=tuple(map(_in_words, needs)))
        )
    return Section(id="particulars", title=_("Purpose and need"), rows=tuple(rows)) if rows else None


def _purposes(codes: Any) -> list[str]:
    _require(isinstance(codes, list) and all(isinstance(one, str) and one in PURPOSES for one in codes), "purposes",
             _("This is no purpose of the list."))  # fmt: skip
    return [one for one in PURPOSES if one in codes]


def _need(one: Any) -> dict[str, Any]:
    _require(isinstance(one, Mapping) and set(one) <= {"kind", "says", "on", "partners", "url"}, "needs",
             _("A piece of evidence has a kind, words, a day, partners and an address."))  # fmt: skip
    kind, says, url = (
        one.get("kind") or "other",
        str(one.get("says") or "").strip(),
        str(one.get("url") or ""),
    )
    partners = one.get("partners") or []
    _require(
        isinstance(kind, str) and kind in NEED_KINDS, "needs", _("This is no kind of evidence of the list.")
    )
    _require(bool(says) and len(says) <= MAX_WORDS, "needs", _("Say in a few words what the evidence says."))
    _require(isinstance(partners, list) and len(partners) <= MAX_PARTNERS
             and all(isinstance(name, str) and 0 < len(name.strip()) <= 200 for name in partners), "needs",
             _("Name partners one by one."))  # fmt: skip
    _require(not url or _is_address(url), "needs", _("This is no address of a page."))
    made = {
        "kind": kind,
        "says": says,
        "on": _day(one.get("on")),
        "partners": [name.strip() for name in partners],
        "url": url,
    }
    return {name: value for name, value in made.items() if value}


def _is_address(url: str) -> bool:
    return parts_of(url).scheme in ("http", "https")


def _day(value: Any) -> str:
    if not value:
        return ""
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise RefusedError(
            _("This is no day."), code="catalogue.element", hint=_("Write it as 2026-03-01."), field="needs"
        ) from error


def _require(holds: bool, field: str, message: str) -> None:
    if not holds:
        raise RefusedError(
            message, code="catalogue.element", hint=_("Look at the choices again."), field=field
        )


def _in_words(one: Mapping[str, Any]) -> str:
    kind = NEED_KINDS.get(str(one.get("kind")), NEED_KINDS["other"]).label
    day = one.get("on")
    head = _("%(kind)s, %(day)s") % {"kind": kind, "day": date_format(dt.date.fromisoformat(day), "DATE_FORMAT")} if day else str(kind)  # fmt: skip
    partners = ", ".join(one.get("partners", ()))
    parts = [f"{head}: {one.get('says', '')}"]
    if partners:
        parts.append(_("With: %(partners)s.") % {"partners": partners})
    if one.get("url"):
        parts.append(str(one["url"]))
    return " ".join(parts)
