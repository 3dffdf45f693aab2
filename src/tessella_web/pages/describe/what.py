"""Screens about what it is: its kind, its name, its subject, who awards it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.model import RecordType
from tessella_web.pages.describe.forms import (
    ScreenForm,
    code_of,
    country_choices,
    field_choices,
    language_choices,
    said,
    with_text,
    without_empty,
    yes_no,
)
from tessella_web.ui.forms import ChoiceCards

__all__ = ["BodyForm", "FieldForm", "KindForm", "TitleForm"]


class KindForm(ScreenForm):
    """What kind of record."""

    record_type = forms.ChoiceField(
        label=gettext_lazy("What do people get?"),
        choices=[
            (RecordType.MICRO_CREDENTIAL, gettext_lazy("A micro-credential")),
            (RecordType.PARTICIPATION, gettext_lazy("A confirmation that they took part")),
            (RecordType.ACHIEVEMENT, gettext_lazy("A confirmation of something they achieved")),
            (RecordType.CONTRIBUTION, gettext_lazy("Thanks for a contribution")),
            (RecordType.MEMBERSHIP, gettext_lazy("A confirmation of membership")),
            (RecordType.MOTIVATION, gettext_lazy("Encouragement on the way")),
        ],
        widget=ChoiceCards(
            explanations={
                RecordType.MICRO_CREDENTIAL: gettext_lazy("They learned something small, and somebody assessed that they can do it. Needs a quality review."),
                RecordType.PARTICIPATION: gettext_lazy("A workshop, an event, an exchange. Nothing was assessed."),
                RecordType.ACHIEVEMENT: gettext_lazy("A task done, a goal reached, with something to show for it."),
                RecordType.CONTRIBUTION: gettext_lazy("They gave time or skill: helped at an event, wrote, coached."),
                RecordType.MEMBERSHIP: gettext_lazy("They belong to a team, a council, a network."),
                RecordType.MOTIVATION: gettext_lazy("A badge that cheers on, with no claim beyond that."),
            }
        ),
    )  # fmt: skip

    def read(self) -> dict[str, Any]:
        """Micro-credential unless something else was chosen."""
        return {"record_type": self.content.get("record_type", RecordType.MICRO_CREDENTIAL)}

    def values(self) -> dict[str, Any]:
        """The kind."""
        return {"record_type": self.cleaned_data["record_type"] or None}


class TitleForm(ScreenForm):
    """Title and a few sentences."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200,
        help_text=gettext_lazy("What is learned, in words an employer understands. For example: First aid for cyclists."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("In a few sentences"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What it is about, and what it is good for."),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("These texts are written in"),
        help_text=gettext_lazy("The language you write in, on all screens."),
    )
    other_title = forms.CharField(
        label=gettext_lazy("Title in another language"), required=False, max_length=200,
        help_text=gettext_lazy("Helps people in other countries to find it."),
    )  # fmt: skip
    other_language = forms.ChoiceField(label=gettext_lazy("That other language"), required=False)

    def read(self) -> dict[str, Any]:
        """The texts in the primary language, and the title in the first other one."""
        title = self.content.get("title")
        others = sorted(tag for tag in title if tag != self.primary) if isinstance(title, dict) else []
        other = others[0] if others else ""
        return {
            "title": said(title, self.primary),
            "description": said(self.content.get("description"), self.primary),
            "language": self.primary,
            "other_title": said(title, other) if other else "",
            "other_language": other,
        }

    def prepare(self) -> None:
        """Languages."""
        for name in ("language", "other_language"):
            self.fields[name].choices = language_choices(str(self.initial[name]))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A title in another language needs that language, and another one."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("other_title") and not found.get("other_language"):
            self.add_error("other_language", _("Say which language this is."))
        if found.get("other_title") and found.get("other_language") == (
            found.get("language") or self.primary
        ):
            self.add_error("other_language", _("This is the language of the other texts."))
        return found

    def values(self) -> dict[str, Any]:
        """Title and description; other languages are kept."""
        data = self.cleaned_data
        language = data["language"] or self.primary
        title = self.content.get("title")
        kept = (
            {
                tag: text
                for tag, text in title.items()
                if tag not in (self.primary, self.initial["other_language"])
            }
            if isinstance(title, dict)
            else {}
        )
        if data["other_language"]:
            kept = with_text(kept, language, data["other_title"], language=data["other_language"]) or {}
        described = self.content.get("description")
        if isinstance(described, dict):
            described = {tag: text for tag, text in described.items() if tag != self.primary}
        else:
            described = {}
        return {
            "language": language,
            "title": with_text(kept, language, data["title"]),
            "description": with_text(described, language, data["description"]),
        }


class FieldForm(ScreenForm):
    """The subject."""

    field = forms.ChoiceField(
        label=gettext_lazy("Subject"),
        help_text=gettext_lazy("The one that fits best. It also gives the badge its colour."),
    )

    def read(self) -> dict[str, Any]:
        """The first field stated."""
        fields = self.content.get("fields") or [""]
        first = fields[0] if isinstance(fields, list) else fields
        return {"field": first if isinstance(first, str) else first.get("code", "")}

    def prepare(self) -> None:
        """The fields by broad field; one of another depth stays possible."""
        choices = field_choices()
        known = {code for _group, rows in choices[1:] for code, _label in rows}
        now = str(self.initial["field"])
        self.fields["field"].choices = choices if not now or now in known else [*choices, (now, now)]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The field first; further ones are kept."""
        fields = self.content.get("fields") or []
        chosen = self.cleaned_data["field"]
        if chosen == self.initial["field"]:
            return {}
        return {"fields": [chosen, *(one for one in fields[1:] if one != chosen)] if chosen else None}


class BodyForm(ScreenForm):
    """An organisation that awards it."""

    name = forms.CharField(
        label=gettext_lazy("Legal name"), max_length=300,
        help_text=gettext_lazy("As it stands in the register, not the brand."),
    )  # fmt: skip
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    region = forms.CharField(
        label=gettext_lazy("Region"), required=False, max_length=60,
        help_text=gettext_lazy("Only where education is a matter of the region, as in Belgium, Germany or Spain."),
    )  # fmt: skip
    degree_awarding = forms.ChoiceField(
        label=gettext_lazy("Is it a higher education institution that may award degrees?"), required=False,
        choices=[("", gettext_lazy("I am not sure")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=ChoiceCards(
            explanations={
                "": gettext_lazy("We leave it open. Somebody who knows can answer later."),
                "yes": gettext_lazy("For example a university or a university of applied sciences."),
                "no": gettext_lazy("For example a school, a company, an association. You can award micro-credentials all the same."),
            }
        ),
    )  # fmt: skip
    legal_id = forms.CharField(
        label=gettext_lazy("Legal identifier"), required=False, max_length=80,
        help_text=gettext_lazy("From the certificate of your electronic seal, such as NTRNL-12345678 or VATDE-123456789. Needed for European Digital Credentials; leave it empty otherwise."),
    )  # fmt: skip
    homepage = forms.URLField(label=gettext_lazy("Web page"), required=False, assume_scheme="https")

    def read(self) -> dict[str, Any]:
        """The organisation as described."""
        body = self.at("awarding_bodies")
        place = (body.get("places") or [{}])[0]
        place = {"country": place} if isinstance(place, str) else place
        return {
            "name": said(body.get("name"), self.primary) or next(iter(body["name"].values()), "") if isinstance(body.get("name"), dict) else body.get("name", ""),
            "country": code_of(place.get("country")),
            "region": place.get("region", ""),
            "degree_awarding": yes_no(body.get("degree_awarding")),
            "legal_id": body.get("legal_id", ""),
            "homepage": body.get("homepage", ""),
        }  # fmt: skip

    def prepare(self) -> None:
        """Countries."""
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The organisation in its place among the awarding bodies."""
        data, body = self.cleaned_data, self.at("awarding_bodies")
        places = body.get("places") or [{}]
        place = {"country": places[0]} if isinstance(places[0], str) else dict(places[0])
        place = without_empty({**place, "country": data["country"], "region": data["region"]})
        part = {
            **body,
            "name": with_text(body.get("name"), self.primary, data["name"]),
            "places": [*([place] if place else []), *places[1:]],
            "degree_awarding": {"yes": True, "no": False}.get(data["degree_awarding"]),
            "legal_id": data["legal_id"].strip(),
            "homepage": data["homepage"],
        }
        return {"awarding_bodies": self.replaced("awarding_bodies", part if data["name"] else {})}
