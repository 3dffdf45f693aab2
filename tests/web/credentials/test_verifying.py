"""The verifier's page: anything handed in is answered, nothing of it is kept."""

from __future__ import annotations

import datetime as dt
import io
import logging
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella.errors import AccessError
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import awards, batches, engine, statuslists
from tessella_web.credentials.models import Award, Copy, StatusList
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES, answer
from tessella_web.credentials.verifying.surroundings import PlatformFetcher, around
from tests.support import shared
from tests.web.credentials.conftest import class_list
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def handed_in(client: CheckingClient, data: bytes | str, name: str = "award.json", **fields: str) -> Any:
    """The page that answers a file or a text."""
    if isinstance(data, str):
        return client.post("/verify", {"text": data, **fields})
    return client.post("/verify", {"file": SimpleUploadedFile(name, data), **fields})


@pytest.fixture
def award(alice: Person, version: Version, sealing_keys: None) -> Award:
    """An award of the platform, with its files."""
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge"],
        data=class_list("Ada,Alder,ada@example.org,2000-01-02,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    for one in StatusList.objects.all():
        statuslists.publish(one)
    return Award.objects.get(row__batch=batch)


def file_of(award: Award, format: str = "openbadge") -> bytes:
    return default_storage.open(Copy.objects.get(award=award, format=format).file).read()


def test_nothing_handed_in_is_said_at_the_field(client: CheckingClient) -> None:
    response = client.post("/verify", {})
    assert response.status_code == 200
    assert "Choose a file, or paste the text you were sent." in response.content.decode()


def test_a_day_to_come_is_refused(client: CheckingClient) -> None:
    response = handed_in(client, "{}", on=(timezone.now() + dt.timedelta(days=2)).date().isoformat())
    assert "This day is yet to come" in response.content.decode()


def test_what_is_too_large_is_refused(client: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tessella_web.pages.verify.views.MAX_UPLOAD_BYTES", 10)
    response = handed_in(client, b"x" * 11)
    assert "larger than 12 MB" in response.content.decode()
    assert MAX_UPLOAD_BYTES == 12_000_000


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.json"),
        (b"\x00" * 100, "zeros.bin"),
        (b"{" * 5_000, "deep.json"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "script.svg"),
        (b"%PDF-1.7 nothing", "broken.pdf"),
        (b"<script>alert(1)</script>", "<script>.html"),
    ],
)  # fmt: skip
def test_hostile_files_get_an_answer(client: CheckingClient, data: bytes, name: str) -> None:
    response = handed_in(client, data or b" ", name)
    assert response.status_code == 200
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "Do not rely on this" in page or "could be established" in page


def test_a_bomb_gets_an_answer(client: CheckingClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.json", b"0" * 200_000_000)
    response = handed_in(client, packed.getvalue(), "bomb.zip")
    assert response.status_code == 200
    assert "<h1>This holds" not in response.content.decode()


def test_an_own_award_is_answered_without_a_network(client: CheckingClient, award: Award) -> None:
    """Its status list is read where it stands; only that it is a test keeps it from passing."""
    found = answer(file_of(award), name="award.json", languages=("en",))
    verdicts = {check.view.id: str(check.view.verdict) for check in found.credentials[0].checks}
    assert (verdicts["seal"], verdicts["status"]) == ("passed", "passed")
    assert found.credentials[0].own is not None
    assert found.credentials[0].own.state == "valid"


def test_a_changed_file_fails(client: CheckingClient, award: Award) -> None:
    data = file_of(award).replace(b"Ada", b"Eve")
    response = handed_in(client, data)
    assert response.page.headings[0] == ("h1", "Do not rely on this")


def test_a_revoked_award_says_since_when(client: CheckingClient, alice: Person, award: Award) -> None:
    awards.revoke(by=alice, award=award, reason="Given by mistake.")
    page = handed_in(client, file_of(award)).page
    assert "It was taken back" in [text for _, text in page.headings]
    assert "Given by mistake" not in page.text


def test_a_text_is_taken_too(client: CheckingClient, award: Award) -> None:
    assert "Data ethics in practice" in handed_in(client, file_of(award).decode()).page.text


def test_nothing_is_kept(
    client: CheckingClient, award: Award, own_places: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No row, no file and no line in the log holds what was handed in."""
    data = file_of(award).replace(b"Ada", b"Canary")
    before = sorted(own_places.rglob("*"))
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        handed_in(client, data, "canary-file.json")
    assert sorted(own_places.rglob("*")) == before
    assert [one["sql"] for one in queries if "anary" in one["sql"]] == []
    written = [one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert [
        one for one in written if "insight_dailycount" not in one
    ] == []  # only that something was looked at
    assert "anary" not in caplog.text


def test_the_number_of_queries_does_not_grow_with_the_file(client: CheckingClient, award: Award) -> None:
    def packed(count: int) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for number in range(count):
                archive.writestr(f"{number}.json", file_of(award))
        return target.getvalue()

    handed_in(client, packed(1), "one.zip")
    counts = []
    for count in (2, 6):
        data = packed(count)
        with CaptureQueriesContext(connection) as queries:
            handed_in(client, data, "all.zip")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_other_servers_are_not_asked(settings: Any) -> None:
    settings.VERIFY_ONLINE = False
    fetcher = around(timezone.now(), ("en",)).fetcher
    assert isinstance(fetcher, PlatformFetcher)
    with pytest.raises(AccessError) as caught:
        fetcher.fetch("https://example.org/did.json", max_bytes=100)
    assert caught.value.code == "access.offline"


def test_own_addresses_without_a_document_are_not_there(settings: Any, organisation: Organisation) -> None:
    fetcher = around(timezone.now(), ("en",)).fetcher
    assert fetcher is not None
    for path in ("/", "/nothing", "/sign-in", "/o/nobody/did.json"):
        with pytest.raises(AccessError):
            fetcher.fetch(settings.BASE_URL + path, max_bytes=100_000)


def test_the_official_sample_is_shown(client: CheckingClient) -> None:
    """A sealed sample of the Commission: intact; whose seal it is needs a trusted list."""
    files = sorted(shared("edc").rglob("*.jsonld"))
    assert files
    response = handed_in(client, files[0].read_bytes(), files[0].name)
    assert response.status_code == 200
