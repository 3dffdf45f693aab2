"""Seals apart from what they seal: the ``sigD`` header parameter (TS 119 182-1 §5.2.8).

Three mechanisms say which objects are meant and how they enter the signature. The objects themselves come in as
arguments; nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tessella.errors import SealError, UnsupportedError
from tessella.keys import base64url_encode
from tessella.seals.jades._certificate import DIGESTS
from tessella.text import say

__all__ = ["BY_HASH", "MAX_OBJECTS", "Detached", "object_digest", "resolve"]

BY_HASH = "http://uri.etsi.org/19182/ObjectIdByURIHash"

MAX_OBJECTS = 256
"""Objects or HTTP fields that one ``sigD`` names."""

_HTTP_DIGESTS = {
    "SHA-256": "sha256",
    "SHA-512": "sha512",
}  # RFC 5843; draft-cavage uses the field of RFC 3230


class Detached(NamedTuple):
    """What enters the signature, and what archive time stamps are about (§5.3.6.2.3 step 2)."""

    signed: bytes
    archived: bytes


def resolve(header: Mapping[str, Any], objects: Mapping[str, bytes]) -> Detached:
    """The bytes that ``sigD`` speaks of, from ``objects`` by the names in ``pars``.

    Raises:
        UnsupportedError: ``unsupported.detached``, another mechanism, or an object is not at hand.
        SealError: ``seal.detached``, ``sigD`` breaks its own rules, or an object is not the one that was sealed.
    """
    described = header["sigD"]
    mechanism = described.get("mId") if isinstance(described, dict) else None
    work = _MECHANISMS.get(mechanism) if isinstance(mechanism, str) else None
    if work is None:
        raise _unsupported(say("The seal is apart from what it seals, in a way that is not known here."))
    critical = header.get("crit")
    if not isinstance(critical, list) or "sigD" not in critical:  # §5.1.9
        raise _broken(say("“sigD” is used and “crit” does not say so."), "seal.crit")
    names = described.get("pars")
    if not isinstance(names, list) or not 0 < len(names) <= MAX_OBJECTS or not all(map(_is_text, names)):
        raise _broken(say("“sigD” does not list what was sealed."))
    return work(header, described, names, objects)


def object_digest(content: bytes, *, hash_name: str, encoded: bool) -> str:
    """The ``hashV`` entry of an object: over its base64url text unless ``b64`` is false (§5.2.8.1)."""
    return base64url_encode(hashlib.new(hash_name, _contribution(content, encoded=encoded)).digest())


def _by_hash(
    header: Mapping[str, Any],
    described: Mapping[str, Any],
    names: Sequence[str],
    objects: Mapping[str, bytes],
) -> Detached:
    """§5.2.8.3.3: the digests stand in the header; the payload enters as an empty stream."""
    digests = described.get("hashV")
    hash_name = DIGESTS.get(str(described.get("hashM")))
    if hash_name is None:
        raise _unsupported(say("The digests in “sigD” are made in a way that is not known here."))
    if not isinstance(digests, list) or len(digests) != len(names):
        raise _broken(say("“sigD” has not one digest for each object."))
    encoded = header.get("b64", True) is not False
    found = [_object(objects, name) for name in names]
    for name, content, digest in zip(names, found, digests, strict=True):
        if digest != object_digest(content, hash_name=hash_name, encoded=encoded):
            raise _broken(say("“%(name)s” is not what was sealed.", name=name[:200]))
    return Detached(b"", b"".join(_contribution(one, encoded=encoded) for one in found))


def _by_uri(
    header: Mapping[str, Any],
    described: Mapping[str, Any],
    names: Sequence[str],
    objects: Mapping[str, bytes],
) -> Detached:
    """§5.2.8.3.2: the objects one after the other are the payload."""
    encoded = header.get("b64", True) is not False
    payload = b"".join(_contribution(_object(objects, name), encoded=encoded) for name in names)
    return Detached(payload, payload)


def _http_headers(
    header: Mapping[str, Any],
    described: Mapping[str, Any],
    names: Sequence[str],
    objects: Mapping[str, bytes],
) -> Detached:
    """§5.2.8.2: lines “name: value” as in draft-cavage-http-signatures-10 §2.3; the body stands under the empty name.

    In archive time stamps the body takes the place of the ``digest`` line; so it must be at hand, and must fit.
    """
    if header.get("b64", True) is not False:  # §5.1.10
        raise _broken(say("A seal over HTTP fields has “b64” false."))
    if any(name != name.lower() for name in names):
        raise _broken(say("The names of HTTP fields in “sigD” are in lower case."))
    lines = [name.encode() + b": " + _object(objects, name).strip() for name in names]
    stamped = list(lines)
    if "digest" in names:
        body = _object(objects, "")
        _check_body(objects["digest"], body)
        stamped[names.index("digest")] = body
    return Detached(b"\n".join(lines), b"\n".join(stamped))


def _check_body(field: bytes, body: bytes) -> None:
    """RFC 3230 §4.3.2: at least one digest that is known here, and each of those fits."""
    known = 0
    for part in field.decode("latin-1").split(","):
        name, _, value = part.strip().partition("=")
        if (hash_name := _HTTP_DIGESTS.get(name.upper())) is not None:
            known += 1
            if base64.b64encode(hashlib.new(hash_name, body).digest()).decode("ascii") != value:
                raise _broken(say("The body of the HTTP message is not what was sealed."))
    if not known:
        raise _unsupported(say("The digest of the HTTP body is made in a way that is not known here."))


_Mechanism = Callable[[Mapping[str, Any], Mapping[str, Any], Sequence[str], Mapping[str, bytes]], Detached]

_MECHANISMS: Mapping[str, _Mechanism] = {
    BY_HASH: _by_hash,
    "http://uri.etsi.org/19182/ObjectIdByURI": _by_uri,
    "http://uri.etsi.org/19182/HttpHeaders": _http_headers,
}


def _contribution(content: bytes, *, encoded: bool) -> bytes:
    return base64url_encode(content).encode("ascii") if encoded else content


def _object(objects: Mapping[str, bytes], name: str) -> bytes:
    if name not in objects:
        raise _unsupported(
            say("The seal is apart from what it seals, and “%(name)s” is not at hand.", name=name[:200])
        )
    return objects[name]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _unsupported(message: str) -> UnsupportedError:
    return UnsupportedError(
        message,
        code="unsupported.detached",
        hint=say("Give what was sealed, or ask for the sealed file that contains it."),
    )


def _broken(message: str, code: str = "seal.detached") -> SealError:
    return SealError(message, code=code, hint=say("Ask the issuer for seal and content again."))
