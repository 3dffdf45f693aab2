"""RFC 8785: the vectors of its authors, and equality with a second implementation."""

from __future__ import annotations

import json
import math
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from tessella.canonical import jcs, loads
from tessella.canonical.jcs import _fast
from tessella.errors import CanonicalError, LimitError
from tests.support import shared

NASTY_KEYS = st.text(st.sampled_from('ab\x00\x1f"\\/éͰ퟿豈ﷺ￮\U00010000\U0001f602\x7f\u2028'), max_size=4)
TEXTS = NASTY_KEYS | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NASTY_FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(
    [-0.0, 0.0, 3.0, 1e-5, 9.999999999999999e-6, 1e-6, 1e-7, 1e15, 1e16, 9007199254740993.0, 1e20, 1e21, 5e-324, 0.1,
     1.7976931348623157e308, 2.0**53, -(2.0**53), 333333333.3333333, 123456789.123456789, 0.000035]
)  # fmt: skip
INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | NASTY_FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_jcs_official_vector(name: str) -> None:
    written = jcs(loads(shared(f"vc/jcs/input/{name}.json").read_bytes()))
    assert written == shared(f"vc/jcs/output/{name}.json").read_bytes()
    assert written == bytes.fromhex(shared(f"vc/jcs/outhex/{name}.txt").read_text())


@given(VALUES)
@example({"﷐": 1, "\U00010000": 2})
@example([1.0, {"a": 2.5, "b": 1e-6}])
def test_jcs_equals_the_second_implementation(value: Any) -> None:
    assert jcs(value) == rfc8785.dumps(value)


@given(NASTY_FLOATS)
def test_jcs_number_equals_the_second_implementation(number: float) -> None:
    assert jcs([number]) == rfc8785.dumps([number])


@given(VALUES)
def test_jcs_is_idempotent(value: Any) -> None:
    once = jcs(value)
    assert jcs(json.loads(once, parse_int=float)) == once


def test_jcs_common_values_take_the_fast_way_and_odd_ones_do_not() -> None:
    assert (
        _fast({"name": "Zoë 🎓"[:3], "credits": 3.0, "part": [0.5, None]})
        == b'{"credits":3,"name":"Zo\xc3\xab","part":[0.5,null]}'
    )
    for odd in ({"ﬁ": 1, "𝒳": 2}, [1e-6], [1e16], [float("nan")], (1,), {1: 2}):
        assert _fast(odd) is None, odd


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (math.nan, "canonical.number"),
        ([math.inf], "canonical.number"),
        ({"a": -math.inf}, "canonical.number"),
        (2**53, "canonical.number"),
        ([1.0, -(2**53)], "canonical.number"),
        (2**70, "canonical.number"),
        ("\ud800", "canonical.text"),
        ({"\udfff": 1}, "canonical.text"),
        ({1: 2}, "canonical.value"),
        ({None: 2}, "canonical.value"),
        (b"x", "canonical.value"),
        ({"a": {1, 2}}, "canonical.value"),
        (object(), "canonical.value"),
        (1 + 2j, "canonical.value"),
    ],
)
def test_jcs_what_has_no_canonical_form_is_refused(value: Any, code: str) -> None:
    with pytest.raises(CanonicalError) as caught:
        jcs(value)
    assert caught.value.code == code


def test_jcs_value_that_contains_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(LimitError) as caught:
        jcs(loop)
    assert caught.value.code == "canonical.depth"


def test_jcs_subclasses_are_written_as_what_they_are() -> None:
    class Colour(StrEnum):
        RED = "red"

    assert jcs({"c": Colour.RED, "t": (1, True)}) == b'{"c":"red","t":[1,true]}'
