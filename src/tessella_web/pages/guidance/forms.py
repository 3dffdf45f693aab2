"""The form in which a provider says what is needed. What the form cannot say of a condition stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.guidance.entry import MAX_REQUIREMENTS, Requirement, requirement_sentence
from tessella.stacking.language import Where

__all__ = ["EntryForm"]

BLANK = 2
"""Empty places for further requirements; after saving there are as many again."""

MAX_LINES = 20

_LEVELS = [("", gettext_lazy("Any")), *((str(number), str(number)) for number in range(1, 9))]
_OF = [
    ("count", gettext_lazy("certificates")), ("credits", gettext_lazy("European study credits")), ("hours", gettext_lazy("hours")),
]  # fmt: skip


def _lines(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=3000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
    )  # fmt: skip


def _fields() -> dict[str, forms.Field]:
    """The fields of one requirement."""
    return {
        "credential": _lines(gettext_lazy("A certificate named"), gettext_lazy("Its name or identifier; any of several, one per line.")),
        "level": forms.ChoiceField(label=gettext_lazy("Level at least"), choices=_LEVELS, required=False, help_text=gettext_lazy("Of the eight European levels: 4 is the end of school, 6 a bachelor, 8 a doctorate.")),
        "field": forms.CharField(
            label=gettext_lazy("In the field"), required=False, max_length=200,
            help_text=gettext_lazy("Codes of the European list of fields of education, such as 061 for computing, separated by spaces."),
        ),
        "outcome": _lines(gettext_lazy("With the outcome or skill"), gettext_lazy("The address of a skill of ESCO, or the words of the outcome; any of several, one per line.")),
        "at_least": forms.DecimalField(label=gettext_lazy("How much at least"), required=False, min_value=Decimal("0.1"), max_value=Decimal(10_000), max_digits=7, decimal_places=1),
        "of": forms.ChoiceField(label=gettext_lazy("Of what"), choices=_OF, required=False),
        "words": forms.CharField(
            label=gettext_lazy("Or in words, when only you can judge it"), required=False, max_length=500,
            widget=forms.Textarea(attrs={"rows": 2, "class": "short"}),
            help_text=gettext_lazy("For example: a letter of motivation, an interview. Then leave the rest of this requirement empty."),
        ),
        "rest": forms.CharField(required=False, max_length=8000, widget=forms.HiddenInput),
    }  # fmt: skip


class EntryForm(forms.Form):
    """A programme and what it takes: a group of fields for each requirement.

    Args:
        requirements: those that stand there now.
    """

    title = forms.CharField(label=gettext_lazy("What is entered"), max_length=300)
    url = forms.URLField(
        label=gettext_lazy("Address of its page"), required=False, max_length=500, assume_scheme="https",
        help_text=gettext_lazy("Where people read more and apply."),
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("Where the requirements are published"), required=False, max_length=300,
        help_text=gettext_lazy("For example: Admission regulations 2026, article 3."),
    )  # fmt: skip

    def __init__(self, *args: Any, requirements: Sequence[Requirement] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = sum(name.endswith("-rest") for name in self.data)
        self._count = min(max(len(requirements) + BLANK, posted), MAX_REQUIREMENTS)
        self._said = [requirement_sentence(one) for one in requirements]
        for number in range(self._count):
            for name, field in _fields().items():
                self.fields[f"r{number}-{name}"] = field
            if number < len(requirements):
                for name, value in _initial(requirements[number]).items():
                    self.initial[f"r{number}-{name}"] = value

    def about(self) -> list[BoundField]:
        """The fields about the programme."""
        return [self[name] for name in ("title", "url", "source")]

    def groups(self) -> Iterator[tuple[str, str, bool, list[BoundField]]]:
        """The requirements: heading, what stands there now in words, whether it is open, fields. An empty place is closed."""
        for number in range(self._count):
            said = self._said[number] if number < len(self._said) else ""
            fields = [self[f"r{number}-{name}"] for name in _fields()]
            filled = any(
                one.errors or (one.value() and one.name.rpartition("-")[2] not in ("of", "rest"))
                for one in fields
            )
            yield _("Requirement %(number)s") % {"number": number + 1}, said, filled or number == 0, fields

    def values(self) -> dict[str, Any]:
        """What is said, for the domain; a requirement that says nothing is left out."""
        made = [self._requirement(number) for number in range(self._count)]
        return {
            "title": self.cleaned_data["title"], "url": self.cleaned_data["url"], "source": self.cleaned_data["source"],
            "requirements": [one for one in made if one],
        }  # fmt: skip

    def _requirement(self, number: int) -> dict[str, Any] | None:
        said = {name: self.cleaned_data.get(f"r{number}-{name}") for name in _fields()}
        rest = _read(str(said["rest"] or ""))
        where = {**rest.get("where", {})}
        for name, value in (
            ("credential", _listed(said["credential"])),
            ("field", str(said["field"] or "").split()),
            ("outcome", _listed(said["outcome"])),
            ("level", {**where.get("level", {}), **({"at_least": said["level"]} if said["level"] else {})}),
        ):
            if value:
                where[name] = value
            else:
                where.pop(name, None)
        words = str(said["words"] or "").strip()
        if not where and not words:
            return None
        made: dict[str, Any] = {name: value for name, value in rest.items() if name == "title"}
        if where:
            made["where"] = where
            made["of"] = said["of"] or "count"
            made["at_least"] = str(said["at_least"] or 1)
        return {**made, **({"words": words} if words else {})}


def _initial(one: Requirement) -> dict[str, Any]:
    where = one.where or Where()
    return {
        "credential": "\n".join(where.credential),
        "level": f"{where.level.at_least.normalize():f}" if where.level and where.level.at_least and where.level.framework == "eqf" else "",
        "field": " ".join(where.field),
        "outcome": "\n".join(where.outcome),
        "at_least": one.at_least if one.where is not None else None,
        "of": one.of.value,
        "words": one.words,
        "rest": json.dumps(_kept(one)),
    }  # fmt: skip


def _kept(one: Requirement) -> dict[str, Any]:
    """What the fields do not show."""
    made: dict[str, Any] = msgspec.to_builtins(one)
    where = {
        name: value
        for name, value in made.get("where", {}).items()
        if name not in ("credential", "field", "outcome")
    }
    if "level" in where and where["level"].get("framework", "eqf") == "eqf":
        where["level"] = {name: value for name, value in where["level"].items() if name != "at_least"}
        where = {name: value for name, value in where.items() if value}
    return {name: value for name, value in (("title", made.get("title")), ("where", where)) if value}


def _read(text: str) -> dict[str, Any]:
    """What was kept; the domain checks it like everything else."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    where = found.get("where") if isinstance(found, dict) else None
    return found if isinstance(found, dict) and isinstance(where, dict | None) else {}


def _listed(value: Any) -> list[str]:
    return [one.strip() for one in str(value or "").splitlines() if one.strip()][:MAX_LINES]
