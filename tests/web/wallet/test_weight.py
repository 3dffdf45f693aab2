"""Phone first, on a slow line: no page of the wallet carries more than 100 KB without pictures."""

from __future__ import annotations

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from tessella_web.accounts.models import Person
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.models import Item
from tests.web.pages import CheckingClient
from tests.web.wallet.making import badge, course

pytestmark = pytest.mark.django_db

MOST_BYTES = 100_000
MANY = 60
"""Entries in the wallet: many more than most people have."""

PAGES = ("wallet", "wallet-add", "wallet-declare", "wallet-mosaic", "wallet-timeline", "wallet-skills", "wallet-towards", "wallet-notices", "wallet-keys")  # fmt: skip


def transferred(client: CheckingClient, address: str) -> dict[str, int]:
    """By kind the bytes of a page, of the styles and scripts that it names; pictures in it are not counted, nor packed by gzip."""
    content = client.get(address).content
    html = re.sub(rb'src="data:[^"]*"|<svg.*?</svg>', b"", content, flags=re.DOTALL)
    names = re.findall(rb'(?:href|src)="/static/([\w./-]+\.(?:css|js))"', content)
    files = {name.decode(): finders.find(name.decode()) for name in names}
    parts = {"html": len(html)}
    for name, path in files.items():
        with open(str(path), "rb") as file:  # noqa: PTH123 -- a path of the finders
            parts[name] = len(gzip.compress(file.read()))  # as whitenoise serves it
    return parts


@pytest.fixture
def many(dana: Person) -> Item:
    """A full wallet; one entry is enough to fill it."""
    first = domain.bring(by=dana, data=badge(course("Mead")), name="a.json", languages=("en",))
    for number in range(MANY):
        copy = Item.objects.get(pk=first.pk)
        copy.pk, copy.sha256 = f"copy{number:018}", f"{number:064}"
        copy.facts = {**first.facts, "title": f"Mead of the year {number}"}
        copy.save(force_insert=True)
    return first


def test_no_page_is_too_heavy_for_a_slow_line(client: CheckingClient, dana: Person, many: Item) -> None:
    client.force_login(dana)
    addresses = [*map(reverse, PAGES), reverse("wallet-entry", args=[f"i-{many.id}"])]
    heavy = {
        one: parts for one in addresses if sum((parts := transferred(client, one)).values()) > MOST_BYTES
    }
    assert heavy == {}


def test_a_full_list_draws_each_kind_of_tile_once(client: CheckingClient, dana: Person, many: Item) -> None:
    client.force_login(dana)
    content = client.get("/wallet").content.decode()
    pictures = set(re.findall(r'src="(/tile/[\w./-]+)"', content))
    assert (len(pictures), "data:image" in content) == (1, False)
    answer = client.get(pictures.pop())
    assert (answer["Content-Type"], "immutable" in answer["Cache-Control"]) == ("image/svg+xml", True)
    assert client.get("/tile/micro-credential-99-6.svg").status_code == 404
    assert client.get("/tile/nothing-06-6.svg").status_code == 404
