"""Screens about how demanding it is, and how people take part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tessella.vocabulary import Concept, code_list
from tessella_web.accounts.regions import framework_of
from tessella_web.pages.describe.choices import LEVELS, MODES, NO_LEVEL, long_text, one_of, some_of
from tessella_web.pages.describe.forms import (
    ScreenForm,
    code_of,
    language_choices,
    mapping_of,
    said,
    with_text,
    without_empty,
)

__all__ = ["LevelForm", "ParticipationForm"]


class LevelForm(ScreenForm):
    """How demanding, in words."""

    level = one_of(
        gettext_lazy("Level"),
        {NO_LEVEL: (gettext_lazy("Levels do not apply"), gettext_lazy("Learning outside school and university often has none. That is fine.")), **LEVELS},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("If levels do not apply: why?"), required=False, max_length=300,
        help_text=gettext_lazy("One sentence, such as: Non-formal learning outside the qualifications framework."),
    )  # fmt: skip

    national = forms.ChoiceField(
        required=False,
        help_text=gettext_lazy("Only if your quality assurance or an authority has placed it there."),
    )

    def read(self) -> dict[str, Any]:
        """The level, or that there is none; the level in the framework of where the awarding body works."""
        levels = self.element("levels")
        level = code_of((levels.get("eqf") or [""])[0])
        reason = said(levels.get("not_applicable"), self.primary)
        known = {one.code for one in self._national_levels()}
        return {
            "level": level or (NO_LEVEL if levels.get("not_applicable") else ""),
            "reason": reason,
            "national": next((code_of(one) for one in levels.get("nqf", ()) if code_of(one) in known), ""),
        }

    def prepare(self) -> None:
        """The levels of the framework; no field where none is known."""
        framework, language = self._framework(), get_language() or "en"
        if framework is None:
            del self.fields["national"]
            return
        field, codes = self.fields["national"], code_list("nqf")
        field.label = _("Level in the %(framework)s") % {"framework": codes.label(framework, language, "en")}
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Not stated")),
            *((one.code, codes.label(one, language, "en")) for one in self._national_levels()),
        ]

    def _framework(self) -> Concept | None:
        """The qualifications framework of the country or, in Belgium and the United Kingdom, of the region of the awarding body."""
        body = next(iter(self.items("awarding_bodies")), {})
        place = mapping_of(next(iter(body.get("places") or ()), {}), "country")
        return framework_of(code_of(place.get("country")), code_of(place.get("region")))

    def _national_levels(self) -> Sequence[Concept]:
        framework = self._framework()
        return [one for one in code_list("nqf") if framework is not None and one.broader == framework.uri]

    def clean(self) -> dict[str, Any]:
        """No level needs its reason: that is what is shown."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("level") == NO_LEVEL and not found.get("reason"):
            self.add_error(
                "reason", _("Say in a few words why levels do not apply; it is shown to everybody.")
            )
        return found

    def values(self) -> dict[str, Any]:
        """The level, and that of the framework; levels in others and the like are kept."""
        data, levels = self.cleaned_data, self.element("levels")
        if data["level"] == NO_LEVEL:
            reason = with_text(levels.get("not_applicable"), self.primary, data["reason"])
            return {"levels": {"not_applicable": reason}}
        others = {
            name: value for name, value in levels.items() if name not in ("eqf", "nqf", "not_applicable")
        }
        return {
            "levels": without_empty(
                {
                    **others,
                    "eqf": levels.get("eqf") if data["level"] == self.initial["level"] else [data["level"]],
                    "nqf": self._nqf(levels.get("nqf") or []),
                }
            )
            or None
        }

    def _nqf(self, stored: list[Any]) -> list[Any]:
        """What is stored, with the level of this framework as it was chosen; levels of other frameworks stay."""
        chosen = self.cleaned_data.get("national", "")
        if chosen == self.initial["national"]:
            return stored
        own = {one.code for one in self._national_levels()}
        return [*(one for one in stored if code_of(one) not in own), *([chosen] if chosen else [])]


class ParticipationForm(ScreenForm):
    """How people take part."""

    modes = some_of(
        gettext_lazy("How do people take part?"),
        MODES,
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
    accessibility = long_text(
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
