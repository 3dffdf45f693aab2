"""Forms of public comment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.catalogue.consultation.models import Audience
from tessella_web.pages.describe.screens import SCREENS
from tessella_web.ui.forms import ChoiceCards

__all__ = ["AnswerForm", "CloseForm", "HideForm", "OpenForm", "PublicCommentForm"]

USUAL_DAYS = 21

TRAP = "website"
"""The field that people do not see: only programs fill it in."""


class OpenForm(forms.Form):
    """What to ask, whom, until when."""

    question = forms.CharField(
        label=gettext_lazy("What do you want to know?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A real question. For example: Would this help in your work? What is missing?"),
    )  # fmt: skip
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may comment?"), initial=Audience.LINK,
        choices=Audience.choices,
        widget=ChoiceCards(
            explanations={
                Audience.LINK: gettext_lazy("You send the address to whom you like. Search engines are asked to stay away."),
                Audience.EVERYBODY: gettext_lazy("It stands in the public list of drafts open for comment."),
            }
        ),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Until which day?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Two to four weeks are usual. That day still counts."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": timezone.now().date() + dt.timedelta(days=USUAL_DAYS)})
        super().__init__(*args, **kwargs)


class PublicCommentForm(forms.Form):
    """What anybody says. Nothing about the person is needed."""

    element = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Your comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It is shown here. Please write nothing private, about yourself or others."),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Your name or organisation"), required=False, max_length=120,
        help_text=gettext_lazy("Not needed. The authors see it; others only if you tick the box."),
    )  # fmt: skip
    may_show_name = forms.BooleanField(label=gettext_lazy("Show this name with my comment"), required=False)
    website = forms.CharField(required=False, label=gettext_lazy("Leave this empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {one.elements[0]: one.name for one in reversed(SCREENS)}
        choices = [
            ("", _("The whole")),
            *((one.elements[0], names.pop(one.elements[0])) for one in SCREENS if one.elements[0] in names),
        ]
        self.fields["element"].choices = choices  # type: ignore[attr-defined]
        self.fields[TRAP].widget.attrs.update({"tabindex": "-1", "autocomplete": "off"})


class AnswerForm(forms.Form):
    """What the authors say to a comment."""

    answer = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What you changed, or why you did not. It is shown in public."),
    )  # fmt: skip


class HideForm(forms.Form):
    """Why the words of a comment are taken out of view."""

    because = forms.CharField(
        label=gettext_lazy("Why is it hidden?"), max_length=300,
        help_text=gettext_lazy("Shown in its place, such as: Names a person. Advertising."),
    )  # fmt: skip


class CloseForm(forms.Form):
    """What came out of it."""

    summary = forms.CharField(
        label=gettext_lazy("What came out of it?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("In a few sentences: what people said, what you changed. Reviewers and the public read it."),
    )  # fmt: skip
