"""Names that can be taken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella_web.registers.lookalikes import lookalikes
from tessella_web.registers.names import distance, plain, sketch
from tests.web.registers.samples import body


@pytest.mark.parametrize(
    "fake",
    [
        "University of Twicke1",
        "Unіversity of Twісkel",  # Cyrillic і and с
        "UNIVERSITY OF TWICKEL",
        "University  of-Twickel",
        "Üniversity of Twíckel",
        "Twickel University",
        "University of Twickell",
        "Universty of Twickel",
        "University of Tvvickel",
    ],
)
@pytest.mark.django_db
def test_a_look_alike_is_found(fake: str) -> None:
    real = body("University of Twickel")
    assert lookalikes([fake]) == [real]


@pytest.mark.parametrize(
    "other", ["University of Twente", "Twickel Castle", "ROC Twickel", "Academy of Arts"]
)
@pytest.mark.django_db
def test_another_name_is_not_one(other: str) -> None:
    body("University of Twickel")
    assert lookalikes([other]) == []


@pytest.mark.django_db
def test_short_names_differ_by_few_letters() -> None:
    one = body("ROC A12")
    assert (lookalikes(["ROC A13"]), lookalikes(["roc a12"])) == ([], [one])


@pytest.mark.django_db
def test_what_was_only_declared_is_not_known_and_oneself_is_no_look_alike() -> None:
    one = body("University of Twickel")
    body("University of Tvickel", confirmed=False)
    assert lookalikes(["University of Twickel"], besides=one) == []


def brute(first: str, second: str) -> int:
    if not first or not second:
        return len(first) + len(second)
    return min(
        brute(first[1:], second) + 1,
        brute(first, second[1:]) + 1,
        brute(first[1:], second[1:]) + (first[0] != second[0]),
    )


@given(st.text("ab", max_size=5), st.text("ab", max_size=5))
def test_the_distance_is_the_one_of_the_definition(first: str, second: str) -> None:
    assert distance(first, second) == min(brute(first, second), 3)


@given(st.text(max_size=40))
def test_looking_twice_sees_the_same(name: str) -> None:
    assert plain(plain(name)) == plain(name)
    assert " " not in sketch(name)
