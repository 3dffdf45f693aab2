"""The one-walk canonicalisation against its slow twin: the same bytes, or declined; never a guess."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tessella.canonical import ContextStore, canonicalize, default_contexts, rdfc10, to_quads
from tessella.canonical import memo as memo_module
from tessella.canonical.compiled import MAX_COMPILED, Decline, Engine, engine_for
from tessella.canonical.walk import canonical_nquads, walk_document
from tessella.errors import TessellaError
from tests.canonical.credential import credential
from tests.canonical.test_jsonld import contexts
from tests.support import shared

XSD = "http://www.w3.org/2001/XMLSchema#"


def slow(document: Any, store: ContextStore) -> bytes | None:
    """The slow twin's answer; None where it refuses."""
    try:
        return rdfc10(to_quads(document, contexts=store)).nquads
    except TessellaError:
        return None


def fast(document: Any, store: ContextStore) -> bytes | None:
    """The walk's answer; None where it declines or says the same no."""
    try:
        return canonical_nquads(walk_document(engine_for(store), document, "sha256"))
    except (Decline, TessellaError):
        return None


def assert_twins(document: Any, store: ContextStore) -> bytes | None:
    """Both give the same bytes, also when parts are remembered; the walk may decline, never accept more."""
    expected = slow(document, store)
    for _ in range(3):
        got = fast(document, store)
        assert got in (expected, None)
        if expected is None:
            assert got is None
    return got


# Official samples

SAMPLES = ["1edtech/ob30", "1edtech/spec/kat", "w3c-vc-di-eddsa", "w3c-vc-di-ecdsa", "w3c-vc-di-bbs", "di-test-suite-inputs",
           "impierce-elm-ob3-mapping"]  # fmt: skip


@pytest.mark.parametrize("folder", SAMPLES)
def test_walk_official_samples_equal_the_slow_twin(folder: str) -> None:
    store = contexts()
    compared = walked = 0
    for path in sorted(shared(f"vc/{folder}").rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(document, dict):
            document = document.get("credential", document)
        if not isinstance(document, dict) or "@context" not in document:
            continue
        walked += assert_twins(document, store) is not None
        compared += slow(document, store) is not None
    assert walked == compared > 0


# The traps, one by one

ALIASES = {
    "id": "@id",
    "type": "@type",
    "name": "urn:v:name",
    "knows": {"@id": "urn:v:knows", "@type": "@id"},
}


def doc(context: Any, **members: Any) -> dict[str, Any]:
    return {"@context": [ALIASES, context], "id": "urn:x:1", **members}


SCOPED = {
    "Person": {"@id": "urn:v:Person", "@context": {"name": "urn:p:name", "nick": "urn:p:nick"}},
    "Wide": {"@id": "urn:v:Wide", "@context": {"@propagate": True, "name": "urn:w:name"}},
    "Kind": {"@id": "urn:v:Kind", "@context": {"kind": "@type", "ident": "@id"}},
    "Lost": {"@id": "urn:v:Lost", "@context": {"type": "urn:l:type"}},
    "Null": {"@id": "urn:v:Null", "@context": None},
    "T": {"@id": "urn:v:T", "@type": "@id"},
    "home": {
        "@id": "urn:v:home",
        "@context": {"name": "urn:h:name", "home": {"@id": "urn:h:home", "@type": "@id"}},
    },
    "reset": {"@id": "urn:v:reset", "@context": None},
    "Local": {"@id": "urn:v:Local", "@context": {"pp": "urn:pp:", "L": "urn:l:L"}},
    "scoped": {"@id": "urn:v:scoped", "@context": {"name": "urn:s:name"}},
    "ref": {"@id": "urn:v:ref", "@type": "@id", "@context": {"@base": "urn:base:", "Person": "urn:r:Person"}},
    "other": "urn:v:other",
}

WALKED: list[Any] = [
    doc({}, name="x", knows=["urn:x:2", {"id": "urn:x:3", "name": "y"}]),
    doc({"uri": "@id", "isa": "@type"}, knows={"uri": "urn:x:2", "isa": ["urn:v:A", "urn:v:B"]}),
    doc({"ex": "urn:ex:", "T": "ex:T"}, type=["T", "ex:U"], knows="ex:2", **{"ex:p": "v"}),
    doc({"n": {"@id": "urn:v:n", "@type": XSD + "integer"}}, n=["3", 3, 3.0, 2.5, True]),
    doc({"n": {"@id": "urn:v:n", "@type": XSD + "double"}}, n=[3, 3.0, 2.5, 1e21, -0.0]),
    doc({}, name=[0.1, 0.30000000000000004, 1e16, 1e20, 1e21, 5e-324, 1.5e-7, 123456789.125, -0.0, 100, True, False]),
    doc({"j": {"@id": "urn:v:j", "@type": "@json"}}, j={"b": [1.0, None], "a": "ﬁ\U0001f393"}),
    doc({"j": {"@id": "urn:v:j", "@type": "@json"}}, j=[1, [2]]),
    doc({"j": {"@id": "urn:v:j", "@type": "@json"}}, j=None),
    doc({"j": {"@id": "urn:v:j", "@type": "@none", "@language": "en"}}, j="x"),
    doc({"@language": "de-CH", "l": {"@id": "urn:v:l", "@language": None}}, name=["x", 3], l="y"),
    doc({"l": {"@id": "urn:v:l", "@container": "@language"}}, l={"en": "x", "de-AT": ["y", None, "z"], "@none": "n"}),
    doc({"l": {"@id": "urn:v:l", "@container": ["@language", "@set"]}}, l={"en": "x"}),
    doc({"l": {"@id": "urn:v:l", "@container": "@language"}}, l=["x", {"@value": "y", "@language": "EN"}]),
    doc({"l": {"@id": "urn:v:l", "@container": "@list"}}, l=["x", None, 2, {"id": "urn:x:2"}, "x"], name="y"),
    doc({"l": {"@id": "urn:v:l", "@container": "@list"}}, l=[]),
    doc({"l": {"@id": "urn:v:l", "@container": "@list"}}, l="x"),
    doc({"s": {"@id": "urn:v:s", "@container": "@set"}}, s=["x", "x"]),
    doc({"g": {"@id": "urn:v:g", "@container": "@graph"}}, g=[{"name": "x"}, {"id": "urn:x:2", "knows": {"name": "y"}}]),
    doc({"v": "@value", "dt": "@type", "lang": "@language"}, name=[{"v": "x", "dt": "urn:d"}, {"v": "y", "lang": "EN"}]),
    doc({}, name=[{"@value": "x"}, {"@value": 3}, {"@value": True, "type": XSD + "boolean"}]),
    doc({"@vocab": "urn:vocab:"}, undefined="x", type="Undefined"),
    doc({"level": {"@id": "urn:v:level", "@type": "@vocab"}, "high": "urn:v:high"}, level=["high", "urn:v:low"]),
    doc(SCOPED, type="Person", name="x", nick="y", knows={"id": "urn:x:2", "name": "z"}),
    doc(SCOPED, type="Person", other={"@value": "x", "type": "T"}),
    doc(SCOPED, type=["Wide", "Person"], name="x", other={"name": "y", "other": {"name": "z"}}),
    doc(SCOPED, home={"name": "x", "home": {"id": "urn:x:2", "name": "y", "type": "Person"}}),
    doc(SCOPED, type="Person", home={"name": "x"}, knows={"id": "urn:x:2"}),
    doc(SCOPED, type="Person", scoped={"name": "x"}),
    doc(SCOPED, type="Local", other=[{"@value": "x", "type": "L"}, {"id": "pp:1"}, {"id": "urn:x:1", "name": "y"}]),
    doc(SCOPED, reset={"urn:q": "x"}),
    doc({}, knows={"@context": {"name": "urn:q:name"}, "id": "urn:x:2", "name": "x", "knows": {"name": "y"}}),
    doc({}, knows=[{"name": "x"}, {"name": "x"}, {"name": "y", "knows": {}}]),
    doc({}, name='\x00\b\t\n\f\r"\\\x7f\u2028\uffff\U0001f393', knows=None),
    doc({"p": {"@id": "urn:v:p", "@protected": True}}, p="x"),
    {"@context": {"@version": 1.1, "@vocab": "urn:v:"}, "a": {"b": {"c": "x"}}},
    {"urn:p": [{"@id": "urn:x:2", "urn:p": "y"}, "z"]},
]  # fmt: skip

NOT_WALKED: list[Any] = [
    doc({"l": {"@id": "urn:v:l", "@container": "@language"}, "no": "@none"}, l={"no": "x"}),
    doc({"i": {"@id": "urn:v:i", "@container": "@index", "@index": "urn:v:k"}}, i={"a": {"name": "x"}}),
    doc({"i": {"@id": "urn:v:i", "@container": "@id"}}, i={"urn:x:2": {"name": "x"}}),
    doc({"i": {"@id": "urn:v:i", "@container": "@type"}}, i={"urn:v:T": {"name": "x"}}),
    doc({"i": {"@id": "urn:v:i", "@container": ["@graph", "@id"]}}, i={"urn:x:g": {"name": "x"}}),
    doc({"r": {"@reverse": "urn:v:r"}}, r={"id": "urn:x:2", "name": "x"}),
    doc({}, **{"@reverse": {"knows": {"id": "urn:x:2"}}}),
    doc({"n": "@nest"}, n={"name": "x"}),
    doc({}, **{"@included": {"id": "urn:x:2", "name": "x"}}),
    doc({}, **{"@graph": [{"id": "urn:x:2", "name": "x"}]}),
    doc({}, name={"@list": ["x", "y"]}),
    doc({}, name={"@set": ["x", "y"]}),
    doc({}, name=[["x"], "y"]),
    doc({"isa": "@type"}, name="x", type="urn:v:A", isa="urn:v:B"),
    doc({}, name={"@value": {"a": 1}, "@type": "@json"}),
    doc({"n": {"@id": "urn:v:n", "@type": XSD + "double"}}, n="5.30"),
    doc({}, knows={"id": "_:b", "name": "x"}),
    doc(SCOPED, type="Kind", kind="urn:v:A", name="x"),
    doc(SCOPED, type="Lost", name="x"),
    doc({"T": {"@id": "urn:v:T", "@context": {"name": "urn:t:name"}}}, name={"@value": "x", "type": "T"}),
    doc({"@base": "https://b.example/"}, knows="c"),
    doc({}, name="x", type=[]),
    [doc({}, name="x")],
]  # fmt: skip

REFUSED: list[Any] = [
    doc({"i": {"@id": "urn:v:i", "@container": "@index"}}, i={"a": "x"}),
    doc({}, name={"@value": "x", "@index": "i"}),
    doc({}, nickname="x"),
    doc({}, knows={"id": "urn:x:2", "nickname": "x"}),
    doc({"n": None}, n="x"),
    doc({}, knows="relative"),
    doc({}, type="Undefined"),
    doc({}, name={"@value": "x", "@language": "no good"}),
    doc({"l": {"@id": "urn:v:l", "@container": "@language"}}, l={"no good": "x"}),
    doc({"l": {"@id": "urn:v:l", "@container": "@language"}}, l={"en": 3}),
    doc({}, name={"@value": "x", "@direction": "rtl"}),
    doc({"n": {"@id": "urn:v:n", "@direction": "rtl"}}, n="x"),
    doc({"@direction": "rtl"}, name="x"),
    doc({}, name={"@value": None}),
    doc({}, name=2**53),
    doc({}, name=float("nan")),
    doc({"j": {"@id": "urn:v:j", "@type": "@json"}}, j=[float("inf")]),
    doc({}, name="\ud800"),
    doc({}, knows={"id": "urn:x:2", "name": "x", "other": "y", "urn:q": 2**70}),
    doc({}, **{"@id": "urn:x:2"}),
    doc({}, knows={"id": None, "name": "x"}),
    doc({}, knows="urn:x:<"),
    doc(SCOPED, type="Null", name="x"),
    doc([{"p": {"@id": "urn:v:p", "@protected": True}}, {"p": "urn:q:p"}], p="x"),
    doc([{"p": {"@id": "urn:v:p", "@protected": True}}, None], **{"urn:q": "x"}),
    doc({}, knows={"@context": None, "id": "urn:x:2"}),
    doc({"@import": "https://contexts.example/v1"}, name="x"),
    {"@context": ALIASES, "id": "urn:x:1"},
    {"@context": ALIASES},
]  # fmt: skip


@pytest.mark.parametrize("document", WALKED, ids=lambda d: json.dumps(d)[-70:])
def test_walk_handles_and_equals_the_slow_twin(document: Any) -> None:
    assert assert_twins(document, default_contexts()) is not None


@pytest.mark.parametrize("document", NOT_WALKED, ids=lambda d: json.dumps(d)[-70:])
def test_walk_declines_what_it_does_not_handle_and_the_general_way_does(document: Any) -> None:
    assert assert_twins(document, default_contexts()) is None


@pytest.mark.parametrize("document", REFUSED, ids=lambda d: json.dumps(d)[-70:])
def test_walk_declines_what_is_refused(document: Any) -> None:
    assert slow(document, default_contexts()) is None
    assert assert_twins(document, default_contexts()) is None


# Generated documents

TERMS: dict[str, Any] = {
    **ALIASES,
    **SCOPED,
    "isa": "@type",
    "v": "@value",
    "lang": "@language",
    "ex": "urn:ex:",
    "gone": None,
    "level": {"@id": "urn:v:level", "@type": "@vocab"},
    "count": {"@id": "urn:v:count", "@type": XSD + "integer"},
    "mass": {"@id": "urn:v:mass", "@type": XSD + "double"},
    "when": {"@id": "urn:v:when", "@type": XSD + "dateTime"},
    "any": {"@id": "urn:v:any", "@type": "@json"},
    "title": {"@id": "urn:v:title", "@container": "@language"},
    "label": {"@id": "urn:v:label", "@language": "fr"},
    "order": {"@id": "urn:v:order", "@container": "@list"},
    "set": {"@id": "urn:v:set", "@container": "@set", "@type": "@id"},
    "proof": {"@id": "urn:v:proof", "@container": "@graph"},
    "index": {"@id": "urn:v:index", "@container": "@index"},
    "rev": {"@reverse": "urn:v:rev"},
    "nest": "@nest",
    "again": "urn:v:name",
}
VARIANTS: list[Any] = [
    TERMS,
    [TERMS, {"@vocab": "urn:vocab:"}],
    [TERMS, {"@language": "en-GB"}],
    {**TERMS, "@protected": True},
    [TERMS, {"@base": "https://b.example/"}],
    [
        "https://www.w3.org/ns/credentials/v2",
        {k: v for k, v in TERMS.items() if k not in ("id", "type", "name")},
    ],
    [TERMS, {"Person": {"@id": "urn:v:Person", "@context": [{"@protected": True, "name": "urn:p:name"}]}}],
]


def mostly(safe: list[Any], unsafe: list[Any]) -> st.SearchStrategy[Any]:
    """One of the safe values, and seldom one that is refused or declined."""
    return st.integers(0, 40).flatmap(lambda number: st.sampled_from(safe if number else unsafe))


KEYS = mostly(
    ["name", "knows", "level", "count", "mass", "when", "any", "label", "order", "set", "proof", "home", "other", "ref",
     "again", "ex:p", "urn:p"],
    ["gone", "index", "rev", "nest", "unknown", "title", "@id", "@type", "@included", "reset", "isa"],
)  # fmt: skip
WORDS = mostly(
    ["ex:a", "urn:x:2", "urn:x:3", "urn:x:q", "https://a.example/#b"],
    ["x", "high", "Person", "name", "_:b", "@id", "", 'q"\\\n'],
)
TYPES = mostly(["Person", "Wide", "T", "ex:T", "urn:v:U", "home"], ["Kind", "Lost", "Null", "unknown"])
SCALARS = st.one_of(
    WORDS, WORDS, WORDS, mostly([0, 1, 3.0, 2.5, 1e21, True, False, None], [2**53, float("nan")])
)
VALUE_OBJECTS = st.one_of(
    st.fixed_dictionaries({"@value": SCALARS}),
    st.fixed_dictionaries({"v": WORDS, "lang": mostly(["EN", "de-ch"], ["x y"])}),
    st.fixed_dictionaries({"@value": SCALARS, "type": TYPES}),
)
LANGUAGE_MAPS = st.dictionaries(
    mostly(["en", "de-CH", "@none"], ["name", "no good"]), WORDS | st.lists(WORDS, max_size=2), max_size=2
)


def nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    value = inner | st.lists(inner, max_size=3)
    identity = st.fixed_dictionaries(
        {},
        optional={
            "id": mostly(["urn:x:2", "urn:x:3", "ex:4"], ["relative"]),
            "type": TYPES | st.lists(TYPES, min_size=1, max_size=2),
        },
    )
    embedded = mostly([{}, {}, {}, {"@context": {"name": "urn:e:name"}}], [{"@context": None}])
    properties = st.dictionaries(KEYS, value, min_size=1, max_size=4)
    titles = st.fixed_dictionaries({}, optional={"title": LANGUAGE_MAPS})
    return st.builds(
        lambda *parts: {k: v for part in parts for k, v in part.items()},
        embedded,
        identity,
        properties,
        titles,
    )


DOCUMENTS = st.builds(
    lambda context, node: {**node, "@context": context},
    st.sampled_from(VARIANTS),
    nodes(st.recursive(SCALARS | VALUE_OBJECTS, nodes, max_leaves=6)),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_walk_generated_documents_equal_the_slow_twin(document: dict[str, Any]) -> None:
    assert_twins(document, default_contexts())


@pytest.mark.vectors
@pytest.mark.timeout(1800)
@settings(max_examples=20_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOCUMENTS)
def test_walk_many_generated_documents_equal_the_slow_twin(document: dict[str, Any]) -> None:
    assert_twins(document, default_contexts())


# Memory


def test_memo_same_bytes_in_another_context_are_another_part() -> None:
    part = {"id": "urn:x:2", "name": "y", "other": "z"}
    for context in (
        SCOPED,
        {**SCOPED, "name": "urn:n:name"},
        {**SCOPED, "other": {"@id": "urn:o", "@type": "@id"}},
    ):
        assert_twins(doc(context, knows=part), default_contexts())
    assert_twins(doc(SCOPED, type="Person", knows=part, home=part), default_contexts())


def test_memo_part_with_blank_nodes_occurring_twice_is_told_apart() -> None:
    part = {"id": "urn:x:2", "name": "y", "knows": [{"name": "a"}, {"name": "b"}]}
    document = doc({"other": "urn:v:other"}, knows=[part, {"name": "a"}], other=part)
    assert_twins(document, default_contexts())


def test_memo_number_forms_are_not_confused() -> None:
    for value in (1, 1.0, True, "1", None, 1.5, float("nan")):
        assert_twins(doc({}, knows={"id": "urn:x:2", "name": value, "urn:q": "z"}), default_contexts())


@pytest.mark.parametrize("depth", [5, 19, 20, 21, 31, 62, 63, 64, 70])
def test_walk_deep_documents_equal_the_slow_twin_also_when_remembered(depth: int) -> None:
    part: Any = {"id": "urn:x:9", "name": "deep", "other": "z"}
    for number in range(depth):
        part = {"id": f"urn:x:{number}", "name": "x", "knows": part}
    document = doc({"other": "urn:v:other", "j": {"@id": "urn:v:j", "@type": "@json"}}, knows=part)
    walked = assert_twins(document, default_contexts())
    assert (walked is not None) == (depth < 19)
    for inner in (part, {"name": "y", "knows": [{"knows": part}]}):
        assert_twins({**document, "knows": {"name": "a", "knows": inner}}, default_contexts())
    nested: Any = "x"
    for _ in range(depth):
        nested = [nested]
    assert_twins({**document, "knows": {"j": nested}}, default_contexts())


@pytest.mark.parametrize("odd", [float("nan"), ("a",), b"x", object(), {1: 2}, 2**53, "\ud800"])
def test_memo_part_with_the_same_bytes_but_odd_values_is_refused(odd: Any) -> None:
    part = {"id": "urn:x:2", "name": None, "knows": ["urn:x:3", "urn:x:4"], "other": "z"}
    context = {"other": "urn:v:other"}
    for value in (None, ["a"], "x", 2.0**53):
        assert_twins(doc(context, knows={**part, "name": value}), default_contexts())
    assert assert_twins(doc(context, knows={**part, "name": odd}), default_contexts()) is None


def test_memo_keeps_what_comes_again_and_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo_module, "MAX_MEMO_BYTES", 4_000)
    monkeypatch.setattr(memo_module, "MAX_SEEN", 10)
    engine = Engine(default_contexts())
    for number in range(200):
        document = doc(
            {"other": "urn:v:other"}, knows={"id": f"urn:x:{number}", "name": "y" * 80, "other": "z"}
        )
        for _ in range(3):
            walk_document(engine, document, "sha256")
    memo = engine.memo
    kept = sum(len(key[2]) for generation in (memo._young, memo._old) for key in generation)
    assert 1_000 < kept < 4_200
    assert len(memo._seen) <= 10


def test_engine_is_replaced_when_full() -> None:
    store = ContextStore()
    first = engine_for(store)
    for number in range(MAX_COMPILED + 1):
        assert fast({"@context": {"name": f"urn:n:{number}"}, "name": "x"}, store) is not None
    assert engine_for(store) is not first
    assert len(engine_for(store)._by_identity) < 10


def test_canonicalize_document_context_changed_afterwards_does_not_matter() -> None:
    def fresh() -> dict[str, Any]:
        return {"home": {"@id": "urn:c:home", "@context": {"name": "urn:c:name"}}, "urn:c:p": "urn:c:p"}

    context = fresh()
    canonicalize({"@context": context, "urn:c:p": "x"})  # compiled, but "home" not looked at yet
    context["home"]["@context"]["name"] = "urn:c:changed"
    assert b"<urn:c:name>" in canonicalize({"@context": fresh(), "home": {"name": "x"}})
    assert b"<urn:c:changed>" in canonicalize({"@context": context, "home": {"name": "x"}})


def test_canonicalize_from_many_threads_gives_the_same_bytes() -> None:
    store = ContextStore({url: default_contexts().document(url) for url in default_contexts().urls})
    expected = [canonicalize(credential(number)) for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            got = list(pool.map(lambda number: canonicalize(credential(number), contexts=store), range(40)))
            assert got == expected


# Blank nodes that need more than their own hash

NESTED = {"id": "@id", "p": "urn:p", "q": "urn:q", "g": {"@id": "urn:g", "@container": "@graph"}}
TREES = st.recursive(
    st.sampled_from(["a", "b"]),
    lambda inner: st.dictionaries(
        st.sampled_from(["p", "q", "g"]), st.lists(inner, min_size=1, max_size=3), max_size=2
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(TREES, TREES, st.booleans())
def test_walk_blank_nodes_of_any_shape_equal_the_slow_twin(left: Any, right: Any, named: bool) -> None:
    """Chains, look-alikes and blank graphs; also inside remembered parts, and the same part twice."""
    part = {"p": [left, {"q": right}], "q": right, **({"id": "urn:x:1"} if named else {})}
    assert_twins(
        {"@context": NESTED, "p": [part, left, {"id": "urn:x:2", "p": part, "q": "x"}]}, default_contexts()
    )
