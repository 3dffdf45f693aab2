"""Many at once: one line for each, nothing readable in the database, nothing lost, nothing left."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from tessella.canonical import jcs
from tessella.containers import make_qr
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import awards
from tessella_web.credentials.models import Award
from tessella_web.credentials.tasks import work_once
from tessella_web.credentials.verifying import batch, intake
from tessella_web.credentials.verifying.intake import Item, taken_in
from tessella_web.credentials.verifying.models import Pile, PileItem
from tessella_web.credentials.verifying.signing import platform
from tests.web.pages import CheckingClient
from tests.web.verifying.conftest import file_of

pytestmark = pytest.mark.django_db


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return made.getvalue()


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in (one for row in book.active.iter_rows() for one in row if isinstance(one.value, str)):
        cell.data_type = "s"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def handed_in(client: Client, *files: tuple[str, bytes], **fields: str) -> Any:
    given = [SimpleUploadedFile(name, data) for name, data in files]
    return client.post("/verify/many", {"uploads": given, **fields})


def begun(client: Client, *files: tuple[str, bytes], **fields: str) -> str:
    """The address of the list."""
    response = handed_in(client, *files, **fields)
    assert response.status_code == 302, response.content.decode()[:3000]
    return str(response["Location"])


def finished(client: Client, address: str) -> str:
    """The page when everything is checked."""
    for _look in range(200):
        page = client.get(address).content.decode()
        if "looks again by itself" not in page:
            return page
    raise AssertionError("it never ends")


def rows_of(client: Client, address: str) -> list[dict[str, Any]]:
    return list(json.loads(client.get(f"{address}/result.json").content)["rows"])


def changed(badge: bytes) -> bytes:
    document = json.loads(badge)
    document["credentialSubject"]["achievement"]["name"] = "Doctor of everything"
    return json.dumps(document).encode()


def test_a_zip_gives_a_line_for_each_file_and_bad_ones_do_not_stop_it(
    client: CheckingClient, award: Award
) -> None:
    good = file_of(award)
    address = begun(client, ("all.zip", packed([
        ("ada.json", good), ("broken/changed.json", changed(good)), ("notes.txt", b"hello"),
        ("certificate.pdf", file_of(award, "pdf")), ("__MACOSX/._ada.json", b"x"), (".DS_Store", b"x"),
    ])))  # fmt: skip
    page = finished(client, address)
    found = [(row["file"], row["verdict"]) for row in rows_of(client, address)]
    assert found[:3] == [("ada.json", "passed"), ("broken/changed.json", "failed"), ("notes.txt", "failed")]
    assert {name for name, _verdict in found} == {
        "ada.json",
        "broken/changed.json",
        "notes.txt",
        "certificate.pdf",
    }
    first = rows_of(client, address)[0]
    assert (first["who"], first["what"], first["by"], first["on"]) == (
        "Ada0 Alder", "Data ethics in practice", "University of Twickel", "2026-05-04",
    )  # fmt: skip
    assert "Some of these you should not rely on" in page


def test_a_photo_is_listed_with_what_its_code_leads_to(client: CheckingClient, award: Award) -> None:
    """It says nothing itself; somebody else's address is told as such."""
    address = begun(
        client,
        ("photo.png", make_qr(f"https://credentials.example/a/{award.id}", picture="png")),
        ("other.png", make_qr("https://twickel.example.evil.test/a/1", picture="png")),
    )
    page = finished(client, address)
    rows = {row["file"]: row for row in rows_of(client, address)}
    assert {name: (row["what"], row["by"], row["leads_to"]) for name, row in rows.items()} == {
        "photo.png": ("", "", "Data ethics in practice (University of Twickel)"),
        "other.png": ("", "", "twickel.example.evil.test"),
    }
    assert page.count("its code leads to:") == 2
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"{address}/result.xlsx").content)).worksheets[0]
    assert [row[-1].value for row in sheet.iter_rows()] == [
        "Where its code leads", *(row["leads_to"] for row in rows.values()),
    ]  # fmt: skip


def test_the_list_can_be_narrowed_to_a_verdict(client: CheckingClient, award: Award) -> None:
    good = file_of(award)
    address = begun(client, ("good.json", good), ("changed.json", changed(good)))
    finished(client, address)
    failed = client.get(f"{address}?verdict=failed").content.decode()
    assert ("changed.json" in failed, "good.json" in failed) == (True, False)


def test_each_file_has_a_page_with_every_check(client: CheckingClient, award: Award) -> None:
    address = begun(client, ("good.json", file_of(award)), ("note.txt", b"hello"))
    finished(client, address)
    assert "Is the file as it was made?" in client.get(f"{address}/1").content.decode()
    assert client.get(f"{address}/2").status_code == 200
    assert client.get(f"{address}/3").status_code == 404


def test_what_is_revoked_fails_and_says_so(client: CheckingClient, alice: Any, award: Award) -> None:
    data = file_of(award)
    awards.revoke(by=alice, award=award, reason="plagiarism")
    address = begun(client, ("ada.json", data))
    finished(client, address)
    row = rows_of(client, address)[0]
    assert (row["verdict"], row["state"]) == ("failed", "revoked")
    assert "revoked" in row["reason"]


def test_a_spreadsheet_keeps_its_columns_and_no_cell_is_a_formula(
    client: CheckingClient, award: Award
) -> None:
    link = f"https://credentials.example/a/{award.id}"
    address = begun(client, ("list.xlsx", sheet(
        ("Applicants 2026",), ("Name", "Link", "Remark"),
        ("Ada", link, "=1+2"), ("=cmd|' /C calc'!A0", f"see {link}", "@x"), ("Eve", "", "nothing given"),
        ("Kim", "https://elsewhere.example/badge/1", ""),
    )))  # fmt: skip
    finished(client, address)
    made = client.get(f"{address}/result.xlsx").content
    cells = list(openpyxl.load_workbook(io.BytesIO(made)).worksheets[0].iter_rows())
    head = [cell.value for cell in cells[0]]
    assert head[:6] == ["Name", "Link", "Remark", "No", "File", "Verdict"]
    table = [[cell.value for cell in row] for row in cells[1:]]
    assert [row[5] for row in table] == ["Passed", "Passed", "Not established", "Not established"]
    assert [row[0] for row in table] == ["Ada", "=cmd|' /C calc'!A0", "Eve", "Kim"]
    texts = [cell for row in cells for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in texts} == {"s"}
    assert {cell.quotePrefix for cell in texts if cell.value[0] in "=+-@"} == {True}


def test_csv_and_pasted_links_work_too(client: CheckingClient, award: Award) -> None:
    link = f"https://credentials.example/a/{award.id}"
    badge = file_of(award).decode().replace('"', '""')
    address = begun(client, ("list.csv", f'Name;Link\nAda;{link}\nAda;"{badge}"\n'.encode()))
    finished(client, address)
    assert [(row["given"][0], row["verdict"]) for row in rows_of(client, address)] == [
        ("Ada", "passed"), ("Ada", "passed"),
    ]  # fmt: skip
    address = begun(client, text=f"{link}\n\n{link}\n")
    finished(client, address)
    assert [row["verdict"] for row in rows_of(client, address)] == ["passed", "passed"]


def test_a_link_to_an_award_shows_nothing_about_the_person(client: CheckingClient, award: Award) -> None:
    address = begun(client, text=f"https://credentials.example/a/{award.id}")
    page = finished(client, address)
    whole = page + client.get(f"{address}/1").content.decode()
    whole += client.get(f"{address}/result.json").content.decode()
    assert [one for one in ("Ada0", "Alder", "ada0@", "2000-01-02") if one in whole] == []
    assert rows_of(client, address)[0]["what"] == "Data ethics in practice"


def test_other_servers_are_not_asked(client: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_given: object, **_options: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr("tessella.adapters.http.SafeFetcher.fetch", never)
    address = begun(client, text="https://elsewhere.example/a\nhttp://127.0.0.1/admin\nfile:///etc/passwd")
    finished(client, address)
    assert {row["verdict"] for row in rows_of(client, address)} <= {"indeterminate", "failed"}


def test_the_database_holds_nothing_readable_and_files_go_when_they_are_checked(
    client: CheckingClient, award: Award
) -> None:
    canary = b"Zanzibar-Canary-4711"
    document = json.loads(file_of(award)) | {"name": canary.decode()}
    address = begun(client, ("canary.json", jcs(document)), ("b.json", b"{}"))
    waiting = PileItem.objects.first()
    assert waiting is not None
    assert (canary in bytes(waiting.content), b"canary.json" in bytes(waiting.content)) == (False, False)
    finished(client, address)
    assert set(PileItem.objects.values_list("content", flat=True)) == {None}
    stored = b"".join(bytes(one.rows) + bytes(one.answer) for one in PileItem.objects.all())
    assert (canary in stored, b"Alder" in stored) == (False, False)
    pile = Pile.objects.get()
    assert client.cookies[  # type: ignore[index]
        "pile"
    ].value not in "".join(str(value) for value in vars(pile).values())


def test_only_the_browser_that_handed_it_in_sees_it(client: CheckingClient, award: Award) -> None:
    address = begun(client, ("ada.json", file_of(award)))
    cookie = client.cookies["pile"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (address, True, "Strict")
    for ending in ("", "/1", "/result.xlsx", "/result.json", "/1/report.pdf", "/1/report.json"):
        assert Client().get(address + ending).status_code == 404
    assert Client().post(f"{address}/erase").status_code == 404
    stranger = Client()
    stranger.cookies["pile"] = "x" * 43
    assert stranger.get(address).status_code == 404


def test_it_ends_after_an_hour_and_at_once_when_wanted(client: CheckingClient, award: Award) -> None:
    address = begun(client, ("ada.json", file_of(award)))
    finished(client, address)
    assert client.post(f"{address}/erase").status_code == 302
    assert (Pile.objects.count(), PileItem.objects.count()) == (0, 0)
    address = begun(client, ("ada.json", file_of(award)))
    Pile.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert client.get(address).status_code == 404
    assert batch.end_due()
    assert (Pile.objects.count(), PileItem.objects.count(), batch.end_due()) == (0, 0, False)


def test_a_killed_process_loses_nothing(
    client: CheckingClient, award: Award, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One dies in the middle of a file: what was answered stands, the others are done by whoever looks next."""
    taken = taken_in([(f"{n}.json", file_of(award)) for n in range(4)])
    pile, secret = batch.begin(intake=taken, at=None, language="en")
    real, calls = batch._answer, []

    def dying(item: Item, of: Pile) -> batch.Answered:
        calls.append(item.name)
        if len(calls) == 2:
            raise SystemExit
        return real(item, of)

    monkeypatch.setattr(batch, "_answer", dying)
    with pytest.raises(SystemExit):
        batch.verify_some(pile, secret, seconds=60)
    assert [line.file for line in batch.lines(pile, secret)] == ["0.json"]
    monkeypatch.setattr(batch, "_answer", real)
    assert batch.verify_some(pile, secret, seconds=60) == 0
    assert [(line.file, line.verdict) for line in batch.lines(pile, secret)] == [
        (f"{n}.json", Verdict.PASSED) for n in range(4)
    ]


def test_workers_go_on_while_nobody_looks_and_forget_the_secret(client: CheckingClient, award: Award) -> None:
    """In the reader's language, though the worker speaks none."""
    taken = taken_in([("a.json", file_of(award)), ("b.txt", b"hello")])
    pile, secret = batch.begin(intake=taken, at=None, language="de")
    assert secret.encode() not in bytes(pile.lent or b"")
    while work_once():
        pass
    pile.refresh_from_db()
    assert (pile.lent, pile.items.filter(is_done=False).count()) == (None, 0)
    lines = batch.lines(pile, secret)
    assert [(line.file, str(line.verdict)) for line in lines] == [("a.json", "passed"), ("b.txt", "failed")]
    with override("de"):
        alone = batch.answer(b"hello", name="b.txt", languages=("de", "en"))
    assert lines[1].reason == next(check.explanation for check in alone.view.checks if check.decides)
    assert not batch.work()


def test_the_copy_for_workers_opens_with_the_installations_secret_only(
    client: CheckingClient, award: Award, settings: Any
) -> None:
    """With another one the reader's looks go on."""
    pile, secret = batch.begin(intake=taken_in([("a.json", file_of(award))]), at=None, language="en")
    settings.SECRET_KEY = "another secret of this installation, as long as it has to be 123"
    assert batch.work()
    pile.refresh_from_db()
    assert (pile.lent, pile.items.filter(is_done=False).count()) == (None, 1)
    assert batch.verify_some(pile, secret, seconds=60) == 0


def test_a_lease_keeps_others_off_and_ends_by_time(client: CheckingClient, award: Award) -> None:
    pile, secret = batch.begin(intake=taken_in([("a.json", file_of(award))]), at=None, language="en")
    Pile.objects.update(leased_until=timezone.now() + dt.timedelta(seconds=20))
    assert batch.verify_some(pile, secret, seconds=60) == 1
    Pile.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    assert batch.verify_some(pile, secret, seconds=60) == 0


def test_each_look_goes_on_a_little(client: CheckingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tessella_web.pages.verify.batch.SLICE_S", 0.0)
    address = begun(client, *((f"{n}.json", b"{}") for n in range(3)))
    done = [client.get(address).content.decode() for _look in range(3)]
    assert [f"{n} of 3 checked" in page for n, page in enumerate(done, 1)] == [True, True, False]
    assert "looks again by itself" not in done[2]


def test_the_number_of_queries_does_not_depend_on_how_many_there_are(client: CheckingClient) -> None:
    counts = []
    for many in (1, 3):
        address = begun(client, *((f"{n}.json", b"{}") for n in range(many)))
        finished(client, address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        counts.append(len(found))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([], "verify.nothing"),
        ([("empty.zip", packed([]))], "verify.nothing"),
        ([("many.zip", packed((f"{n}.json", b"{}") for n in range(501)))], "verify.too-many"),
        ([("a.csv", b"Name,Remark\nAda,x\n")], "verify.nothing"),
        ([("a.xlsx", b"PK\x03\x04 not a sheet")], "input.spreadsheet"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_in_is_refused_with_a_remedy(files: list[tuple[str, bytes]], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        taken_in(files)
    assert (caught.value.code, caught.value.field, bool(caught.value.hint)) == (code, "uploads", True)


def test_too_much_together_is_refused(monkeypatch: pytest.MonkeyPatch, client: CheckingClient) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    with pytest.raises(RefusedError) as caught:
        taken_in([("a.json", b"x" * 6), ("b.json", b"y" * 6)])
    assert caught.value.code == "verify.too-large"
    monkeypatch.setattr(intake, "MAX_BYTES", 10**6)
    monkeypatch.setattr(intake, "MAX_UNPACKED_BYTES", 5_000)
    with pytest.raises(RefusedError) as caught:
        taken_in([("a.zip", packed([("a.json", b" " * 6_000)]))])
    assert caught.value.code == "verify.too-large"


def test_an_upload_larger_than_may_be_in_memory_is_never_written_to_a_disk(
    client: CheckingClient, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    response = handed_in(client, ("a.zip", b"x" * 5_000))
    assert "This is larger than 32 MB together." in response.content.decode()
    assert settings.FILE_UPLOAD_HANDLERS == ["django.core.files.uploadhandler.MemoryFileUploadHandler"]


def test_a_zip_with_a_password_says_so_and_the_others_go_on() -> None:
    made = bytearray(packed([("secret.json", b"{}" * 50), ("open.json", b"{}")]))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + offset] |= 1
    found = taken_in([("a.zip", bytes(made))])
    assert [(one.name, bool(one.problem)) for one in found.items] == [
        ("secret.json", True),
        ("open.json", False),
    ]


def test_hostile_names_and_files_get_a_line(client: CheckingClient) -> None:
    address = begun(
        client,
        ("all.zip", packed([("../../etc/<script>alert(1)</script>.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
                            ("zip.zip", packed([("deep.json", b"[" * 9_000)])), ("=HYPERLINK(1).json", b"{}")])),
    )  # fmt: skip
    page = finished(client, address)
    assert "<script>alert" not in page
    assert len(rows_of(client, address)) == 3


def test_the_reports_of_a_list_can_be_checked_by_anybody(client: CheckingClient, award: Award) -> None:
    address = begun(client, ("ada.json", file_of(award)), ("changed.json", changed(file_of(award))))
    finished(client, address)
    made = json.loads(client.get(f"{address}/result.json").content)["reports"]
    own = platform()
    known = Surroundings(at=timezone.now(), documents={own.did: jcs(own.did_document())})
    checked = {name: verify(jcs(one), surroundings=known) for name, one in made.items()}
    assert {name: (one.verdict, one.subject["reported_verdict"]) for name, one in checked.items()} == {
        "1": (Verdict.PASSED, "passed"), "2": (Verdict.PASSED, "failed"),
    }  # fmt: skip
