"""Disclosures and their digests (RFC 9901 §4.2), and the walk that puts them back into the payload (§7.1 step 3)."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from tessella.canonical import MAX_DEPTH
from tessella.canonical.strictjson import loads_arrays
from tessella.errors import LimitError, SealError
from tessella.keys import base64url_decode_all, base64url_encode
from tessella.text import say

__all__ = [
    "HASHES",
    "MAX_DISCLOSURES",
    "NEVER_DISCLOSABLE",
    "RESERVED",
    "ClaimPath",
    "Disclosed",
    "Processed",
    "bad_disclosure",
    "digest",
    "digests",
    "hash_of",
    "process",
    "shown",
]

ClaimPath = tuple[str | int | None, ...]
"""A claim path (SD-JWT VC §9.1): names, indexes, and None for every element of an array."""

MAX_DISCLOSURES = 5_000
"""Disclosures in one SD-JWT. An attestation has about 20; a transcript with every course apart a few hundred."""

HASHES: Mapping[str, Callable[[bytes], Any]] = {
    "sha-256": hashlib.sha256,
    "sha-384": hashlib.sha384,
    "sha-512": hashlib.sha512,
}
"""``_sd_alg`` → hash function (RFC 9901 §4.1.1): the ones of the IANA registry that are not truncated."""

RESERVED = frozenset(("_sd", "...", "_sd_alg"))
"""Names that no claim may have (RFC 9901 §4.1 rule 7, §4.1.1)."""

NEVER_DISCLOSABLE = frozenset(("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"))
"""Claims of an SD-JWT VC, with all below them, that must stand in the open (SD-JWT VC §3.2.2.2; RFC 9901 §9.7)."""


_TO_BASE64URL = bytes.maketrans(b"+/", b"-_")


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that stands behind a disclosure: its place in the processed payload, and the disclosure's text."""

    path: ClaimPath
    text: str


class Processed(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The payload with all disclosures in their places.

    ``places`` are the path and the text of every disclosure; ``withheld`` counts digests without disclosure: claims
    withheld, and decoys, which nobody can tell apart.
    """

    claims: dict[str, Any]
    places: tuple[tuple[ClaimPath, str], ...]
    withheld: int

    @cached_property
    def disclosed(self) -> tuple[Disclosed, ...]:
        """The claims behind disclosures, in the order in which they were met."""
        return tuple(Disclosed(path=path, text=text) for path, text in self.places)


def digest(text: str, hash_name: str) -> str:
    """The hash over the ASCII bytes of the encoded disclosure, in base64url (RFC 9901 §4.2.3).

    Text that is not ASCII has a digest, too, so that what is wrong with it is said where it is decoded.
    """
    return base64url_encode(HASHES[hash_name](text.encode("utf-8", "surrogatepass")).digest())


def digests(texts: Sequence[str], hash_name: str) -> list[str]:
    """The `digest` of each text; encoded in one go.

    A digest whose length is no multiple of three is filled up with zeros: they add zero bits to its last character, as the
    encoding does, and characters after it.
    """
    hashed = HASHES[hash_name]
    try:
        raw = [hashed(text.encode()).digest() for text in texts]
    except UnicodeEncodeError:
        return [digest(text, hash_name) for text in texts]
    size = hashed(b"").digest_size
    fill = bytes(-size % 3)
    joined = binascii.b2a_base64(fill.join((*raw, b"")), newline=False)
    encoded = joined.translate(_TO_BASE64URL).decode("ascii")
    step, length = (size + len(fill)) // 3 * 4, (size * 8 + 5) // 6
    return [encoded[start : start + length] for start in range(0, len(encoded), step)]


def hash_of(payload: Mapping[str, Any]) -> str:
    """The name of the hash that the payload uses (RFC 9901 §4.1.1).

    Raises:
        SealError: ``seal.hash``, one that is not known or not safe.
    """
    name = payload.get("_sd_alg", "sha-256")
    if not isinstance(name, str) or name not in HASHES:
        raise SealError(
            say("The hash of the disclosures, %(name)s, is not accepted.", name=repr(name)[:40]),
            code="seal.hash",
            got=name,
            expected=" | ".join(HASHES),
            hint=say("Ask the issuer for a credential with an accepted hash."),
        )
    return name


def shown(path: ClaimPath) -> str:
    """The path as a place for messages: ``$.degrees[*].type``."""
    steps = (f".{step}" if isinstance(step, str) else "[*]" if step is None else f"[{step}]" for step in path)
    return "$" + "".join(steps)


def process(payload: Mapping[str, Any], disclosures: Sequence[str]) -> Processed:
    """RFC 9901 §7.1 steps 3 to 5: the processed payload.

    Raises:
        SealError: ``seal.hash``; ``seal.disclosure``, a disclosure that is malformed, sent twice, of the wrong
            kind for its place, in the place of another claim, or that no digest refers to; a repeated digest.
        LimitError: ``input.limit.disclosures``, or nested deeper than `tessella.canonical.MAX_DEPTH`.
        DecodeError: a disclosure is not base64url of strict JSON.
    """
    hash_name = hash_of(payload)
    if len(disclosures) > MAX_DISCLOSURES:
        raise LimitError(
            say("The credential has %(count)s disclosures.", count=len(disclosures)),
            code="input.limit.disclosures",
            got=len(disclosures),
            expected=MAX_DISCLOSURES,
            hint=say("Check that it is what it should be."),
        )
    parts = loads_arrays(base64url_decode_all(disclosures))
    if not all(map(_is_disclosure, parts)):
        raise bad_disclosure(say("A disclosure is no list of salt, perhaps name, and value."))
    found = dict(
        zip(digests(disclosures, hash_name), zip(disclosures, parts, strict=True), strict=True)
    )  # 3.1
    if len(found) != len(disclosures):  # §4: no disclosure more than once
        raise bad_disclosure(say("A disclosure is sent twice."))
    walk = _Walk(found)
    open_claims = dict(payload)
    open_claims.pop("_sd_alg", None)  # step 3.6
    claims = walk.object(open_claims, (), 1)
    if len(walk.places) != len(disclosures):  # step 5
        raise bad_disclosure(say("A disclosure belongs to nothing that the issuer signed."))
    return Processed(claims=claims, places=tuple(walk.places), withheld=walk.withheld)


def _is_disclosure(parts: Any) -> bool:
    """§4.2.1 and §4.2.2: a salt, for an object's property its name, and the value."""
    if type(parts) is not list or type(parts[0] if parts else None) is not str:
        return False
    return len(parts) == 2 or (len(parts) == 3 and type(parts[1]) is str)


_ABSENT = object()
_NESTED = frozenset((dict, list))


class _Walk:
    """Goes once through the payload and through each disclosed value.

    ``disclosures``: digest → the disclosure's text and its parts, of which two are an element's and three a property's.
    """

    def __init__(self, disclosures: Mapping[str, tuple[str, list[Any]]]) -> None:
        self._disclosures = disclosures
        self._seen: set[str] = set()
        self.places: list[tuple[ClaimPath, str]] = []

    @property
    def withheld(self) -> int:
        """Digests met without disclosure."""
        return len(self._seen) - len(self.places)

    def _value(self, value: Any, path: ClaimPath, depth: int) -> Any:
        kind = type(value)
        if kind is dict:
            return self.object(value, path, depth)
        return self._array(value, path, depth) if kind is list else value

    def object(self, members: Mapping[str, Any], path: ClaimPath, depth: int) -> dict[str, Any]:
        _check_depth(depth)
        result = dict(members)
        references = result.pop("_sd", _ABSENT)  # step 3.5
        if not RESERVED.isdisjoint(result):
            raise bad_disclosure(say("A reserved name stands where no digest can be."), shown(path))
        if not _NESTED.isdisjoint(map(type, result.values())):
            for name, value in result.items():
                result[name] = self._value(value, (*path, name), depth + 1)
        if references is not _ABSENT:
            self._disclose(references, result, path, depth)
        return result

    def _disclose(self, references: Any, result: dict[str, Any], path: ClaimPath, depth: int) -> None:
        """Step 3.3.2: the claims behind the digests of an object, into ``result``."""
        if type(references) is not list or not {str}.issuperset(map(type, references)):
            raise bad_disclosure(say("“_sd” is not a list of digests."), shown(path))
        self._meet(references, path)
        for text, parts in filter(None, map(self._disclosures.get, references)):
            if len(parts) != 3:  # 3.3.2.1
                raise bad_disclosure(say("A disclosure for a list stands for a named claim."), shown(path))
            _, name, value = parts
            if name in RESERVED:  # 3.3.2.2
                raise bad_disclosure(say("A disclosure has a reserved name."), shown(path))
            if name in result:  # 3.3.2.3
                raise bad_disclosure(say("A disclosure repeats a claim that is there."), shown(path))
            place = (*path, name)
            self.places.append((place, text))
            kind = type(value)
            nested = kind is dict or kind is list
            result[name] = self._value(value, place, depth + 1) if nested else value  # 3.3.2.4 and 5

    def _array(self, items: list[Any], path: ClaimPath, depth: int) -> list[Any]:
        _check_depth(depth)
        if _NESTED.isdisjoint(map(type, items)):
            return items
        result: list[Any] = []
        for item in items:
            kind = type(item)
            if kind is not dict and kind is not list:
                result.append(item)
                continue
            place = (*path, len(result))
            value = item
            if kind is dict and "..." in item:
                reference = item["..."]
                if len(item) != 1 or type(reference) is not str:  # §4.2.4.2
                    raise bad_disclosure(say("A reserved name stands where no digest can be."), shown(place))
                self._meet([reference], path)
                disclosure = self._disclosures.get(reference)
                if disclosure is None:  # step 3.4: removed
                    continue
                text, parts = disclosure
                if len(parts) != 2:  # 3.3.3.1
                    raise bad_disclosure(
                        say("A named disclosure stands for the element of a list."), shown(path)
                    )
                self.places.append((place, text))
                value = parts[1]  # 3.3.3.2
            result.append(self._value(value, place, depth + 1))
        return result

    def _meet(self, references: list[str], path: ClaimPath) -> None:
        """Step 4: no digest twice."""
        new = set(references)
        if len(new) != len(references) or not self._seen.isdisjoint(new):
            raise bad_disclosure(say("A digest stands twice in the credential."), shown(path))
        self._seen |= new


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise LimitError(
            say("With its disclosures the credential nests deeper than %(limit)s levels.", limit=MAX_DEPTH),
            code="input.depth",
            expected=MAX_DEPTH,
            hint=say("Check that it is what it should be."),
        )


def bad_disclosure(message: str, place: str = "") -> SealError:
    return SealError(
        message,
        code="seal.disclosure",
        place=place,
        hint=say("Ask the holder for a new presentation, or the issuer for the credential."),
    )
