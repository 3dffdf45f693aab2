"""Templates give the bytes of the ordinary way, whatever the values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.canonical import ContextStore, Kind, Template, canonicalize, jcs, loads
from tessella.canonical import template as template_module
from tessella.errors import CanonicalError
from tests.canonical.credential import credential, leaf

VARIABLES = {
    "/id": Kind.IRI,
    "/name": Kind.TEXT,
    "/validFrom": Kind.TEXT,
    "/credentialSubject/id": Kind.IRI,
    "/credentialSubject/identifier/0/identityHash": Kind.TEXT,
    "/credentialSubject/identifier/0/salt": Kind.TEXT,
    "/credentialSubject/identifier/1/identityHash": Kind.TEXT,
    "/credentialSubject/result/0/value": Kind.TEXT,
    "/evidence/0/id": Kind.IRI,
    "/credentialStatus/id": Kind.IRI,
    "/credentialStatus/statusListIndex": Kind.TEXT,
}
TEMPLATE = Template(credential(0), VARIABLES)


def values_of(document: dict[str, Any]) -> dict[str, str]:
    return {pointer: leaf(document, pointer) for pointer in VARIABLES}


def assert_same(template: Template, values: dict[str, str]) -> None:
    document = template.document(values)
    assert template.canonical(values) == canonicalize(document)
    assert template.json(values) == json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    assert template.jcs(values) == jcs(document)
    assert loads(template.json(values)) == document


def test_template_documents_equal_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [canonicalize(credential(number)) for number in range(20)]
    monkeypatch.setattr(template_module, "canonicalize", None)  # no falling back
    for number in range(20):
        values = values_of(credential(number))
        assert TEMPLATE.document(values) == credential(number)
        assert TEMPLATE.canonical(values) == expected[number]


NASTY = st.text(st.sampled_from('a"\\\n\r\t\b\f\x00\x01\x1f\x7f%s()\u2028\uffff\U0001f393é<>^@'), max_size=6)
TEXTS = (
    NASTY
    | st.sampled_from(["x-slot-0:1.", "%(v0)s", "%%", "_:c14n0", ""])
    | st.text(st.characters(exclude_categories=["Cs"]))
)
IRIS = st.sampled_from(
    ["urn:x:1", "did:key:z1", "https://a.example/%20?q=%(v1)s#é", "x-slot-0:1.", "did:web:credentials.uni-hafenstadt.example"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({p: TEXTS if k is Kind.TEXT else IRIS for p, k in VARIABLES.items()}))
def test_template_nasty_values_equal_the_ordinary_way(values: dict[str, str]) -> None:
    assert_same(TEMPLATE, values)


SMALL: dict[str, Any] = {
    "@context": {
        "id": "@id",
        "type": "@type",
        "ex": "urn:ex:",
        "name": "urn:v:name",
        "knows": {"@id": "urn:v:knows", "@type": "@id"},
        "level": {"@id": "urn:v:level", "@type": "@vocab"},
        "high": "urn:v:high",
        "label": {"@id": "urn:v:label", "@language": "fr"},
        "title": {"@id": "urn:v:title", "@container": "@language"},
        "mass": {"@id": "urn:v:mass", "@type": "http://www.w3.org/2001/XMLSchema#double"},
        "any": {"@id": "urn:v:any", "@type": "@json"},
        "list": {"@id": "urn:v:list", "@container": "@list"},
        "T": "urn:v:T",
    },
    "id": "urn:x:0",
    "type": "T",
    "name": ["a", {"@value": "b", "@language": "en"}, {"@value": "c", "@type": "urn:d"}],
    "knows": [
        {"name": "p"},
        {"name": "q"},
        {"id": "urn:x:9", "name": "r"},
        "urn:x:8",
        {"knows": {"name": "s"}},
    ],
    "level": "urn:v:low",
    "label": "l",
    "title": {"en": "t"},
    "any": "j",
    "list": ["k", "m"],
}
SLOTS = {
    "/id": Kind.IRI,
    "/name/0": Kind.TEXT,
    "/name/1/@value": Kind.TEXT,
    "/name/2/@value": Kind.TEXT,
    "/knows/0/name": Kind.TEXT,
    "/knows/1/name": Kind.TEXT,
    "/knows/2/id": Kind.IRI,
    "/knows/3": Kind.IRI,
    "/knows/4/knows/name": Kind.TEXT,
    "/level": Kind.IRI,
    "/label": Kind.TEXT,
    "/title/en": Kind.TEXT,
    "/list/1": Kind.TEXT,
}
SMALL_TEMPLATE = Template(SMALL, SLOTS)
FEW = st.sampled_from(["p", "q", "a", 'x"'])


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            pointer: FEW
            if kind is Kind.TEXT
            else st.sampled_from(["urn:x:0", "urn:x:8", "urn:x:9", "https://e.example/"])
            for pointer, kind in SLOTS.items()
        }
    )
)
def test_template_equal_values_and_shared_subjects_equal_the_ordinary_way(values: dict[str, str]) -> None:
    """Values that coincide make blank nodes look alike, merge subjects and repeat quads."""
    assert_same(SMALL_TEMPLATE, values)


@pytest.mark.parametrize("pointer", [p for p, kind in SLOTS.items() if kind is Kind.IRI])
def test_template_compact_iri_is_read_as_the_ordinary_way_does(pointer: str) -> None:
    values = {p: leaf(SMALL, p) for p in SLOTS} | {pointer: "ex:1"}
    assert_same(SMALL_TEMPLATE, values)
    assert b"<urn:ex:1>" in SMALL_TEMPLATE.canonical(values)


@pytest.mark.parametrize(
    ("pointer", "value", "code"),
    [
        ("/id", "relative", "canonical.relative-iri"),
        ("/id", "urn:a b", "canonical.invalid-iri"),
        ("/knows/3", "urn:x> <urn:y", "canonical.invalid-iri"),
        ("/label", "\ud800", "canonical.text"),
    ],
)
def test_template_bad_value_is_refused_as_the_ordinary_way_does(pointer: str, value: str, code: str) -> None:
    values = {p: leaf(SMALL, p) for p in SLOTS} | {pointer: value}
    with pytest.raises(CanonicalError) as caught:
        SMALL_TEMPLATE.canonical(values)
    assert caught.value.code == code


def test_template_lone_surrogate_has_no_json() -> None:
    values = {p: leaf(SMALL, p) for p in SLOTS} | {"/label": "\ud800"}
    for write in (SMALL_TEMPLATE.json, SMALL_TEMPLATE.jcs):
        with pytest.raises(CanonicalError) as caught:
            write(values)
        assert caught.value.code == "canonical.text"


@pytest.mark.parametrize(
    "variables",
    [
        {"/id": Kind.TEXT},
        {"/label": Kind.IRI},
        {"/knows/3": Kind.TEXT},
        {"/type": Kind.IRI},
        {"/name/2/@type": Kind.IRI},
        {"/name/1/@language": Kind.TEXT},
        {"/any": Kind.TEXT},
        {"/@context/name": Kind.IRI},
        {"/missing": Kind.TEXT},
        {"/name": Kind.TEXT},
        {"/name/7": Kind.TEXT},
        {"/name/x": Kind.TEXT},
        {"name": Kind.TEXT},
        {"": Kind.TEXT},
    ],
)
def test_template_place_that_cannot_vary_is_refused(variables: dict[str, Kind]) -> None:
    with pytest.raises(CanonicalError) as caught:
        Template(SMALL, variables)
    assert caught.value.code == "canonical.template"


@pytest.mark.parametrize(
    "document",
    [
        {**SMALL, "mass": "1.5"},
        {**SMALL, "unknown": "x"},
        {**SMALL, "@reverse": {"knows": {"id": "urn:x:7"}}},
        {**SMALL, "name": float("nan")},
        {**SMALL, "label": object()},
    ],
)
def test_template_document_that_needs_the_general_way_is_refused(document: Any) -> None:
    with pytest.raises(CanonicalError) as caught:
        Template(document, {"/id": Kind.IRI})
    assert caught.value.code == "canonical.template"


@pytest.mark.parametrize("values", [{}, {"/id": "urn:x:1", "/more": "x"}, {"/id": 3}])
def test_template_wrong_names_or_values_are_refused(values: Any) -> None:
    template = Template(SMALL, {"/id": Kind.IRI})
    for use in (template.canonical, template.json, template.jcs, template.document):
        with pytest.raises(CanonicalError) as caught:
            use(values)
        assert caught.value.code == "canonical.template"


def test_template_pointer_escapes_and_sha384() -> None:
    document = {"@context": {"a~b": "urn:p", "n": "urn:n"}, "a~b": "x", "n": [{"n": "1"}, {"n": "2"}]}
    template = Template(document, {"/a~0b": Kind.TEXT, "/n/0/n": Kind.TEXT}, digest="sha384")
    values = {"/a~0b": "y", "/n/0/n": "3"}
    assert template.canonical(values) == canonicalize(template.document(values), digest="sha384")


def test_template_without_variables_is_the_document() -> None:
    assert Template(SMALL, {}).canonical({}) == canonicalize(SMALL)


def test_template_uses_the_contexts_given() -> None:
    url = "https://contexts.example/v1"
    store = ContextStore({url: {"@context": {"name": "urn:a:name"}}})
    template = Template({"@context": url, "name": "x"}, {"/name": Kind.TEXT}, contexts=store)
    assert template.canonical({"/name": "y"}) == b'_:c14n0 <urn:a:name> "y" .\n'


def test_template_document_changed_afterwards_does_not_matter() -> None:
    document = json.loads(json.dumps(SMALL))
    template = Template(document, {"/label": Kind.TEXT})
    document["id"] = "urn:changed"
    assert template.document({"/label": "l"}) == SMALL
