"""What people choose from on the screens about how, each choice explained; and the fields that show it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tessella_web.ui.forms import ChoiceCards, MultipleChoiceCards

__all__ = [
    "ASSESSMENTS",
    "INTERNAL",
    "LEVELS",
    "MODES",
    "NO_LEVEL",
    "QUALITY",
    "SUPERVISION",
    "day_field",
    "long_text",
    "one_of",
    "some_of",
]

LEVELS = {
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
NO_LEVEL = "none"

MODES = {
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

ASSESSMENTS = {
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

SUPERVISION = {
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

INTERNAL = "internal"
QUALITY = {
    INTERNAL: (gettext_lazy("We looked at it ourselves"), gettext_lazy("A committee, an examination board, a colleague who checks. Every micro-credential needs this. The review here is added by itself when you publish.")),
    "institutional-quality-assurance": (gettext_lazy("Somebody outside reviews our whole organisation"), gettext_lazy("For example an agency that evaluates the university, an audit, a quality label for the association.")),
    "programme-quality-assurance": (gettext_lazy("Somebody outside reviewed this offer or its programme"), gettext_lazy("For example an accredited study programme that this is a part of.")),
    "institutional-licence": (gettext_lazy("We have a licence to teach"), gettext_lazy("A public authority allows the organisation to provide education.")),
    "programme-licence": (gettext_lazy("This offer has a licence"), gettext_lazy("A public authority allows this training, for example for a protected occupation.")),
}  # fmt: skip


def _cards(table: dict[str, tuple[Any, Any]]) -> tuple[list[tuple[str, Any]], dict[str, Any]]:
    return [(code, label) for code, (label, _more) in table.items()], {
        code: more for code, (_l, more) in table.items()
    }


def one_of(
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


def some_of(label: Any, table: dict[str, tuple[Any, Any]], *, hint: Any = "") -> forms.MultipleChoiceField:
    choices, explanations = _cards(table)
    return forms.MultipleChoiceField(
        label=label, choices=choices, help_text=hint, widget=MultipleChoiceCards(explanations=explanations)
    )


def long_text(label: Any, hint: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def day_field(label: Any, hint: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
