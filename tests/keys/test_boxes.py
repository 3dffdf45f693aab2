"""Boxes open with their secret, in their place, unchanged; and never otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import KeyMaterialError
from tessella.keys.boxes import box, unbox

SECRET = b"tessella_0123456789abcdef0123456789"


@given(data=st.binary(max_size=200), place=st.text(max_size=20))
def test_a_box_opens_in_its_place(data: bytes, place: str) -> None:
    assert unbox(box(data, secret=SECRET, bound_to=place), secret=SECRET, bound_to=place) == data


@given(data=st.data())
def test_any_flipped_bit_closes_it(data: st.DataObject) -> None:
    made = bytearray(box(b"an answer", secret=SECRET, bound_to="call 1"))
    made[data.draw(st.integers(0, len(made) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(KeyMaterialError) as caught:
        unbox(bytes(made), secret=SECRET, bound_to="call 1")
    assert caught.value.code == "key.box"


@pytest.mark.parametrize(("secret", "place"), [(SECRET + b"x", "call 1"), (SECRET, "call 2")])
def test_another_secret_or_place_does_not_open_it(secret: bytes, place: str) -> None:
    made = box(b"an answer", secret=SECRET, bound_to="call 1")
    with pytest.raises(KeyMaterialError):
        unbox(made, secret=secret, bound_to=place)


@pytest.mark.parametrize("junk", [b"", b"short", bytes(12)])
def test_what_is_no_box_is_told(junk: bytes) -> None:
    with pytest.raises(KeyMaterialError):
        unbox(junk, secret=SECRET, bound_to="")
