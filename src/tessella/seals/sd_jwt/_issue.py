"""The issuer's side: claims become digests and disclosures, and are signed (RFC 9901 §4)."""

from __future__ import annotations

import base64
import functools
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from tessella.errors import KeyMaterialError, SchemaError
from tessella.keys import PublicKey, base64url_encode, certificate_facts
from tessella.ports import Signer
from tessella.seals import _jws
from tessella.seals.sd_jwt._disclosure import (
    HASHES,
    NEVER_DISCLOSABLE,
    RESERVED,
    ClaimPath,
    digest,
    shown,
)
from tessella.text import say

__all__ = ["VC_TYPE", "WRITTEN_ALGORITHMS", "confirmation", "issue", "json_bytes", "written_algorithm"]

VC_TYPE = "dc+sd-jwt"
"""``typ`` of an SD-JWT VC (SD-JWT VC §3.2.1)."""

SALT_BYTES = 16
"""Random bytes of a salt: the 128 bits that RFC 9901 §9.3 recommends as the least."""

WRITTEN_ALGORITHMS = {"Ed25519": "EdDSA", "ES256": "ES256", "ES384": "ES384", "RS256": "RS256"}
"""Signer's algorithm → ``alg``. ``EdDSA`` is the name wallets know; RFC 9864 calls it ``Ed25519``."""

_CACHED_CHAINS = 64  # issuers whose certificates are kept encoded


def issue(
    claims: Mapping[str, Any],
    signer: Signer,
    *,
    disclosable: Iterable[ClaimPath] = (),
    decoys: Mapping[ClaimPath, int] | None = None,
    holder_key: Mapping[str, Any] | None = None,
    typ: str = VC_TYPE,
    kid: str = "",
    hash_name: str = "sha-256",
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> str:
    """The claims as an SD-JWT in compact serialisation, for the holder: with all its disclosures.

    The header carries the signer's certificates (``x5c``, end entity first and without a self-signed root, as
    HAIP 1.0 asks); a signer without certificates is named by ``kid``: the argument, else its verification method,
    else the thumbprint of its key, as `issuer_metadata` publishes it.

    Args:
        claims: JSON values only, ``vct``, ``iss``, ``iat`` … included; not changed.
        disclosable: paths of the claims that the holder may withhold. A path below another one is a recursive
            disclosure (§4.2.6). Every path must be there.
        decoys: how many decoy digests (§4.2.5) to add to the object or list at a path; ``()`` is the top.
        holder_key: the holder's public JWK, which goes into ``cnf`` and allows key binding.
        random: gives that many random bytes that nobody can guess. Every salt is new.

    Raises:
        SchemaError: ``input.schema.claim-path``, a path that leads nowhere, or to a claim that must not be
            withheld; ``input.schema.claim``, a reserved name or no ``vct``; ``input.schema.json``.
        KeyMaterialError: the signer's algorithm is not one that readers share; ``holder_key`` is unusable.
    """
    if hash_name not in HASHES:
        raise SchemaError(
            say("The hash %(name)s is not accepted.", name=hash_name),
            code="input.schema.hash",
            got=hash_name,
            expected=" | ".join(HASHES),
        )
    payload = dict(claims)
    if holder_key is not None:
        payload["cnf"] = confirmation(holder_key)
    paths = tuple(disclosable)
    if typ == VC_TYPE:
        _check_vc(payload, paths)
    concealing = _Concealing(paths, decoys or {}, hash_name, random)
    payload = concealing.top(payload)
    header = {"alg": written_algorithm(signer), "typ": typ, **_issuer_header(signer, kid)}
    protected, signed, signature = _jws.sign(header, json_bytes(payload), signer)
    return "~".join((f"{protected}.{signed.decode('ascii')}.{signature}", *concealing.disclosures, ""))


def _check_vc(payload: Mapping[str, Any], paths: Sequence[ClaimPath]) -> None:
    """SD-JWT VC §3.2.2: there is a type, and what controls validity stands in the open."""
    if not isinstance(payload.get("vct"), str) or not payload["vct"]:
        raise SchemaError(
            say("The credential has no type."),
            code="input.schema.claim",
            place="$.vct",
            hint=say("Give the claim “vct”, a URI or another name that nobody else uses."),
        )
    for path in paths:
        if path and path[0] in NEVER_DISCLOSABLE:
            raise SchemaError(
                say("The claim “%(name)s” must not be withheld.", name=path[0]),
                code="input.schema.claim-path",
                place=shown(path),
                hint=say("Leave it out of the disclosable claims."),
            )


def confirmation(holder_key: Mapping[str, Any]) -> dict[str, Any]:
    """The ``cnf`` claim for a public JWK: its identifying members only (RFC 7800 §3.2)."""
    jwk = PublicKey.from_jwk(holder_key).to_jwk()
    return {"jwk": {name: value for name, value in jwk.items() if name != "alg"}}


def written_algorithm(signer: Signer) -> str:
    """The ``alg`` for this signer.

    Raises:
        KeyMaterialError: ``key.algorithm``.
    """
    name = WRITTEN_ALGORITHMS.get(signer.algorithm)
    if name is None:
        raise KeyMaterialError(
            say("SD-JWTs are not signed with %(name)s.", name=signer.algorithm),
            code="key.algorithm",
            got=signer.algorithm,
            expected=" | ".join(WRITTEN_ALGORITHMS),
            hint=say("Use a P-256, P-384, Ed25519 or RSA key; wallets know P-256 best."),
        )
    return name


def _issuer_header(signer: Signer, kid: str) -> dict[str, Any]:
    if signer.certificate_chain:
        return {"x5c": _x5c(tuple(signer.certificate_chain))} | ({"kid": kid} if kid else {})
    return {"kid": kid or signer.verification_method or PublicKey.from_jwk(signer.public_jwk).thumbprint}


@functools.lru_cache(maxsize=_CACHED_CHAINS)
def _x5c(chain: tuple[bytes, ...]) -> list[str]:
    end_entity, *others = chain
    sent = [end_entity, *(one for one in others if not certificate_facts(one).self_issued)]
    return [base64.b64encode(der).decode("ascii") for der in sent]


class _Node:
    """One step of the disclosable paths: is the claim here disclosable, and what lies below."""

    __slots__ = ("below", "disclosable", "met")

    def __init__(self) -> None:
        self.below: dict[str | int | None, _Node] = {}
        self.disclosable = False
        self.met = False

    def unmet(self, path: ClaimPath = ()) -> Iterator[ClaimPath]:
        if self.disclosable and not self.met:
            yield path
        for step, node in self.below.items():
            yield from node.unmet((*path, step))


class _Concealing:
    """Replaces claims by digests, innermost first (§4.2.6), and keeps the disclosures."""

    def __init__(
        self,
        paths: Sequence[ClaimPath],
        decoys: Mapping[ClaimPath, int],
        hash_name: str,
        random: Callable[[int], bytes],
    ) -> None:
        self.disclosures: list[str] = []
        self._decoys = dict(decoys)
        self._hash_name = hash_name
        self._random = random
        self._root = _Node()
        self._digests = 0
        for path in paths:
            node = self._root
            for step in path:
                node = node.below.setdefault(step, _Node())
            node.disclosable = True

    def top(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        result = self._object(payload, [self._root], ())
        lost = [*self._root.unmet(), *self._decoys]
        if lost or self._root.disclosable:
            raise SchemaError(
                say("There is no claim at %(place)s.", place=shown(lost[0] if lost else ())),
                code="input.schema.claim-path",
                place=shown(lost[0] if lost else ()),
                hint=say("Name only claims that are there; else one meant to be withheld would stay open."),
            )
        if self._digests:
            result["_sd_alg"] = self._hash_name
        return result

    def _value(self, value: Any, nodes: list[_Node], path: ClaimPath) -> Any:
        if isinstance(value, Mapping):
            return self._object(value, nodes, path)
        if isinstance(value, list | tuple):
            return self._array(value, nodes, path)
        return value

    def _object(self, members: Mapping[str, Any], nodes: list[_Node], path: ClaimPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        digests: list[str] = []
        for name, member in members.items():
            if name in RESERVED:
                raise SchemaError(
                    say("The claims use the reserved name “%(name)s”.", name=name),
                    code="input.schema.claim",
                    place=shown(path),
                    hint=say("Rename the claim."),
                )
            below = [node.below[name] for node in nodes if name in node.below]
            value = self._value(member, below, (*path, name))
            if _disclosable(below):
                digests.append(self._disclosed([self._salt(), name, value]))  # §4.2.1
            else:
                result[name] = value
        digests += [self._decoy() for _ in range(self._decoys.pop(path, 0))]
        if digests:
            result["_sd"] = sorted(digests)  # §4.2.4.1: the order must say nothing
        return result

    def _array(self, items: Sequence[Any], nodes: list[_Node], path: ClaimPath) -> list[Any]:
        result: list[Any] = []
        if not items:  # “every element” of none: nothing is left open
            for node in nodes:
                node.below.pop(None, None)
        for index, item in enumerate(items):
            below = [node.below[step] for node in nodes for step in (index, None) if step in node.below]
            value = self._value(item, below, (*path, index))
            if _disclosable(below):
                value = {"...": self._disclosed([self._salt(), value])}  # §4.2.2, §4.2.4.2
            result.append(value)
        for _ in range(self._decoys.pop(path, 0)):
            place = int.from_bytes(self._random(4)) % (len(result) + 1)
            result.insert(place, {"...": self._decoy()})
        return result

    def _salt(self) -> str:
        return base64url_encode(self._random(SALT_BYTES))

    def _disclosed(self, parts: list[Any]) -> str:
        self._digests += 1
        text = base64url_encode(json_bytes(parts))
        self.disclosures.append(text)
        return digest(text, self._hash_name)

    def _decoy(self) -> str:
        """§4.2.5: the digest of random bytes, which are forgotten."""
        self._digests += 1
        return digest(base64url_encode(self._random(2 * SALT_BYTES)), self._hash_name)


def _disclosable(nodes: list[_Node]) -> bool:
    found = [node for node in nodes if node.disclosable]
    for node in found:
        node.met = True
    return bool(found)


def json_bytes(value: Any) -> bytes:
    """The value as JSON in UTF-8.

    Raises:
        SchemaError: ``input.schema.json``.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise SchemaError(
            say("The content holds a value that JSON does not have."),
            code="input.schema.json",
            got=str(error),
            hint=say("Give texts, numbers, booleans, null, lists and objects only."),
        ) from error
