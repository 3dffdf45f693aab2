"""The screen about the workload: hours by activity add up to a total, and the total to credits, with every step said."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.pages.describe.forms import ScreenForm, code_of, without_empty

__all__ = ["LEAST_HOURS", "MOST_HOURS", "WorkloadForm"]

LEAST_HOURS, MOST_HOURS = 25, 30
"""Hours of work that one European study credit stands for (ECTS Users' Guide 2015, section 2)."""

MAX_HOURS = Decimal(10_000)
"""Five years of full-time study: more than that is a slip of the finger."""


def _hours(label: Any, hint: Any = "", *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=hint, required=required, min_value=0, max_value=MAX_HOURS, max_digits=7, decimal_places=2,
        localize=False, widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}),
    )  # fmt: skip


class WorkloadForm(ScreenForm):
    """Hours by activity, their sum, and credits when they are wanted."""

    classes = _hours(
        gettext_lazy("In class, at meetings, in live sessions online"),
        gettext_lazy("In hours of 60 minutes. Six evenings of two and a half hours are 15."),
    )
    practice = _hours(
        gettext_lazy("Practice: workplace, laboratory, project"),
        gettext_lazy("Guided or not, as far as it belongs to the learning."),
    )
    own_study = _hours(
        gettext_lazy("Reading, watching, exercises on their own"),
        gettext_lazy(
            "What a typical learner needs, not the fastest. Often one to three hours for each hour in class."
        ),
    )
    assessment = _hours(
        gettext_lazy("Preparing for the assessment, and taking it"),
        gettext_lazy("Also writing a report, building a portfolio, waiting one's turn in a practical test."),
    )
    hours = _hours(
        gettext_lazy("All hours together"),
        gettext_lazy(
            "Leave this empty and we add up the hours above. Or give only this, if you know no more."
        ),
        required=True,
    )
    credits = _hours(
        gettext_lazy("European study credits"),
        gettext_lazy("Only if you may award them: in most countries that is for higher education. One credit stands for 25 to 30 hours. Leave it empty otherwise."),
    )  # fmt: skip

    ACTIVITIES = ("classes", "practice", "own_study", "assessment")

    def read(self) -> dict[str, Any]:
        """Hours as noted by activity, the total, and credits in the European system."""
        workload = self.element("workload")
        noted = self.workings.get("hours") or {}
        return {
            **{name: noted.get(name) for name in self.ACTIVITIES},
            "hours": workload.get("hours"),
            "credits": next((one["points"] for one in workload.get("credits", ()) if code_of(one.get("system")) == "ects"), None),
        }  # fmt: skip

    def explained(self) -> list[str]:
        """The sum, the credits it comes to, and whether those stated fit."""
        noted = self.workings.get("hours") or {}
        workload = self.element("workload")
        if not workload.get("hours"):
            return []
        total = Decimal(str(workload["hours"]))
        parts = [
            f"{self.fields[name].label}: {_rounded(Decimal(str(noted[name])))}"
            for name in self.ACTIVITIES
            if noted.get(name)
        ]
        said = [_("%(parts)s. Together %(total)s hours.") % {"parts": "; ".join(parts), "total": _rounded(total)}] if parts else [
            _("%(total)s hours together. Give the hours by activity above, and reviewers see how you came to it.") % {"total": _rounded(total)}
        ]  # fmt: skip
        credits = self.read()["credits"]
        least, most = _rounded(total / MOST_HOURS), _rounded(total / LEAST_HOURS)
        if not credits:
            return [*said, _("In European study credits that would be %(least)s to %(most)s: one stands for %(from)s to %(to)s hours.")
                    % {"least": least, "most": most, "from": LEAST_HOURS, "to": MOST_HOURS}]  # fmt: skip
        each = total / Decimal(str(credits))
        facts = {
            "credits": _rounded(Decimal(str(credits))),
            "each": _rounded(each),
            "least": least,
            "most": most,
        }
        if each < LEAST_HOURS:
            return [
                *said,
                _(
                    "You state %(credits)s credits: %(each)s hours for each. That promises more than there is; %(least)s to %(most)s would fit."
                )
                % facts,
            ]
        if each > MOST_HOURS:
            return [
                *said,
                _(
                    "You state %(credits)s credits: %(each)s hours for each. Learners work more than they get; %(least)s to %(most)s would fit."
                )
                % facts,
            ]
        return [*said, _("You state %(credits)s credits: %(each)s hours for each. That fits.") % facts]

    def clean(self) -> dict[str, Any]:
        """A total that is not the sum is a mistake in one of them."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        total, sum_of = found.get("hours"), self._sum(found)
        if total is not None and sum_of and total != sum_of and total != self._before():
            self.add_error(
                "hours",
                _("The hours above add up to %(sum)s. Leave this empty, or correct one of them.")
                % {"sum": _rounded(sum_of)},
            )
        return found

    def values(self) -> dict[str, Any]:
        """Hours, contact hours, credits; what else the workload says is kept."""
        data, workload = self.cleaned_data, self.element("workload")
        total = self._sum(data) or data["hours"]
        others = [one for one in workload.get("credits", ()) if code_of(one.get("system")) != "ects"]
        ours = [{"points": _plain(data["credits"]), "system": "ects"}] if data["credits"] else []
        made = without_empty({
            **workload,
            "hours": _plain(total) if total else None,
            "contact_hours": _plain(data["classes"]) if data["classes"] else workload.get("contact_hours"),
            "credits": [*ours, *others],
        })  # fmt: skip
        return {"workload": made or None}

    def notes(self) -> dict[str, Any]:
        """The hours by activity."""
        data = self.cleaned_data
        return {"hours": {name: _plain(data[name]) for name in self.ACTIVITIES if data.get(name)}}

    def _sum(self, data: dict[str, Any]) -> Decimal:
        return sum((data.get(name) or Decimal() for name in self.ACTIVITIES), Decimal())

    def _before(self) -> Decimal | None:
        """The total that was there: unchanged it is no contradiction, it follows the activities."""
        hours = self.initial.get("hours")
        return Decimal(str(hours)) if hours else None


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _rounded(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.1')).normalize():f}"
