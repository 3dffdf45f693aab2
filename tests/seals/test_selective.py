"""``ecdsa-sd-2023``: what can be shown, what cannot be withheld, and what is refused."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tessella.errors import TessellaError
from tessella.keys import (
    PrivateKey,
    ResolvedKey,
    base64url_decode,
    base64url_encode,
    resolve_verification_method,
)
from tessella.seals.data_integrity import (
    MAX_STATEMENTS,
    SUITES,
    _cbor,
    add_proof,
    add_selective_proof,
    base_proof_of,
    derive,
    verify_proofs,
)
from tessella.seals.data_integrity._proof_value import DerivedProof, read_proof_value
from tessella.seals.data_integrity._selection import select

AT = dt.datetime(2026, 4, 1, 9, 0, tzinfo=dt.UTC)
MANDATORY = ["/issuer", "/validFrom", "/credentialSubject/achievement/name"]
BADGE: dict[str, Any] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    "id": "urn:uuid:6f0c0c7a-30f5-4b1c-8f3f-2f9f6c0b6a10",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "name": "Data ethics in practice",
    "issuer": {"id": "https://vilna.example/", "type": ["Profile"], "name": "Vilna Academy"},
    "validFrom": "2026-03-31T00:00:00Z",
    "credentialSubject": {
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "identityHash": "Ona Kazlauskienė",
                "identityType": "name",
                "hashed": False,
            }
        ],
        "achievement": {
            "id": "https://vilna.example/achievements/1",
            "type": ["Achievement"],
            "name": "Data ethics in practice",
            "description": "Weighing what data can do against what it should.",
            "criteria": {"narrative": "Passed the exam."},
            "tag": ["ethics", "data", "law"],
        },
        "result": [
            {"type": ["Result"], "value": "9"},
            {"type": ["Result"], "value": "excellent"},
        ],
    },
    "evidence": [
        {"type": ["Evidence"], "name": "Essay"},
        {"type": ["Evidence"], "name": "Poster"},
    ],
}


@functools.cache
def key() -> PrivateKey:
    made = PrivateKey.generate("ES256")
    return made.with_verification_method(made.public_key.did_key_url)


@functools.cache
def _sealed() -> bytes:
    return json.dumps(add_selective_proof(BADGE, key(), mandatory=MANDATORY, created=AT)).encode()


def sealed() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_sealed())
    return document


def resolve(method: str, purpose: str) -> ResolvedKey:
    return resolve_verification_method(method)


def outcome(document: Mapping[str, Any]) -> str:
    """The code of what is wrong, or the empty string."""
    (result,) = verify_proofs(document, resolve)
    return result.error.code if result.error else ""


def shown(*pointers: str) -> dict[str, Any]:
    return derive(sealed(), pointers).document


def without_proof(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "proof"}


# What is shown


def test_a_base_proof_verifies_over_everything_and_says_that_it_is_the_holders_own() -> None:
    (result,) = verify_proofs(sealed(), resolve)
    assert result.error is None
    assert len(result.notes) == 1
    assert without_proof(sealed()) == BADGE


def test_showing_everything_gives_the_whole_document() -> None:
    everything = shown("")
    assert without_proof(everything) == BADGE
    assert outcome(everything) == ""


def test_showing_nothing_more_leaves_the_mandatory_part() -> None:
    least = shown()
    assert without_proof(least) == {
        "@context": BADGE["@context"],
        "id": BADGE["id"],
        "type": BADGE["type"],
        "issuer": BADGE["issuer"],
        "validFrom": BADGE["validFrom"],
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://vilna.example/achievements/1",
                "type": ["Achievement"],
                "name": "Data ethics in practice",
            },
        },
    }
    assert outcome(least) == ""


@pytest.mark.parametrize(
    ("pointer", "place", "expected"),
    [
        ("/evidence/1", "evidence", [{"type": ["Evidence"], "name": "Poster"}]),
        ("/evidence/0/name", "evidence", [{"type": ["Evidence"], "name": "Essay"}]),
        ("/evidence", "evidence", BADGE["evidence"]),
        ("/name", "name", BADGE["name"]),
    ],
)
def test_parts_of_arrays_can_be_shown(pointer: str, place: str, expected: Any) -> None:
    document = shown(pointer)
    assert document[place] == expected
    assert outcome(document) == ""


def test_single_values_of_an_array_can_be_shown() -> None:
    document = shown("/credentialSubject/achievement/tag/2", "/credentialSubject/achievement/tag/0")
    assert document["credentialSubject"]["achievement"]["tag"] == ["ethics", "law"]
    assert outcome(document) == ""


def test_look_alikes_of_which_only_the_type_is_shown_verify() -> None:
    document = shown("/evidence/0/type", "/evidence/1/type")
    assert document["evidence"] == [{"type": ["Evidence"]}, {"type": ["Evidence"]}]
    assert outcome(document) == ""


def test_a_derived_proof_has_neither_the_hmac_key_nor_hidden_signatures() -> None:
    _, base = base_proof_of(sealed())
    document = shown("/name")
    raw = base64url_decode(document["proof"]["proofValue"][1:])
    assert base.hmac_key not in raw
    proof = read_proof_value(document["proof"]["proofValue"])
    assert len(proof.signatures) == 1
    assert json.dumps(document).find("Kazlauskien") == -1


POINTERS = [
    "/name",
    "/credentialSubject/identifier",
    "/credentialSubject/result/0",
    "/credentialSubject/result/1/value",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria/narrative",
    "/credentialSubject/achievement",
    "/evidence/0",
    "/evidence/1/name",
    "/credentialSubject",
]


@given(st.sets(st.sampled_from(POINTERS)))
def test_every_choice_verifies_and_shows_what_was_chosen(pointers: set[str]) -> None:
    document = shown(*sorted(pointers))
    assert outcome(document) == ""
    expected = select(BADGE, [*MANDATORY, *pointers])
    assert expected is not None
    assert without_proof(document) == expected.document


def test_other_proofs_are_left_out_of_a_selection() -> None:
    signed = sealed()
    other = PrivateKey.generate("Ed25519")
    other = other.with_verification_method(other.public_key.did_key_url)
    whole = add_proof(signed, other, cryptosuite="eddsa-rdfc-2022", created=AT)
    assert [result.error for result in verify_proofs(whole, resolve)] == [None, None]
    document = derive(whole, ["/name"]).document
    assert document["proof"]["cryptosuite"] == "ecdsa-sd-2023"
    assert outcome(document) == ""


# What is refused


def changed(change: Callable[[dict[str, Any]], None], *pointers: str) -> str:
    document = shown(*pointers)
    change(document)
    return outcome(document)


def test_a_changed_statement_fails() -> None:
    def rename(document: dict[str, Any]) -> None:
        document["name"] = "Something else"

    assert changed(rename, "/name") == "seal.signature"


def test_a_changed_mandatory_statement_fails() -> None:
    def rename(document: dict[str, Any]) -> None:
        document["credentialSubject"]["achievement"]["name"] = "Something else"

    assert changed(rename) == "seal.signature"


@pytest.mark.parametrize("place", ["issuer", "validFrom"])
def test_a_mandatory_part_cannot_be_withheld(place: str) -> None:
    assert changed(lambda document: document.pop(place), "/name") == "seal.signature"


def test_an_added_statement_fails() -> None:
    def add(document: dict[str, Any]) -> None:
        document["description"] = "With honours"

    assert changed(add, "/name") == "seal.signature"


def test_statements_cannot_move_between_look_alikes() -> None:
    def swap(document: dict[str, Any]) -> None:
        first, second = document["credentialSubject"]["result"]
        first["value"], second["value"] = second["value"], first["value"]
        first["status"] = "Completed"

    assert changed(swap, "/credentialSubject/result") == "seal.signature"


def test_a_changed_option_of_the_proof_fails() -> None:
    def later(document: dict[str, Any]) -> None:
        document["proof"]["created"] = "2026-04-02T09:00:00Z"

    assert changed(later) == "seal.signature"


def with_proof(change: Callable[[DerivedProof], DerivedProof], *pointers: str) -> str:
    document = shown(*pointers)
    proof = read_proof_value(document["proof"]["proofValue"])
    assert isinstance(proof, DerivedProof)
    document["proof"]["proofValue"] = change(proof).encoded()
    return outcome(document)


def replace(**changes: Callable[[Any], Any]) -> Callable[[DerivedProof], DerivedProof]:
    return lambda proof: msgspec.structs.replace(
        proof, **{name: change(getattr(proof, name)) for name, change in changes.items()}
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (replace(signatures=lambda old: old[::-1]), "seal.signature"),
        (replace(signatures=lambda old: old[1:]), "seal.signature"),
        (replace(signatures=lambda old: (*old, old[0])), "seal.signature"),
        (replace(signatures=lambda old: (old[0][:63], *old[1:])), "seal.proof-value"),
        (replace(base_signature=lambda old: bytes(64)), "seal.signature"),
        (replace(base_signature=lambda old: old + b"\0"), "seal.proof-value"),
        (replace(public_key=lambda old: old[:3] + bytes(32)), "seal.signature"),
        (replace(public_key=lambda old: b"\xed\x01" + old[2:]), "seal.proof-value"),
        (replace(label_map=lambda old: {**old, 99: bytes(32)}), "seal.signature"),
        (replace(label_map=lambda old: dict(list(old.items())[1:])), "seal.signature"),
        (replace(label_map=lambda old: dict.fromkeys(old, bytes(32))), "seal.proof-value"),
        (
            replace(label_map=lambda old: dict(zip(old, reversed(old.values()), strict=True))),
            "seal.signature",
        ),
        (replace(label_map=lambda old: {k: v[:31] for k, v in old.items()}), "seal.proof-value"),
        (replace(mandatory_indexes=lambda old: old[1:]), "seal.signature"),
        (replace(mandatory_indexes=lambda old: (*old, 2**63)), "seal.signature"),
        (replace(mandatory_indexes=lambda old: (*old, old[0])), "seal.proof-value"),
    ],
)
def test_a_proof_with_a_changed_component_fails(
    change: Callable[[DerivedProof], DerivedProof], code: str
) -> None:
    assert with_proof(change, "/credentialSubject", "/evidence") == code


def test_every_flipped_bit_of_the_proof_value_fails() -> None:
    document = shown("/name")
    raw = base64url_decode(document["proof"]["proofValue"][1:])
    for place in range(0, len(raw), 7):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << place % 8
        document["proof"]["proofValue"] = "u" + base64url_encode(bytes(flipped))
        assert outcome(document) in {"seal.signature", "seal.proof-value"}, place


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "u",
        "z" + "1" * 40,
        "uAAAA",
        "u2V0A",
        "u" + base64url_encode(b"\xd9\x5d\x01\x85"),
        "u" + base64url_encode(b"\xd9\x5d\x01" + b"\x81" * 5_000),
        "u" + base64url_encode(b"\xd9\x5d\x01\x9b" + b"\xff" * 8),
        "u" + base64url_encode(b"\xd9\x5d\x01\x5b" + b"\xff" * 8),
        "u" + base64url_encode(b"\xd9\x5d\x00" + _cbor.dump([b"", b"", b"", [], []])),
        "u" + base64url_encode(b"\xd9\x5d\x01" + _cbor.dump([b"", b"", [], {}])),
        "u" + base64url_encode(b"\xd9\x5d\x02" + _cbor.dump([b"", b"", [], {}, []])),
    ],
)
def test_a_proof_value_that_is_none_is_refused(value: Any) -> None:
    document = shown("/name")
    document["proof"]["proofValue"] = value
    assert outcome(document) == "seal.proof-value"


def test_an_endless_proof_value_is_refused_before_it_is_read() -> None:
    document = shown("/name")
    document["proof"]["proofValue"] = "u" + "A" * 1_000_000
    assert outcome(document) == "input.limit.proof-value"


def test_too_many_statements_are_refused() -> None:
    document = copy.deepcopy(BADGE)
    document["credentialSubject"]["achievement"]["tag"] = [f"tag {n}" for n in range(MAX_STATEMENTS)]
    with pytest.raises(TessellaError) as caught:
        add_selective_proof(document, key(), mandatory=MANDATORY, created=AT)
    assert caught.value.code == "input.limit.statements"


@pytest.mark.parametrize(
    "pointer", ["/nothing", "/evidence/2", "/evidence/01", "name", "/a~2b", "/evidence/-1"]
)
def test_a_pointer_to_nothing_is_refused(pointer: str) -> None:
    with pytest.raises(TessellaError) as caught:
        derive(sealed(), [pointer])
    assert caught.value.code == "input.schema.pointer"


def test_a_selection_cannot_be_made_of_a_selection() -> None:
    with pytest.raises(TessellaError) as caught:
        derive(shown("/name"), ["/name"])
    assert caught.value.code == "seal.base-proof"


def test_a_selection_cannot_be_made_of_another_proof() -> None:
    with pytest.raises(TessellaError) as caught:
        derive(add_proof(BADGE, key(), cryptosuite="ecdsa-rdfc-2019", created=AT), ["/name"])
    assert caught.value.code == "seal.no-selective-proof"


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES384"])
def test_only_p256_keys_seal_and_verify(algorithm: str) -> None:
    other = PrivateKey.generate(algorithm)
    other = other.with_verification_method(other.public_key.did_key_url)
    with pytest.raises(TessellaError) as caught:
        add_selective_proof(BADGE, other, mandatory=MANDATORY, created=AT)
    assert caught.value.code == "seal.algorithm"
    document = shown()
    document["proof"]["verificationMethod"] = other.verification_method
    assert outcome(document) == "seal.algorithm"


def test_a_document_that_has_a_proof_is_refused() -> None:
    with pytest.raises(TessellaError) as caught:
        add_selective_proof(sealed(), key(), mandatory=MANDATORY, created=AT)
    assert caught.value.code == "seal.proof-shape"


def test_add_proof_sends_to_the_right_function() -> None:
    assert "ecdsa-sd-2023" not in SUITES
    with pytest.raises(TessellaError) as caught:
        add_proof(BADGE, key(), cryptosuite="ecdsa-sd-2023", created=AT)
    assert caught.value.code == "seal.cryptosuite"
    assert "openbadge-sd" in caught.value.hint


def test_a_document_without_end_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(10_000):
        deep = {"evidence": deep}
    for run in (
        lambda: add_selective_proof({**BADGE, **deep}, key(), mandatory=MANDATORY, created=AT),
        lambda: derive({**sealed(), **deep}, ["/name"]),
    ):
        with pytest.raises(TessellaError) as caught:
            run()
        assert caught.value.code == "canonical.depth"
    assert outcome({**shown("/name"), **deep}) == "canonical.depth"


def test_part_of_a_language_map_can_be_shown_and_part_of_a_list_cannot() -> None:
    context = {
        "@vocab": "https://terms.example/",
        "title": {"@id": "https://terms.example/title", "@container": "@language"},
        "steps": {"@id": "https://terms.example/steps", "@container": "@list"},
    }
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", context],
        "type": ["VerifiableCredential"],
        "issuer": "https://vilna.example/",
        "credentialSubject": {"title": {"en": "Ethics", "lt": "Etika"}, "steps": ["one", "two"]},
    }
    signed = add_selective_proof(document, key(), mandatory=["/issuer"], created=AT)
    assert outcome(signed) == ""
    part = derive(signed, ["/credentialSubject/title/lt"]).document
    assert part["credentialSubject"] == {"title": {"lt": "Etika"}}
    assert outcome(part) == ""
    for pointer, expected in (
        ("/credentialSubject/steps", {"steps": ["one", "two"]}),
        ("", document["credentialSubject"]),
    ):
        part = derive(signed, [pointer]).document
        assert part["credentialSubject"] == expected
        assert outcome(part) == ""
    with pytest.raises(TessellaError) as caught:
        derive(signed, ["/credentialSubject/steps/0"])
    assert caught.value.code == "canonical.selection"


# CBOR


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65_536, "1a00010000"),
        (2**32, "1b0000000100000000"), (b"", "40"), (b"\1\2", "420102"), ("ė", "62c497"),
        ([1, [2, b"\3"]], "8201820241" + "03"), ({1: b"\1", 0: b"\0"}, "a200410001" + "4101"),
    ],
)  # fmt: skip
def test_cbor_is_written_and_read(value: Any, written: str) -> None:
    assert _cbor.dump(value).hex() == written
    assert _cbor.load(bytes.fromhex(written)) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "1817", "190017", "1a0000ffff", "1b00000000ffffffff",  # cut short; not the shortest form
        "1c", "5f4101ff", "9f01ff", "bf0001ff",  # reserved; indefinite lengths
        "20", "d84041" + "01", "f4", "f6", "fb3ff0000000000000",  # negative, tag, simple values, float
        "0000", "61ff", "a200000001", "a1410100", "8181818100",  # rest, not UTF-8, key twice, key no number, depth
    ],
)  # fmt: skip
def test_other_cbor_is_refused(text: str) -> None:
    with pytest.raises(TessellaError) as caught:
        _cbor.load(bytes.fromhex(text))
    assert caught.value.code == "input.decode.cbor"


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = _cbor.load(data)
    except TessellaError as error:
        assert error.code == "input.decode.cbor"
    else:
        if not isinstance(value, dict):
            assert _cbor.load(_cbor.dump(value)) == value
