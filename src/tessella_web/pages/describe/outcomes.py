"""Screens about what is learned: the outcomes, and the skills of the European list that they are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tessella_web.catalogue.esco import queries as esco
from tessella_web.pages.describe.forms import ScreenForm, lines_of, said, with_text
from tessella_web.ui.forms import MultipleChoiceCards

__all__ = ["MAX_SKILLS", "OutcomesForm", "SkillChoice", "SkillsForm", "skill_choices"]

NEW_LINES = 3
"""Empty places for further outcomes; after saving there are as many again."""

MAX_SKILLS = 12
"""Skills one outcome may be linked with: more say nothing about it."""

_NEW_OUTCOME = re.compile(r"outcome-lo-[0-9a-f]{8}")
"""The name of a line for an outcome that is not saved yet."""

_SKILL, _FIND = "skill-", "find-"

_REUSE = {
    "transversal": gettext_lazy("of use everywhere"),
    "cross-sector": gettext_lazy("of use in many sectors"),
    "sector-specific": gettext_lazy("of one sector"),
    "occupation-specific": gettext_lazy("of one occupation"),
}


class SkillChoice(NamedTuple):
    """A skill one can tick: its address, its name, and a few words about it."""

    uri: str
    label: str
    about: str = ""


def skill_choices(found: Sequence[esco.Found]) -> list[SkillChoice]:
    """Skills of the European list as choices."""
    return [SkillChoice(one.uri, one.label, _about(one.skill_type, one.reuse)) for one in found]


def _about(skill_type: str, reuse: str) -> str:
    kind = _("Knowledge") if skill_type == "knowledge" else _("Skill")
    return _("%(kind)s, %(reuse)s") % {"kind": kind, "reuse": _REUSE[reuse]} if reuse in _REUSE else kind


class _Line(forms.CharField):
    """One line, however it wraps in its field."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


class _SkilledForm(ScreenForm):
    """A form whose outcomes may be ticked as skills: a field ``skill-<outcome>`` holds the addresses."""

    @property
    def languages(self) -> list[str]:
        """In which languages to look: the reader's, that of the texts, English."""
        return [get_language() or "en", self.primary, "en"]

    def ticked(self) -> dict[str, list[str]]:
        """By outcome the addresses that were sent."""
        if not hasattr(self.data, "getlist"):
            return {}
        return {
            name.removeprefix(_SKILL): list(dict.fromkeys(self.data.getlist(name)))[:MAX_SKILLS]
            for name in self.data
            if name.startswith(_SKILL)
        }

    def confirmed(self) -> list[tuple[str, str]]:
        """What was ticked."""
        return [(outcome, uri) for outcome, uris in self.ticked().items() for uri in uris]

    def linked(
        self, outcome: Mapping[str, Any], uris: Sequence[str], known: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The outcome with exactly these skills; what it holds already stays as it is, what nobody knows is left out."""
        held = {_uri(one): one for one in outcome.get("esco", ())}
        skills = [held.get(uri) or known.get(uri) for uri in uris]
        return {**outcome, "esco": [one for one in skills if one]}

    def known(self, uris: Sequence[str]) -> dict[str, Any]:
        """The skills of the list, as the record holds them."""
        found = esco.coded(sorted(set(uris)), languages=self.languages) if uris else {}
        return {uri: msgspec.to_builtins(one) for uri, one in found.items()}


class OutcomesForm(_SkilledForm):
    """One line for each outcome. A line keeps its identifier, however it is reworded."""

    more = forms.CharField(
        label=gettext_lazy("Or paste several, one per line"), required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def read(self) -> dict[str, Any]:
        """One value for each outcome."""
        return {
            f"outcome-{one['id']}": said(one.get("title"), self.primary) for one in self.items("outcomes")
        }

    def prepare(self) -> None:
        """A field for each outcome, and some empty ones, before the field for pasting.

        An empty line has an identifier from the start: saved twice, in the background and with the button, it is one outcome.
        """
        posted = [name for name in self.data if _NEW_OUTCOME.fullmatch(name) and name not in self.initial]
        fresh = posted if self.is_bound else [f"outcome-lo-{secrets.token_hex(4)}" for _n in range(NEW_LINES)]
        names = [*self.initial, *fresh]
        for number, name in enumerate(names, start=1):
            self.fields[name] = _Line(
                label=_("Outcome %(number)s") % {"number": number}, required=number == 1, max_length=600,
                widget=forms.Textarea(attrs={"rows": 2, "class": "short", "data-suggests": name.removeprefix("outcome-")}),
            )  # fmt: skip
        self.order_fields([*names, "more"])

    def values(self) -> dict[str, Any]:
        """The outcomes in order. An emptied line is gone; one that was not on the form, because a colleague wrote it meanwhile, stays.

        Skills that were ticked while typing are added.
        """
        data, kept = self.cleaned_data, []
        for one in self.items("outcomes"):
            name = f"outcome-{one['id']}"
            if name not in self.data:
                kept.append(one)
            elif data.get(name):
                kept.append({**one, "title": with_text(one.get("title"), self.primary, data[name])})
        written = {said(one.get("title"), self.primary) for one in kept}
        new = [(name, data[name]) for name in self.fields if name not in self.initial and name != "more"]
        pasted = [("", text) for text in lines_of(data["more"])]
        for name, text in (*new, *pasted):
            if text and text not in written:
                written.add(text)
                kept.append({"id": name.removeprefix("outcome-"), "title": {self.primary: text}})
        return {"outcomes": self._with_skills(kept) or None}

    def _with_skills(self, outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        ticked = self.ticked()
        known = self.known([uri for uris in ticked.values() for uri in uris])
        return [
            self.linked(one, [*map(_uri, one.get("esco", ())), *(uri for uri in ticked[one["id"]] if uri not in map(_uri, one.get("esco", ())))], known)
            if ticked.get(one.get("id", ""))
            else one
            for one in outcomes
        ]  # fmt: skip


class SkillsForm(_SkilledForm):
    """For each outcome the skills of the European list: those it has, those its words suggest, those somebody looked for."""

    def prepare(self) -> None:
        """Two fields for each outcome: what to tick, and what to look for."""
        outcomes = [one for one in self.items("outcomes") if said(one.get("title"), self.primary)]
        titles = [said(one.get("title"), self.primary) for one in outcomes]
        suggested = esco.suggest(titles, languages=self.languages)
        ticked = self.ticked()
        named = (
            esco.named({uri for uris in ticked.values() for uri in uris}, languages=self.languages)
            if ticked
            else {}
        )
        for outcome, title, suggestions in zip(outcomes, titles, suggested, strict=True):
            id = str(outcome["id"])
            text = str(self.data.get(f"{_FIND}{id}", "")) if self.is_bound else ""
            searched = skill_choices(esco.search(text, languages=self.languages)) if text else []
            choices = {one.uri: one for one in self._held(outcome)}
            for one in (
                *skill_choices([named[uri] for uri in ticked.get(id, ()) if uri in named]),
                *searched,
                *skill_choices(suggestions),
            ):
                choices.setdefault(one.uri, one)
            self._fields_of(id, title, list(choices.values()), _missed(text, searched))
            self.initial[f"{_SKILL}{id}"] = [_uri(one) for one in outcome.get("esco", ())]

    def values(self) -> dict[str, Any]:
        """The outcomes with exactly what is ticked; outcomes that were not on the form stay as they are."""
        shown = {name.removeprefix(_SKILL) for name in self.fields if name.startswith(_SKILL)}
        ticked = self.ticked()
        known = self.known([uri for uris in ticked.values() for uri in uris])
        return {
            "outcomes": [
                self.linked(one, ticked.get(one["id"], []), known) if one["id"] in shown else one
                for one in self.items("outcomes")
            ]
            or None
        }

    def _fields_of(self, id: str, title: str, choices: list[SkillChoice], hint: str) -> None:
        if choices:
            self.fields[f"{_SKILL}{id}"] = forms.MultipleChoiceField(
                label=title, required=False, choices=[(one.uri, one.label) for one in choices],
                widget=MultipleChoiceCards(explanations={one.uri: one.about for one in choices}),
            )  # fmt: skip
        label = _("Look for another skill") if choices else title
        self.fields[f"{_FIND}{id}"] = forms.CharField(
            label=label, required=False, max_length=200, help_text=hint or _("A word or two, in any language."),
            widget=forms.TextInput(attrs={"data-finds": id, "autocomplete": "off"}),
        )  # fmt: skip

    def _held(self, outcome: Mapping[str, Any]) -> Iterator[SkillChoice]:
        """The skills an outcome has, each with who confirmed it; what came with a file waits for somebody."""
        confirmed = (self.workings.get("skills") or {}).get(str(outcome["id"]), {})
        for one in outcome.get("esco", ()):
            labels: dict[str, str] = (one.get("labels") if isinstance(one, Mapping) else None) or {}
            name = next(
                (labels[tag] for tag in self.languages if tag in labels),
                next(iter(labels.values()), _uri(one)),
            )
            about = (
                _("Chosen by a person.")
                if _uri(one) in confirmed
                else _("Came with the file. Leave the tick if it is right.")
            )
            yield SkillChoice(_uri(one), name, about)


def _missed(text: str, searched: Sequence[SkillChoice]) -> str:
    return (
        _("Nothing is called “%(text)s”. Try another word.") % {"text": text[:60]}
        if text and not searched
        else ""
    )


def _uri(concept: Any) -> str:
    return str(concept.get("uri", "") if isinstance(concept, Mapping) else concept)
