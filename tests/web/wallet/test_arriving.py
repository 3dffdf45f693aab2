"""Bringing in: every credential of every file becomes an entry, once, with its report; originals stay as they came."""

from __future__ import annotations

import datetime as dt
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tessella.containers import make_qr
from tessella.errors import AccessError
from tessella.ports import Fetched
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.arriving import domain
from tessella_web.credentials.arriving.domain import HandedIn
from tessella_web.credentials.arriving.models import Arrival, Became, Found, Upload
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.models import Item
from tests.web.pages import CheckingClient
from tests.web.wallet.making import archive, badge, baked, course, picture, presentation, record_of

pytestmark = pytest.mark.django_db


def bring(by: Person, *files: tuple[str, bytes]) -> list[Found]:
    made = domain.receive(by=by, files=[HandedIn(*one) for one in files], language="en")
    while domain.work():
        pass
    return list(Found.objects.filter(upload__arrival=made).select_related("item"))


def titles(by: Person) -> list[str]:
    return sorted(one.title for one in entries_of(by))


def told(found: list[Found]) -> list[tuple[str, str]]:
    return [(one.became, one.title) for one in found]


def test_good_files_come_in_beside_bad_ones(dana: Person) -> None:
    found = bring(
        dana, ("a.json", badge()), ("letter.txt", b"Dear Dana,"), ("b.png", baked(badge(course("Mead"))))
    )
    assert [one.became for one in found] == [Became.NEW, Became.REFUSED, Became.NEW]
    assert (found[1].code, bool(found[1].hint)) == ("wallet.nothing", True)
    assert titles(dana) == ["Beekeeping", "Mead"]


def test_an_export_of_badges_becomes_an_entry_each_byte_for_byte(dana: Person) -> None:
    first, second = baked(badge()), baked(badge(course("Mead")))
    data = archive(
        backpack_badge1__png=first,
        backpack_badge2__png=second,
        README__txt=b"Thank you",
        cover__png=picture(),
    )
    found = bring(dana, ("backpack.zip", data))
    assert told(found) == [("new", "Beekeeping"), ("new", "Mead"), ("refused", "cover.png")]
    items = Item.objects.filter(holder=dana).order_by("name")
    assert [default_storage.open(one.file).read() for one in items] == [first, second]
    assert default_storage.open(Upload.objects.get().file).read() == data


@pytest.mark.parametrize("wrap", [presentation, lambda *some: b"[" + b",".join(some) + b"]"])
def test_credentials_in_one_json_come_apart_unchanged(dana: Person, wrap: Any) -> None:
    credentials = badge(), badge(course("Mead"))
    bring(dana, ("export.json", wrap(*credentials)))
    items = Item.objects.filter(holder=dana).order_by("pk")
    assert {json.dumps(json.loads(default_storage.open(one.file).read())) for one in items} == {
        json.dumps(json.loads(one)) for one in credentials
    }
    assert {one.where for one in items} == {""}
    assert {check["verdict"] for one in items for check in one.report["checks"] if check["id"] == "seal"} == {
        "passed"
    }


def test_a_learner_record_becomes_itself_and_what_is_in_it(dana: Person) -> None:
    data = record_of(badge(), badge(course("Mead")))
    found = bring(dana, ("record.json", data))
    assert told(found) == [("new", "Everything from the Hive"), ("new", "Beekeeping"), ("new", "Mead")]
    assert [one.became for one in bring(dana, ("mead.json", badge(course("Mead"))))] == [Became.NEW]


def test_a_study_record_with_several_reports_becomes_an_entry_each(dana: Person) -> None:
    data = badge(course("Beekeeping"), format="elmo")
    report = data[data.index(b"<report>") : data.index(b"</report>") + len(b"</report>")]
    other = report.replace(b"Beekeeping", b"Mead").replace(b"beekeeping", b"mead")
    found = bring(dana, ("study.xml", data.replace(report, report + other)))
    assert told(found) == [("new", "Beekeeping"), ("new", "Mead")]
    assert len({one.item.where for one in found if one.item}) == 2
    assert len({one.item.sha256 for one in found if one.item}) == 1


def test_a_mail_gives_its_attachments(dana: Person) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = (
        "a@b.example",
        "d@e.example",
        "Your badge",
        "Mon, 4 May 2026 10:00:00 +0000",
    )
    mail.set_content("Here it is.")
    mail.add_attachment(baked(badge()), maintype="image", subtype="png", filename="badge.png")
    assert told(bring(dana, ("mail.eml", mail.as_bytes()))) == [("new", "Beekeeping")]


def test_the_same_file_is_known_again_and_kept_once(dana: Person) -> None:
    data = badge()
    bring(dana, ("a.json", data))
    assert told(bring(dana, ("b.json", data))) == [("again", "Beekeeping")]
    assert told(bring(dana, ("a.zip", archive(a__json=data)))) == [("again", "Beekeeping")]
    assert Item.objects.filter(holder=dana).count() == 1


def test_another_form_of_an_award_joins_it(dana: Person) -> None:
    data = badge()
    bring(dana, ("a.json", data))
    assert [one.became for one in bring(dana, ("a.png", baked(data)))] == [Became.FORM]
    assert (len(entries_of(dana)), Item.objects.filter(holder=dana).count()) == (1, 2)


def test_what_contradicts_under_the_same_number_stays_apart_and_is_told(dana: Person) -> None:
    data = badge()
    bring(dana, ("a.json", data))
    found = bring(dana, ("forged.json", data.replace(b"Beekeeping", b"Brain surgery")))
    assert [one.became for one in found] == [Became.NEW]
    assert "says something else" in found[0].message
    assert len(entries_of(dana)) == 2


def test_what_is_taken_out_takes_its_original_along(dana: Person) -> None:
    bring(dana, ("two.zip", archive(a__json=badge(), b__json=badge(course("Mead")))))
    kept = Upload.objects.get().file
    first, second = Item.objects.filter(holder=dana)
    wallet.remove(by=dana, item=first)
    assert default_storage.exists(kept)
    wallet.remove(by=dana, item=second)
    assert Upload.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_refused_file_is_kept(dana: Person, own_places: Path) -> None:
    bring(dana, ("letter.txt", b"Dear Dana,"))
    assert [path for path in (own_places / "files").rglob("*") if path.is_file()] == []
    bring(dana, ("two.zip", archive(a__json=badge(), b__json=badge(course("Mead")))))
    for item in Item.objects.filter(holder=dana):
        wallet.remove(by=dana, item=item)
    assert [path for path in (own_places / "files").rglob("*") if path.is_file()] == []


def test_a_worker_that_died_three_times_gives_up_and_says_so(dana: Person) -> None:
    made = domain.receive(by=dana, files=[HandedIn("big.zip", archive(a__json=badge()) + b" " * domain.QUICK_BYTES)], language="en")  # fmt: skip
    Upload.objects.filter(arrival=made).update(attempts=domain.MOST_ATTEMPTS, leased_until=timezone.now())
    assert domain.work()
    assert [one.code for one in Found.objects.all()] == ["wallet.given-up"]


def test_a_leased_file_is_nobody_elses_until_the_lease_ends(dana: Person) -> None:
    made = domain.receive(
        by=dana, files=[HandedIn("a.json", badge() + b" " * domain.QUICK_BYTES)], language="en"
    )
    upload = Upload.objects.filter(arrival=made)
    upload.update(leased_until=timezone.now() + dt.timedelta(minutes=1))
    assert not domain.work()
    upload.update(leased_until=timezone.now() - dt.timedelta(minutes=1))
    assert domain.work()
    assert titles(dana) == ["Beekeeping"]


def test_what_takes_longer_shows_how_far_it_is_without_scripts(client: CheckingClient, dana: Person) -> None:
    client.force_login(dana)
    large = badge() + b" " * domain.QUICK_BYTES
    page = client.post("/wallet/add", {"file": [SimpleUploadedFile("a.json", badge()), SimpleUploadedFile("b.json", large)]}, follow=True)  # fmt: skip
    content = page.content.decode()
    assert page.page.headings[0][1] == "Your files are being looked at"
    assert ("1 of 2 files looked at" in content, '<meta http-equiv="refresh"' in content) == (True, True)
    while domain.work():
        pass
    after = client.get(page.redirect_chain[-1][0])
    assert after.page.headings[0][1] == "What became of it"
    assert "refresh" not in after.content.decode()


def test_an_arrival_is_its_owners_only(client: CheckingClient, dana: Person, charlie: Person) -> None:
    bring(dana, ("a.zip", archive(a__json=badge(), b__json=badge(course("Mead")))))
    item = Item.objects.filter(holder=dana).first()
    assert item is not None
    addresses = [
        reverse("wallet-arrival", args=[Arrival.objects.get().id]),
        reverse("wallet-original", args=[f"i-{item.id}"]),
    ]
    assert [client.get(one).status_code for one in addresses] == [302, 302]
    client.force_login(charlie)
    assert [client.get(one).status_code for one in addresses] == [404, 404]
    client.force_login(dana)
    assert [client.get(one).status_code for one in addresses] == [200, 200]


def test_a_page_of_results_asks_a_constant_number_of_queries(
    client: CheckingClient, dana: Person, django_assert_max_num_queries: Any
) -> None:
    bring(dana, *((f"{number}.json", badge(course(f"Mead {number}"))) for number in range(4)))
    client.force_login(dana)
    with django_assert_max_num_queries(9):
        client.get(reverse("wallet-arrival", args=[Arrival.objects.get().id]))


# --- links -------------------------------------------------------------------------------------------


def test_a_link_is_not_followed_where_the_operator_has_not_opened_the_way(dana: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.fetch_link("https://badges.example/a.json")
    assert (caught.value.code, "download the certificate there" in caught.value.hint) == ("wallet.link", True)


class Web:
    """Other servers, by address."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[str] = []

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        self.asked.append(url)
        if url.endswith(".html"):
            return Fetched(
                url=url,
                body=b"<html></html>",
                media_type="text/html; charset=utf-8",
                fetched_at=timezone.now(),
            )
        if not url.endswith(".json"):
            raise AccessError("It is not reachable.", code="access.status", got=url)
        return Fetched(url=url, body=badge(), media_type="application/json", fetched_at=timezone.now())


def test_a_link_is_followed_where_the_operator_allows_it(
    dana: Person, settings: Any, monkeypatch: Any
) -> None:
    settings.VERIFY_ONLINE = True
    monkeypatch.setattr(domain, "SafeFetcher", lambda clock: Web())
    one = domain.fetch_link("https://badges.example/my/a.json")
    assert (one.name, told(bring(dana, tuple(one)))) == ("a.json", [("new", "Beekeeping")])
    for wrong in ("https://badges.example/a.html", "https://badges.example/gone"):
        with pytest.raises(RefusedError) as caught:
            domain.fetch_link(wrong)
        assert caught.value.code == "wallet.link"


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.json",
        "https://[::1]/a",
        "https://169.254.169.254/latest",
        "http://badges.example/a",
    ],
)
def test_a_link_into_the_inside_is_refused_also_where_links_are_allowed(url: str, settings: Any) -> None:
    settings.VERIFY_ONLINE = True
    with pytest.raises(RefusedError) as caught:
        domain.fetch_link(url)
    assert caught.value.code == "wallet.link"


def test_a_photo_of_a_code_with_a_link_says_what_to_do(dana: Person) -> None:
    found = bring(dana, ("photo.png", make_qr("https://badges.example/a.json", picture="png")))
    assert [(one.became, one.code) for one in found] == [("refused", "wallet.link")]
    assert "download the certificate there" in found[0].hint


def test_an_address_of_this_platform_leads_to_the_award(dana: Person, settings: Any) -> None:
    found = bring(dana, ("link.txt", f"{settings.BASE_URL}/award/AAAAAAAAAAAAAAAAAAAAAA".encode()))
    assert [(one.became, one.code) for one in found] == [("refused", "wallet.own-link")]
