"""Screens about what is around it: who can begin, what it counts for, what it is for, who needs it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.catalogue.particulars import NEED_KINDS, PURPOSES
from tessella_web.pages.describe.choices import day_field, long_text, one_of
from tessella_web.pages.describe.forms import (
    ScreenForm,
    iso,
    lines_of,
    mapping_of,
    renamed,
    said,
    with_text,
    without_empty,
    yes_no,
)
from tessella_web.ui.forms import MultipleChoiceCards

__all__ = ["EvidenceForm", "NeedForm", "PrerequisitesForm", "PurposeForm", "StackingForm"]


class PrerequisitesForm(ScreenForm):
    """What people need to begin."""

    needed = one_of(
        gettext_lazy("Do people need something to begin?"),
        {
            "no": (gettext_lazy("No, everybody is welcome"), ""),
            "yes": (gettext_lazy("Yes"), gettext_lazy("Knowledge, a qualification, an age, a job.")),
        },
        required=False,
    )
    text = long_text(
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

    stackable = one_of(
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
            "decided_by": renamed(first.get("decided_by"), self.primary, data["decided_by"]),
        })  # fmt: skip
        return {"stackability": {**found, "stackable": True, "targets": [made, *targets[1:]]}}


class NeedForm(ScreenForm):
    """Who needs it, and where to read more."""

    relevance = long_text(
        gettext_lazy("Who needs this, and what for?"),
        gettext_lazy("In your own words. The next question asks how you know."),
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


class PurposeForm(ScreenForm):
    """What it is for, and whether it is being tried out."""

    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What is it for?"), required=False,
        help_text=gettext_lazy("All that fit. Learning is for more than work; people look for it by this."),
        choices=[(code, one.label) for code, one in PURPOSES.items()],
        widget=MultipleChoiceCards(explanations={code: one.meaning for code, one in PURPOSES.items()}),
    )  # fmt: skip
    pilot = forms.BooleanField(
        label=gettext_lazy("It is a pilot: we are trying it out"), required=False,
        help_text=gettext_lazy("Shown to everybody, so that people know it may change."),
    )  # fmt: skip

    def read(self) -> dict[str, Any]:
        """What is stated."""
        return {"purposes": self.content.get("purposes", []), "pilot": bool(self.content.get("pilot"))}

    def values(self) -> dict[str, Any]:
        """Purposes and pilot."""
        data = self.cleaned_data
        return {"purposes": data["purposes"] or None, "pilot": data["pilot"] or None}


class EvidenceForm(ScreenForm):
    """One piece of evidence of need."""

    kind = one_of(
        gettext_lazy("How do you know that it is needed?"),
        {code: (one.label, one.meaning) for code, one in NEED_KINDS.items()},
        required=False,
    )
    says = long_text(
        gettext_lazy("What does it say?"),
        gettext_lazy("For example: 41 of 60 growers in the region want to test their soil themselves."),
        required=False,
    )
    on = day_field(
        gettext_lazy("Of which day?"),
        gettext_lazy("The day of the survey, the letter, the numbers. Evidence grows old."),
    )
    partners = forms.CharField(
        label=gettext_lazy("With which partners?"), required=False, max_length=2000,
        help_text=gettext_lazy("Organisations by name, one a line. No names of people: this is public."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    url = forms.URLField(label=gettext_lazy("Where can it be read?"), required=False, assume_scheme="https")

    def read(self) -> dict[str, Any]:
        """The piece as stored."""
        found = self.at("needs")
        return {**found, "partners": "\n".join(found.get("partners", ()))}

    def clean(self) -> dict[str, Any]:
        """Evidence says something."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("says") and any(found.get(name) for name in ("kind", "on", "partners", "url")):
            self.add_error("says", _("Say in a few words what the evidence says."))
        return found

    def values(self) -> dict[str, Any]:
        """The piece in its place."""
        data = self.cleaned_data
        part = {
            "kind": data["kind"], "says": data["says"], "on": iso(data["on"]), "url": data["url"],
            "partners": list(dict.fromkeys(lines_of(data["partners"]))),
        }  # fmt: skip
        return {"needs": self.replaced("needs", part if data["says"] else {})}
