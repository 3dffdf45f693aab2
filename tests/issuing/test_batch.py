"""Batches: each award exactly once, whatever happens in between; bad rows named, good ones done."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tessella.adapters.files import write_bytes
from tessella.adapters.ledger import Ledger
from tessella.adapters.statusbook import StatusBook
from tessella.containers import Kind, extract
from tessella.issuing.batch import AlreadyIssued, BatchEvent, IssuedAward, issue_class_list, make_award
from tessella.issuing.classlist import ClassListEntry, RowProblem
from tessella.issuing.sealing import StatusEntry
from tessella.issuing.table import Row, Table
from tessella.model import Achieved, Assessment, Learner, MicroCredential
from tessella.vocabulary import code_list
from tests.issuing.support import AT, course, issuer

HEADER = Row(number=1, cells=("Given name", "Family name", "E-mail", "Grade"))
PEOPLE = [
    ("Ona", "Kazlauskienė", "ona@example.org", 8),
    ("Bram", "de Boer", "bram@example.org", 7.5),
    ("Noor", "El Amrani", "noor@example.org", 9),
]


def table(people: list[tuple[object, ...]]) -> Table:
    rows = [HEADER, *(Row(number=n, cells=cells) for n, cells in enumerate(people, 2))]  # type: ignore[arg-type]
    return Table(source="list.xlsx", sheet="", rows=rows)


def issue(
    folder: Path,
    people: list[tuple[object, ...]],
    *,
    formats: tuple[str, ...] = ("openbadge",),
    stop_at: int = -1,
    micro_credential: MicroCredential | None = None,
) -> list[BatchEvent]:
    written = 0

    def write(name: str, data: bytes) -> None:
        nonlocal written
        if written == stop_at:
            raise KeyboardInterrupt
        written += 1
        write_bytes(folder / name, data)

    def events() -> Iterator[BatchEvent]:
        with Ledger(folder / "ledger.db") as ledger:
            book = StatusBook(folder / "status", "https://u.example/s", used=ledger.status_places())

            def status_for(format: str, credential_id: str) -> StatusEntry:
                known = ledger.status_of(credential_id)
                return StatusEntry(list_url=known[0], index=known[1]) if known else book.allocate()

            yield from issue_class_list(
                table(people), micro_credential or course(), issuer(), formats=formats, at=AT, ledger=ledger,
                write=write, status_for=status_for,
            )  # fmt: skip

    return list(events())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("openbadge/*"))}


def test_a_batch_run_again_does_nothing(tmp_path: Path) -> None:
    first = issue(tmp_path, PEOPLE)
    before = files(tmp_path)
    again = issue(tmp_path, PEOPLE)
    assert [type(event) for event in first] == [IssuedAward] * 3
    assert [type(event) for event in again] == [AlreadyIssued] * 3
    assert files(tmp_path) == before


@pytest.mark.parametrize("stop_at", [0, 1, 2])
def test_a_killed_batch_goes_on_under_the_same_ids(tmp_path: Path, stop_at: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        issue(tmp_path, PEOPLE, stop_at=stop_at)
    with Ledger(tmp_path / "ledger.db") as ledger:
        known = {entry.credential_id: entry.status["index"] for entry in ledger.entries()}
    assert len(known) == stop_at + 1
    issue(tmp_path, PEOPLE)
    made = {name: json.loads(data) for name, data in files(tmp_path).items()}
    assert len(made) == 3
    places = {badge["id"]: badge["credentialStatus"]["statusListIndex"] for badge in made.values()}
    assert {id: places[id] for id in known} == {id: str(index) for id, index in known.items()}
    indices = {badge["credentialStatus"]["statusListIndex"] for badge in made.values()}
    assert len(indices) == 3


def test_new_rows_are_added_to_an_earlier_batch(tmp_path: Path) -> None:
    issue(tmp_path, PEOPLE[:2])
    events = issue(tmp_path, [PEOPLE[2], *PEOPLE[:2]])
    assert [type(event) for event in events] == [IssuedAward, AlreadyIssued, AlreadyIssued]


def test_a_script_without_glyphs_is_a_named_row_and_the_rest_go_on(tmp_path: Path) -> None:
    people = [("伟", "李", "wei@example.org", 8), PEOPLE[0]]
    events = issue(tmp_path, people, formats=("pdf",))
    assert [type(event) for event in events] == [RowProblem, IssuedAward]
    problem = events[0]
    assert isinstance(problem, RowProblem)
    assert (problem.row, problem.code) == (2, "rendering.missing-glyph")
    assert problem.hint


def test_files_are_named_for_people_and_never_clash(tmp_path: Path) -> None:
    people = [
        ("Anna", "Jansen", "a@example.org", 7),
        ("Anna", "Jansen", "b@example.org", 8),
        ("../..", "/etc", "c@example.org", 6),
    ]
    issue(tmp_path, people)
    assert list(files(tmp_path)) == [
        "002-anna-jansen.badge.json",
        "003-anna-jansen.badge.json",
        "004-etc.badge.json",
    ]


def test_decimal_grade_reads_as_written(tmp_path: Path) -> None:
    issue(tmp_path, PEOPLE[1:2])
    (badge,) = (json.loads(data) for data in files(tmp_path).values())
    assert badge["credentialSubject"]["result"][0]["value"] == "7.5"


def test_same_name_in_the_same_row_of_another_list_or_course_overwrites_nothing(tmp_path: Path) -> None:
    issue(tmp_path, [("Anna", "Jansen", "a@example.org", 7)])
    before = files(tmp_path)
    issue(tmp_path, [("Anna", "Jansen", "b@example.org", 8)])
    other = msgspec.structs.replace(course(), id="urn:uuid:00000000-0000-4000-8000-00000000c0de")
    issue(tmp_path, [("Anna", "Jansen", "a@example.org", 7)], micro_credential=other)
    assert list(files(tmp_path)) == [
        "002-anna-jansen-2.badge.json",
        "002-anna-jansen-3.badge.json",
        "002-anna-jansen.badge.json",
    ]
    assert files(tmp_path).items() >= before.items()


def test_further_formats_are_copies_of_the_same_award(tmp_path: Path) -> None:
    (first,) = issue(tmp_path, PEOPLE[:1])
    before = files(tmp_path)
    (again,) = issue(tmp_path, PEOPLE[:1], formats=("openbadge", "pdf"))
    assert isinstance(first, IssuedAward)
    assert isinstance(again, IssuedAward)
    assert [copy.format for copy in again.copies] == ["pdf"]
    assert again.award.id == first.award.id
    assert files(tmp_path) == before
    carried = extract((tmp_path / again.copies[0].file).read_bytes())
    badge = json.loads(next(iter(before.values())))
    assert [json.loads(one.data)["id"] for one in carried if one.kind is Kind.JSON] == [badge["id"]]
    assert isinstance(issue(tmp_path, PEOPLE[:1], formats=("openbadge", "pdf"))[0], AlreadyIssued)


def test_what_an_assessor_recorded_is_in_the_award() -> None:
    entry = ClassListEntry(
        row=2,
        key="k",
        learner=Learner(full_name="Ona K"),
        grade="8",
        assessed_on=dt.date(2026, 5, 4),
        assessed_by="ada@example.org",
        supervision="unsupervised-with-id",
        achieved=(Achieved(outcome="lo-bias", on=dt.date(2026, 5, 4)),),
    )
    assert msgspec.convert(msgspec.to_builtins(entry), ClassListEntry) == entry
    described = code_list("supervision").require("supervised-with-id")
    for count in (1, 2):
        parts = tuple(Assessment(id=f"a{n}", supervision=described) for n in range(count))
        record = MicroCredential(id="urn:x", title={"en": "X"}, assessments=parts)
        award = make_award(entry, record, id="urn:uuid:1", at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
        assert award.achieved == entry.achieved
        assert [one.grade for one in award.results] == ["8"] if count == 1 else ["", "", "8"]
        assert [one.supervision.code for one in award.results if one.supervision] == [
            entry.supervision
        ] * count
        assert b"ada@" not in msgspec.json.encode(award)
