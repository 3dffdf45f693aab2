"""A wallet: anything from anywhere, shown to whom its holder wants and as long as they want, taken along whole."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import awards, batches, engine
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.models import Item, Learning, Share, SharedFile, View
from tests.web.conftest import person
from tests.web.credentials.conftest import class_list
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

EN = ("en",)


@pytest.fixture
def dana(db: None) -> Person:
    """A learner."""
    return person("Dana")


@pytest.fixture
def award(alice: Person, version: Version, sealing_keys: None, dana: Person) -> Award:
    """An award that Dana holds."""
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge", "pdf"],
        data=class_list("Dana,Alder,dana@example.org,2000-01-02,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    found = Award.objects.get(row__batch=batch)
    found.holder = dana
    found.save(update_fields=["holder"])
    return found


def badge(award: Award) -> bytes:
    return default_storage.open(Copy.objects.get(award=award, format="openbadge").file).read()


def shared(by: Person, *keys: str, **more: Any) -> tuple[Share, str]:
    ends = timezone.now() + dt.timedelta(days=10)
    return domain.share(by=by, keys=keys, languages=EN, **{"recipient": "Hospital", "ends_at": ends, **more})


def opened(client: CheckingClient, secret: str, **fields: str) -> Any:
    client.post(f"/s/{secret}", fields)
    return client.get(f"/s/{secret}")


def test_what_is_brought_in_is_kept_byte_for_byte_and_once(dana: Person, award: Award) -> None:
    data = badge(award)
    item = domain.bring(by=dana, data=data, name="../../x/badge.json", languages=EN)
    again = domain.bring(by=dana, data=data, name="badge.json", languages=EN)
    assert (item.id, item.name) == (again.id, "badge.json")
    assert default_storage.open(item.file).read() == data
    assert (item.facts["title"], item.verdict) == ("Data ethics in practice", "indeterminate")
    assert item.report["checks"]


@pytest.mark.parametrize("data", [b"", b"nothing", b"{}", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_credential_is_refused_with_a_reason(dana: Person, data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.bring(by=dana, data=data, name="x", languages=EN)
    assert caught.value.code == "wallet.nothing"
    assert caught.value.hint


def test_one_list_of_everything_says_what_is_certified(dana: Person, award: Award) -> None:
    domain.declare(
        by=dana, values={"title": "Ran the youth choir", "learning": Learning.INFORMAL, "text": "Five years."}
    )
    found = entries_of(dana)
    assert [(one.title, one.is_declared) for one in found] == [
        ("Data ethics in practice", False),
        ("Ran the youth choir", True),
    ]


def test_a_wallet_is_its_owners_only(
    client: CheckingClient, dana: Person, award: Award, charlie: Person
) -> None:
    item = domain.declare(by=dana, values={"title": "Ran the youth choir"})
    share, _secret = shared(dana, f"i-{item.id}")
    paths = [
        f"/wallet/entry/i-{item.id}",
        f"/wallet/entry/a-{award.id}",
        f"/wallet/entry/a-{award.id}/file",
        f"/wallet/entry/i-{item.id}/remove",
    ]
    assert {client.get(path).status_code for path in ["/wallet", *paths]} == {302}
    client.force_login(charlie)
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(f"/wallet/shares/{share.id}/withdraw").status_code == 404
    assert "youth choir" not in client.get("/wallet").content.decode()
    with pytest.raises(RefusedError):
        shared(charlie, f"i-{item.id}")
    client.force_login(dana)
    assert [client.get(path).status_code for path in ["/wallet", *paths]] == [200] * 5


def test_pages_ask_a_constant_number_of_queries(
    client: CheckingClient, dana: Person, award: Award, django_assert_max_num_queries: Any
) -> None:
    client.force_login(dana)
    for number in range(12):
        domain.declare(by=dana, values={"title": f"Thing {number}"})
    with django_assert_max_num_queries(16):
        client.get("/wallet")
    with django_assert_max_num_queries(12):
        client.get("/wallet/shares")


def test_a_link_shows_what_was_chosen_and_counts_who_opened(
    client: CheckingClient, dana: Person, award: Award
) -> None:
    share, secret = shared(dana, f"a-{award.id}", purpose="Application", most_views=1)
    door = client.get(f"/s/{secret}").content.decode()
    assert ("Open it" in door, "Dana" in door) == (True, False)
    assert View.objects.count() == 0
    page = opened(client, secret)
    assert page.page.headings[0] == ("h1", "Shown by Dana")
    assert View.objects.filter(share=share).count() == 1
    assert client.get(f"/s/{secret}").status_code == 200
    assert client.get(f"/s/{secret}/1").content == badge_or_pdf(share)
    assert CheckingClient().get(f"/s/{secret}").status_code == 404
    assert CheckingClient().get(f"/s/{secret}/1").status_code == 404


def badge_or_pdf(share: Share) -> bytes:
    return default_storage.open(share.files.get().file).read()


def test_addresses_of_shares_are_kept_from_others(client: CheckingClient, dana: Person, award: Award) -> None:
    share, secret = shared(dana, f"a-{award.id}")
    response = opened(client, secret)
    assert response["Referrer-Policy"] == "same-origin"
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Cache-Control"] == "private, no-store"
    assert share.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert len(secret) >= 43
    assert SharedFile.objects.filter(file__contains=secret).count() == 0


def test_a_withdrawn_share_shows_nothing_at_once(client: CheckingClient, dana: Person, award: Award) -> None:
    share, secret = shared(dana, f"a-{award.id}")
    opened(client, secret)
    path = share.files.get().file
    domain.withdraw(by=dana, share=share)
    assert client.get(f"/s/{secret}").status_code == 404
    assert client.get(f"/s/{secret}/1").status_code == 404
    assert share.files.get().file == ""
    assert path


def test_a_share_ends_by_itself(client: CheckingClient, dana: Person, award: Award) -> None:
    share, secret = shared(dana, f"a-{award.id}")
    Share.objects.filter(pk=share.pk).update(ends_at=timezone.now())
    assert client.get(f"/s/{secret}").status_code == 404


def test_a_pin_is_not_to_be_tried_out(client: CheckingClient, dana: Person, award: Award) -> None:
    _share, secret = shared(dana, f"a-{award.id}", pin="481516")
    assert "This PIN is not right" in client.post(f"/s/{secret}", {"pin": "0000"}).content.decode()
    assert client.get(f"/s/{secret}").page.headings[0][1] == "Somebody shows you something"
    assert opened(client, secret, pin="481516").page.headings[0][1] == "Shown by Dana"
    other = CheckingClient()
    for _ in range(domain.MOST_WRONG_PINS):
        other.post(f"/s/{secret}", {"pin": "0000"})
    assert other.post(f"/s/{secret}", {"pin": "481516"}).status_code == 404


def test_a_later_revocation_is_told(
    client: CheckingClient, alice: Person, dana: Person, award: Award
) -> None:
    _share, secret = shared(dana, f"a-{award.id}")
    awards.revoke(by=alice, award=award, reason="By mistake.")
    page = opened(client, secret).page
    assert "Revoked" in page.text
    client.force_login(dana)
    assert "Revoked" in client.get("/wallet").page.text
    assert "By mistake" not in page.text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipient": " "}, "wallet.recipient"),
        ({"ends_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "wallet.end"),
        ({"ends_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)}, "wallet.end"),
        ({"keys": []}, "wallet.nothing-chosen"),
        ({"keys": ["i-x"]}, "wallet.not-yours"),
        ({"keys": [f"i-{one}" for one in range(60)]}, "wallet.too-many"),
    ],
)
def test_shares_that_cannot_be_meant_are_refused(
    dana: Person, award: Award, changes: dict[str, Any], code: str
) -> None:
    keys = changes.pop("keys", [f"a-{award.id}"])
    with pytest.raises(RefusedError) as caught:
        shared(dana, *keys, **changes)
    assert (caught.value.code, Share.objects.count()) == (code, 0)


def test_taking_out_deletes_the_file(
    dana: Person, award: Award, django_capture_on_commit_callbacks: Any
) -> None:
    item = domain.bring(by=dana, data=badge(award), name="badge.json", languages=EN)
    with django_capture_on_commit_callbacks(execute=True):
        domain.remove(by=dana, item=item)
    assert not default_storage.exists(item.file)
    assert Item.objects.count() == 0


def test_the_way_through_the_pages(
    client: CheckingClient, dana: Person, award: Award, own_places: Path
) -> None:
    """Bring in, declare, show, look, withdraw: as a person does it."""
    client.force_login(dana)
    added = client.post(
        "/wallet/add", {"file": SimpleUploadedFile("b.json", badge(award).replace(b"\n", b""))}, follow=True
    )
    assert "You have this already." in added.page.text
    client.post("/wallet/declare", {"title": "Ran the choir", "learning": "informal"})
    keys = [one.key for one in entries_of(dana)]
    ends = (timezone.localdate() + dt.timedelta(days=5)).isoformat()
    draft = client.post(
        "/wallet/shares/new",
        {"keys": keys, "recipient": "Hospital", "ends_on": ends, "may_keep": "on"},
        follow=True,
    )
    assert draft.page.headings[0][1] == "This is what they will see"
    made = client.post(draft.redirect_chain[-1][0])
    secret = re.search(r"/s/([\w-]{43})", made.content.decode())
    assert secret is not None
    page = opened(CheckingClient(), secret[1])
    assert "Said by the person, certified by nobody" in page.page.text
    log = client.get("/wallet/shares").page.text
    assert "Opened 1 time" in log
    client.post(f"/wallet/shares/{Share.objects.get().id}/withdraw")
    assert CheckingClient().get(f"/s/{secret[1]}").status_code == 404
    assert client.get("/wallet/move/archive.zip")["Content-Type"] == "application/zip"
