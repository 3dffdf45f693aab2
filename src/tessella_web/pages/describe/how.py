"""Screens about how: level, participation, assessment, quality, entry, use, need."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.pages.describe.forms import (
    ScreenForm,
    code_of,
    language_choices,
    mapping_of,
    said,
    with_text,
    without_empty,
    yes_no,
)
from tessella_web.ui.forms import ChoiceCards, MultipleChoiceCards

__all__ = [
    "AssessmentForm",
    "LevelForm",
    "NeedForm",
    "ParticipationForm",
    "PrerequisitesForm",
    "QualityForm",
    "StackingForm",
]

_LEVELS = {
    "1": (gettext_lazy("Level 1: first steps"), gettext_lazy("Simple tasks, with help at hand.")),
    "2": (
        gettext_lazy("Level 2: basic"),
        gettext_lazy("Routine tasks under supervision. Like lower secondary school."),
    ),
    "3": (
        gettext_lazy("Level 3: on familiar ground"),
        gettext_lazy("Choosing how to do a task and adapting it. Like a first vocational certificate."),
    ),
    "4": (
        gettext_lazy("Level 4: skilled"),
        gettext_lazy(
            "Working on one's own within guidelines. Like the end of secondary school or an apprenticeship."
        ),
    ),
    "5": (
        gettext_lazy("Level 5: advanced"),
        gettext_lazy("Solving new problems, guiding others. Like a higher professional certificate."),
    ),
    "6": (
        gettext_lazy("Level 6: like a bachelor"),
        gettext_lazy("Mastery and critical understanding of a field."),
    ),
    "7": (gettext_lazy("Level 7: like a master"), gettext_lazy("Specialised, at the edge of what is known.")),
    "8": (gettext_lazy("Level 8: like a doctorate"), gettext_lazy("New knowledge, research.")),
}
_NO_LEVEL = "none"

_MODES = {
    "online": (gettext_lazy("Online"), gettext_lazy("Nobody travels. Live or at any time.")),
    "on-site": (
        gettext_lazy("On site"),
        gettext_lazy("In a room, a workshop, outdoors: together at a place."),
    ),
    "blended": (
        gettext_lazy("Partly on site, partly online"),
        gettext_lazy("For example two days together and the rest from home."),
    ),
    "hybrid": (
        gettext_lazy("On site and online at the same time"),
        gettext_lazy("Some sit in the room, others join by video."),
    ),
    "work-based": (gettext_lazy("At work"), gettext_lazy("Learning while doing the job, with guidance.")),
    "project-based": (gettext_lazy("In a project"), gettext_lazy("A real task from start to finish.")),
    "research-lab": (
        gettext_lazy("In a research laboratory"),
        gettext_lazy("With the people who do the research."),
    ),
}

_ASSESSMENTS = {
    "written-exam": (
        gettext_lazy("Written examination"),
        gettext_lazy("Answers on paper or screen in a set time."),
    ),
    "oral-exam": (gettext_lazy("Oral examination"), gettext_lazy("A conversation with examiners.")),
    "practical": (
        gettext_lazy("Showing it in practice"),
        gettext_lazy("Doing the task while somebody watches."),
    ),
    "project-work": (gettext_lazy("Project"), gettext_lazy("A larger piece of work, handed in or defended.")),
    "portfolio": (gettext_lazy("Portfolio"), gettext_lazy("A collection of work with reflection.")),
    "marked-assignment": (
        gettext_lazy("Marked assignment"),
        gettext_lazy("A text, a calculation, a case, handed in and marked."),
    ),
    "continuous-evaluation": (
        gettext_lazy("Assessed all along"),
        gettext_lazy("Several smaller pieces during the course."),
    ),
    "group-performance": (gettext_lazy("Work of a group"), gettext_lazy("The group is assessed together.")),
    "artefact": (gettext_lazy("Something made"), gettext_lazy("A product, a programme, a design.")),
    "problem-based-learning": (
        gettext_lazy("Solving a problem"),
        gettext_lazy("From an open question to an answer."),
    ),
    "peer-assessment": (
        gettext_lazy("By the other learners"),
        gettext_lazy("Learners mark each other by set criteria."),
    ),
    "peer-review": (
        gettext_lazy("Comments by the other learners"),
        gettext_lazy("Learners review each other's work."),
    ),
    "quiz": (gettext_lazy("Quiz"), gettext_lazy("Short questions, often marked by a program.")),
    "attendance": (
        gettext_lazy("Only being there"),
        gettext_lazy("This alone is not enough for a micro-credential."),
    ),
}

_SUPERVISION = {
    "": (gettext_lazy("Not decided yet"), ""),
    "supervised-with-id": (
        gettext_lazy("Somebody watches and checks who it is"),
        gettext_lazy("On site or by video, with a look at a passport or student card."),
    ),
    "supervised-without-id": (gettext_lazy("Somebody watches, nobody checks who it is"), ""),
    "unsupervised-with-id": (
        gettext_lazy("Nobody watches, but who it is is checked"),
        gettext_lazy("For example by signing in with an official identity."),
    ),
    "unsupervised-without-id": (
        gettext_lazy("Nobody watches, nobody checks"),
        gettext_lazy("Work done at home and handed in."),
    ),
}

_INTERNAL = "internal"
_QUALITY = {
    _INTERNAL: (gettext_lazy("We looked at it ourselves"), gettext_lazy("A committee, an examination board, a colleague who checks. Every micro-credential needs this. The review here is added by itself when you publish.")),
    "institutional-quality-assurance": (gettext_lazy("Somebody outside reviews our whole organisation"), gettext_lazy("For example an agency that evaluates the university, an audit, a quality label for the association.")),
    "programme-quality-assurance": (gettext_lazy("Somebody outside reviewed this offer or its programme"), gettext_lazy("For example an accredited study programme that this is a part of.")),
    "institutional-licence": (gettext_lazy("We have a licence to teach"), gettext_lazy("A public authority allows the organisation to provide education.")),
    "programme-licence": (gettext_lazy("This offer has a licence"), gettext_lazy("A public authority allows this training, for example for a protected occupation.")),
}  # fmt: skip


def _cards(table: dict[str, tuple[Any, Any]]) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    return [(code, label) for code, (label, _more) in table.items()], {
        code: more for code, (_l, more) in table.items()
    }


def _one_of(
    label: Any, table: dict[str, tuple[Any, Any]], *, required: bool = True, hint: Any = ""
) -> forms.ChoiceField:
    choices, explanations = _cards(table)
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=required,
        help_text=hint,
        widget=ChoiceCards(explanations=explanations),
    )


def _some_of(label: Any, table: dict[str, tuple[Any, Any]], *, hint: Any = "") -> forms.MultipleChoiceField:
    choices, explanations = _cards(table)
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=hint, widget=MultipleChoiceCards(explanations=explanations)
    )


def _text(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _day(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class LevelForm(ScreenForm):
    """How demanding, in words."""

    level = _one_of(
        gettext_lazy("Level"),
        {_NO_LEVEL: (gettext_lazy("Levels do not apply"), gettext_lazy("Learning outside school and university often has none. That is fine.")), **_LEVELS},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("If levels do not apply: why?"), required=False, max_length=300,
        help_text=gettext_lazy("One sentence, such as: Non-formal learning outside the qualifications framework."),
    )  # fmt: skip

    def read(self) -> dict[str, Any]:
        """The level, or that there is none."""
        levels = self.element("levels")
        level = code_of((levels.get("eqf") or [""])[0])
        reason = said(levels.get("not_applicable"), self.primary)
        return {"level": level or (_NO_LEVEL if levels.get("not_applicable") else ""), "reason": reason}

    def clean(self) -> dict[str, Any]:
        """No level needs its reason: that is what is shown."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("level") == _NO_LEVEL and not found.get("reason"):
            self.add_error(
                "reason", _("Say in a few words why levels do not apply; it is shown to everybody.")
            )
        return found

    def values(self) -> dict[str, Any]:
        """The level; national levels and the like are kept."""
        data, levels = self.cleaned_data, self.element("levels")
        if data["level"] == _NO_LEVEL:
            reason = with_text(levels.get("not_applicable"), self.primary, data["reason"])
            return {"levels": {"not_applicable": reason}}
        others = {name: value for name, value in levels.items() if name not in ("eqf", "not_applicable")}
        return {
            "levels": without_empty(
                {
                    **others,
                    "eqf": levels.get("eqf") if data["level"] == self.initial["level"] else [data["level"]],
                }
            )
            or None
        }


class ParticipationForm(ScreenForm):
    """How people take part."""

    modes = _some_of(
        gettext_lazy("How do people take part?"),
        _MODES,
        hint=gettext_lazy("In the learning. How they are assessed comes later."),
    )
    location = forms.CharField(
        label=gettext_lazy("Where, if there is a place"), required=False, max_length=300,
        help_text=gettext_lazy("Town, building, workplace."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language of the learning"))
    second_language = forms.ChoiceField(
        label=gettext_lazy("Another language of the learning"), required=False
    )
    accessibility = _text(
        gettext_lazy("Support for people with a disability"),
        gettext_lazy("For example subtitles, a lift, more time, material in large print. Say what there is."),
        required=False,
    )

    def read(self) -> dict[str, Any]:
        """What is stated."""
        found = self.element("participation")
        languages = [code_of(one) for one in found.get("languages", ())]
        return {
            "modes": list(filter(None, map(code_of, found.get("modes", ())))),
            "location": said(found.get("location"), self.primary),
            "language": next(iter(languages), self.primary),
            "second_language": next(iter(languages[1:]), ""),
            "accessibility": said(found.get("accessibility"), self.primary),
        }

    def prepare(self) -> None:
        """Languages."""
        for name in ("language", "second_language"):
            self.fields[name].choices = language_choices(str(self.initial[name]))  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Modes, place, languages, support; dates and activities are kept."""
        data, found = self.cleaned_data, self.element("participation")
        further = found.get("languages", [])[2:]
        languages = list(dict.fromkeys(filter(None, (data["language"], data["second_language"]))))
        return {"participation": without_empty({
            **found,
            "modes": self.coded("modes", found.get("modes")),
            "location": with_text(found.get("location"), self.primary, data["location"]),
            "languages": [*languages, *further],
            "accessibility": with_text(found.get("accessibility"), self.primary, data["accessibility"]),
        }) or None}  # fmt: skip


class AssessmentForm(ScreenForm):
    """One way in which outcomes are assessed."""

    type = _one_of(gettext_lazy("How is it assessed?"), _ASSESSMENTS)
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("Which outcomes does it show?"), widget=forms.CheckboxSelectMultiple
    )
    criteria = _text(
        gettext_lazy("What counts as good enough?"),
        gettext_lazy(
            "The criteria, as learners know them beforehand. For example: at least 14 of 20 answers are right."
        ),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Where is it assessed?"), required=False,
        choices=[("", gettext_lazy("Not decided yet")), ("on-site", gettext_lazy("On site")), ("online", gettext_lazy("Online")),
                 ("work-based", gettext_lazy("At work"))],
    )  # fmt: skip
    supervision = _one_of(
        gettext_lazy("Does somebody watch, and check who it is?"), _SUPERVISION, required=False
    )

    def read(self) -> dict[str, Any]:
        """The assessment as described; a new one shows all outcomes."""
        found = self.at("assessments")
        every = [one["id"] for one in self.items("outcomes")]
        return {
            "type": code_of(found.get("type")),
            "covers": found.get("covers", [] if found else every),
            "criteria": said(found.get("criteria"), self.primary),
            "mode": code_of(found.get("mode")),
            "supervision": code_of(found.get("supervision")),
        }

    def prepare(self) -> None:
        """The outcomes there are."""
        outcomes = [(one["id"], said(one.get("title"), self.primary)) for one in self.items("outcomes")]
        if outcomes:
            self.fields["covers"].choices = outcomes  # type: ignore[attr-defined]
        else:
            del self.fields["covers"]

    def values(self) -> dict[str, Any]:
        """The assessment in its place."""
        data, found = self.cleaned_data, self.at("assessments")
        part = {
            **found,
            "type": self.coded("type", found.get("type")),
            "covers": data.get("covers", []),
            "criteria": with_text(found.get("criteria"), self.primary, data["criteria"]),
            "mode": self.coded("mode", found.get("mode")),
            "supervision": self.coded("supervision", found.get("supervision")),
        }
        is_said = bool(found or data["type"] or data["criteria"])
        return {"assessments": self.replaced("assessments", part if is_said else {})}


class QualityForm(ScreenForm):
    """One piece of quality assurance."""

    kind = _one_of(gettext_lazy("Who looks after the quality?"), _QUALITY)
    title = forms.CharField(
        label=gettext_lazy("What is it called?"), required=False, max_length=300,
        help_text=gettext_lazy("The procedure or the report, such as: Approved by the examination board."),
    )  # fmt: skip
    body = forms.CharField(
        label=gettext_lazy("Who did it?"), required=False, max_length=300,
        help_text=gettext_lazy("The committee or the agency by its name. No names of people: this is public."),
    )  # fmt: skip
    scheme = forms.CharField(
        label=gettext_lazy("By which standards?"), required=False, max_length=120,
        help_text=gettext_lazy("For example ESG 2015 in higher education, EQAVET in vocational training, ISO 21001, a youth label, your own policy."),
    )  # fmt: skip
    decided_on = _day(gettext_lazy("Decided on"))
    valid_until = _day(gettext_lazy("Valid until"), gettext_lazy("If it ends."))
    report = forms.URLField(
        label=gettext_lazy("Address of the report or policy"), required=False, assume_scheme="https"
    )

    def read(self) -> dict[str, Any]:
        """What is stated."""
        found = self.at("quality")
        body = mapping_of(found.get("body"), "name")
        report = mapping_of(found.get("report"), "url")
        return {
            "kind": code_of(found.get("type")) if found.get("side") == "external" else found.get("side", ""),
            "title": said(found.get("title"), self.primary),
            "body": said(body.get("name"), self.primary),
            "scheme": found.get("scheme", ""),
            "decided_on": found.get("decided_on"),
            "valid_until": found.get("valid_until"),
            "report": report.get("url", ""),
        }

    def clean(self) -> dict[str, Any]:
        """It does not end before it begins."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = found.get("decided_on"), found.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("This is before the day of the decision."))
        return found

    def values(self) -> dict[str, Any]:
        """The piece in its place; what publishing wrote in stays."""
        data, found = self.cleaned_data, self.at("quality")
        kind = data["kind"]
        part = {
            **found,
            **({} if kind == self.initial["kind"] else _side_of(kind)),
            "title": with_text(found.get("title"), self.primary, data["title"]),
            "body": _renamed(found.get("body"), self.primary, data["body"]),
            "scheme": data["scheme"],
            "decided_on": _iso(data["decided_on"]),
            "valid_until": _iso(data["valid_until"]),
            "report": without_empty({**mapping_of(found.get("report"), "url"), "url": data["report"]})
            if data["report"]
            else None,
        }
        return {"quality": self.replaced("quality", part if kind or found else {})}


class PrerequisitesForm(ScreenForm):
    """What people need to begin."""

    needed = _one_of(
        gettext_lazy("Do people need something to begin?"),
        {
            "no": (gettext_lazy("No, everybody is welcome"), ""),
            "yes": (gettext_lazy("Yes"), gettext_lazy("Knowledge, a qualification, an age, a job.")),
        },
        required=False,
    )
    text = _text(
        gettext_lazy("What do they need?"),
        gettext_lazy("For example: Safe use of spreadsheets. A driving licence."),
        required=False,
    )

    def read(self) -> dict[str, Any]:
        """What is stated."""
        found = self.element("prerequisites", "text")
        needed = "no" if found.get("none_needed") else "yes" if found else ""
        return {"needed": needed, "text": said(found.get("text"), self.primary)}

    def clean(self) -> dict[str, Any]:
        """Yes needs what."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("needed") == "yes" and not found.get("text"):
            self.add_error("text", _("Say what people need."))
        return found

    def values(self) -> dict[str, Any]:
        """The prerequisites; level and language level are kept."""
        data, found = self.cleaned_data, self.element("prerequisites", "text")
        if data["needed"] == "no":
            return {"prerequisites": {"none_needed": True}}
        others = {name: value for name, value in found.items() if name != "none_needed"}
        text = with_text(found.get("text"), self.primary, data["text"])
        return {"prerequisites": without_empty({**others, "text": text}) or None}


class StackingForm(ScreenForm):
    """What it may count towards."""

    stackable = _one_of(
        gettext_lazy("Does it stand alone?"),
        {
            "no": (gettext_lazy("It stands alone"), gettext_lazy("Complete in itself.")),
            "yes": (
                gettext_lazy("It may count towards something larger"),
                gettext_lazy("Whether it counts is decided by whoever awards the larger one."),
            ),
        },
        required=False,
    )
    target = forms.CharField(label=gettext_lazy("Towards what?"), required=False, max_length=300)
    url = forms.URLField(label=gettext_lazy("Its web page"), required=False, assume_scheme="https")
    decided_by = forms.CharField(
        label=gettext_lazy("Who decides?"), required=False, max_length=300,
        help_text=gettext_lazy("The organisation that awards the larger one."),
    )  # fmt: skip

    def read(self) -> dict[str, Any]:
        """What is stated, with the first target."""
        found = self.element("stackability")
        target = mapping_of((found.get("targets") or [{}])[0], "title")
        return {
            "stackable": yes_no(found.get("stackable")),
            "target": said(target.get("title"), self.primary),
            "url": target.get("url", ""),
            "decided_by": said(mapping_of(target.get("decided_by"), "name").get("name"), self.primary),
        }

    def clean(self) -> dict[str, Any]:
        """Something larger has a name."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("stackable") == "yes" and not found.get("target"):
            self.add_error("target", _("Name what it may count towards."))
        return found

    def values(self) -> dict[str, Any]:
        """Alone, or the target first and further ones kept."""
        data, found = self.cleaned_data, self.element("stackability")
        if not data["stackable"]:
            return {"stackability": None}
        if data["stackable"] == "no":
            return {"stackability": {"stackable": False}}
        targets = found.get("targets") or [{}]
        first = mapping_of(targets[0], "title")
        made = without_empty({
            **first,
            "title": with_text(first.get("title"), self.primary, data["target"]),
            "url": data["url"],
            "decided_by": _renamed(first.get("decided_by"), self.primary, data["decided_by"]),
        })  # fmt: skip
        return {"stackability": {**found, "stackable": True, "targets": [made, *targets[1:]]}}


class NeedForm(ScreenForm):
    """Who needs it, and where to read more."""

    relevance = _text(
        gettext_lazy("Who needs this, and how do you know?"),
        gettext_lazy("A survey, job advertisements, a partner who asked for it, with the year."),
        required=False,
    )
    homepage = forms.URLField(label=gettext_lazy("Web page about it"), required=False, assume_scheme="https")

    def read(self) -> dict[str, Any]:
        """What is stated."""
        return {
            "relevance": said(self.content.get("relevance"), self.primary),
            "homepage": self.content.get("homepage", ""),
        }

    def values(self) -> dict[str, Any]:
        """Need and page."""
        data = self.cleaned_data
        return {
            "relevance": with_text(self.content.get("relevance"), self.primary, data["relevance"]),
            "homepage": data["homepage"] or None,
        }


def _side_of(kind: str) -> dict[str, str]:
    return {"side": _INTERNAL, "type": ""} if kind == _INTERNAL else {"side": "external", "type": kind}


def _renamed(organisation: Any, language: str, name: str) -> dict[str, Any] | None:
    """An organisation under another name; None without one."""
    if not name:
        return None
    found = mapping_of(organisation, "name")
    return {**found, "name": with_text(found.get("name"), language, name)}


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
