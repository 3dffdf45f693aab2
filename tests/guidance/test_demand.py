"""Tables of vacancies: rows with errors, which figure answers, and planned offers by unmet demand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import TessellaError
from tessella.guidance.demand import (
    COLUMNS,
    Demand,
    Figure,
    OfferPlaces,
    demand_for,
    load_offer_places,
    parse_period,
    rank,
    read_table,
)

ON = dt.date(2026, 11, 22)
BEES, BOATS = "http://data.europa.eu/esco/skill/bees", "http://data.europa.eu/esco/skill/boats"
HEAD = ",".join(COLUMNS)
GOOD = f"{BEES},NL21,2026-Q3,120,Nyando Employment Service,https://example.org/q3,2026-10-05,CC BY 4.0"


def read(*rows: str, head: str = HEAD) -> tuple[list[Figure], list[tuple[int, str]]]:
    found = list(read_table("\n".join([head, *rows]).encode(), file="jobs.csv", today=ON))
    figures = [one.figure for one in found if one.figure]
    return figures, [(wrong.row, wrong.field) for one in found for wrong in one.errors]


def figure(region: str = "NL21", vacancies: int = 120, quarter: str = "2026-Q3", source: str = "Nyando", concept: str = BEES) -> Figure:  # fmt: skip
    begin, end = parse_period(quarter)
    return Figure(
        concept=concept, region=region, period_from=begin, period_to=end, vacancies=vacancies, source=source,
        source_url="https://example.org/q3", published_on=dt.date(2026, 10, 5), licence="CC BY 4.0",
    )  # fmt: skip


def test_good_row_is_a_figure_with_source_date_and_licence() -> None:
    (found,), wrong = read(GOOD)
    assert wrong == []
    assert found == Figure(
        concept=BEES, region="NL21", period_from=dt.date(2026, 7, 1), period_to=dt.date(2026, 9, 30), vacancies=120,
        source="Nyando Employment Service", source_url="https://example.org/q3", published_on=dt.date(2026, 10, 5),
        licence="CC BY 4.0",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("concept", "beekeeping"), ("concept", "javascript:alert(1)"), ("region", "Nyando"), ("region", "NL2100"), ("period", "autumn"),
        ("period", "2026-13"), ("period", "2026-Q5"), ("vacancies", "-3"), ("vacancies", "many"), ("vacancies", "1.5"), ("vacancies", "٣"),
        ("vacancies", "9999999999999"), ("source", ""), ("source_url", "q3.html"), ("published_on", ""), ("published_on", "5 October"),
        ("published_on", "2027-01-01"), ("published_on", "2026-01-01"), ("licence", ""), ("source", "x" * 501),
    ],
)  # fmt: skip
def test_bad_cell_is_told_and_the_good_rows_go_on(column: str, value: str) -> None:
    cells = dict(zip(COLUMNS, GOOD.split(","), strict=True))
    bad = ",".join({**cells, column: value}.values())
    figures, wrong = read(bad, GOOD)
    assert len(figures) == 1
    assert wrong == [(2, column)]


def test_row_errors_have_a_remedy_and_do_not_repeat_the_cell() -> None:
    found = list(read_table(f"{HEAD}\n{GOOD.replace('120', 'secret')}".encode(), file="jobs.csv", today=ON))
    (wrong,) = found[0].errors
    assert (wrong.file, wrong.row, wrong.field) == ("jobs.csv", 2, "vacancies")
    assert wrong.remedy
    assert "secret" not in wrong.reason + wrong.remedy


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_separators_and_names_of_columns(mark: str) -> None:
    head = "skill,nuts,period,vacancies,source,source url,date,license,note"
    figures, wrong = read((GOOD + ",hello").replace(",", mark), head=head.replace(",", mark))
    assert (len(figures), wrong) == (1, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "demand.columns"),
        (b"concept,region\nx,y", "demand.columns"),
        (b"\xff\xfe\x00", "demand.no-table"),
        (f'{HEAD}\n"unclosed'.encode(), "demand.no-table"),
    ],
)
def test_file_that_is_no_table_is_refused_with_a_remedy(data: bytes, code: str) -> None:
    with pytest.raises(TessellaError) as caught:
        list(read_table(data, file="jobs.csv", today=ON))
    assert (caught.value.code, caught.value.place, bool(caught.value.hint)) == (code, "jobs.csv", True)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for whole in (data, HEAD.encode() + b"\n" + data):
        try:
            list(read_table(whole, file="x", today=ON))
        except TessellaError as error:
            assert error.code.startswith("demand.")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026", "2026-01-01", "2026-12-31"), ("2026-Q4", "2026-10-01", "2026-12-31"), ("2024-02", "2024-02-01", "2024-02-29")],
)  # fmt: skip
def test_periods(text: str, first: str, last: str) -> None:
    assert parse_period(text) == (dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_newest_period_of_each_source_and_sources_are_not_added_up() -> None:
    found = demand_for([figure(quarter="2026-Q2", vacancies=900), figure(), figure(source="Other", vacancies=90)], region="NL21", on=ON)  # fmt: skip
    assert [(one.source, one.vacancies) for one in found] == [("Nyando", 120), ("Other", 90)]


def test_parts_of_a_region_are_added_up_once_and_said() -> None:
    (found,) = demand_for([figure("NL21"), figure("NL22", 30), figure("NL221", 10), figure("BE10", 5)], region="NL2", on=ON)  # fmt: skip
    assert (found.vacancies, found.regions, found.is_whole, found.is_wider) == (150, ("NL21", "NL22"), False, False)  # fmt: skip


def test_region_itself_beats_its_parts() -> None:
    (found,) = demand_for([figure("NL21"), figure("NL2", 400)], region="nl2", on=ON)
    assert (found.vacancies, found.is_whole) == (400, True)


def test_next_larger_region_is_said_to_be_one() -> None:
    (found,) = demand_for([figure("NL", 5000), figure("NL2", 400), figure("EU", 99999)], region="NL21", on=ON)
    assert (found.vacancies, found.regions, found.is_wider) == (400, ("NL2",), True)


def test_another_country_says_nothing() -> None:
    assert demand_for([figure("BE10")], region="NL", on=ON) == ()


@pytest.mark.parametrize(("quarter", "is_stale"), [("2025-Q4", False), ("2025-Q3", True), ("2026-Q3", False)])
def test_old_figures_are_marked(quarter: str, is_stale: bool) -> None:
    (found,) = demand_for([figure(quarter=quarter)], on=ON)
    assert found.is_stale is is_stale


def demand(concept: str, vacancies: int) -> Demand:
    return demand_for([figure(concept=concept, vacancies=vacancies)], on=ON)[0]


def test_planned_offers_by_unmet_demand_of_their_most_wanted_skill() -> None:
    offers = [
        OfferPlaces(id="1", title="Boats", skills=(BOATS,), places=10, planned=True),
        OfferPlaces(id="2", title="Bees", skills=(BEES,), places=10, planned=True),
        OfferPlaces(id="3", title="Songs", skills=("urn:song",), planned=True),
        OfferPlaces(id="4", title="Bees, spring", skills=(BEES,), places=90),
        OfferPlaces(id="5", title="Both", skills=(BOATS, BEES), planned=True),
    ]
    found = rank(offers, [demand(BEES, 120), demand(BOATS, 50)])
    assert [(one.offer.title, one.leading.unmet if one.leading else None) for one in found] == [
        ("Boats", 50), ("Both", 50), ("Bees", 30), ("Songs", None),
    ]  # fmt: skip
    assert [one.unmet for one in found[1].others] == [30]
    assert found[3].without_figures == ("urn:song",)


def test_offer_that_turns_nobody_away_leaves_nothing_unmet() -> None:
    offers = [
        OfferPlaces(id="1", title="A", skills=(BEES,), planned=True),
        OfferPlaces(id="2", title="B", skills=(BEES,)),
        OfferPlaces(id="3", title="C", skills=(BEES,), places=5),
    ]
    (found,) = rank(offers, [demand(BEES, 120)])
    assert found.leading is not None
    assert (found.leading.open_places, found.leading.unmet) == (None, 0)


def test_offers_from_a_file() -> None:
    (found,) = load_offer_places({"offers": [{"id": "1", "title": "A", "skills": [BEES], "places": 5}]})
    assert found == OfferPlaces(id="1", title="A", skills=(BEES,), places=5)
    with pytest.raises(TessellaError) as caught:
        load_offer_places([{"id": "1"}], place="offers.yaml")
    assert (caught.value.code, caught.value.place) == ("demand.offers", "offers.yaml")
