"""RDFC-1.0: the W3C test suite, the ambiguity it leaves open, poison, and invariance."""

from __future__ import annotations

import json
import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from tessella.canonical import Quad, parse_nquads, rdfc10, serialize_nquads
from tessella.canonical.rdfc import _orders
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tests.support import SHARED_DATA, shared

SUITE = "vc/rdf-canon/tests"
MANIFEST = SHARED_DATA / SUITE / "manifest.jsonld"
ENTRIES: list[dict[str, Any]] = json.loads(MANIFEST.read_text())["entries"] if MANIFEST.exists() else []


def digest_of(entry: dict[str, Any]) -> Any:
    return entry.get("hashAlgorithm", "SHA256").lower()


def entries(kind: str) -> list[Any]:
    return [pytest.param(e, id=e["id"]) for e in ENTRIES if e["type"] == f"rdfc:RDFC10{kind}Test"] or [
        pytest.param({}, marks=pytest.mark.skip("official data not on this machine"))
    ]


@pytest.mark.parametrize("entry", entries("Eval"))
def test_rdfc_official_canonical_form(entry: dict[str, Any]) -> None:
    quads = parse_nquads(shared(f"{SUITE}/{entry['action']}").read_bytes())
    expected = shared(f"{SUITE}/{entry['result']}").read_bytes()
    assert rdfc10(quads, digest=digest_of(entry)).nquads == expected
    assert rdfc10(parse_nquads(expected), digest=digest_of(entry)).nquads == expected  # idempotent


@pytest.mark.parametrize("entry", entries("Map"))
def test_rdfc_official_label_map(entry: dict[str, Any]) -> None:
    quads = parse_nquads(shared(f"{SUITE}/{entry['action']}").read_bytes())
    labels = rdfc10(quads, digest=digest_of(entry)).labels
    expected = json.loads(shared(f"{SUITE}/{entry['result']}").read_text())
    assert {old[2:]: new[2:] for old, new in labels.items()} == expected


@pytest.mark.timeout(5)
@pytest.mark.parametrize("entry", entries("NegativeEval"))
def test_rdfc_official_poison_is_aborted(entry: dict[str, Any]) -> None:
    quads = parse_nquads(shared(f"{SUITE}/{entry['action']}").read_bytes())
    with pytest.raises(LimitError) as caught:
        rdfc10(quads, digest=digest_of(entry))
    assert caught.value.code == "canonical.budget"


def test_rdfc_nodes_in_blank_graphs_count_as_a_list() -> None:
    quads = parse_nquads(shared("vc/rdf-canon-extra/blank-graph-names-in.nq").read_bytes())
    expected = shared("vc/rdf-canon-extra/blank-graph-names-rdfc10.nq").read_bytes()
    assert rdfc10(quads).nquads == expected


NODES = st.sampled_from(["_:a", "_:b", "_:c", "_:d", "_:e", "<urn:x>"])
QUADS = st.lists(
    st.tuples(
        NODES,
        st.sampled_from(["<urn:p>", "<urn:q>"]),
        NODES | st.just('"v"'),
        st.sampled_from(["", "", "_:a", "_:f", "<urn:g>"]),
    ),
    max_size=9,
)


@given(QUADS, st.randoms(use_true_random=False))
def test_rdfc_labels_and_order_of_the_input_do_not_matter(quads: list[Quad], chance: random.Random) -> None:
    labels = [f"_:{name}" for name in "abcdef"]
    renamed = dict(zip(labels, chance.sample([f"_:n{index}" for index in range(40)], 6), strict=True))
    other: list[Quad] = [(renamed.get(s, s), p, renamed.get(o, o), renamed.get(g, g)) for s, p, o, g in quads]
    chance.shuffle(other)
    canonical = rdfc10(quads).nquads
    assert rdfc10(other + other[:2]).nquads == canonical
    assert rdfc10(parse_nquads(canonical)).nquads == canonical


LOOK_ALIKES = st.lists(
    st.tuples(NODES.filter(lambda n: n != "<urn:x>"), st.just("<urn:p>"), NODES, st.just("")),
    min_size=4,
    max_size=14,
)


@given(LOOK_ALIKES, st.randoms(use_true_random=False))
def test_rdfc_look_alikes_are_labelled_independently_of_the_input(
    quads: list[Quad], chance: random.Random
) -> None:
    labels = sorted({term for quad in quads for term in (quad[0], quad[2]) if term.startswith("_:")})
    renamed = dict(
        zip(labels, chance.sample([f"_:n{index}" for index in range(40)], len(labels)), strict=True)
    )
    other: list[Quad] = [(renamed[s], p, renamed.get(o, o), g) for s, p, o, g in quads]
    chance.shuffle(other)
    assert rdfc10(other).nquads == rdfc10(quads).nquads


@given(st.lists(st.sampled_from("abcd"), max_size=6))
def test_rdfc_orders_are_the_permutations_without_their_repetitions(nodes: list[str]) -> None:
    assert list(_orders(nodes)) == list(dict.fromkeys(permutations(nodes)))


def _alike(graphs: int, quads: int) -> list[Quad]:
    """Graphs without name that say the same of a node without name, as badges in a presentation do."""
    return [
        (f"_:s{graph}", f"<urn:example:p{number}>", f'"{number}"', f"_:g{graph}")
        for graph in range(graphs)
        for number in range(quads)
    ]


def test_rdfc_graphs_that_say_the_same_are_labelled_as_others_label_them() -> None:
    quads = _alike(2, 4)
    theirs = jsonld.normalize(
        serialize_nquads(quads).decode(),
        {"algorithm": "URDNA2015", "inputFormat": "application/n-quads", "format": "application/n-quads"},
    )
    assert rdfc10(quads).nquads.decode() == theirs


def test_rdfc_many_graphs_that_say_the_same_stay_within_the_budget() -> None:
    assert len(rdfc10(_alike(12, 20)).labels) == 24


@given(QUADS, QUADS)
def test_rdfc_equals_only_what_is_isomorphic(left: list[Quad], right: list[Quad]) -> None:
    def counts(quads: list[Quad]) -> tuple[int, int]:
        return len(set(quads)), len({t for q in quads for t in (q[0], q[2], q[3]) if t.startswith("_:")})

    if rdfc10(left).nquads == rdfc10(right).nquads:
        assert counts(left) == counts(right)


@pytest.mark.timeout(5)
def test_rdfc_long_chain_of_look_alikes_is_aborted_not_crashed() -> None:
    chain: list[Quad] = [(f"_:n{i}", "<urn:next>", f"_:n{(i + 1) % 3000}", "") for i in range(3000)]
    with pytest.raises(LimitError):
        rdfc10(chain)


def test_rdfc_unknown_digest_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        rdfc10([], digest="md5")  # type: ignore[arg-type]


def test_nquads_terms_come_out_canonical() -> None:
    data = '_:x <urn:p> "\\u0062\\t\\u0008\\u007f\\uFFFE\'"^^<http://www.w3.org/2001/XMLSchema#string> . # note\n\n'
    assert serialize_nquads(parse_nquads(data)) == b'_:x <urn:p> "b\\t\\b\\u007F\\uFFFE\'" .\n'


@pytest.mark.parametrize(
    "line",
    [
        "<urn:a> <urn:p> <urn:o>",
        "<urn:a> _:p <urn:o> .",
        '"a" <urn:p> <urn:o> .',
        "<a> <urn:p> <urn:o> .",
        "<urn:a b> <urn:p> <urn:o> .",
        "<urn:\\u0020> <urn:p> <urn:o> .",
        '<urn:a> <urn:p> "x"@ .',
        '<urn:a> <urn:p> "x\\q" .',
        '<urn:a> <urn:p> "\\U00110000" .',
        "<urn:a> <urn:p> <urn:o> <urn:g> <urn:h> .",
        "_:a. <urn:p> <urn:o>",
    ],
)
def test_nquads_what_is_not_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(DecodeError) as caught:
        parse_nquads("<urn:a> <urn:p> <urn:o> .\n" + line)
    assert (caught.value.code, caught.value.place) == ("input.n-quads", "line 2")
