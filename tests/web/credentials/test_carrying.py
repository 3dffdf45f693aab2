"""A wallet taken along: three places, nothing lost; archives of strangers, nothing believed."""

# ruff: noqa: F811 -- arguments of tests are named after fixtures

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.carrying import archive
from tessella_web.credentials.carrying.arriving import take_in
from tessella_web.credentials.carrying.exporting import export
from tessella_web.credentials.carrying.models import CarriedFile
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.portfolio import domain as portfolios
from tessella_web.credentials.portfolio.models import Piece
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.credentials.wallet.models import Item, ShownKind
from tests.web.conftest import person
from tests.web.credentials.test_wallet import award, badge, dana, shared  # noqa: F401 -- fixtures
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

EN = ("en",)


def opened(data: bytes) -> tuple[dict[str, Any], dict[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        files = {name: found.read(name) for name in found.namelist()}
    return json.loads(files.pop("manifest.json")), files


def contents(data: bytes) -> Any:
    """What an archive holds, without what is of the moment: paths, reports and when they were made."""
    manifest, files = opened(data)
    of_the_moment = ("path", "report", "verified_at")
    entries = [{k: v for k, v in one.items() if k not in of_the_moment} for one in manifest["entries"]]
    kept = sorted(
        hashlib.sha256(data).hexdigest() for name, data in files.items() if name.startswith("files/")
    )
    order = sorted(json.dumps(one, sort_keys=True) for one in entries)
    return order, kept, manifest["sections"]


def refused(data: bytes, charlie: Person) -> str:
    with pytest.raises(RefusedError) as caught:
        take_in(by=charlie, data=data)
    assert caught.value.code == "wallet.archive"
    return caught.value.message


def rewritten(data: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """The archive with something changed by a stranger."""
    manifest, files = opened(data)
    change(manifest, files)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in {**files, "manifest.json": json.dumps(manifest).encode()}.items():
            target.writestr(name, content)
    return made.getvalue()


@pytest.fixture
def full(dana: Person, award: Award) -> Person:
    """Dana with all kinds of things."""
    domain.bring(by=dana, data=badge(award).replace(b"\n", b""), name="badge.json", languages=EN)
    domain.declare(
        by=dana, values={"title": "Ran the choir", "text": "Five years.", "day": dt.date(2024, 5, 1)}
    )
    shared(dana, f"a-{award.id}", purpose="Application")
    return dana


def test_everything_arrives_and_goes_on_without_loss(full: Person, award: Award, charlie: Person) -> None:
    """From the first place to a second and on to a third: byte for byte and word for word."""
    first = export(by=full, languages=EN)
    taken = take_in(by=charlie, data=first)
    assert (taken.new, taken.again, taken.carried, taken.refused) == (4, 0, 1, [])
    second = export(by=charlie, languages=EN)
    third_person = person("Emil")
    assert take_in(by=third_person, data=second).new == 4
    third = export(by=third_person, languages=EN)
    assert contents(third) == contents(second)
    (_entries, files, sections), (_more, files_then, sections_then) = contents(first), contents(second)
    assert (files_then, sections_then) == (files, sections)
    assert sections["shares"][0]["recipient"] == "Hospital"
    assert {default_storage.open(one.file).read() for one in Copy.objects.filter(award=award)} <= set(
        opened(third)[1].values()
    )
    said = [(one.title, one.day, one.learning) for one in entries_of(full)]
    assert sorted(said, key=str) == sorted(
        [(one.title, one.day, one.learning) for one in entries_of(charlie)], key=str
    )
    again = take_in(by=charlie, data=first)
    assert (again.new, again.again, again.carried) == (0, 4, 0)


def test_an_archive_can_be_read_without_a_program_of_ours(full: Person) -> None:
    manifest, files = opened(export(by=full, languages=EN))
    assert (manifest["format"], manifest["version"]) == ("tessella-wallet", 1)
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == manifest["files"]
    page = files["index.html"].decode()
    assert all(f'href="{one["path"]}"' in page for one in manifest["entries"] if one.get("path"))
    assert "Ran the choir" in page and "Said by myself" in page
    assert {json.loads(files[one["report"]])["verdict"] for one in manifest["entries"] if one.get("report")}
    assert "PIN" not in str(manifest) and "digest" not in str(manifest["sections"])


def test_a_damaged_file_is_named_and_the_others_go_on(full: Person, charlie: Person) -> None:
    changed = []

    def damage(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        path = next(one["path"] for one in manifest["entries"] if one.get("path"))
        files[path] += b" "
        changed.append(path)

    taken = take_in(by=charlie, data=rewritten(export(by=full, languages=EN), damage))
    assert (taken.new, [one.path for one in taken.refused if one.path in changed][:1]) == (3, changed)
    assert "checksum" in taken.refused[0].why


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "/etc/passwd", "files/../x", "files/", "manifest.json", "FILES/x"]
)
def test_paths_that_lead_elsewhere_are_refused(full: Person, charlie: Person, path: str) -> None:
    def lead(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[path] = b"{}"
        manifest["entries"] = [
            {"source": "brought", "path": path, "sha256": hashlib.sha256(b"{}").hexdigest()}
        ]
        manifest["sections"] = {}

    taken = take_in(by=charlie, data=rewritten(export(by=full, languages=EN), lead))
    assert (taken.new, len(taken.refused)) == (0, 1)


def test_what_an_archive_says_of_a_file_is_not_believed(full: Person, charlie: Person) -> None:
    def lie(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        for one in manifest["entries"]:
            one["facts"] = {"title": "Doctor of medicine", "issuer": "University", "tile": {"x": 1}}
            one.pop("report", None)

    take_in(by=charlie, data=rewritten(export(by=full, languages=EN), lie))
    titles = {one.title for one in entries_of(charlie) if not one.is_declared}
    assert titles == {"Data ethics in practice"}


def test_a_bomb_ends_at_the_limit(charlie: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 10_000)
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 25_000)
    zeros = bytes(9_000)
    sha256 = hashlib.sha256(zeros).hexdigest()
    entries = [{"source": "brought", "path": f"files/{n}", "sha256": sha256, "facts": {}} for n in range(5)]
    huge = {"source": "brought", "path": "files/huge", "sha256": sha256}

    def swell(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        manifest["entries"] = [huge, *entries]
        files.update({f"files/{n}": zeros for n in range(5)}, **{"files/huge": bytes(5_000_000)})

    data = rewritten(export(by=charlie, languages=EN), swell)
    taken = take_in(by=charlie, data=data)
    assert [one.path for one in taken.refused] == ["files/huge", "files/2", "files/3", "files/4"]
    assert (taken.new, taken.again) == (1, 1)


def test_what_is_no_archive_is_refused_whole(full: Person, charlie: Person) -> None:
    data = export(by=full, languages=EN)
    for other in (b"", b"PK", data[:-200], b"x" * 1000):
        assert "damaged" in refused(other, charlie)
    assert "newer version" in refused(
        rewritten(data, lambda manifest, _f: manifest.update(version=2)), charlie
    )
    assert "table of contents" in refused(
        rewritten(data, lambda manifest, _f: manifest.pop("made_at")), charlie
    )
    twice = io.BytesIO(data)
    with zipfile.ZipFile(twice, "a") as target, pytest.warns(UserWarning, match="Duplicate"):
        target.writestr("manifest.json", b"{}")
    assert "two files" in refused(twice.getvalue(), charlie)
    assert not Item.objects.filter(holder=charlie).exists()


def test_limits_are_those_of_the_archive_and_of_the_wallet(
    charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = export(by=charlie, languages=EN)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", len(data) - 1)
    assert "200 MB" in refused(data, charlie)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", len(data))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 1)
    assert "too many" in refused(data, charlie)


def test_kinds_that_are_not_known_here_go_along(charlie: Person) -> None:
    """What a later version of the platform puts in is not lost by passing through this one."""
    picture = b"\x89PNG a picture"
    sha256 = hashlib.sha256(picture).hexdigest()
    note = {"title": "From the future", "pages": [{"sha256": sha256, "n": 1}]}

    def add(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        manifest["sections"] = {"portfolios": [note]}
        manifest["files"]["files/00009-a.png"] = sha256
        files["files/00009-a.png"] = picture

    assert take_in(by=charlie, data=rewritten(export(by=charlie, languages=EN), add)).carried == 1
    manifest, files = opened(export(by=charlie, languages=EN))
    assert manifest["sections"] == {"portfolios": [note]}
    assert picture in files.values()
    assert CarriedFile.objects.get().sha256 == sha256


def test_pages_of_ones_own_go_along_with_their_files(charlie: Person) -> None:
    page = portfolios.make(by=charlie, title="Applications")
    portfolios.add(by=charlie, portfolio=page, kind=ShownKind.TEXT, values={"text": "What I can do"})
    photo = io.BytesIO()
    Picture.new("RGB", (8, 8)).save(photo, "PNG")
    values = {"title": "At work", "name": "work.png"}
    portfolios.add(by=charlie, portfolio=page, kind=ShownKind.EVIDENCE, values=values, data=photo.getvalue())
    first = export(by=charlie, languages=EN)
    pieces = opened(first)[0]["sections"]["portfolios"][0]["pieces"]
    stored = default_storage.open(Piece.objects.exclude(file="").get().file).read()
    assert (pieces[0]["text"], stored in opened(first)[1].values()) == ("What I can do", True)
    emil = person("Emil")
    assert take_in(by=emil, data=first).carried == 1
    second = export(by=emil, languages=EN)
    assert contents(second) == contents(first)
    assert stored in opened(second)[1].values()


def test_the_page_names_what_was_not_taken_in(client: CheckingClient, full: Person, charlie: Person) -> None:
    client.force_login(full)
    data = client.get("/wallet/move/archive.zip").content
    client.force_login(charlie)
    path = opened(data)[0]["entries"][0]["path"]
    broken = rewritten(data, lambda _m, files: files.update({path: b"{}"}))
    page = client.post("/wallet/move", {"file": SimpleUploadedFile("w.zip", broken)}).content.decode()
    assert "Not everything could be taken in" in page and path in page
    whole = client.post("/wallet/move", {"file": SimpleUploadedFile("w.zip", data)}, follow=True)
    assert "1 thing is new in your wallet. 3 were there already." in whole.content.decode()


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=60)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(words.filter(str.strip), words, st.none() | st.dates(dt.date(1950, 1, 1))),
        max_size=5,
        unique_by=lambda one: one[0],
    )
)
def test_whatever_somebody_says_of_themselves_survives(
    charlie: Person, said: list[tuple[str, str, Any]]
) -> None:
    Item.objects.all().delete()
    emil, _new = Person.objects.get_or_create(email="emil@example.org", defaults={"name": "Emil"})
    for title, text, day in said:
        domain.declare(by=charlie, values={"title": title, "text": text, "day": day})
    first = export(by=charlie, languages=EN)
    take_in(by=emil, data=first)
    assert contents(export(by=emil, languages=EN)) == contents(first)
