"""Languages: catalogues that are complete and compiled, and no text on a page that could not be translated."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as configured
from django.utils.translation import trans_real
from tools.translations import pseudo

import tessella_web
from tessella.vocabulary import OFFICIAL_LANGUAGES
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Comment, Description, QualityReview
from tessella_web.catalogue.offers.models import Offer
from tessella_web.config import samples
from tessella_web.config.languages import PSEUDO, available
from tessella_web.credentials.assessment.models import Enrolment, Evidence, OutcomeRecord
from tests.browser.crawling import route_of
from tests.web.pages import CheckingClient

LOCALE = Path(tessella_web.__file__).parent / "locale"
COMPLETE = [code for code, _name in available(LOCALE) if code != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|<[^>]+>")

ALWAYS_THE_SAME = re.compile(
    r"Tessella|[A-Z]{2,}[\w-]*|\.?(xlsx|csv|svg|pdf|json|zip)\b|English|Deutsch|did:\S+|https?:\S+|[\w.+-]+@[\w.-]+", re.IGNORECASE
)  # fmt: skip
"""Names, file types and addresses."""


def messages(language: str) -> list[Message]:
    with (LOCALE / language / "LC_MESSAGES/django.po").open("rb") as file:
        return [one for one in read_po(file) if one.id]


def forms(text: Any) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


def placeholders(text: str) -> set[str]:
    """What a program fills in; a singular may leave out the number."""
    return set(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", COMPLETE)
def test_every_text_of_a_catalogue_is_translated_with_its_placeholders(language: str) -> None:
    wrong = [
        one.id
        for one in messages(language)
        if one.fuzzy
        or not all(forms(one.string or ""))
        or any(
            not placeholders(forms(one.id)[0]) <= placeholders(text) <= placeholders(forms(one.id)[-1])
            for text in forms(one.string)
        )
    ]
    assert wrong == []


OTHERWISE = {"de": r"\bUrkunde|\bEreignis|\bMikro-?[Cc]redential"}
"""Words that a thing is not called in a language, because it is called by another everywhere else: Zertifikat, Veranstaltung."""


@pytest.mark.parametrize("language", OTHERWISE)
def test_one_thing_has_one_name(language: str) -> None:
    wrong = [
        one.id
        for one in messages(language)
        if any(re.search(OTHERWISE[language], text) for text in forms(one.string))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", COMPLETE)
def test_the_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES/django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    differing = [
        one.id for one in messages(language) if isinstance(one.id, str) and one.context is None
        and compiled.gettext(one.id) != one.string
    ]  # fmt: skip
    assert differing == [], "run python -m tools.translations"


def test_a_folder_is_all_a_language_needs(tmp_path: Path) -> None:
    for code in ("mt", "tlh"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").touch()
    assert available(tmp_path) == [("en", "English"), ("mt", "Malti")]
    assert len(OFFICIAL_LANGUAGES) == 24


def test_pseudo_keeps_what_programs_read() -> None:
    assert pseudo("To %(name)s: <b>{{ x }}</b>") == "⟦Ťó %(name)s: <b>{{ x }}</b>·⟧"


@pytest.fixture
def pseudo_locale(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A language in which every text that passes through translation comes out with accents and in brackets."""
    folder = tmp_path / "en_XA/LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, Catalog())
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [*configured.LANGUAGES, (PSEUDO, "Pseudo")]
    made = trans_real.translation(PSEUDO)
    monkeypatch.setattr(made, "gettext", lambda text: pseudo(text.rpartition("\x04")[2]))
    monkeypatch.setattr(made, "ngettext", lambda one, many, number: pseudo(one if number == 1 else many))


class _Texts(HTMLParser):
    """Everything on a page that people read or hear."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.links: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style", "textarea", "code", "option") or given.get("lang"):
            self._silent += tag not in ("html",)
        self.found += [
            str(given[name]) for name in ("alt", "aria-label", "title", "placeholder") if given.get(name)
        ]
        if tag == "a" and str(given.get("href", "")).startswith("/"):
            self.links.append(str(given["href"]))
        self._open = [*getattr(self, "_open", []), (tag, bool(given.get("lang")) and tag != "html")]

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, foreign = self._open.pop()
            if name in ("script", "style", "textarea", "code", "option") or foreign:
                self._silent -= 1
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.found.append(data.strip())


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


def _written_by_people() -> list[str]:
    """What is data on the pages, the longest first."""
    found = {
        *Organisation.objects.values_list("name", flat=True),
        *Person.objects.values_list("name", flat=True),
    }
    found.update(
        Comment.objects.values_list("text", flat=True),
        QualityReview.objects.values_list("evidence", flat=True),
    )
    for row in (
        *Offer.objects.values_list(
            "name", "place", "cost_note", "target_group", "accessibility", "contact", "entry_note"
        ),
        *Offer.objects.values_list("funding", "state_note"),
        *Enrolment.objects.values_list("given_name", "family_name", "email", "motivation", "reason"),
        *Evidence.objects.values_list("text"),
        *OutcomeRecord.objects.values_list("grade", "identity_check", "note", "by_name"),
    ):
        found.update(_strings(list(row)))
    for content in Description.objects.values_list("content", flat=True):
        found.update(_strings(content))
    return sorted((one for one in found if len(one) > 1), key=len, reverse=True)


@pytest.mark.django_db
@pytest.mark.usefixtures("pseudo_locale")
@pytest.mark.parametrize(
    "email", ["", samples.FIRST_PERSON, "rita.visser@twickel.example", "ines.carvalho@walls.example"]
)
def test_no_text_of_the_interface_is_hard_coded(email: str) -> None:
    samples.load()
    data = _written_by_people()
    client = CheckingClient(headers={"accept-language": PSEUDO})
    if email:
        client.force_login(Person.objects.get(email=email))
    plain: dict[str, list[str]] = {}
    waiting, seen = ["/"], set()
    while waiting:
        address = waiting.pop(0)
        route = route_of(address)
        if not route or route in seen:
            continue
        seen.add(route)
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append(answer["Location"])
            continue
        if not answer.get("Content-Type", "").startswith("text/html") or answer.streaming:
            continue
        page = _Texts(answer.content.decode())
        assert any("⟦" in text for text in page.found), f"{address} is not in the language asked for"
        waiting += page.links
        for text in page.found:
            rest = re.sub(r"⟦.*?⟧", " ", text, flags=re.DOTALL)
            for one in data:
                rest = rest.replace(one, " ")
            rest = ALWAYS_THE_SAME.sub(" ", rest)
            if re.search(r"[A-Za-z]{3}", rest):
                plain.setdefault(route, []).append(text)
    assert plain == {}
