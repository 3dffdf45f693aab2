"""The rule language as questions in plain words: each field once, on the section where people look for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from tessella_web.pages.pathways.parts import Choice, Field, Kind, Many, Often, Part

__all__ = ["BY_ID", "SECTIONS", "WHERE", "Section", "section_of"]

SYSTEMS = ("ects", "ecvet", "hours", "uk-credits", "us-semester-hours", "badges")
FRAMEWORKS = ("eqf", "qf-ehea", "nqf-de", "nqf-es", "nqf-fr", "nqf-ie", "nqf-nl")


_ID = Field(
    "id", Kind.TEXT, _("Short name"), _("Answers and proofs refer to it. Leave it empty, and it gets one."), is_technical=True, must=True
)  # fmt: skip


def _title(help_text: Any) -> Field:
    return Field("title", Kind.TEXT, _("What people call it"), help_text)


_AT_LEAST = Field("at_least", Kind.NUMBER, _("At least"))
_AT_MOST = Field("at_most", Kind.NUMBER, _("At most"))
_RANGE: tuple[Part, ...] = (_AT_LEAST, _AT_MOST, Field("below", Kind.NUMBER, _("Less than")))

WHERE: list[Part] = [
    Field("credential", Kind.LINES, _("It is one of these micro-credentials"),
          _("Titles or identifiers, one in each line. Copy the title as it stands in the catalogue.")),
    Field("category", Kind.LINES, _("It is on one of your lists"), _("The names of your own lists, one in each line.")),
    Field("issuer", Kind.LINES, _("It was awarded by"), _("Names or identifiers of organisations, one in each line.")),
    Field("provider", Kind.LINES, _("It was taught by"), _("Names or identifiers of organisations, one in each line.")),
    Field("country", Kind.LISTED, _("It comes from"), _("Countries, one in each line."), codes="country"),
    Many("level", Often.MAYBE, _("Its level"), (
        Field("framework", Kind.TEXT, _("Framework of levels"), _("Leave it empty for the European one (EQF, levels 1 to 8)."), known=FRAMEWORKS),
        _AT_LEAST, _AT_MOST)),
    Field("field", Kind.LISTED, _("Its subject"), _("Subjects by name or number of the international list (ISCED-F), one in each line."), codes="isced-f"),
    Field("mode", Kind.LISTED, _("How people took part"), _("Such as Online, Blended or Onsite, one in each line."), codes="mode"),
    Field("language", Kind.LISTED, _("Its language"), _("Languages, one in each line."), codes="language"),
    Field("outcome", Kind.LINES, _("People learned one of these"), _("Learning outcomes by title or identifier, or skills of the European list by address; one in each line.")),
    Field("route", Kind.CHOICE, _("How it was earned"), choices=(
        Choice("course", _("By a course"), _("Somebody taught, the learner took part.")),
        Choice("validation", _("By validation of prior learning"), _("Somebody looked at what the learner could do already.")))),
    Field("kind", Kind.LINES, _("What kind of record it is"), _("Such as micro-credential, achievement or participation, one in each line."),
          known=("micro-credential", "participation", "achievement", "contribution", "membership", "motivation")),
    Many("credits", Often.MAYBE, _("Its credits"), _RANGE, _("What a single one is worth, in your unit.")),
    Many("hours", Often.MAYBE, _("Its hours of work"), _RANGE, _("Of a single one.")),
    Field("grade_at_least", Kind.TEXT, _("Its grade is this or better"), _("A grade of your scale; a number when you have none.")),
    Field("assessed", Kind.EITHER, _("It was assessed")),
    Field("supervised", Kind.EITHER, _("It was assessed under supervision")),
    Field("quality_assured", Kind.EITHER, _("Its quality was assured")),
    Field("max_age_months", Kind.WHOLE, _("It is no older than this many months"), _("Counted on the day of the decision. Seven years are 84.")),
    Field("awarded_from", Kind.DAY, _("It was awarded on this day or later")),
    Field("awarded_until", Kind.DAY, _("It was awarded on this day or before")),
]  # fmt: skip
"""What a rule can ask of one credential. Everything stated must hold; of several lines one is enough."""

WHERE += [
    Many("any_of", Often.MANY, _("One of several alternatives"), (), _("It is enough when one of them holds."),
         _("Add an alternative"), is_sparse=True),
    Many("not", Often.MAYBE, _("But not"), (), _("What is described here is left out."), is_sparse=True),
]  # fmt: skip
"""Both hold the whole of `WHERE` again; `parts_of` in ``filling`` knows."""


def _meant(name: str = "where", label: Any = None, help_text: Any = "", *, must: bool = False) -> Many:
    return Many(name, Often.ONE, label or _("What is meant"), (), help_text, is_sparse=True, must=must)


_SLOT: tuple[Part, ...] = (
    _title(_("For example: Second language, or Final project.")),
    _meant(label=_("What fits this place"), must=True),
    _ID,
)
_CONDITION: tuple[Part, ...] = (
    _title(_("For example: No older than seven years.")),
    _meant(label=_("What must hold"), must=True),
    _meant("applies_to", _("For which credentials"), _("Leave it as it is, and it holds for all.")),
    _ID,
)


class Section(NamedTuple):
    """One thought: its place in the address, its name in the list, its question, why it is asked, and what it writes."""

    id: str
    name: Any
    question: Any
    why: Any
    parts: tuple[Part, ...]


SECTIONS = (
    Section("award", _("What it leads to"), _("What does it lead to?"),
            _("Learners read this first: what can they get, and from whom?"), (
        Field("title", Kind.TEXT, _("Title of the rule"), _("For example: Certificate in river care from micro-credentials.")),
        Field("award", Kind.TEXT, _("What people get when the rule is met and you decide so"), _("For example: Certificate of advanced studies, an exemption from a course, a badge.")),
        Field("receiver", Kind.TEXT, _("Whose rule it is"), _("The name of your organisation as it stands in your workspace.")),
        Field("about", Kind.LONG, _("In a few sentences"), _("For whom it is, and what it is good for.")),
        Field("title_below", Kind.TEXT, _("What a smaller composition may be called"), _("Only if you award something for less; for example: Award.")),
    )),
    Section("decider", _("Who decides"), _("Who decides, and where is the rule published?"),
            _("Meeting a rule is not a decision. People want to know who takes it, and on what it stands."), (
        Many("decider", Often.ONE, _("Who decides"), (
            Field("name", Kind.TEXT, _("Name of the body or person"), must=True),
            Field("role", Kind.TEXT, _("In which role"), _("For example: examination board.")),
        ), must=True),
        Many("source", Often.ONE, _("Where the rule comes from"), (
            Field("text", Kind.TEXT, _("Regulation, decision or page"), _("For example: Study regulations of 1 March 2026, section 12."), must=True),
            Field("url", Kind.TEXT, _("Its address on the web")),
            Field("confirmed", Kind.EITHER, _("We know it first hand"), _("Say no if it was taken over from an account of somebody else."), otherwise=True),
        ), must=True),
        Field("published", Kind.EITHER, _("It is a rule, not an example"), _("Publishing here makes it one."), is_technical=True, otherwise=True),
    )),
    Section("period", _("From when until when"), _("From when until when is it in force?"),
            _("A version decides on the days on which it is in force, also later. Without a first day it begins on the day you publish it."), (
        Field("valid_from", Kind.DAY, _("First day")),
        Field("valid_until", Kind.DAY, _("Last day"), _("Leave it empty when it has no end.")),
    )),
    Section("unit", _("How you count"), _("In which unit do you count?"),
            _("Credits of other systems count only by a conversion that you publish. It has a direction, and something gets lost; say what."), (
        Field("unit", Kind.TEXT, _("Unit"), _("Leave it empty for the European study credits. Any other name works."), known=SYSTEMS),
        Field("without_credits", Kind.CHOICE, _("A credential that states no credits"), choices=(
            Choice("ask", _("is asked about"), _("Somebody finds out what it is worth before you decide.")),
            Choice("zero", _("counts for no credits"), _("It can still fill a place or cover an outcome. Right for badges without credits.")))),
        Many("conversions", Often.MANY, _("Conversions"), (
            Field("from", Kind.TEXT, _("From"), _("The other system, or hours."), known=SYSTEMS, must=True),
            Field("to", Kind.TEXT, _("To"), _("Your unit."), known=SYSTEMS, must=True),
            Field("factor", Kind.NUMBER, _("One there is worth this many here"), _("0.5 when two of theirs are one of yours."), must=True),
            Field("rounding", Kind.CHOICE, _("What happens to the rest"), choices=(
                Choice("none", _("It is kept"), _("7.25 stays 7.25.")),
                Choice("down", _("It is cut off"), _("Down to the step below.")),
                Choice("nearest", _("It is rounded"), _("Up or down to the nearest step.")))),
            Field("step", Kind.NUMBER, _("Step of rounding"), _("Leave it empty for halves.")),
            Field("loss", Kind.TEXT, _("What gets lost"), _("For example: hours per credit differ.")),
            Field("source", Kind.TEXT, _("Where the factor comes from")),
        ), another=_("Add a conversion")),
    )),
    Section("lists", _("Your own lists"), _("Do you have lists of your own?"),
            _("A list has a name, such as Core or Professional practice, and says what belongs to it. Other sections refer to it by the name. You alone decide what is on it."), (
        Many("categories", Often.MANY, _("Lists"), (
            Field("name", Kind.TEXT, _("Name of the list"), must=True),
            _meant(label=_("What belongs to it"), must=True),
        ), another=_("Add a list")),
        Field("grades", Kind.LINES, _("Your scale of grades, from worst to best"), _("One in each line. Needed when a grade is asked for that is not a number.")),
    )),
    Section("conditions", _("What counts at all"), _("What must a credential fulfil to count at all?"),
            _("What does not fulfil it cannot count, whatever it is worth. Advice is only told to whoever decides."), (
        Many("conditions", Often.MANY, _("Conditions"), _CONDITION, another=_("Add a condition")),
        Many("advice", Often.MANY, _("Advice"), _CONDITION, another=_("Add advice")),
    )),
    Section("amounts", _("How much"), _("How much is needed, and of what?"),
            _("Write numbers where you can. A published number beats a percentage: with both, the number decides and the percentage is only told."), (
        Many("amounts", Often.MANY, _("Amounts"), (
            _title(_("For example: Volume, or At level 7.")),
            Field("of", Kind.CHOICE, _("What is counted"), choices=(
                Choice("credits", _("Credits"), _("In your unit.")),
                Choice("count", _("Pieces"), _("Each credential is one.")),
                Choice("hours", _("Hours"), _("Hours of work of the learner.")))),
            _AT_LEAST, _AT_MOST,
            Field("at_least_share", Kind.NUMBER, _("At least this percentage of everything that counts"), _("50 for one half.")),
            Field("at_most_share", Kind.NUMBER, _("At most this percentage of everything that counts")),
            _meant(help_text=_("Leave it as it is, and everything is counted.")),
            _ID,
        ), another=_("Add an amount")),
    )),
    Section("places", _("Places to fill"), _("Which places must be filled?"),
            _("A place is filled by one credential. All places of a group, or any number of them: one from each of three fields is three groups of one."), (
        Many("groups", Often.MANY, _("Groups of places"), (
            _title(_("For example: Compulsory modules.")),
            Field("take", Kind.WHOLE, _("How many of its places must be filled"), _("Leave it empty for all of them.")),
            Field("apart", Kind.EITHER, _("What fills a place here may fill one of another group, too"), otherwise=False),
            Many("slots", Often.MANY, _("Places"), _SLOT, another=_("Add a place"), must=True),
            _ID,
        ), another=_("Add a group")),
        Many("capstone", Often.MAYBE, _("Final piece"), _SLOT, _("A thesis, a project, an examination that brings it all together."), _("Add a final piece")),
    )),
    Section("outcomes", _("What people can do"), _("Which learning outcomes must be covered?"),
            _("Works without any credits: what counts is what people learned. Each outcome must be covered by something that counts."), (
        Many("outcomes", Often.MANY, _("Outcomes"), (
            _title(_("For example: All six outcomes.")),
            Field("outcomes", Kind.LINES, _("Outcomes"), _("One in each line: title, identifier or address of a skill of the European list."), must=True),
            _meant(label=_("Covered by what"), help_text=_("Leave it as it is, and anything that counts may cover them.")),
            _ID,
        ), another=_("Add a list of outcomes")),
        Many("overlap", Often.MAYBE, _("Overlap"), (
            Field("at_most", Kind.WHOLE, _("Outcomes that two credentials may have in common"), _("Leave it empty for none.")),
            _title(""), _ID,
        ), _("So that nobody counts the same learning twice under two titles."), _("Limit the overlap")),
    )),
    Section("order", _("In which order"), _("Must something come before something else?"),
            _("A part that needs another counts only with one of that other, awarded no later."), (
        Many("parts", Often.MANY, _("Parts"), (
            _title(_("For example: Basics.")),
            _meant(label=_("What belongs to this part"), must=True),
            Field("needs", Kind.NEEDS, _("It needs"), _("Save first, and the other parts can be chosen here.")),
            _ID,
        ), another=_("Add a part")),
    )),
    Section("habits", _("Twice, again, too old"), _("What about doubles and things that have expired?"),
            _("Four questions that decide many cases. The first choice is the usual one."), (
        Field("double_use", Kind.CHOICE, _("What already counts towards another award"), choices=(
            Choice("refused", _("cannot count again"), _("Each credential stands under one award.")),
            Choice("allowed", _("may count here, too"), ""))),
        Field("repeats", Kind.CHOICE, _("The same micro-credential earned twice"), choices=(
            Choice("refused", _("counts once"), ""),
            Choice("allowed", _("counts each time"), _("For example practice that people repeat.")))),
        Field("expired_by_issuer", Kind.CHOICE, _("What is not valid any more by its issuer"), choices=(
            Choice("refused", _("does not count"), ""),
            Choice("accepted", _("counts all the same"), _("You decide by an age of your own, or by none.")))),
        Field("selection", Kind.CHOICE, _("What is looked at"), choices=(
            Choice("best", _("The best selection"), _("What does not fit is left aside.")),
            Choice("whole", _("Everything that is handed in, as a whole"), _("One piece that cannot count is enough to fail: right for rules about how a programme is made up.")))),
    )),
    Section("also", _("In words"), _("What else is decided, that nobody can compute?"),
            _("Admission, a conversation, an application. It is passed on to whoever decides, and told to learners."), (
        Field("also", Kind.LINES, _("Conditions in words"), _("One in each line. A full sentence each.")),
    )),
    Section("programs", _("For programs"), _("How do programs name it?"),
            _("You need not change anything here."), (
        Field("id", Kind.TEXT, _("Identifier"), _("The same in all versions.")),
        Field("version", Kind.TEXT, _("Version"), _("Publishing writes the number of the version here.")),
    )),
)  # fmt: skip
"""In the order in which people think about it."""

BY_ID = {section.id: section for section in SECTIONS}


def section_of(place: str) -> Section:
    """The section that writes what stands at a place, such as ``amounts.0.at_least``."""
    name = place.partition(".")[0]
    return next((one for one in SECTIONS if any(part.name == name for part in one.parts)), SECTIONS[0])
