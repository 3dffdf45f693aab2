"""Disclosures and their digests (RFC 9901 §4.2), and the walk that puts them back into the payload (§7.1 step 3)."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from tessella.canonical import MAX_DEPTH, loads, loads_lines
from tessella.errors import DecodeError, LimitError, SealError
from tessella.keys import base64url_decode, base64url_encode
from tessella.text import say

__all__ = [
    "HASHES",
    "MAX_DISCLOSURES",
    "NEVER_DISCLOSABLE",
    "RESERVED",
    "ClaimPath",
    "Disclosed",
    "Processed",
    "arrays",
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

_ENCODED = {
    name: (bytes(-size % 3), (size + 2) // 3 * 4, (size * 8 + 5) // 6)
    for name, size in ((name, hashed(b"").digest_size) for name, hashed in HASHES.items())
}
"""By hash: what fills a digest up to a multiple of three bytes, how long it is then in base64, and how long by itself."""

RESERVED = frozenset(("_sd", "...", "_sd_alg"))
"""Names that no claim may have (RFC 9901 §4.1 rule 7, §4.1.1)."""

NEVER_DISCLOSABLE = frozenset(("iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"))
"""Claims of an SD-JWT VC, with all below them, that must stand in the open (SD-JWT VC §3.2.2.2; RFC 9901 §9.7)."""

_TO_BASE64URL = bytes.maketrans(b"+/", b"-_")
_TO_BASE64 = bytes.maketrans(b'-_+/="\\', b"+/\0\0\0\0\0")
"""What base64 has and base64url without padding has not becomes zero, which neither has."""
_from_base64 = msgspec.json.Decoder(bytes).decode
_FILL = ("CQkK", "\0", "kK", "K")
"""By the number of characters after the last group of four: base64 for the zero bits that are missing there, tabs, and a line break."""

_NO_DISCLOSURE = "A disclosure is no list of salt, perhaps name, and value."


class Disclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that stands behind a disclosure: its place in the processed payload, and the disclosure's text."""

    path: ClaimPath
    text: str


class Processed(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The payload with all disclosures in their places.

    ``groups`` are the disclosed members of each object and elements of each array: its path, their names or indexes, and their
    texts. ``withheld`` counts digests without disclosure: claims withheld, and decoys, which nobody can tell apart.
    """

    claims: dict[str, Any]
    groups: tuple[tuple[ClaimPath, Sequence[str | int], Sequence[str]], ...]
    withheld: int

    @cached_property
    def disclosed(self) -> tuple[Disclosed, ...]:
        """The claims behind disclosures: those of an object before those in them."""
        return tuple(
            Disclosed(path=(*path, step), text=text)
            for path, steps, texts in self.groups
            for step, text in zip(steps, texts, strict=True)
        )


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
    hashed, (fill, step, length) = HASHES[hash_name], _ENCODED[hash_name]
    try:
        raw = [one.digest() for one in map(hashed, map(str.encode, texts))]
    except UnicodeEncodeError:
        return [digest(text, hash_name) for text in texts]
    joined = binascii.b2a_base64(fill.join((*raw, b"")), newline=False)
    encoded = joined.translate(_TO_BASE64URL).decode("ascii")
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
    parts = arrays(disclosures)
    found = dict(
        zip(digests(disclosures, hash_name), zip(disclosures, parts, strict=True), strict=True)
    )  # 3.1
    if len(found) != len(disclosures):  # §4: no disclosure more than once
        raise bad_disclosure(say("A disclosure is sent twice."))
    walk = _Walk(found)
    claims = dict(payload)
    claims.pop("_sd_alg", None)  # step 3.6
    walk.complete(claims, (), 1)
    if walk.used != len(disclosures):  # step 5
        raise bad_disclosure(say("A disclosure belongs to nothing that the issuer signed."))
    return Processed(claims=claims, groups=tuple(walk.groups), withheld=walk.withheld)


def arrays(texts: Sequence[str]) -> list[list[Any]]:
    """The arrays that the disclosures are; decoded in one go.

    In one go is safe where each text is filled up so that after its array come white space and a line break: bits that should be
    zero and are not make another character there, and nothing else may follow an array.
    """
    filled = [part for text in texts for part in (text, _FILL[len(text) % 4])]
    try:
        lines = _from_base64(b'"%b"' % "".join(filled).encode().translate(_TO_BASE64))
        parts = loads_lines(lines)
        if len(parts) == len(texts) and {list}.issuperset(map(type, parts)):
            return parts
    except (msgspec.MsgspecError, UnicodeEncodeError, DecodeError, LimitError):
        pass  # one by one tells which is wrong, and how
    parts = [loads(base64url_decode(text)) for text in texts]
    if not {list}.issuperset(map(type, parts)):
        raise bad_disclosure(say(_NO_DISCLOSURE))
    return parts


_TEXT = frozenset((str,))
_NESTED = frozenset((dict, list))


class _Walk:
    """Goes once through the payload and through each disclosed value.

    ``disclosures``: digest → the disclosure's text and its parts, of which two are an element's and three a property's.
    """

    def __init__(self, disclosures: Mapping[str, tuple[str, list[Any]]]) -> None:
        self._disclosures = disclosures
        self._seen: set[str] = set()
        self.used = 0
        self.groups: list[tuple[ClaimPath, Sequence[str | int], Sequence[str]]] = []

    @property
    def withheld(self) -> int:
        """Digests met without disclosure."""
        return len(self._seen) - self.used

    def complete(self, members: dict[str, Any], path: ClaimPath, depth: int) -> dict[str, Any]:
        """The members of an object with what is disclosed of it and in it, in place."""
        if depth > MAX_DEPTH:
            raise _too_deep()
        if "_sd" in members:
            self._disclose(members.pop("_sd"), members, path)  # step 3.5
        if not members.keys().isdisjoint(RESERVED):  # 3.3.2.2, too
            raise bad_disclosure(say("A reserved name stands where no digest can be."), shown(path))
        for name, value in members.items():  # 3.3.2.5, too
            kind = type(value)
            if kind is dict:
                members[name] = self.complete(dict(value), (*path, name), depth + 1)
            elif kind is list:
                members[name] = self._array(value, (*path, name), depth + 1)
        return members

    def _disclose(self, references: Any, members: dict[str, Any], path: ClaimPath) -> None:
        """Step 3.3.2: the claims behind the digests of an object, to its members."""
        if type(references) is not list or not _TEXT.issuperset(map(type, references)):
            raise bad_disclosure(say("“_sd” is not a list of digests."), shown(path))
        texts, parts = self._met(references, path)
        if not parts:
            return
        if {3} != set(map(len, parts)):  # 3.3.2.1
            raise bad_disclosure(say("A disclosure for a list stands for a named claim."), shown(path))
        salts, names, values = zip(*parts, strict=True)
        if not _TEXT.issuperset(map(type, salts + names)):
            raise bad_disclosure(say(_NO_DISCLOSURE), shown(path))
        expected = len(members) + len(names)
        members.update(zip(names, values, strict=True))  # 3.3.2.4
        if len(members) != expected:  # 3.3.2.3
            raise bad_disclosure(say("A disclosure repeats a claim that is there."), shown(path))
        self.groups.append((path, names, texts))

    def _array(self, items: list[Any], path: ClaimPath, depth: int) -> list[Any]:
        if depth > MAX_DEPTH:
            raise _too_deep()
        if _NESTED.isdisjoint(map(type, items)):
            return items
        result: list[Any] = []
        for item in items:
            place = (*path, len(result))
            value = item
            if type(item) is dict and "..." in item:
                reference = item["..."]
                if len(item) != 1 or type(reference) is not str:  # §4.2.4.2
                    raise bad_disclosure(say("A reserved name stands where no digest can be."), shown(place))
                texts, parts = self._met([reference], path)
                if not parts:  # step 3.4: removed
                    continue
                if len(parts[0]) != 2:  # 3.3.3.1
                    told = say("A named disclosure stands for the element of a list.")
                    raise bad_disclosure(told, shown(path))
                salt, value = parts[0]
                if type(salt) is not str:
                    raise bad_disclosure(say(_NO_DISCLOSURE), shown(path))
                self.groups.append((path, (len(result),), texts))
            if type(value) is dict:
                value = self.complete(dict(value), place, depth + 1)
            elif type(value) is list:
                value = self._array(value, place, depth + 1)
            result.append(value)  # 3.3.3.2
        return result

    def _met(self, references: list[str], path: ClaimPath) -> tuple[Sequence[str], Sequence[list[Any]]]:
        """The texts and the parts of the disclosures that the digests refer to. Step 4: no digest twice."""
        expected = len(self._seen) + len(references)
        self._seen.update(references)
        if len(self._seen) != expected:
            raise bad_disclosure(say("A digest stands twice in the credential."), shown(path))
        met = list(filter(None, map(self._disclosures.get, references)))
        self.used += len(met)
        texts, parts = zip(*met, strict=True) if met else ((), ())
        return texts, parts


def _too_deep() -> LimitError:
    return LimitError(
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
