"""Screens about how outcomes are assessed, and how quality is assured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.pages.describe.choices import (
    ASSESSMENTS,
    INTERNAL,
    QUALITY,
    SUPERVISION,
    day_field,
    long_text,
    one_of,
)
from tessella_web.pages.describe.forms import (
    ScreenForm,
    code_of,
    iso,
    mapping_of,
    renamed,
    said,
    with_text,
    without_empty,
)

__all__ = ["AssessmentForm", "QualityForm"]


class AssessmentForm(ScreenForm):
    """One way in which outcomes are assessed."""

    type = one_of(gettext_lazy("How is it assessed?"), ASSESSMENTS)
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("Which outcomes does it show?"), widget=forms.CheckboxSelectMultiple
    )
    criteria = long_text(
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
    supervision = one_of(
        gettext_lazy("Does somebody watch, and check who it is?"), SUPERVISION, required=False
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

    kind = one_of(gettext_lazy("Who looks after the quality?"), QUALITY)
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
    decided_on = day_field(gettext_lazy("Decided on"))
    valid_until = day_field(gettext_lazy("Valid until"), gettext_lazy("If it ends."))
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
            "body": renamed(found.get("body"), self.primary, data["body"]),
            "scheme": data["scheme"],
            "decided_on": iso(data["decided_on"]),
            "valid_until": iso(data["valid_until"]),
            "report": without_empty({**mapping_of(found.get("report"), "url"), "url": data["report"]})
            if data["report"]
            else None,
        }
        return {"quality": self.replaced("quality", part if kind or found else {})}


def _side_of(kind: str) -> dict[str, str]:
    return {"side": INTERNAL, "type": ""} if kind == INTERNAL else {"side": "external", "type": kind}
