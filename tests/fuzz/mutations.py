"""What is done to files: one function per kind of damage or attack, found by the layer of the file it works on.

A mutation takes a random source, the file and a second good file of the same format from the same issuer, and gives the
changed file, or None when there is nothing for it to change. The layers: ``bytes`` (any file), ``json`` (the file is a JSON
object), ``token`` (compact JWS or SD-JWT), ``xml``, ``pdf``, ``picture`` (PNG or SVG with a credential inside).
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import hmac
import io
import json
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from pypdf import PdfReader, PdfWriter

from tessella.containers import bake_png, bake_svg, read_png, read_svg
from tessella.keys import PrivateKey, base64url_decode, base64url_encode
from tessella.seals import jose
from tessella.seals.data_integrity import add_proof
from tessella.verification.surroundings import known_contexts

__all__ = ["MUTATIONS", "Mutation", "layers_of"]

Mutation = Callable[[random.Random, bytes, bytes], bytes | None]

_AT = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)

MUTATIONS: dict[str, dict[str, Mutation]] = {}
"""By layer and name."""


def mutation(layer: str) -> Callable[[Mutation], Mutation]:
    """Enter a function into the table under its name."""

    def enter(function: Mutation) -> Mutation:
        MUTATIONS.setdefault(layer, {})[function.__name__.replace("_", " ")] = function
        return function

    return enter


def layers_of(data: bytes) -> list[str]:
    """The layers that a file has."""
    found = ["bytes"]
    if data[:1] == b"{":
        found.append("json")
    elif data[:3] == b"eyJ":
        found.append("token")
    elif data[:5] == b"%PDF-":
        found.append("pdf")
    elif data[:8] == b"\x89PNG\r\n\x1a\n" or b"<svg" in data[:500]:
        found.append("picture")
    elif data.lstrip()[:1] == b"<":
        found.append("xml")
    return found


# --- bytes -------------------------------------------------------------------------------------------


@mutation("bytes")
def bit_flip(rng: random.Random, data: bytes, other: bytes) -> bytes:
    changed = bytearray(data)
    changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


@mutation("bytes")
def several_bits(rng: random.Random, data: bytes, other: bytes) -> bytes:
    for _ in range(rng.randint(2, 12)):
        data = bit_flip(rng, data, other)
    return data


@mutation("bytes")
def truncated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


@mutation("bytes")
def piece_removed(rng: random.Random, data: bytes, other: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randint(1, 64) :]


@mutation("bytes")
def piece_repeated(rng: random.Random, data: bytes, other: bytes) -> bytes:
    start = rng.randrange(len(data))
    end = start + rng.randint(1, 400)
    return data[:end] + data[start:end] + data[end:]


@mutation("bytes")
def piece_of_the_other(rng: random.Random, data: bytes, other: bytes) -> bytes:
    start, length = rng.randrange(len(data)), rng.randint(1, 400)
    return data[:start] + other[start : start + length] + data[start + length :]


@mutation("bytes")
def something_appended(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data + rng.choice([b"\0" * 40, other, data, b"\n{}", b" ", b"<!-- -->", rng.randbytes(50)])


@mutation("bytes")
def digit_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    places = [match.start() for match in re.finditer(rb"[0-9]", data)]
    if not places:
        return None
    place = rng.choice(places)
    return data[:place] + str((data[place] - 48 + rng.randint(1, 9)) % 10).encode() + data[place + 1 :]


@mutation("bytes")
def in_another_encoding(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    try:
        return data.decode().encode(rng.choice(["utf-16", "utf-8-sig", "utf-7", "utf-32", "latin-1"]))
    except UnicodeError:
        return None


@mutation("bytes")
def zip_bomb(rng: random.Random, data: bytes, other: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("credential.json", data + b" " * rng.choice([10_000_000, 80_000_000]))
    return buffer.getvalue()


@mutation("bytes")
def zip_in_zip(rng: random.Random, data: bytes, other: bytes) -> bytes:
    for _ in range(rng.randint(2, 40)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.zip", data)
        data = buffer.getvalue()
    return data


# --- JSON --------------------------------------------------------------------------------------------

_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        1.5,
        1e308,
        10**40,
        "",
        " ",
        "x",
        "2099-01-01T00:00:00Z",
        [],
        {},
        [[]],
        {"id": "x"},
    ),
    *(
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "https://other.example/",
        "\u202e",
        "a" * 70_000,
    ),
)


def _nodes(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Every place in the tree, as container and key."""
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
    for key, child in items:
        yield value, key
        yield from _nodes(child)


def _json(change: Callable[[random.Random, Any, Any], Any]) -> Mutation:
    """A mutation of the tree."""

    def run(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
        try:
            tree, second = json.loads(data), json.loads(other)
        except ValueError:
            return None
        changed = change(rng, tree, second)
        return None if changed is None else json.dumps(changed, ensure_ascii=rng.random() < 0.5).encode()

    run.__name__ = change.__name__
    return run


def json_mutation(
    change: Callable[[random.Random, Any, Any], Any],
) -> Callable[[random.Random, Any, Any], Any]:
    mutation("json")(_json(change))
    return change


def _place(rng: random.Random, tree: Any) -> tuple[Any, Any]:
    return rng.choice(list(_nodes(tree)))


@json_mutation
def member_removed(rng: random.Random, tree: Any, other: Any) -> Any:
    holder, key = _place(rng, tree)
    del holder[key]
    return tree


@json_mutation
def value_changed(rng: random.Random, tree: Any, other: Any) -> Any:
    holder, key = _place(rng, tree)
    holder[key] = rng.choice(_VALUES)
    return tree


@json_mutation
def text_edited(rng: random.Random, tree: Any, other: Any) -> Any:
    places = [(holder, key) for holder, key in _nodes(tree) if isinstance(holder[key], str) and holder[key]]
    holder, key = rng.choice(places)
    text = holder[key]
    spot = rng.randrange(len(text))
    holder[key] = rng.choice(
        [
            text[:spot] + text[spot + 1 :],
            text[:spot] + "a" + text[spot:],
            text.swapcase(),
            text + " ",
            text[::-1],
        ]
    )
    return tree


@json_mutation
def member_added(rng: random.Random, tree: Any, other: Any) -> Any:
    holders = [tree, *(holder[key] for holder, key in _nodes(tree) if isinstance(holder[key], dict))]
    name = rng.choice(
        ["validUntil", "name", "id", "type", "@type", "@id", "@graph", "@context", "@included", "@reverse", "proof",
         "credentialStatus", "issuer", "credentialSubject", "exp", "x-unknown", "", "__proto__", "evidence"]
    )  # fmt: skip
    rng.choice(holders)[name] = rng.choice(_VALUES)
    return tree


@json_mutation
def renamed_member(rng: random.Random, tree: Any, other: Any) -> Any:
    places = [(holder, key) for holder, key in _nodes(tree) if isinstance(holder, dict)]
    holder, key = rng.choice(places)
    holder[rng.choice([f"{key}_", key.upper(), f"@{key}", "name", "id"])] = holder.pop(key)
    return tree


@json_mutation
def moved_member(rng: random.Random, tree: Any, other: Any) -> Any:
    holder, key = _place(rng, tree)
    value = copy.deepcopy(holder[key])
    targets = [one[name] for one, name in _nodes(tree) if isinstance(one[name], dict)]
    if not targets or not isinstance(key, str):
        return None
    del holder[key]
    rng.choice(targets)[key] = value
    return tree


@json_mutation
def wrapped_in_a_list(rng: random.Random, tree: Any, other: Any) -> Any:
    holder, key = _place(rng, tree)
    value = holder[key]
    holder[key] = value[0] if isinstance(value, list) and len(value) == 1 else [value]
    return tree


@json_mutation
def list_in_another_order(rng: random.Random, tree: Any, other: Any) -> Any:
    lists = [
        holder[key] for holder, key in _nodes(tree) if isinstance(holder[key], list) and len(holder[key]) > 1
    ]
    if not lists:
        return None
    rng.shuffle(rng.choice(lists))
    return tree


@json_mutation
def part_of_the_other(rng: random.Random, tree: Any, other: Any) -> Any:
    """The same member from another learner's credential: name, subject, status, seal."""
    if not isinstance(other, dict) or not isinstance(tree, dict):
        return None
    key = rng.choice([one for one in tree if one in other])
    tree[key] = other[key]
    return tree


@json_mutation
def contexts_altered(rng: random.Random, tree: Any, other: Any) -> Any:
    contexts = tree.get("@context")
    if not isinstance(contexts, list):
        return None
    inline = {
        "name": "https://schema.org/alternateName",
        "credentialSubject": "https://other.example/subject",
    }
    rng.choice(
        [
            lambda: contexts.reverse(),
            lambda: contexts.pop(),
            lambda: contexts.append("https://other.example/context"),
            lambda: contexts.append(inline),
            lambda: contexts.append({"@vocab": "https://other.example/"}),
            lambda: contexts.append({"name": None, "validUntil": None}),
            lambda: contexts.insert(0, contexts[-1]),
            lambda: tree.__setitem__("@context", contexts[0]),
        ]
    )()
    return tree


@json_mutation
def proof_altered(rng: random.Random, tree: Any, other: Any) -> Any:
    proof = tree.get("proof")
    proof = proof[0] if isinstance(proof, list) and proof else proof
    if not isinstance(proof, dict):
        return None
    name = rng.choice([*proof, "cryptosuite", "expires", "domain", "previousProof"])
    proof[name] = rng.choice(
        [
            *_VALUES,
            "eddsa-jcs-2022",
            "eddsa-rdfc-2022",
            "ecdsa-sd-2023",
            "none",
            "Ed25519Signature2020",
            "DataIntegrityProof",
        ]
    )
    return tree


@json_mutation
def proofs_doubled(rng: random.Random, tree: Any, other: Any) -> Any:
    proof = tree.get("proof")
    if not isinstance(proof, dict):
        return None
    second = rng.choice([proof, other.get("proof"), {}, {**proof, "proofValue": "z11"}])
    tree["proof"] = rng.choice([[proof, second], [second, proof], [second], []])
    return tree


@json_mutation
def seal_stripped(rng: random.Random, tree: Any, other: Any) -> Any:
    names = [name for name in ("proof", "signatures", "signature", "protected") if name in tree]
    if not names:
        return None
    del tree[rng.choice(names)]
    return tree


@json_mutation
def sealed_by_a_stranger(rng: random.Random, tree: Any, other: Any) -> Any:
    """Changed, and sealed anew with a key that is not the issuer's."""
    if "credentialSubject" not in tree or "proof" not in tree:
        return None
    key = PrivateKey.generate("Ed25519")
    signer = key.with_verification_method(key.public_key.did_key_url)
    tree.pop("proof")
    tree["validUntil"] = "2199-01-01T00:00:00Z"
    try:
        return add_proof(
            tree, signer, cryptosuite=rng.choice(["eddsa-rdfc-2022", "eddsa-jcs-2022"]), created=_AT,
            contexts=known_contexts(),
        )  # fmt: skip
    except Exception:  # the tree may be anything
        return None


@mutation("json")
def reencoded(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """The same JSON in other bytes: what is signed byte by byte must break, what is canonicalised may hold."""
    try:
        tree = json.loads(data)
    except ValueError:
        return None
    if rng.random() < 0.5 and isinstance(tree, dict):
        tree = dict(reversed(tree.items()))
    return json.dumps(tree, ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 0, 4])).encode()


@mutation("json")
def key_twice(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """A member stands twice, with two values: readers differ in which one they take."""
    places = list(re.finditer(rb'"([A-Za-z@]+)"\s*:', data))
    if not places:
        return None
    place = rng.choice(places)
    extra = b'"%s":%s,' % (
        place.group(1),
        rng.choice([b'"x"', b"null", b"[]", b"{}", b'"2199-01-01T00:00:00Z"']),
    )
    return data[: place.start()] + extra + data[place.start() :]


@mutation("json")
def number_written_otherwise(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    places = list(re.finditer(rb"(?<=[:\[,])\s*(\d+)(?=[,\]}\s])", data))
    if not places:
        return None
    place = rng.choice(places)
    written = rng.choice(
        [b"%s.0", b"%se0", b"0%s", b"+%s", b"%s.00000000000000000001", b"-%s", b"%s" + b"0" * 400]
    )
    return data[: place.start(1)] + written % place.group(1) + data[place.end(1) :]


@mutation("json")
def nested_deeply(rng: random.Random, data: bytes, other: bytes) -> bytes:
    depth = rng.choice([200, 10_000, 200_000])
    opening, closing = rng.choice([(b"[", b"]"), (b'{"a":', b"}")])
    value = opening * depth + b"1" + closing * (depth if rng.random() < 0.7 else 0)
    place = data.index(b"{") + 1
    return data[:place] + b'"x":' + value + b"," + data[place:]


@mutation("json")
def poison_graph(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """Blank nodes that all look alike: canonicalisation has to try their orders."""
    try:
        tree = json.loads(data)
    except ValueError:
        return None
    subject = tree.get("credentialSubject") if isinstance(tree, dict) else None
    subject = subject[0] if isinstance(subject, list) and subject else subject
    if not isinstance(subject, dict):
        return None
    size = rng.choice([6, 9, 12, 40])
    subject["evidence"] = [
        {"id": f"_:b{i}", "evidence": [{"id": f"_:b{j}"} for j in range(size) if j != i]} for i in range(size)
    ]
    return json.dumps(tree).encode()


@mutation("json")
def payload_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """What a JWS in JSON carries, changed and packed again."""
    try:
        tree, second = json.loads(data), json.loads(other)
    except ValueError:
        return None
    if not isinstance(tree, dict) or not isinstance(tree.get("payload"), str) or "payload" not in second:
        return None
    payload = tree["payload"]
    plain = payload[:1] == "{"
    inner = payload.encode() if plain else base64url_decode(payload)
    their = second["payload"].encode() if plain else base64url_decode(second["payload"])
    table = MUTATIONS["json"]
    changed = table[rng.choice(["value changed", "text edited", "member removed", "reencoded", "key twice"])](
        rng, inner, their
    )
    if changed is None:
        return None
    tree["payload"] = changed.decode("utf-8", "replace") if plain else base64url_encode(changed)
    return json.dumps(tree).encode()


@mutation("json")
def header_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """A protected header of a JWS in JSON, changed and packed again."""
    try:
        tree = json.loads(data)
    except ValueError:
        return None
    if not isinstance(tree, dict):
        return None
    holders = [
        one for one in [tree, *(tree.get("signatures") or [])] if isinstance(one, dict) and "protected" in one
    ]
    if not holders:
        return None
    holder = rng.choice(holders)
    header = json.loads(base64url_decode(holder["protected"]))
    _alter_header(rng, header)
    holder["protected"] = base64url_encode(json.dumps(header).encode())
    return json.dumps(tree).encode()


# --- tokens ------------------------------------------------------------------------------------------


def _alter_header(rng: random.Random, header: dict[str, Any]) -> None:
    name = rng.choice([*header, "alg", "crit", "b64", "jwk", "kid", "x5c", "typ", "zip"])
    if name == "alg":
        header["alg"] = rng.choice(
            ["none", "None", "HS256", "ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256", ""]
        )
    elif name == "jwk":
        header["jwk"] = PrivateKey.generate("Ed25519").public_key.to_jwk()
    else:
        header[name] = rng.choice(_VALUES)


def _parts(data: bytes) -> tuple[list[str], list[str]]:
    token, *rest = data.decode("ascii", "replace").strip().split("~")
    return token.split("."), rest


def _joined(parts: list[str], rest: list[str]) -> bytes:
    return "~".join([".".join(parts), *rest]).encode()


@mutation("token")
def token_header_changed(rng: random.Random, data: bytes, other: bytes) -> bytes:
    parts, rest = _parts(data)
    header = json.loads(base64url_decode(parts[0]))
    _alter_header(rng, header)
    parts[0] = base64url_encode(json.dumps(header).encode())
    if header.get("alg") in ("none", "None", "") and rng.random() < 0.5:
        parts[2] = ""
    return _joined(parts, rest)


@mutation("token")
def token_claims_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    name = rng.choice(list(MUTATIONS["json"]))
    changed = MUTATIONS["json"][name](rng, base64url_decode(parts[1]), base64url_decode(_parts(other)[0][1]))
    if changed is None:
        return None
    parts[1] = base64url_encode(changed)
    return _joined(parts, rest)


@mutation("token")
def signature_of_the_other(rng: random.Random, data: bytes, other: bytes) -> bytes:
    parts, rest = _parts(data)
    parts[2] = _parts(other)[0][2]
    return _joined(parts, rest)


@mutation("token")
def signed_by_a_stranger(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """The issuer's claims, signed by a key that the token brings along."""
    parts, rest = _parts(data)
    claims = json.loads(base64url_decode(parts[1]))
    key = PrivateKey.generate(rng.choice(["Ed25519", "ES256"]))
    if rest or "iss" not in claims:
        return None
    claims["exp"] = 7_000_000_000
    signer = key.with_verification_method(str(json.loads(base64url_decode(parts[0])).get("kid", "")))
    return jose.sign_token(claims, signer, typ="vc+jwt").encode() + b"~".join([b"", *map(str.encode, rest)])


@mutation("token")
def keyed_with_the_public_key(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Algorithm confusion: HMAC with what everybody knows."""
    parts, rest = _parts(data)
    header = json.loads(base64url_decode(parts[0]))
    header["alg"] = "HS256"
    parts[0] = base64url_encode(json.dumps(header).encode())
    secret = json.dumps(header.get("jwk") or header.get("kid") or "").encode()
    mac = hmac.new(secret, ".".join(parts[:2]).encode(), hashlib.sha256).digest()
    parts[2] = base64url_encode(mac)
    return _joined(parts, rest)


@mutation("token")
def disclosures_stripped(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    if len(rest) < 2:
        return None
    return _joined(parts, [one for one in rest[:-1] if rng.random() < 0.6] + rest[-1:])


@mutation("token")
def disclosures_shuffled(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    if len(rest) < 3:
        return None
    shown = rest[:-1]
    rng.shuffle(shown)
    return _joined(parts, shown + rest[-1:])


@mutation("token")
def disclosure_repeated(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    if len(rest) < 2:
        return None
    return _joined(parts, [rng.choice(rest[:-1]), *rest])


@mutation("token")
def disclosure_of_the_other(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    theirs = _parts(other)[1]
    if len(rest) < 2 or len(theirs) < 2:
        return None
    rest[rng.randrange(len(rest) - 1)] = rng.choice(theirs[:-1])
    return _joined(parts, rest)


@mutation("token")
def disclosure_forged(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    parts, rest = _parts(data)
    if len(rest) < 2:
        return None
    number = rng.randrange(len(rest) - 1)
    content = json.loads(base64url_decode(rest[number]))
    content[rng.randrange(len(content))] = rng.choice(_VALUES)
    rest[number] = base64url_encode(json.dumps(content).encode())
    return _joined(parts, rest)


@mutation("token")
def padded_base64(rng: random.Random, data: bytes, other: bytes) -> bytes:
    parts, rest = _parts(data)
    number = rng.randrange(3)
    parts[number] = rng.choice(
        [parts[number] + "=", parts[number] + "A", parts[number] + "\n", " " + parts[number]]
    )
    return _joined(parts, rest)


@mutation("token")
def unused_bits_set(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """The last letter of base64 may have bits that decode to nothing: the same bytes in other letters."""
    parts, rest = _parts(data)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number = rng.randrange(3)
    if len(parts[number]) % 4 == 0 or not parts[number]:
        return None
    last = letters.index(parts[number][-1]) ^ 1
    parts[number] = parts[number][:-1] + letters[last]
    return _joined(parts, rest)


@mutation("token")
def signature_mirrored(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """ECDSA: with (r, s) also (r, n - s) is a signature; for Ed25519 the like must fail."""
    parts, rest = _parts(data)
    value = base64url_decode(parts[2])
    if len(value) != 64:
        return None
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    mirrored = (order - int.from_bytes(value[32:], "big")) % order
    parts[2] = base64url_encode(value[:32] + mirrored.to_bytes(32, "big"))
    return _joined(parts, rest)


# --- XML ---------------------------------------------------------------------------------------------


def _xml(name: str, *changes: tuple[str, str]) -> None:
    def run(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
        text = data.decode("utf-8", "replace")
        pattern, replacement = rng.choice(changes)
        places = list(re.finditer(pattern, text, re.DOTALL))
        if not places:
            return None
        place = rng.choice(places)
        return (text[: place.start()] + place.expand(replacement) + text[place.end() :]).encode()

    run.__name__ = name.replace(" ", "_")
    mutation("xml")(run)


_xml(
    "xml text changed",
    (r">([^<>\s][^<>]*)<", r">\1x<"),
    (r">([^<>\s][^<>]*)<", r">x<"),
    (r">([^<>\s]+)<", r"><"),
)
_xml("xml attribute changed", (r'(\s[\w:]+)="([^"]*)"', r'\1="x\2"'), (r'\s[\w:]+="[^"]*"', ""))
_xml("xml element removed", (r"<([\w:]+)[^<>]*>[^<>]*</\1>", ""), (r"<([\w:]+)[^<>]*/>", ""))
_xml("xml element repeated", (r"(<([\w:]+)[^<>]*>[^<>]*</\2>)", r"\1\1"))
_xml(
    "xml comment inside text",
    (r">([^<>\s]{4})([^<>]+)<", r">\1<!-- x -->\2<"),
    (r">([^<>\s]{4})([^<>]+)<", r">\1<?x?>\2<"),
)
_xml(
    "xml character data written otherwise",
    (r">([^<>&]{4,})<", r"><![CDATA[\1]]><"),
    (r">(\w)(\w+)<", r">\1&#x41;\2<"),
)
_xml(
    "xml document type",
    (
        r"^(<\?xml[^>]*\?>)?",
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    ),
    (r"^(<\?xml[^>]*\?>)?", '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">'),
)
_xml("xml namespace changed", (r'xmlns(:\w+)?="([^"]*)"', r'xmlns\1="\2x"'), (r"<(/?)(\w+:)", r"<\1x:"))
_xml("xml whitespace", (r">\s*<", r">\n   <"))
_xml("xml signature stripped", (r"<(ds:|dsig:)?Signature\b.*</(ds:|dsig:)?Signature>", ""))
_xml(
    "xml transform changed",
    (r"Algorithm=\"[^\"]*\"", 'Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"'),
)
_xml("xml reference changed", (r'URI="[^"]*"', 'URI="#x"'), (r'URI="[^"]*"', 'URI="file:///etc/passwd"'))


@mutation("xml")
def xml_signature_wrapped(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """The signed tree is put aside inside another one that says something else."""
    text = data.decode("utf-8", "replace")
    text = re.sub(r"^<\?xml[^>]*\?>", "", text)
    root = re.match(r"\s*<([\w:]+)", text)
    signature = re.search(r"<(ds:|dsig:)?Signature\b.*</(ds:|dsig:)?Signature>", text, re.DOTALL)
    if root is None or signature is None:
        return None
    bare = text[: signature.start()] + text[signature.end() :]
    forged = re.sub(r">([^<>\s][^<>]{3,})<", r">\1 forged<", bare, count=3)
    end = forged.rindex("</")
    inside = rng.choice([text, f"<x>{text}</x>", signature.group(0), f"{signature.group(0)}<x>{bare}</x>"])
    return (forged[:end] + inside + forged[end:]).encode()


@mutation("xml")
def xml_nested_deeply(rng: random.Random, data: bytes, other: bytes) -> bytes:
    depth = rng.choice([300, 10_000, 300_000])
    text = data.decode("utf-8", "replace")
    end = text.rindex("</")
    return (text[:end] + "<x>" * depth + "</x>" * depth + text[end:]).encode()


# --- pictures ----------------------------------------------------------------------------------------


def _picture(data: bytes) -> tuple[bytes, Callable[[bytes, bytes], bytes]] | None:
    is_png = data[:4] == b"\x89PNG"
    baked = (read_png if is_png else read_svg)(data)
    content = getattr(baked, "data", baked)
    content = content.encode() if isinstance(content, str) else content
    return (content, bake_png if is_png else bake_svg) if isinstance(content, bytes) else None


@mutation("picture")
def credential_inside_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    try:
        found, second = _picture(data), _picture(other)
        if found is None or second is None:
            return None
        content, bake = found
        layer = layers_of(content)[-1]
        name = rng.choice(list(MUTATIONS[layer]))
        changed = MUTATIONS[layer][name](rng, content, second[0])
        return None if changed is None else bake(data, changed)
    except Exception:  # a broken picture cannot be baked again
        return None


@mutation("picture")
def credential_of_the_other(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    try:
        second = _picture(other)
        return None if second is None else second[1](data, second[0])
    except Exception:
        return None


def _chunks(data: bytes) -> list[tuple[bytes, bytes]] | None:
    if data[:4] != b"\x89PNG":
        return None
    found, at = [], 8
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        found.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _png(chunks: list[tuple[bytes, bytes]]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


@mutation("picture")
def chunks_rearranged(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    chunks, theirs = _chunks(data), _chunks(other)
    if chunks is None or theirs is None:
        return None
    text = [one for one in theirs if one[0] == b"iTXt"]
    rng.choice(
        [
            lambda: chunks.insert(rng.randint(1, len(chunks) - 1), rng.choice(text)),
            lambda: chunks.pop(rng.randrange(len(chunks))),
            lambda: chunks.insert(1, (b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b" " * 50_000_000))),
            lambda: chunks.insert(1, (b"tEXt", b"openbadges\0https://other.example/badge")),
            lambda: chunks.insert(1, (b"iTXt", b"openbadgecredential\0\0\0\0\0{}")),
        ]
    )()
    return _png(chunks)


# --- PDF ---------------------------------------------------------------------------------------------


def _rewritten(data: bytes, change: Callable[[PdfWriter], None]) -> bytes | None:
    try:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
        change(writer)
        buffer = io.BytesIO()
        writer.write(buffer)
    except Exception:  # a broken PDF cannot be written again
        return None
    return buffer.getvalue()


@mutation("pdf")
def attachment_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """The document written again, one attachment changed; its own seal is gone or broken by that."""
    try:
        mine = dict(PdfReader(io.BytesIO(data)).attachments)
        theirs = dict(PdfReader(io.BytesIO(other)).attachments)
    except Exception:
        return None
    if not mine:
        return None
    name = rng.choice(list(mine))
    content = mine[name][0]
    layer = layers_of(content)[-1]
    second = next(iter(theirs.values()), [content])[0]
    mutated = MUTATIONS[layer][rng.choice(list(MUTATIONS[layer]))](rng, content, second)
    if mutated is None:
        return None

    def change(writer: PdfWriter) -> None:
        if rng.random() < 0.5:
            del writer._root_object["/Names"]
        writer.add_attachment(name, mutated)

    return _rewritten(data, change)


@mutation("pdf")
def page_added(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    return _rewritten(data, lambda writer: writer.add_blank_page(200, 200) and None)


@mutation("pdf")
def update_appended(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    """An incremental update, which leaves the sealed bytes as they are and shows something else."""
    try:
        reader = PdfReader(io.BytesIO(data))
        page = reader.pages[0]
        reference = page.indirect_reference
        start = data.rindex(b"startxref")
        previous = int(data[start + 9 :].split()[0])
        root = reader.trailer.raw_get("/Root")
        size = int(reader.trailer["/Size"])
    except Exception:
        return None
    if reference is None:
        return None
    body = b"\n%d %d obj\n<< /Type /Page /MediaBox [0 0 100 100] /Parent 1 0 R >>\nendobj\n" % (
        reference.idnum,
        reference.generation,
    )
    offset = len(data) + 1
    table = b"xref\n%d 1\n%010d 00000 n \n" % (reference.idnum, offset)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root.idnum,
        previous,
        len(data) + len(body),
    )
    return data + body + table + trailer


@mutation("pdf")
def signature_bytes_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    match = rng.choice(list(re.finditer(rb"/Contents\s*<([0-9a-fA-F]+)>", data)) or [None])
    if match is None:
        return None
    place = match.start(1) + rng.randrange(max(1, len(match.group(1).rstrip(b"0"))))
    return data[:place] + rng.choice([b"0", b"f", b"7"]) + data[place + 1 :]


@mutation("pdf")
def byte_range_changed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    match = re.search(rb"/ByteRange\s*\[([\d\s]+)\]", data)
    if match is None:
        return None
    numbers = [int(one) for one in match.group(1).split()]
    numbers[rng.randrange(len(numbers))] += rng.choice([-1, 1, 10, -100, 10**12])
    written = b" ".join(b"%d" % one for one in numbers)[: len(match.group(1))].ljust(len(match.group(1)))
    return data[: match.start(1)] + written + data[match.end(1) :]


@mutation("pdf")
def seal_removed(rng: random.Random, data: bytes, other: bytes) -> bytes | None:
    def change(writer: PdfWriter) -> None:
        del writer._root_object["/AcroForm"]

    return _rewritten(data, change) if b"/AcroForm" in data else None
