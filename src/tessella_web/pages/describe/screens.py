"""The screens of the guided form, in order: one thought each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy

from tessella_web.pages.describe import around, assuring, outcomes, taking_part, what, workload
from tessella_web.pages.describe.forms import ScreenForm

__all__ = ["BY_ID", "SCREENS", "Screen", "screen_of"]


class Screen(NamedTuple):
    """One screen: its place in the address, its name in the list, its question, why it is asked, and what it writes.

    ``many`` names the list of which the screen shows one part.
    """

    id: str
    name: object
    question: object
    why: object
    form: type[ScreenForm]
    elements: tuple[str, ...]
    many: str = ""
    another: object = ""

    def is_filled(self, elements: Mapping[str, Any]) -> bool:
        """Whether somebody wrote something here; the language of the texts is always there."""
        if self.id == "skills":
            return any(one.get("esco") for one in elements.get("outcomes", ()) if isinstance(one, Mapping))
        return bool((set(self.elements) - {"language"}) & set(elements))


SCREENS = (
    Screen(
        "kind", gettext_lazy("What people get"), gettext_lazy("What do people get in the end?"),
        gettext_lazy("Only what was learned and assessed may be called a micro-credential. Everything else has a name of its own, and is worth something too."),
        what.KindForm, ("record_type",),
    ),
    Screen(
        "title", gettext_lazy("Title"), gettext_lazy("What is it called?"),
        gettext_lazy("People see the title on the badge, on the certificate, in the catalogue."),
        what.TitleForm, ("title", "description", "language"),
    ),
    Screen(
        "subject", gettext_lazy("Subject"), gettext_lazy("Which subject is it?"),
        gettext_lazy("So that people who look for something like this find it, in any language."),
        what.FieldForm, ("fields",),
    ),
    Screen(
        "body", gettext_lazy("Who awards it"), gettext_lazy("Who awards it?"),
        gettext_lazy("The organisation that answers for it. Its name stands on every certificate."),
        what.BodyForm, ("awarding_bodies", "providers"), "awarding_bodies", gettext_lazy("Add an organisation that awards it together with you"),
    ),
    Screen(
        "outcomes", gettext_lazy("What people can do"), gettext_lazy("What can people do afterwards?"),
        gettext_lazy("Write one thing a line, as an answer to: “Afterwards you can …”. Begin with a verb that somebody could watch: plan, explain, repair, compare, decide. Words like know or understand cannot be watched."),
        outcomes.OutcomesForm, ("outcomes", "outcome_summary"),
    ),
    Screen(
        "skills", gettext_lazy("Skills in the European list"), gettext_lazy("Which skills of the European list are these?"),
        gettext_lazy("Europe has one list of skills in all its languages. A tick lets people, employers and other software find yours in any of them. Tick only what fits; none is fine."),
        outcomes.SkillsForm, ("outcomes",),
    ),
    Screen(
        "workload", gettext_lazy("Workload"), gettext_lazy("How much work is it?"),
        gettext_lazy("For a typical learner, everything counted: also reading at home and preparing for the assessment."),
        workload.WorkloadForm, ("workload", "credit_bearing"),
    ),
    Screen(
        "level", gettext_lazy("Level"), gettext_lazy("How demanding is it?"),
        gettext_lazy("Europe has eight levels for learning of all kinds, from first steps to research. It is the level of this learning, not of the people."),
        taking_part.LevelForm, ("levels",),
    ),
    Screen(
        "participation", gettext_lazy("Taking part"), gettext_lazy("How do people take part?"),
        gettext_lazy("So that they know beforehand whether it fits into their life."),
        taking_part.ParticipationForm, ("participation",),
    ),
    Screen(
        "assessment", gettext_lazy("Assessment"), gettext_lazy("How do you find out what they can do?"),
        gettext_lazy("Assessment is what makes a micro-credential more than a confirmation of attendance. Every outcome should be shown by one."),
        assuring.AssessmentForm, ("assessments", "criteria"), "assessments", gettext_lazy("Add another assessment"),
    ),
    Screen(
        "quality", gettext_lazy("Quality"), gettext_lazy("Who looks after the quality?"),
        gettext_lazy("People who do not know you want to know who else looked at this."),
        assuring.QualityForm, ("quality",), "quality", gettext_lazy("Add another review or licence"),
    ),
    Screen(
        "entry", gettext_lazy("Entry"), gettext_lazy("Who can begin?"),
        gettext_lazy("Nobody should find out on the first day that something is missing."),
        around.PrerequisitesForm, ("prerequisites",),
    ),
    Screen(
        "use", gettext_lazy("What it counts for"), gettext_lazy("What may it count towards?"),
        gettext_lazy("Promise nothing that others decide: we write “may count towards”."),
        around.StackingForm, ("stackability",),
    ),
    Screen(
        "purpose", gettext_lazy("What it is for"), gettext_lazy("What is it for?"),
        gettext_lazy("Work is one reason to learn among many."),
        around.PurposeForm, ("purposes", "pilot"),
    ),
    Screen(
        "need", gettext_lazy("Who needs it"), gettext_lazy("Who needs it?"),
        gettext_lazy("It helps those who decide on money, and those who decide to enrol."),
        around.NeedForm, ("relevance", "homepage", "further_information"),
    ),
    Screen(
        "evidence", gettext_lazy("How you know"), gettext_lazy("How do you know that it is needed?"),
        gettext_lazy("Reviewers ask for this, and everybody can read it. A date makes it honest."),
        around.EvidenceForm, ("needs",), "needs", gettext_lazy("Add another piece of evidence"),
    ),
)  # fmt: skip
"""In the order in which people think about it."""

BY_ID = {screen.id: screen for screen in SCREENS}


def screen_of(element: str) -> Screen | None:
    """The screen that writes an element."""
    return next((screen for screen in SCREENS if element in screen.elements), None)
