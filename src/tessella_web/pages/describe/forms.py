"""What the screens of the guided form have in common: a form that reads an element and writes it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.vocabulary import OFFICIAL_LANGUAGES, code_list
from tessella_web.catalogue.domain import REVIEW_SCHEME

__all__ = [
    "DraftForm",
    "ScreenForm",
    "code_of",
    "country_choices",
    "field_choices",
    "iso",
    "items_of",
    "language_choices",
    "lines_of",
    "mapping_of",
    "renamed",
    "said",
    "with_text",
    "without_empty",
    "yes_no",
]

_OTHERS = [
    "ar",
    "ca",
    "cy",
    "eu",
    "fa",
    "gl",
    "he",
    "is",
    "lb",
    "mk",
    "nb",
    "nn",
    "ru",
    "sq",
    "sr",
    "tr",
    "uk",
    "zh",
]
_DJANGO = {"zh": "zh-hans"}


_SHORTHANDS = {
    "awarding_bodies": "name",
    "outcomes": "title",
    "assessments": "type",
    "quality": "side",
    "needs": "says",
}
"""What a part that is written as a plain string states."""


class DraftForm(forms.Form):
    """A form that may be left half done: what is marked as required is asked for in the end, not now."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Clean, with nothing required: it is a draft."""
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = False
        try:
            super().full_clean()
        finally:
            for field in needed:
                field.required = True


class ScreenForm(DraftForm):
    """One thought of the description.

    A field marked as required is asked for by the standard; a draft may leave it out, so only values that make no sense are
    errors. ``content`` holds the elements (of the record, and particulars) as they are; ``item`` says which of several
    assessments or bodies, counted from 0.
    """

    def __init__(
        self,
        *args: Any,
        content: Mapping[str, Any],
        workings: Mapping[str, Any],
        item: int = 0,
        **kwargs: Any,
    ) -> None:
        self.content, self.workings, self.item = content, workings, item
        self.primary = str(content.get("language") or "en")
        kwargs.setdefault("initial", self.read())
        super().__init__(*args, **kwargs)
        self.prepare()

    def read(self) -> dict[str, Any]:
        """The fields' values as the description has them."""
        return {}

    def prepare(self) -> None:
        """Choices that depend on the description."""

    def values(self) -> dict[str, Any]:
        """The elements to save, in the plain form of a description; None takes one away."""
        return {}

    def explained(self) -> list[str]:
        """What the values that are stored mean, in sentences; shown beside the fields and renewed with each saving."""
        return []

    def confirmed(self) -> list[tuple[str, str]]:
        """Outcome and skill that somebody ticked on this screen."""
        return []

    def notes(self) -> dict[str, Any]:
        """What to keep beside the record."""
        return {}

    def add_refusal(self, message: str, place: str) -> None:
        """Show a refusal of the domain at the field whose name stands in its place, else on top."""
        named = place.replace("[", ".").replace("]", "").split(".")
        found = next((name for name in reversed(named) if name in self.fields), None)
        self.add_error(found, message)

    def coded(self, field: str, stored: Any) -> Any:
        """What was chosen; the stored value as it is when nothing else was chosen: it may be of no list of ours."""
        chosen = self.cleaned_data.get(field) or ""
        return stored if chosen == (self.initial.get(field) or "") else chosen

    def element(self, name: str, shorthand: str = "value") -> dict[str, Any]:
        """An element that is one part, as a mapping."""
        return mapping_of(self.content.get(name), shorthand)

    def items(self, name: str) -> list[dict[str, Any]]:
        """An element that is a list of parts."""
        return items_of(self.content, name)

    def at(self, name: str) -> dict[str, Any]:
        """The part of a list that this screen is about; empty when it is a new one."""
        found = self.items(name)
        return found[self.item] if self.item < len(found) else {}

    def replaced(self, name: str, part: Mapping[str, Any]) -> list[Any] | None:
        """The list with this screen's part; an empty part is taken out."""
        found, every = self.items(name), _parts(self.content, name)
        made = without_empty(part)
        whole = [*found[: self.item], *([made] if made else []), *found[self.item + 1 :]]
        return [*whole, *(one for one in every if one not in found)] or None


def mapping_of(value: Any, shorthand: str) -> dict[str, Any]:
    """A part as a mapping, also when it was written as a plain string."""
    if isinstance(value, Mapping):
        return dict(value)
    return {shorthand: value} if value else {}


def items_of(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The parts of a list, but for the quality review that publishing itself wrote in."""
    return [
        one
        for one in _parts(content, name)
        if mapping_of(one.get("identifier"), "value").get("scheme") != REVIEW_SCHEME
    ]


def _parts(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = content.get(name) or []
    return [mapping_of(one, _SHORTHANDS[name]) for one in (value if isinstance(value, list) else [value])]


def said(value: Any, language: str) -> str:
    """A text in a language; a plain string is in the primary language."""
    if isinstance(value, Mapping):
        return str(value.get(language, ""))
    return str(value or "")


def with_text(old: Any, primary: str, new: str, *, language: str = "") -> Any:
    """A text with one language written anew, the others kept; None when nothing is left."""
    texts = dict(old) if isinstance(old, Mapping) else ({primary: old} if old else {})
    texts[language or primary] = new.strip()
    return {tag: text for tag, text in texts.items() if text} or None


def without_empty(part: Mapping[str, Any]) -> dict[str, Any]:
    """The part without fields that say nothing."""
    return {name: value for name, value in part.items() if value not in (None, "", [], {}, ())}


def language_choices(*present: str) -> list[tuple[str, str]]:
    """Languages by their own names: the official ones of the European Union first; any other that is in use already."""
    known = [*OFFICIAL_LANGUAGES, *_OTHERS]
    extra = [tag for tag in present if tag and tag not in known]
    return [("", _("Choose a language")), *((tag, _language_name(tag)) for tag in [*known, *extra])]


def _language_name(tag: str) -> str:
    found = LANG_INFO.get(_DJANGO.get(tag, tag), {}).get("name_local")
    if found:
        return str(found)[:1].upper() + str(found)[1:]
    known = code_list("language").get(tag)
    return known.label("en") if known else tag


def country_choices() -> list[tuple[str, str]]:
    """Countries by name."""
    language = get_language() or "en"
    named = sorted(
        ((one.label(language, "en"), one.code) for one in code_list("country") if one.code), key=_by_name
    )
    return [("", _("Choose a country")), *((code, name) for name, code in named)]


def field_choices() -> list[tuple[str, Any]]:
    """Fields of study, the narrow ones under the broad ones, in words."""
    language = get_language() or "en"
    every = [(one.code, one.label(language, "en")) for one in code_list("isced-f")]
    broad = [(code, label) for code, label in every if len(code) == 2]
    return [("", _("Choose a field")), *(
        (label, [(other, name) for other, name in every if len(other) == 4 and other.startswith(code)] or [(code, label)])
        for code, label in broad
    )]  # fmt: skip


def _by_name(row: tuple[str, str]) -> str:
    return row[0].casefold()


def code_of(concept: Any) -> str:
    """The short code of a coded value, as descriptions write it."""
    return str(concept.get("code", "") if isinstance(concept, dict) else concept or "")


def lines_of(text: str) -> Iterable[str]:
    """The lines that say something, without bullets."""
    return filter(None, (line.strip().lstrip("-–•*·").strip() for line in text.splitlines()))


def yes_no(value: Any) -> str:
    """A yes or no as the choices write it; empty when nothing is stated."""
    return "" if value is None else "yes" if value else "no"


def renamed(organisation: Any, language: str, name: str) -> dict[str, Any] | None:
    """An organisation under another name; None without one."""
    if not name:
        return None
    found = mapping_of(organisation, "name")
    return {**found, "name": with_text(found.get("name"), language, name)}


def iso(day: Any) -> str:
    return day.isoformat() if day else ""
