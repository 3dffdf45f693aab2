"""Spreadsheets: the template that is filled in, the dry run that names every problem cell, and what is taken over."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from tessella_web.accounts.models import Person
from tessella_web.catalogue.offers.models import Offer
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.assessment import domain, queries
from tessella_web.credentials.assessment.models import Enrolment, OutcomeRecord, State, Upload
from tests.web.offers.conftest import ON, achieved

pytestmark = pytest.mark.django_db


def people(cora: Person, offer: Offer, *names: str) -> list[Enrolment]:
    return [domain.list_person(by=cora, offer=offer, details={"family_name": name}) for name in names]


def filled(data: bytes, *rows: dict[str, object]) -> bytes:
    """The template with cells written by heading (or how it begins), row by row from the second."""
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            column = next(n for n, head in enumerate(heads, 1) if head == name or head.startswith(f"{name}:"))
            sheet.cell(row=number, column=column).value = value  # type: ignore[assignment]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


ALL = {"lo-map": "Achieved", "lo-bias": "yes", "lo-law": "ACHIEVED", "lo-decide": "Achieved"}


def check(ada: Person, offer: Offer, data: bytes, name: str = "results.xlsx") -> Upload:
    return domain.check_results(by=ada, offer=offer, file_name=name, data=data)


def test_the_template_comes_back_filled(ada: Person, cora: Person, offer: Offer) -> None:
    first, second = people(cora, offer, "Ann", "Ben")
    data = filled(
        domain.results_sheet(by=ada, offer=offer),
        {**ALL, "Grade": 8, "Assessed on": dt.date(2026, 5, 4), "Supervision": "Supervised, identity checked",
         "How identity was checked": "Passport", "Evidence": "Box 4"},
    )  # fmt: skip
    upload = check(ada, offer, data)
    assert ([row["name"] for row in upload.rows], upload.problems, OutcomeRecord.objects.count()) == (
        ["Ann"],
        [],
        0,
    )
    assert domain.take_over(by=ada, upload=upload) == (1, [])
    found = OutcomeRecord.objects.get()
    assert (found.enrolment, found.grade, found.assessed_on, found.supervision) == (
        first,
        "8",
        ON,
        "supervised-with-id",
    )
    assert (set(found.standings.values()), found.identity_check, found.note) == (
        {"achieved"},
        "Passport",
        "Box 4",
    )
    assert (Upload.objects.count(), second.records.count()) == (0, 0)
    again = domain.results_sheet(by=ada, offer=offer)
    assert check(ada, offer, again).rows == []


def test_every_problem_cell_is_named(ada: Person, cora: Person, offer: Offer) -> None:
    people(cora, offer, "Ann", "Ben", "Cem", "Dot")
    data = filled(
        domain.results_sheet(by=ada, offer=offer),
        {"lo-map": "great", "lo-law": "=1+1", "Assessed on": "4/5/2026", "Supervision": "somehow"},
        {**ALL, "Assessed on": None},
        {**ALL, "Assessed on": dt.date(2999, 1, 1)},
        {**ALL, "Assessed on": dt.date(2026, 5, 4), "Grade": "x" * 61},
    )
    upload = check(ada, offer, data)
    told = [(one["row"], one["column"].partition(",")[0], one["code"]) for one in upload.problems]
    assert sorted(told) == [
        (2, "C", "assessment.standing"),
        (2, "E", "sheet.cell"),
        (2, "H", "classlist.date"),
        (2, "I", "input.vocabulary"),
        (3, "H", "assessment.no-date"),
        (4, "H", "assessment.date"),
        (5, "G", "assessment.too-long"),
    ]
    assert (upload.rows, all(one["message"] and one["hint"] for one in upload.problems)) == ([], True)


def test_rows_of_others_twice_and_by_hand_are_refused(
    ada: Person, cora: Person, alice: Person, offer: Offer, version: object
) -> None:
    people(cora, offer, "Ann", "Ben", "Cem")
    data = domain.results_sheet(by=ada, offer=offer)
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["A3"], sheet["A4"] = sheet["A2"].value, "made-up/0"
    target = io.BytesIO()
    book.save(target)
    told = [(one["row"], one["code"]) for one in check(ada, offer, target.getvalue()).problems]
    assert told == [(3, "sheet.duplicate"), (4, "sheet.reference")]


def test_what_somebody_recorded_since_is_not_overwritten(
    ada: Person, aldo: Person, cora: Person, offer: Offer
) -> None:
    (ann,) = people(cora, offer, "Ann")
    data = filled(domain.results_sheet(by=ada, offer=offer), {**ALL, "Assessed on": dt.date(2026, 5, 4)})
    waiting = check(ada, offer, data)
    domain.record(by=aldo, enrolment=ann, finding=achieved(grade="3", standings={"lo-map": "not"}))
    done, problems = domain.take_over(by=ada, upload=waiting)
    assert (done, [one["code"] for one in problems]) == (0, ["assessment.changed"])
    assert [one["code"] for one in check(ada, offer, data).problems] == ["assessment.changed"]
    assert OutcomeRecord.objects.get(is_current=True).grade == "3"


def test_an_assessor_s_own_row_is_refused(ada: Person, offer: Offer) -> None:
    domain.enrol(by=ada, offer=offer, details={"given_name": "Ada"})
    data = filled(domain.results_sheet(by=ada, offer=offer), {**ALL, "Assessed on": dt.date(2026, 5, 4)})
    assert [one["code"] for one in check(ada, offer, data).problems] == ["assessment.own"]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_a_name_never_becomes_a_formula(ada: Person, cora: Person, offer: Offer, name: str) -> None:
    people(cora, offer, name)
    data = domain.results_sheet(by=ada, offer=offer)
    cell = load_workbook(io.BytesIO(data)).worksheets[0]["B2"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (name, "s", True)
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert [
        one for one in parts.namelist() if one.startswith("xl/worksheets/") and b"<f>" in parts.read(one)
    ] == []


def test_the_headings_are_understood_in_both_languages(ada: Person, cora: Person, offer: Offer) -> None:
    people(cora, offer, "Ann")
    with translation.override("de"):
        data = domain.results_sheet(by=ada, offer=offer)
    given = filled(data, {**ALL})
    book = load_workbook(io.BytesIO(given))
    sheet = book.worksheets[0]
    sheet["H1"], sheet["H2"] = "assessed on", "2026-05-04"
    target = io.BytesIO()
    book.save(target)
    assert len(check(ada, offer, target.getvalue()).rows) == 1


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("r.xlsx", b"junk", "input.spreadsheet"),
        ("r.csv", b"Name,Grade\nAnn,8\n", "sheet.header"),
        ("r.csv", b"x" * (8 * 1024 * 1024 + 1), "sheet.too-large"),
        ("r.csv", b"Reference\n" + b"a\n" * 2100, "sheet.too-long"),
    ],
)
def test_a_file_that_cannot_be_used(
    ada: Person, cora: Person, offer: Offer, name: str, data: bytes, code: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        check(ada, offer, data, name)
    assert (caught.value.code, caught.value.field) == (code, "file")
    if code != "sheet.header":
        with pytest.raises(RefusedError) as caught:
            domain.check_people(by=cora, offer=offer, file_name=name, data=data)
        assert caught.value.code == code


def test_who_takes_part_comes_from_a_class_list(
    cora: Person, lou: Person, offer: Offer, enrolled: Enrolment
) -> None:
    data = (
        b"Given name,Family name,E-mail,Date of birth\n"
        b"Ann,One,ann@example.org,2001-02-03\n"
        b"Ben,Two,nobody,yesterday\n"
        b"Lou,Learner,lou@example.org,\n"
        b",Cher,,\n"
    )
    upload = domain.check_people(by=cora, offer=offer, file_name="c.csv", data=data)
    assert [(one["row"], one["code"]) for one in upload.problems] == [
        (3, "classlist.email"),
        (3, "classlist.date"),
        (4, "enrolment.already"),
    ]
    assert (len(upload.rows), Enrolment.objects.count()) == (2, 1)
    assert domain.take_over(by=cora, upload=upload) == (2, [])
    found = Enrolment.objects.exclude(pk=enrolled.pk)
    assert {(one.name, one.email, one.birth_date, one.state) for one in found} == {
        ("Ann One", "ann@example.org", dt.date(2001, 2, 3), State.ENROLLED),
        ("Cher", "", None, State.ENROLLED),
    }
    twice = domain.check_people(by=cora, offer=offer, file_name="c.csv", data=b"Name\nCher\n")
    assert domain.take_over(by=cora, upload=twice)[1][0]["code"] == "enrolment.already"


def test_who_may_not_uploads_nothing(
    alice: Person, bob: Person, cora: Person, ada: Person, charlie: Person, offer: Offer
) -> None:
    for someone in (alice, bob, cora, charlie):
        with pytest.raises(NotAllowedError):
            domain.results_sheet(by=someone, offer=offer)
        with pytest.raises(NotAllowedError):
            check(someone, offer, b"")
    for someone in (ada, bob, charlie):
        with pytest.raises(NotAllowedError):
            domain.check_people(by=someone, offer=offer, file_name="a.csv", data=b"Name\nX\n")
    upload = domain.check_people(by=cora, offer=offer, file_name="a.csv", data=b"Name\nX\n")
    with pytest.raises(NotAllowedError):
        domain.take_over(by=ada, upload=upload)
    domain.give_up(by=cora, upload=upload)
    assert Upload.objects.count() == Enrolment.objects.count() == queries.taken(offer) == 0


def test_a_plain_workbook_needs_the_reference(ada: Person, offer: Offer) -> None:
    book = Workbook()
    book.worksheets[0].append(["Reference"])
    target = io.BytesIO()
    book.save(target)
    assert check(ada, offer, target.getvalue()).rows == []
