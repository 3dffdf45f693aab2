"""How scopes and answers are said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from tessella.vocabulary import isced_f
from tessella_web.registers.models import Decision, LearningKind
from tessella_web.registers.quality import Answer, Bearing, Evidence, State

__all__ = ["evidence_rows", "field_choices", "level_choices", "scope_words", "state_words"]

BROAD_FIELDS = ("00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10")

_STATES: Mapping[State, tuple[str, Any, Any]] = {
    State.YES: ("passed", gettext_lazy("Yes"), gettext_lazy("Somebody outside had assured the quality, and it held on that day.")),
    State.NO: ("failed", gettext_lazy("No"), gettext_lazy("There was a decision against it that held on that day.")),
    State.NO_DATA: ("indeterminate", gettext_lazy("No data"),
                    gettext_lazy("No register consulted here says anything for that day. That says nothing against the body.")),
}  # fmt: skip

_BEARINGS: Mapping[Bearing, Any] = {
    Bearing.FOR: gettext_lazy("Decides: for"),
    Bearing.AGAINST: gettext_lazy("Decides: against"),
    Bearing.REPLACED: gettext_lazy("Replaced by a later decision"),
    Bearing.EXPIRED: gettext_lazy("Did not hold any more"),
    Bearing.NOT_YET: gettext_lazy("Came later"),
    Bearing.OTHER_SCOPE: gettext_lazy("Covers only a part"),
    Bearing.NO_DECISION: gettext_lazy("Without a decision"),
}

_THROUGH: Mapping[str, Any] = {
    "part-of": gettext_lazy("through %(name)s, which it is part of"),
    "member-of": gettext_lazy("through %(name)s, which it is a member of"),
    "predecessor-of": gettext_lazy("through %(name)s, which it succeeded"),
}


def state_words(answer: Answer) -> dict[str, Any]:
    """The verdict that goes with it, the word, and what it means."""
    verdict, word, meaning = _STATES[answer.state]
    return {"verdict": verdict, "word": word, "meaning": meaning}


def field_name(code: str) -> str:
    """A field of study in words, with its code."""
    return f"{isced_f(code).label(get_language() or 'en', 'en')} ({code})"


def field_choices() -> list[tuple[str, str]]:
    """The eleven broad fields."""
    return [(code, isced_f(code).label(get_language() or "en", "en")) for code in BROAD_FIELDS]


def level_choices() -> list[tuple[str, str]]:
    """The eight levels."""
    return [(str(level), _("Level %(level)s") % {"level": level}) for level in range(1, 9)]


def scope_words(
    levels: Iterable[int], fields: Iterable[str], kinds: Iterable[str], programmes: Iterable[str] = ()
) -> list[str]:
    """What a decision covers, in words; one sentence when nothing limits it."""
    levels, programmes = list(levels), list(programmes)
    said = []
    if levels:
        said.append(
            ngettext(
                "European level %(levels)s", "European levels %(levels)s", len(levels)
            ) % {"levels": ", ".join(map(str, levels))}
        )  # fmt: skip
    said += [field_name(one) for one in fields]
    said += [str(LearningKind(one).label) for one in kinds]
    if programmes:
        said.append(_("Programmes %(list)s") % {"list": ", ".join(programmes)})
    return said or [_("Everything the body offers")]


def evidence_rows(answer: Answer) -> list[dict[str, Any]]:
    """The evidence for a table."""
    return [_row(one) for one in answer.evidence]


def _row(one: Evidence) -> dict[str, Any]:
    return {
        "evidence": one,
        "bearing": _BEARINGS[one.bearing],
        "decides": one.bearing in (Bearing.FOR, Bearing.AGAINST),
        "decision": Decision(one.decision).label if one.kind == "report" else _entry_word(one),
        "scope": scope_words(one.levels, one.fields, one.kinds, one.programmes),
        "through": _THROUGH[one.through] % {"name": one.about} if one.through else "",
    }


def _entry_word(one: Evidence) -> str:
    return _("Listed") if one.decision == Decision.POSITIVE else _("Suspended or withdrawn")
