"""Many small JSON texts parsed in one go give what each gives alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.canonical import MAX_DEPTH, loads, loads_lines
from tessella.errors import TessellaError

PIECES = st.lists(
    st.sampled_from(['[', ']', '"a"', '"]', '["', ",", ":", "{", "}", '"k"', "1", "\n", " ", "\\", "\\u003a", "é", "[]"]),
    max_size=9,
).map("".join)  # fmt: skip
SOUND = st.lists(st.recursive(st.integers() | st.text(max_size=5), st.lists, max_leaves=4), max_size=4).map(
    json.dumps
)
TEXTS = st.lists(SOUND | PIECES, max_size=5).map(lambda texts: [text.encode() for text in texts])


def outcome(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except TessellaError as error:
        return (error.code, error.message)


def together(texts: Sequence[bytes]) -> Any:
    return outcome(lambda: loads_lines(b"".join(text + b"\n" for text in texts)))


def one_by_one(texts: Sequence[bytes]) -> Any:
    lines = [line for text in texts for line in text.split(b"\n")]
    return outcome(lambda: [loads(line) for line in lines])


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_texts_parsed_together_equal_those_parsed_alone(texts: list[bytes]) -> None:
    assert together(texts) == one_by_one(texts)


@pytest.mark.parametrize(
    "texts",
    [
        [b'["a"]["x]', b'[y"]'],
        [b'["a"],[["b"]', b'["c"]]'],
        [b'["a"]["b"]'],
        [b'["a"]["b"]', b"[", b"]"],
        [b'["a"', b'["b"]]'],
        [b'["a",{"k":1,"k":2}]', b'["b"]'],
        [b'["a",{"k":1,"\\u006b":2}]', b'["b:"]'],
        [b'["\\u003a",{"k":1,"k":2}]'],
        [b'["a"]\n', b'["b"]'],
        [b'["a"\n,1]', b'["b"]'],
        [b'["\\ud800"]'],
        [b"[NaN]"],
        [b"[" * MAX_DEPTH + b"]" * MAX_DEPTH],
        [b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)],
        [b"[123456789012345678901234567890]", b'["a"]'],
        [b"\xef\xbb\xbf[]"],
        [b"[\xff]"],
        [b"1", b'"a"', b"{}"],
        [b"[]\t\t", b" []"],
        [b'{"a":1}', b'{"a":1,"a":1}'],
        [b""],
        [],
    ],
)
def test_texts_that_only_fit_together_are_refused(texts: list[bytes]) -> None:
    assert together(texts) == one_by_one(texts)
