"""The issuer's side: allocation, setting and clearing."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import SchemaError, StateError
from tessella.status import DEFAULT_ENTRIES, MIN_ENTRIES, StatusList, expand_bitstring
from tessella.status.bitstring import MAX_LIST_BYTES, value_at


def seeded(seed: int) -> Callable[[int], int]:
    return random.Random(seed).randrange


def test_list_has_room_for_a_million() -> None:
    assert StatusList("revocation").entries == DEFAULT_ENTRIES == 1_048_576
    assert StatusList("revocation").free == 943_718


@settings(max_examples=15)
@given(st.integers(), st.sets(st.integers(0, 199)), st.integers(0, 50))
def test_set_bits_are_exactly_those_set_and_the_decoys(seed: int, revoked: set[int], decoys: int) -> None:
    status = StatusList("revocation", entries=MIN_ENTRIES)
    random_below = seeded(seed)
    indexes = [status.allocate(random_below=random_below) for _ in range(200)]
    assert len(set(indexes)) == 200
    status.add_decoys(decoys, random_below=random_below)
    for number in revoked:
        status.set(indexes[number])
    published = expand_bitstring(status.encoded())
    assert [value_at(published, index) for index in indexes] == [int(n in revoked) for n in range(200)]
    assert int.from_bytes(published).bit_count() == len(revoked) + decoys
    again = StatusList("revocation", bits=status.bits, taken=status.taken)
    assert (again.free, again.encoded()) == (status.free, status.encoded())
    assert [again.is_set(index) for index in indexes] == [n in revoked for n in range(200)]


def test_allocate_skips_taken_places() -> None:
    places = iter([5, 5, 5, 9])
    status = StatusList("suspension", entries=MIN_ENTRIES)
    assert status.allocate(random_below=lambda _: 5) == 5
    assert status.allocate(random_below=lambda _: next(places)) == 9


def test_allocate_from_a_full_list_is_refused() -> None:
    filled = MIN_ENTRIES * 90 // 100 // 8
    taken = b"\xff" * filled + bytes(MIN_ENTRIES // 8 - filled)
    status = StatusList("revocation", bits=bytes(MIN_ENTRIES // 8), taken=taken)
    while status.free:
        status.allocate()
    with pytest.raises(StateError) as caught:
        status.allocate()
    assert caught.value.code == "state.status-list"


def test_suspension_is_lifted_and_revocation_is_not() -> None:
    suspension, revocation = StatusList("suspension"), StatusList("revocation")
    for status in (suspension, revocation):
        index = status.allocate(random_below=lambda _: 77)
        status.set(index)
        assert status.is_set(77)
    suspension.clear(77)
    assert not suspension.is_set(77)
    with pytest.raises(StateError):
        revocation.clear(77)
    assert revocation.is_set(77)


@pytest.mark.parametrize("index", [-1, 0, DEFAULT_ENTRIES])
def test_index_nobody_has_is_refused(index: int) -> None:
    status = StatusList("suspension")
    for act in (status.set, status.clear, status.is_set):
        with pytest.raises(StateError):
            act(index)


@pytest.mark.parametrize("entries", [0, 8, MIN_ENTRIES - 8, MIN_ENTRIES + 1, MAX_LIST_BYTES * 8 + 8])
def test_list_of_another_size_is_refused(entries: int) -> None:
    with pytest.raises(SchemaError):
        StatusList("revocation", entries=entries)


def test_saved_state_that_does_not_fit_is_refused() -> None:
    size = MIN_ENTRIES // 8
    for purpose, bits, taken in (
        ("revocation", bytes(size), bytes(size + 1)),
        ("revocation", b"\x01" + bytes(size - 1), bytes(size)),  # a set bit nobody was given
        ("message", bytes(size), bytes(size)),
    ):
        with pytest.raises(SchemaError):
            StatusList(purpose, bits=bits, taken=taken)  # type: ignore[arg-type]


def test_repr_tells_how_full_it_is() -> None:
    status = StatusList("revocation", entries=MIN_ENTRIES)
    status.allocate()
    assert repr(status) == "StatusList(revocation, 1 of 131072)"
