"""CSV files into a register: the good rows go on, the others are told; twice changes nothing; undone leaves nothing."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.registers.domain import identity, imports, registers
from tessella_web.registers.domain.bodies import attach_identifier
from tessella_web.registers.models import (
    Body,
    BodyIdentifier,
    Decision,
    EntryChange,
    EntryStatus,
    Import,
    ImportChange,
    ImportKind,
    QualityReport,
    Register,
    RegisterEntry,
    Scheme,
)
from tests.web.registers.samples import body

pytestmark = pytest.mark.django_db

ENTRIES = """number;name;country;legal_id;levels;fields;valid_from;homepage
1;University of Twickel;NL;NTRNL-1;5-7;06|07;2024-01-01;https://twickel.example
2;Kolleg Öhr;DE;;;;22.11.2025;
"""


def check(register: Register, by: Person, text: str | bytes, kind: ImportKind = ImportKind.ENTRIES) -> Import:
    data = text.encode() if isinstance(text, str) else text
    return imports.check_file(by=by, register=register, kind=kind, filename="list.csv", data=data)


def take(register: Register, by: Person, text: str | bytes, kind: ImportKind = ImportKind.ENTRIES) -> Import:
    return imports.carry_out(run=check(register, by, text, kind), by=by)


def counts(run: Import) -> tuple[int, ...]:
    return tuple(run.counts[name] for name in ("new", "changed", "unchanged", "wrong"))


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Body, BodyIdentifier, RegisterEntry, EntryChange, QualityReport)
    ]


def test_looking_through_changes_nothing(register: Register, agnes: Person) -> None:
    run = check(register, agnes, ENTRIES)
    assert (counts(run), run.state, RegisterEntry.objects.count(), Body.objects.count()) == (
        (2, 0, 0, 0),
        "checked",
        0,
        0,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_file_is_read_as_people_save_it(
    register: Register, agnes: Person, encoding: str, separator: str
) -> None:
    run = take(register, agnes, ENTRIES.replace(";", separator).replace("\n", "\r\n").encode(encoding))
    assert counts(run) == (2, 0, 0, 0)
    first, second = RegisterEntry.objects.order_by("number").select_related("body")
    assert (first.levels, first.fields, first.valid_from, first.body.country) == (
        [5, 6, 7],
        ["06", "07"],
        dt.date(2024, 1, 1),
        "NLD",
    )
    assert (second.body.name, second.valid_from) == ("Kolleg Öhr", dt.date(2025, 11, 22))
    assert [str(one) for one in first.body.identifiers.all()] == ["legal:NTRNL-1"]
    assert [one.name for one in first.body.names.all()] == ["University of Twickel"]


def test_twice_changes_nothing(register: Register, agnes: Person) -> None:
    take(register, agnes, ENTRIES)
    before = everything()
    run = take(register, agnes, ENTRIES)
    assert (counts(run), everything(), run.changes.count()) == ((0, 0, 2, 0), before, 0)


def test_undoing_leaves_nothing(register: Register, agnes: Person) -> None:
    before = everything()
    run = take(register, agnes, ENTRIES)
    assert (imports.undo(run=run, by=agnes), everything()) == (0, before)
    with pytest.raises(RefusedError):
        imports.undo(run=run, by=agnes)


def test_undoing_a_change_restores_what_was(register: Register, agnes: Person) -> None:
    take(register, agnes, ENTRIES)
    before = everything()
    run = take(register, agnes, "number,name,levels,status\n1,University of Twickel,6,suspended\n")
    assert (counts(run), RegisterEntry.objects.get(number="1").status) == ((0, 1, 0, 0), "suspended")
    assert [one.status for one in EntryChange.objects.filter(entry__number="1")] == ["listed", "suspended"]
    imports.undo(run=run, by=agnes)
    assert everything() == before


def test_undoing_leaves_alone_what_was_changed_since(register: Register, agnes: Person) -> None:
    run = take(register, agnes, ENTRIES)
    entry = RegisterEntry.objects.get(number="2")
    registers.change_status(
        by=agnes, entry=entry, status=EntryStatus.SUSPENDED, on=timezone.localdate(), reason="Papers"
    )
    assert imports.undo(run=run, by=agnes) == 1
    assert [one.number for one in RegisterEntry.objects.all()] == ["2"]


@pytest.mark.parametrize(
    ("row", "column", "hint"),
    [
        ("1;;NL;;;;;", "name", "Every row needs it."),
        ("1;\u202e;NL;;;;;", "name", "Every row needs it."),
        (";A;NL;;;;;", "number", "Every row needs it."),
        ("1;=HYPERLINK(1);NL;;;;;", "name", "Paste the value itself."),
        ("1;A;Atlantis;;;;;", "country", "Write its name in English or its two or three letters."),
        ("1;A;NL;;9;;;", "levels", "Levels are 1 to 8."),
        (
            "1;A;NL;;;6;;",
            "fields",
            "Write its code with two to four digits, with the zero in front: 06, 061, 0613.",
        ),
        ("1;A;NL;;;;01/02/2024;", "valid_from", "Write it as 2026-11-22 or 22.11.2026."),
        ("1;A;NL;;;;31.02.2024;", "valid_from", "Write it as 2026-11-22."),
        ("1;A;NL;;;;;twickel", "homepage", "Write it whole, with https:// in front."),
        ("1;A;NL;;;;;javascript:alert(1)", "homepage", "Write it whole, with https:// in front."),
        ("1;A;NL;;;;;;more", "", "Put text that holds the separator between quotation marks."),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_go_on(
    register: Register, agnes: Person, row: str, column: str, hint: str
) -> None:
    header, *good = ENTRIES.splitlines()
    run = take(register, agnes, "\n".join([header, row, good[1]]))
    assert counts(run) == (1, 0, 0, 1)
    told = [(one["row"], one["column"], one["hint"]) for one in run.findings]
    assert told == [(2, column, hint)]
    assert [one.number for one in RegisterEntry.objects.all()] == ["2"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("number;name\n1;Ünïversity\n".encode("latin-1"), "registers.encoding"),
        (b"PK\x03\x04\x00\x00", "registers.encoding"),
        (b"", "registers.columns"),
        (b"name\nTwickel\n", "registers.columns"),
        (b"number;name;name\n1;a;b\n", "registers.columns"),
        (b'number;name\n1;"never closed\n', "registers.csv"),
        (b"number;name\n" + b"1;a\n" * 50_001, "registers.rows"),
        (b"x" * 10_000_001, "registers.file-size"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    register: Register, agnes: Person, data: bytes, code: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        check(register, agnes, data)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


def test_bodies_are_found_by_identifier_then_by_name(register: Register, agnes: Person) -> None:
    known = body("University of Twickel")
    attach_identifier(known, Scheme.LEGAL, "NTRNL-1")
    run = take(
        register,
        agnes,
        "number;name;legal_id;country\n1;Twickel University;ntrnl-1;NL\n2;university of TWICKEL;;NL\n",
    )
    assert ({one.body_id for one in RegisterEntry.objects.all()}, Body.objects.count()) == ({known.id}, 1)
    assert [(one["row"], one["stops"]) for one in run.findings] == [(2, False)]


def test_identifiers_of_two_bodies_stop_the_row(register: Register, agnes: Person) -> None:
    attach_identifier(body("A"), Scheme.LEGAL, "NTRNL-1")
    attach_identifier(body("B"), Scheme.ROR, "https://ror.org/b")
    run = take(register, agnes, "number;name;legal_id;ror\n1;A;NTRNL-1;https://ror.org/b\n")
    assert counts(run) == (0, 0, 0, 1)


def test_a_number_is_one_bodys_and_stands_once(register: Register, agnes: Person) -> None:
    attach_identifier(body("Else"), Scheme.LEGAL, "NTRNL-9")
    take(register, agnes, ENTRIES)
    run = take(register, agnes, "number;name;legal_id\n1;Else;NTRNL-9\n3;X;\n3;Y;\n")
    assert counts(run) == (1, 0, 0, 2)


def test_files_of_the_european_database_are_read(register: Register, agnes: Person) -> None:
    institutions = (
        "deqar_id,eter_id,name_primary,country,city,website_link,founding_date\n"
        "DEQARINST9001,NL9001,University of Twickel,Netherlands,Twickel,https://twickel.example,1900\n"
        "DEQARINST9001,NL9001,University of Twickel,Netherlands,Otherton,https://twickel.example,1900\n"
    )
    run = take(register, agnes, institutions)
    assert (counts(run), Body.objects.count()) == ((1, 0, 0, 0), 1)
    reports = (
        "report_id,hei_deqar_id,hei_name,report_agency,decision,report_valid_from,report_valid_to,report_url\n"
        "R1,DEQARINST9001,University of Twickel,Agency of the Hills,positive with conditions or restrictions,"
        "2024-02-01,2030-01-31,https://reports.example/1\n"
    )
    assert counts(take(register, agnes, reports, ImportKind.REPORTS)) == (1, 0, 0, 0)
    found = QualityReport.objects.select_related("body", "agency").get()
    assert (found.body.name, found.agency.name, found.decision, found.valid_until) == (
        "University of Twickel",
        "Agency of the Hills",
        Decision.CONDITIONAL,
        dt.date(2030, 1, 31),
    )
    assert counts(take(register, agnes, reports, ImportKind.REPORTS)) == (0, 0, 1, 0)


def test_a_report_about_nobody_or_oneself_is_left_out_without_a_trace(
    register: Register, agnes: Person
) -> None:
    body("Agency for Higher Learning")
    text = (
        "number;name;agency;decision;decided_on\n"
        "1;Nobody;Agency of the Hills;positive;2024-01-01\n"
        "2;Agency for Higher Learning;Agency for Higher Learning;positive;2024-01-01\n"
    )
    run = take(register, agnes, text, ImportKind.REPORTS)
    assert (counts(run), Body.objects.count()) == ((0, 0, 0, 2), 1)


def test_an_accepted_register_describes_anew_what_others_only_declared(
    register: Register, agnes: Person, rob: Person, alice: Person
) -> None:
    other = accounts.found_organisation(founder=alice, name="Other", slug="other", country="NLD")
    theirs = registers.open_register(by=alice, organisation=other, name="Theirs", slug="theirs")
    take(theirs, alice, "number;name;legal_id;homepage\n1;Twickel;NTRNL-1;https://evil.example\n")
    assert not Body.objects.get().is_confirmed
    identity.accept_register(register=register, by=rob)
    register.refresh_from_db()
    take(register, agnes, ENTRIES)
    found = Body.objects.get(identifiers__value="NTRNL-1")
    assert (found.name, found.homepage, found.is_confirmed) == (
        "University of Twickel",
        "https://twickel.example",
        True,
    )


def test_only_those_who_may_import_do(
    register: Register, agnes: Person, keeper: Organisation, charlie: Person
) -> None:
    accounts.give_role(by=agnes, organisation=keeper, person=charlie, role=Role.GUEST)
    with pytest.raises(NotAllowedError):
        check(register, charlie, ENTRIES)
    run = check(register, agnes, ENTRIES)
    with pytest.raises(NotAllowedError):
        imports.carry_out(run=run, by=charlie)


@pytest.mark.parametrize("count", [1_200, pytest.param(10_000, marks=pytest.mark.vectors)])
def test_many_rows_are_taken_over_and_undone(register: Register, agnes: Person, count: int) -> None:
    rows = "".join(
        f"{number};School {number};NL;NTRNL-{number};6;06;2024-01-01;\n" for number in range(count)
    )
    text = ENTRIES.splitlines()[0] + "\n" + rows
    before = time.perf_counter()
    run = take(register, agnes, text)
    taken = time.perf_counter() - before
    assert (counts(run), RegisterEntry.objects.count()) == ((count, 0, 0, 0), count)
    assert counts(take(register, agnes, text)) == (0, 0, count, 0)
    before = time.perf_counter()
    assert imports.undo(run=run, by=agnes) == 0
    undone = time.perf_counter() - before
    print(f"{count} rows: looked through and taken over in {taken:.1f} s, undone in {undone:.1f} s")
    assert (Body.objects.count(), ImportChange.objects.filter(run=run).exists()) == (0, True)
