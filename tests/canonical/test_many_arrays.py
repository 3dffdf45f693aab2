"""Many small arrays parsed in one go give what each gives alone; so do many texts in base64url."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.canonical import MAX_DEPTH, loads
from tessella.canonical.strictjson import loads_arrays
from tessella.errors import TessellaError
from tessella.keys import base64url_decode, base64url_decode_all

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


def one_by_one(texts: Sequence[bytes]) -> Any:
    return outcome(lambda: [loads(text) for text in texts])


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_arrays_parsed_together_equal_those_parsed_alone(texts: list[bytes]) -> None:
    assert outcome(lambda: loads_arrays(texts)) == one_by_one(texts)


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
        [],
    ],
)
def test_arrays_that_only_fit_together_are_refused(texts: list[bytes]) -> None:
    assert outcome(lambda: loads_arrays(texts)) == one_by_one(texts)


SIGNS = st.text(st.sampled_from('AQgwZz09-_+/="\\, é'), max_size=6)
ENCODED = st.binary(max_size=9).map(lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="))


@settings(max_examples=400, deadline=None)
@given(st.lists(SIGNS | ENCODED, max_size=5))
def test_texts_decoded_together_equal_those_decoded_alone(texts: list[str]) -> None:
    assert outcome(lambda: base64url_decode_all(texts)) == outcome(
        lambda: [base64url_decode(one) for one in texts]
    )


@pytest.mark.parametrize(
    "texts", [['AA","AA'], ['AA","', "AA"], ["AB"], ["A"], ["AA=="], ["AA+/"], ["AAA\n"], [""], []]
)
def test_texts_that_are_not_canonical_are_refused_as_alone(texts: list[str]) -> None:
    assert outcome(lambda: base64url_decode_all(texts)) == outcome(
        lambda: [base64url_decode(one) for one in texts]
    )
