"""Forms of a quality review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.catalogue.checklist import Section
from tessella_web.catalogue.models import Standing
from tessella_web.pages.describe.forms import DraftForm
from tessella_web.pages.describe.screens import SCREENS

__all__ = [
    "ChangesForm",
    "ChecklistForm",
    "CommentForm",
    "DecisionForm",
    "LeaveOutForm",
    "QuestionForm",
    "ReplyForm",
]


class ChecklistForm(DraftForm):
    """The questions of one section: for each an answer, and a remark where there is something to say."""

    def __init__(self, *args: Any, section: Section, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        for question in section.asked:
            self.fields[f"answer-{question.id}"] = forms.ChoiceField(
                label=_(question.asks), help_text=_(question.look) if question.look else "",
                choices=Standing.choices, widget=forms.RadioSelect,
            )  # fmt: skip
            self.fields[f"remark-{question.id}"] = forms.CharField(
                label=_("Remark"),
                required=False,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
            )

    def clean(self) -> dict[str, Any]:
        """“Not met” needs words: the authors have to know."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        for question in self.section.asked:
            if found.get(f"answer-{question.id}") == Standing.NOT_MET and not found.get(
                f"remark-{question.id}"
            ):
                self.add_error(f"remark-{question.id}", _("Say what is missing."))
        return found

    def answers(self) -> list[tuple[str, Standing, str]]:
        """Question, standing and remark of each answered question."""
        data = self.cleaned_data
        return [
            (one.id, Standing(data[f"answer-{one.id}"]), data[f"remark-{one.id}"])
            for one in self.section.asked
            if data.get(f"answer-{one.id}")
        ]


class CommentForm(forms.Form):
    """What somebody says about an element."""

    element = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("The whole")), *((one.elements[0], one.name) for one in SCREENS)]
        self.fields["element"].choices = choices  # type: ignore[attr-defined]


class ReplyForm(forms.Form):
    """What the authors did about a comment."""

    reply = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you changed, or why you did not."),
    )  # fmt: skip


class ChangesForm(forms.Form):
    """What has to change."""

    evidence = forms.CharField(
        label=gettext_lazy("What has to change?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The authors read this first, then the comments."),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """A decision, and what it rests on."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect,
        choices=[("approve", gettext_lazy("Approve exactly this content")), ("reject", gettext_lazy("Do not approve"))],
    )  # fmt: skip
    evidence = forms.CharField(
        label=gettext_lazy("On what evidence?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What was read, tried, discussed. It is shown with the published version: name no people."),
    )  # fmt: skip
    without_learner = forms.CharField(
        label=gettext_lazy("If no learner representative took part: why?"), required=False, max_length=1000,
        help_text=gettext_lazy("It is shown with the published version."),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """A question of an organisation's own checklist."""

    asks = forms.CharField(
        label=gettext_lazy("The question"), max_length=600, widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("One thing, so that “met” or “not met” is an answer."),
    )  # fmt: skip
    look = forms.CharField(
        label=gettext_lazy("What to look at"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )  # fmt: skip


class LeaveOutForm(forms.Form):
    """Why a question is not asked."""

    because = forms.CharField(
        label=gettext_lazy("Why do you not ask this?"), required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
        help_text=gettext_lazy("It is shown with each review and each published version. A question of your own needs no reason."),
    )  # fmt: skip
