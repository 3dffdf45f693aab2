"""The official samples of Europass and 1EdTech: each comes in with title, issuer and day, or is refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from tessella_web.accounts.models import Person
from tessella_web.credentials.arriving import domain
from tessella_web.credentials.arriving.domain import HandedIn
from tessella_web.credentials.arriving.models import Became, Found
from tests.support import shared
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

FOLDERS = ("edc/official-samples", "edc/elm-3.2-lts/samples", "vc/1edtech/ob20", "vc/1edtech/ob30")

NAMES_NO_ISSUER = "simple-err-issuer.json"
"""1EdTech's sample of what must not be: a badge without an issuer."""


def samples(folder: str) -> list[Path]:
    return sorted(path for path in shared(folder).rglob("*") if path.is_file())


def is_told(one: Found, name: str) -> bool:
    """Whether a person can read what became of it."""
    if one.became == Became.REFUSED:
        return bool(one.code and one.message and one.hint)
    has_issuer = bool(one.issuer) or name == NAMES_NO_ISSUER
    return bool(one.title and has_issuer and one.item and one.item.day and one.item.report)


@pytest.mark.parametrize("folder", FOLDERS)
def test_official_samples_come_in_and_show_or_are_refused_with_a_reason(
    folder: str, dana: Person, client: CheckingClient
) -> None:
    client.force_login(dana)
    untold, shown = [], 0
    for path in samples(folder):
        files = [HandedIn(path.name, path.read_bytes())]
        arrival = domain.receive(by=dana, files=files, language="en")
        while domain.work():
            pass
        found = list(Found.objects.filter(upload__arrival=arrival).select_related("item"))
        untold += [path.name for one in found if not is_told(one, path.name)]
        untold += [path.name] if not found else []
        for one in found:
            if one.became == Became.NEW:
                page = client.get(reverse("wallet-entry", args=[one.key]))
                assert page.page.headings[0] == ("h1", one.title)
                shown += 1
    assert untold == []
    assert shown > 0
