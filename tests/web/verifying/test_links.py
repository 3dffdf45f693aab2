"""Links to what somebody shows: followed without a network, counted as a look, and never by guessing a PIN."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award
from tessella_web.credentials.tasks import work_once
from tessella_web.credentials.verifying import batch
from tessella_web.credentials.verifying.intake import taken_in
from tessella_web.credentials.verifying.links import linked
from tessella_web.credentials.verifying.models import Pile
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Share, View

pytestmark = pytest.mark.django_db


def shown(charlie: Person, award: Award, **more: Any) -> str:
    """The link to an award that its holder shows."""
    award.holder, award.claimed_at = charlie, timezone.now()
    award.save()
    _share, secret = wallet.share(
        by=charlie, keys=[f"a-{award.id}"], recipient="Hospital", languages=("en",),
        ends_at=timezone.now() + dt.timedelta(days=5), **more,
    )  # fmt: skip
    return f"https://credentials.example/s/{secret}"


def line_of(link: str) -> batch.Line:
    pile, secret = batch.begin(intake=taken_in([], link), at=None, language="en")
    assert batch.verify_some(pile, secret, seconds=30) == 0
    (line,) = batch.lines(pile, secret)
    return line


def test_what_is_shared_is_verified_with_its_person_and_counts_as_a_look(
    charlie: Person, award: Award
) -> None:
    found = line_of(shown(charlie, award))
    assert (found.verdict, found.who, View.objects.count()) == ("passed", "Ada0 Alder", 1)


def test_a_pin_is_not_guessed(charlie: Person, award: Award) -> None:
    link = shown(charlie, award, pin="4711")
    for _again in range(12):
        with pytest.raises(RefusedError) as caught:
            linked(link.encode())
        assert caught.value.code == "verify.pin"
    share = Share.objects.get()
    assert (share.wrong_pins, share.withdrawn_at, View.objects.count()) == (0, None, 0)
    assert "PIN" in line_of(link).reason


def test_what_is_shown_no_more_says_so(charlie: Person, award: Award) -> None:
    link = shown(charlie, award)
    wallet.withdraw(by=charlie, share=Share.objects.get())
    assert (line_of(link).verdict, "Nothing is shown here any more." in line_of(link).reason) == (
        "indeterminate", True,
    )  # fmt: skip


def test_a_card_of_what_is_shared_counts_no_look_and_keeps_a_pin(charlie: Person, award: Award) -> None:
    link = shown(charlie, award)
    page = Client().get(link.removeprefix("https://credentials.example") + "/card")
    assert (page.status_code, "Data ethics in practice" in page.content.decode(), View.objects.count()) == (
        200,
        True,
        0,
    )
    assert "Ada0" not in page.content.decode()
    assert Client().get("/oembed.json", {"url": link}).json()["type"] == "rich"
    closed = shown(charlie, award, pin="4711")
    assert Client().get(closed.removeprefix("https://credentials.example") + "/card").status_code == 404


def test_other_addresses_here_are_no_files() -> None:
    for path in ("/verify", "/nothing/at/all", "/o/twickel/keys"):
        assert linked(f"https://credentials.example{path}".encode()) is None


def test_the_worker_erases_what_has_ended(award: Award) -> None:
    batch.begin(intake=taken_in([("a.json", b"{}")]), at=None, language="en")
    work_once()
    assert Pile.objects.count() == 1
    Pile.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    work_once()
    assert Pile.objects.count() == 0


def test_other_sites_are_told_of_the_card_only_where_everybody_may_look(
    charlie: Person, award: Award
) -> None:
    """Before it is opened and after: programs that look for it press no buttons."""
    for more, is_told in (({}, True), ({"pin": "48213"}, False), ({"most_views": 3}, False)):
        address = shown(charlie, award, **more)
        client = Client()
        path = urlsplit(address).path
        pages = [client.get(path).content.decode()]
        client.post(path, {"pin": more.get("pin", "")})
        pages.append(client.get(path).content.decode())
        for page in pages:
            found = re.findall(
                r'<link rel="alternate" type="(?:application/json|text/xml)\+oembed" href="([^"]+)"', page
            )
            assert len(found) == (2 if is_told else 0)
            for one in found:
                parts = urlsplit(one)
                assert parse_qs(parts.query)["url"] == [address]
                assert Client().get(parts.path, parse_qs(parts.query)).status_code == 200
