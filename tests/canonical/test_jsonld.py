"""JSON-LD to canonical N-Quads: official canonical documents, and safe mode."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from typing import Any

import pytest

from tessella.canonical import ContextStore, canonicalize, default_contexts, parse_nquads, rdfc10, to_quads
from tessella.canonical.jsonld import MAX_DEFINITIONS
from tessella.canonical.shape import MAX_CONTEXTS, MAX_OBJECTS, MAX_VALUES
from tessella.errors import CanonicalError, LimitError
from tests.support import shared, shared_json

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
EDDSA, ECDSA = "vc/w3c-vc-di-eddsa/TestVectors", "vc/w3c-vc-di-ecdsa/TestVectors"
KAT = "vc/1edtech/spec"


def contexts() -> ContextStore:
    """The pinned contexts and those that the W3C examples use."""
    store = default_contexts()
    for version in ("v1", "v2", "v3", "v4rc1"):
        document = shared_json(f"vc/contexts/npm/w3id.org_citizenship_{version}.json")
        store = store.with_context(f"https://w3id.org/citizenship/{version}", document)
    return store.with_context(EXAMPLES, shared_json("vc/contexts/w3c-vc-data-model/credentials/examples/v2"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{EDDSA}/unsigned.json", f"{EDDSA}/eddsa-rdfc-2022/canonDocDataInt.txt"),
        (f"{EDDSA}/eddsa-rdfc-2022/proofConfigDataInt.json", f"{EDDSA}/eddsa-rdfc-2022/proofCanonDataInt.txt"),
        (f"{EDDSA}/employmentAuth.json", f"{EDDSA}/eddsa-rdfc-2022/employ/canonDocDataInt.txt"),
        (f"{EDDSA}/unsigned.json", f"{EDDSA}/Ed25519Signature2020/canonDocEdSig.txt"),
        (f"{EDDSA}/Ed25519Signature2020/proofConfigEdSig.json", f"{EDDSA}/Ed25519Signature2020/proofCanonEdSig.txt"),
        (f"{ECDSA}/unsigned.json", f"{ECDSA}/ecdsa-rdfc-2019-p256/canonDocECDSAP256.txt"),
        (f"{ECDSA}/ecdsa-rdfc-2019-p256/proofConfigECDSAP256.json", f"{ECDSA}/ecdsa-rdfc-2019-p256/proofCanonECDSAP256.txt"),
        (f"{ECDSA}/employmentAuth.json", f"{ECDSA}/ecdsa-rdfc-2019-p256/employ/canonDocECDSAP256.txt"),
    ],
)  # fmt: skip
def test_canonicalize_official_document(source: str, expected: str) -> None:
    assert canonicalize(shared_json(source), contexts=contexts()) == shared(expected).read_bytes()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"{ECDSA}/unsigned.json", f"{ECDSA}/ecdsa-rdfc-2019-p384/canonDocECDSAP384.txt"),
        (f"{ECDSA}/employmentAuth.json", f"{ECDSA}/ecdsa-rdfc-2019-p384/employ/canonDocECDSAP384.txt"),
        (f"{ECDSA}/ecdsa-rdfc-2019-p384/proofConfigECDSAP384.json", f"{ECDSA}/ecdsa-rdfc-2019-p384/proofCanonECDSAP384.txt"),
    ],
)  # fmt: skip
def test_canonicalize_official_document_with_sha384(source: str, expected: str) -> None:
    assert (
        canonicalize(shared_json(source), digest="sha384", contexts=contexts())
        == shared(expected).read_bytes()
    )


V2 = "https://www.w3.org/ns/credentials/v2"
INLINE: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "name": "https://voc.example/name",
    "knows": {"@id": "https://voc.example/knows", "@type": "@id"},
    "level": {"@id": "https://voc.example/level", "@type": "@vocab"},
    "mass": {"@id": "https://voc.example/mass", "@type": "http://www.w3.org/2001/XMLSchema#double"},
    "any": {"@id": "https://voc.example/any", "@type": "@json"},
    "nothing": None,
    "Thing": "https://voc.example/Thing",
}


def inline(**members: Any) -> dict[str, Any]:
    return {"@context": INLINE, "id": "urn:x:1", **members}


@pytest.mark.parametrize(
    ("document", "code", "got", "place"),
    [
        (inline(nickname="A"), "undefined-term", "nickname", ""),
        (inline(knows={"id": "urn:x:2", "nickname": "A"}), "undefined-term", "nickname", "knows"),
        (inline(name="x", nothing="A"), "undefined-term", "nothing", ""),
        (inline(**{"@foo": "A"}), "undefined-term", "@foo", ""),
        (inline(**{"_:p": "A"}), "undefined-term", "_:p", ""),
        ({"@context": {"@vocab": "_:b"}, "p": "A"}, "undefined-term", "p", ""),
        ({"@context": {"@foo": "urn:x:foo"}, "urn:p": "A"}, "undefined-term", "@foo", ""),
        ({"@context": {"foo": {"@id": "@foo"}}, "urn:p": "A"}, "undefined-term", "@foo", ""),
        (inline(type="Nothing"), "relative-iri", "Nothing", ""),
        (inline(type=["Thing", "other"]), "relative-iri", "other", ""),
        (inline(knows="b"), "relative-iri", "b", ""),
        (inline(knows={"id": "b", "name": "B"}), "relative-iri", "b", "knows"),
        (inline(level="high"), "relative-iri", "high", ""),
        (inline(name={"@value": "1", "@type": "number"}), "relative-iri", "number", "name"),
        (inline(id=""), "relative-iri", "", ""),
        ({"@context": {"@vocab": "", "@base": None}, "id": "A"}, "relative-iri", "", ""),
        ({"@context": [INLINE, {"@base": "relative/"}], "id": "x", "name": "A"}, "relative-iri", "x", ""),
        (inline(knows="urn:x:a b"), "invalid-iri", "urn:x:a b", ""),
        (inline(knows="urn:x:a> <urn:y"), "invalid-iri", "urn:x:a> <urn:y", ""),
        (inline(**{"urn:x:<p>": "A"}), "undefined-term", "urn:x:<p>", ""),
        (inline(name={"@value": "x", "@type": "urn:<"}), "invalid-iri", "urn:<", "name"),
        (inline(name={"@value": "x", "@language": "no good"}), "language", "no good", ""),
        ({"@context": [INLINE, {"@language": "1x"}], "name": "x"}, "language", "1x", ""),
        (inline(name={"@value": "x", "@direction": "rtl"}), "direction", None, ""),
        ({"@context": [INLINE, {"@direction": "rtl"}], "name": "x"}, "direction", None, ""),
        (inline(mass="heavy"), "number", "heavy", ""),
        (inline(mass="1_0"), "number", "1_0", ""),
        (inline(mass="INF"), "number", "INF", ""),
        (inline(name={"@value": None}), "dropped", None, "name"),
        (inline(name={"@language": "en"}), "dropped", None, "name"),
        ({"@context": INLINE, "@graph": ["free", {"name": "x"}]}, "dropped", None, ""),
        ({"@context": INLINE, "@graph": [{"id": "urn:x:1"}]}, "dropped", None, "@graph"),
        ({"@context": INLINE}, "dropped", None, ""),
        (inline(name={"@value": "x", "@index": "i"}), "dropped", None, ""),
        (inline(**{"@index": "i", "name": "x"}), "dropped", None, ""),
        ({"@context": {"m": {"@id": "urn:m", "@container": "@index"}}, "m": {"i": "x"}}, "dropped", None, ""),
        ({"@context": INLINE, "id": "urn:x:1"}, "dropped", None, ""),
        (inline(name=[]), "empty", None, ""),
        ({"@context": [INLINE, "https://contexts.example/v9"]}, "unknown-context", "https://contexts.example/v9", ""),
        ({"@context": [INLINE, "v9"]}, "unknown-context", "v9", ""),
        ({"@context": {"@import": "https://contexts.example/v9"}}, "unknown-context", "https://contexts.example/v9", ""),
        ({"@context": [V2, {"name": "urn:x:name"}], "name": "x"}, "json-ld", "protected term redefinition", ""),
        ({"@context": [V2, None], "urn:p": "x"}, "json-ld", "invalid context nullification", ""),
        ({"@context": {"a": "b:c", "b": "a:d"}, "a": "x"}, "json-ld", "cyclic IRI mapping", "a"),
        ({"@context": 3, "urn:p": "x"}, "json-ld", "invalid local context", ""),
        (inline(name={"@value": ["x"]}), "json-ld", "invalid value object value", ""),
        (inline(name=float("nan")), "number", None, ""),
        (inline(name=2**53), "number", 2**53, ""),
        (inline(any={"n": 2**60}), "number", 2**60, ""),
        (inline(name=("a", "b")), "value", None, ""),
        (inline(name={1: "a"}), "value", None, ""),
        (inline(name="\ud800"), "text", None, ""),
    ],
)  # fmt: skip
def test_canonicalize_what_would_go_unsigned_is_refused(
    document: Any, code: str, got: Any, place: str
) -> None:
    with pytest.raises(CanonicalError) as caught:
        canonicalize(document)
    assert caught.value.code == f"canonical.{code}"
    if got is not None:
        assert caught.value.got == got
    assert caught.value.place == place


def lines(document: Any) -> list[str]:
    return canonicalize(document).decode().split("\n")[:-1]


def test_canonicalize_null_vocab_where_none_is_set_is_no_error() -> None:
    assert lines({"@context": [{"@vocab": None}, INLINE], "name": "x"}) == [
        '_:c14n0 <https://voc.example/name> "x" .'
    ]


def test_canonicalize_control_characters_are_escaped() -> None:
    assert lines(inline(name='\b\t\n\f\r"\\\x00\x1f\x7f\u2028')) == [
        '<urn:x:1> <https://voc.example/name> "\\b\\t\\n\\f\\r\\"\\\\\\u0000\\u001F\\u007F\u2028" .'
    ]


def test_canonicalize_base_given_by_the_context_is_used() -> None:
    document = {"@context": [INLINE, {"@base": "https://base.example/a/"}], "id": "x", "name": "A"}
    assert lines(document) == ['<https://base.example/a/x> <https://voc.example/name> "A" .']


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (3.0, '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (-0.0, '"0"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (0.1 + 0.2, '"3.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (5e-324, '"4.940656458412465E-324"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (1e20, '"100000000000000000000"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (1e21, '"1.0E21"^^<http://www.w3.org/2001/XMLSchema#double>'),
        (True, '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ({"@value": "Zug", "@language": "DE-ch"}, '"Zug"@de-ch'),
    ],
)
def test_canonicalize_literal(value: Any, written: str) -> None:
    assert lines(inline(name=value)) == [f"<urn:x:1> <https://voc.example/name> {written} ."]


def test_canonicalize_json_value_is_jcs() -> None:
    assert lines(inline(any=[{"b": 1.0, "a": [None, "ﬁ"]}])) == [
        '<urn:x:1> <https://voc.example/any> "[{\\"a\\":[null,\\"ﬁ\\"],\\"b\\":1}]"'
        "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> ."
    ]


def test_canonicalize_typed_doubles_are_written_canonically() -> None:
    assert lines(inline(mass=[3, "5.30", -0.0, "1e400"[:3], 1.7976931348623157e308])) == [
        f'<urn:x:1> <https://voc.example/mass> "{number}"^^<http://www.w3.org/2001/XMLSchema#double> .'
        for number in ("0.0E0", "1.0E4", "1.797693134862316E308", "3.0E0", "5.3E0")
    ]


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"knows": value}
    return value


def test_canonicalize_depth_and_size_limits() -> None:
    with pytest.raises(LimitError) as caught:
        canonicalize(inline(knows=nested(70)))
    assert caught.value.code == "canonical.depth"
    for costly in (
        {"@context": INLINE, "@graph": [{"name": ["x"] * MAX_VALUES}]},
        {"@context": INLINE, "@graph": [{"name": "x"}] * MAX_OBJECTS},
        {"@context": INLINE, "@graph": [{"@context": {}, "name": "x"}] * (MAX_CONTEXTS + 1)},
    ):
        with pytest.raises(LimitError) as caught:
            canonicalize(costly)
        assert caught.value.code == "canonical.size"


@pytest.mark.timeout(30)
def test_canonicalize_context_that_takes_ever_more_definitions_is_aborted() -> None:
    def scoped(number: int) -> dict[str, str]:
        return {f"t{number}-{index}": f"urn:t:{index}" for index in range(1_000)}

    context = {f"s{number}": {"@id": "urn:s:s", "@context": scoped(number)} for number in range(60)}
    assert MAX_DEFINITIONS < 60 * 1_000
    with pytest.raises(LimitError) as caught:
        canonicalize({"@context": context, "s1": "x"})
    assert caught.value.code == "canonical.size"


@pytest.mark.timeout(30)
def test_canonicalize_long_arrays_take_linear_time() -> None:
    document = {"@context": INLINE, "@graph": [inline(name=[f"{number}" for number in range(50_000)])]}
    del document["@graph"][0]["@context"]
    assert len(lines(document)) == 50_000


def test_canonicalize_enumeration_members_are_their_values() -> None:
    class Colour(StrEnum):
        RED = "red"

    class Level(IntEnum):
        SIX = 6

    for _ in range(4):  # also when the part is remembered
        for name, plain in ((Colour.RED, "red"), (Level.SIX, 6)):
            inner = {"id": "urn:x:2", "name": name, "knows": "urn:x:3"}
            assert canonicalize(inline(knows=inner)) == canonicalize(inline(knows={**inner, "name": plain}))


def test_canonicalize_leaves_the_document_as_it_was() -> None:
    document = inline(knows=[{"id": "urn:x:2", "name": "B"}], any={"b": [1.0]})
    before = json.dumps(document)
    canonicalize(document)
    assert json.dumps(document) == before


def test_canonicalize_contexts_of_one_call_do_not_leak_into_another() -> None:
    url = "https://contexts.example/v1"
    document = {"@context": url, "name": "x"}
    for target in ("urn:a:name", "urn:b:name"):
        store = ContextStore({url: {"@context": {"name": target}}})
        assert canonicalize(document, contexts=store).decode() == f'_:c14n0 <{target}> "x" .\n'


def test_to_quads_keeps_the_blank_nodes() -> None:
    assert to_quads({"@context": INLINE, "id": "_:me", "name": "x"}) == [
        ("_:b0", "<https://voc.example/name>", '"x"', "")
    ]


def test_canonicalize_open_badges_known_answer() -> None:
    answer = shared_json(f"{KAT}/kat/linked-data-proof-ob.json")
    expected = shared(f"{KAT}/ob_v3p0/impl/test-vectors/obv3p0/document-canon.txt").read_bytes()
    unsigned = {key: value for key, value in answer["signed"].items() if key != "proof"}
    assert canonicalize(unsigned).rstrip() == expected.rstrip()


def test_canonicalize_open_badges_equal_an_independent_processor() -> None:
    """pyoxigraph reads the JSON-LD with the contexts put in place; our RDFC labels."""
    import pyoxigraph

    store = default_contexts()

    def in_place(context: Any) -> Any:
        if isinstance(context, str):
            return in_place(store.document(context)["@context"])
        parts = [in_place(part) for part in context] if isinstance(context, list) else [context]
        return [inner for part in parts for inner in (part if isinstance(part, list) else [part])]

    def placed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: (in_place if key == "@context" else placed)(item) for key, item in value.items()}
        return [placed(item) for item in value] if isinstance(value, list) else value

    compared = 0
    for path in sorted(shared("vc/1edtech/ob30").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        try:
            expected = canonicalize(document)
        except CanonicalError:
            continue
        quads = list(pyoxigraph.parse(json.dumps(placed(document)), format=pyoxigraph.RdfFormat.JSON_LD))
        written = pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS)
        assert written is not None
        assert rdfc10(parse_nquads(written)).nquads == expected, path.name
        compared += 1
    assert compared >= 7
