"""The forms a description can be started with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

__all__ = ["FileForm", "PartnerForm", "TextForm"]


class TextForm(forms.Form):
    """A course description as it stands on a web page."""

    text = forms.CharField(
        label=gettext_lazy("The text"), widget=forms.Textarea(attrs={"rows": 14}),
        help_text=gettext_lazy("Title first. Or the JSON of a course catalogue. What stands there about hours, level, outcomes and assessment is taken over for you to check."),
    )  # fmt: skip


class PartnerForm(forms.Form):
    """Another organisation, by the short name in its address."""

    partner = forms.SlugField(
        label=gettext_lazy("Short name of the other organisation"), max_length=60,
        help_text=gettext_lazy("It stands in the address of its pages, after /o/."),
    )  # fmt: skip


class FileForm(forms.Form):
    """A credential or a description file."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy("A European Digital Credential, an Open Badge (also as a picture), a course in JSON (OOAPI or schema.org), or a description file. What it says about a learner is not taken over."),
    )  # fmt: skip
