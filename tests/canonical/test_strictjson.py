"""Strict JSON, against Python's own parser and the traps of RFC 8259."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.canonical import Limits, loads
from tessella.canonical.strictjson import _first_duplicate, _has_unique_keys, _written
from tessella.errors import ConfigError, DecodeError, InputError, LimitError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)


@given(VALUES, st.booleans())
def test_loads_what_was_dumped_comes_back(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert loads(text) == value
    assert loads(text.encode()) == value
    assert json.dumps(loads(text)) == json.dumps(value)  # 1, 1.0 and true are told apart


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ('{"a":1,"a":1}', "a", "$.a"),
        ('{"a":1,"\\u0061":2}', "a", "$.a"),
        ('{"x":[{"b":{"c:d":":","c:d":0}}]}', "c:d", "$.x[0].b.c:d"),
        ('{"q\\u003a":1,"q:":2}', "q:", "$.q:"),
        ('{"a":{"b":1,"b":2},"a":3}', "a", "$.a"),
        ('{"n":123456789012345678901234567890,"":1,"":2}', "", "$."),
    ],
)
def test_loads_duplicate_key_is_refused_with_its_place(text: str, key: str, place: str) -> None:
    with pytest.raises(DecodeError) as caught:
        loads(text)
    assert (caught.value.code, caught.value.got, caught.value.place) == ("input.duplicate-key", key, place)
    assert caught.value.hint


COLONS = st.sampled_from(["a", "b", ":", "a:", '"', '":', "\\", "\\u003a", "u003", "é", "\U0001f393"])
MEMBERS: st.SearchStrategy[Any] = st.recursive(
    st.integers() | COLONS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(COLONS, inner), max_size=4).map(tuple),
)


def written(value: Any, escape: bool) -> str:
    """JSON in which an object is a tuple of pairs, so that keys can repeat; colons perhaps as ``\\u003a``."""
    if isinstance(value, tuple):
        return "{" + " , ".join(f"{written(k, escape)} : {written(v, escape)}" for k, v in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(item, escape) for item in value) + "]"
    text = json.dumps(value)
    return text.replace(":", "\\u003a") if escape and isinstance(value, str) else text


@given(MEMBERS, st.booleans())
def test_duplicate_detection_by_counting_equals_looking_at_each_member(value: Any, escape: bool) -> None:
    data = written(value, escape).encode()
    assert _has_unique_keys(data, _written(json.loads(data))) == (_first_duplicate(data) is None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xef\xbb\xbf{}", "input.byte-order-mark"),
        ('{"a":1}'.encode("utf-16"), "input.decode"),
        (b'"\xff"', "input.encoding"),
        (b'"\xed\xa0\x80"', "input.encoding"),
        ('"\ud800"', "input.encoding"),
        (b'"\\ud800"', "input.decode"),
        (b'"\\ud800abcdef"', "input.decode"),
        (b'"\\udc00\\ud800"', "input.decode"),
        (b"NaN", "input.decode"),
        (b"[Infinity]", "input.decode"),
        (b"-Infinity", "input.decode"),
        (b"1e400", "input.decode"),
        (b"9" * 5000, "input.decode"),
        (b"[1,]", "input.decode"),
        (b"{'a':1}", "input.decode"),
        (b"01", "input.decode"),
        (b"", "input.decode"),
        (b"{} {}", "input.decode"),
        (b'"\x01"', "input.decode"),
        (b"// note\n{}", "input.decode"),
    ],
)
def test_loads_what_is_not_strict_json_is_refused(data: bytes | str, code: str) -> None:
    with pytest.raises(DecodeError) as caught:
        loads(data)
    assert caught.value.code == code


@given(st.binary(max_size=40))
def test_loads_raises_only_our_errors_and_accepts_only_what_others_accept(data: bytes) -> None:
    try:
        value = loads(data)
    except InputError:
        return
    assert value == json.loads(data)


def test_loads_integers_are_exact_and_zero_has_no_sign() -> None:
    assert loads(b"[18446744073709551616,-0,1.0,1e2]") == [2**64, 0, 1.0, 100.0]
    assert [type(item) for item in loads(b"[2,2.0,true]")] == [int, float, bool]


def test_loads_depth_at_the_limit_passes_and_beyond_fails() -> None:
    assert loads("[" * 64 + "]" * 64) is not None
    with pytest.raises(LimitError) as caught:
        loads("[" * 65 + "]" * 65)
    assert caught.value.code == "input.depth"
    with pytest.raises(LimitError) as caught:
        loads('{"a":' * 5000 + "1" + "}" * 5000)
    assert caught.value.code == "input.depth"


def test_loads_size_limit() -> None:
    assert loads(b"[1]", limits=Limits(max_bytes=3)) == [1]
    with pytest.raises(LimitError) as caught:
        loads(b"[12]", limits=Limits(max_bytes=3))
    assert (caught.value.code, caught.value.got) == ("input.size", 4)


def test_limits_deeper_than_can_be_kept_are_refused() -> None:
    deepest = Limits(max_depth=200)
    with pytest.raises(DecodeError):
        loads("[" * 199 + '{"a":1,"a":2}' + "]" * 199, limits=deepest)
    with pytest.raises(ConfigError):
        Limits(max_depth=201)


def test_loads_result_has_only_plain_types() -> None:
    value = loads(b'{"a":[1,2.5,"x",null,true]}')
    assert orjson.dumps(value) == b'{"a":[1,2.5,"x",null,true]}'
    assert type(value) is dict
    assert type(value["a"]) is list


@pytest.mark.parametrize("leaf", [1, {}, [], {"a": 1}, [[]], "\n" + " " * 400])
@pytest.mark.parametrize("depth", [1, 5, 64])
def test_depth_read_off_the_indented_form_equals_counting_levels(leaf: Any, depth: int) -> None:
    value = leaf
    for level in range(depth - 1):
        value = {"a": value} if level % 2 else [value]

    def levels(one: Any) -> int:
        if not isinstance(one, dict | list):
            return 0
        return 1 + max(map(levels, one.values() if isinstance(one, dict) else one), default=0)

    deepest = levels(value)
    assert loads(json.dumps(value), limits=Limits(max_depth=deepest)) == value
    with pytest.raises(LimitError) as caught:
        loads(json.dumps([value]), limits=Limits(max_depth=deepest))
    assert caught.value.code == "input.depth"
