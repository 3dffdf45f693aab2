"""Making a JAdES seal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from tessella.canonical import loads
from tessella.errors import KeyMaterialError, SchemaError, SealError
from tessella.keys import PublicKey, certificate_facts
from tessella.ports import Signer
from tessella.seals import _jws
from tessella.seals._timestamps import check_token
from tessella.seals.jades import _etsi
from tessella.seals.jades._certificate import certificate_parameters
from tessella.seals.jades._detached import BY_HASH, MAX_OBJECTS, object_digest
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["PROFILES", "Profile", "seal", "seal_detached", "stamped"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the profiles: the algorithms, where the claimed time stands, what is critical."""

    algorithms: tuple[str, ...]
    time: Literal["sigT", "iat"]
    crit: tuple[str, ...]
    baseline: bool


PROFILES: dict[str, Profile] = {
    "europass": Profile(algorithms=("RS256", "ES256"), time="sigT", crit=("b64", "sigT"), baseline=False),
    "etsi": Profile(algorithms=("RS256", "ES256", "ES384"), time="iat", crit=("b64",), baseline=True),
}
"""``europass`` follows the published European Digital Credentials files; ``etsi`` TS 119 182-1 V1.2.1 §6.3."""


def seal(
    payload_text: str,
    signer: Signer,
    *,
    at: dt.datetime,
    profile: Literal["europass", "etsi"] = "europass",
    timestamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """The sealed file (UTF-8 JSON) around the credential's JSON text, which stays character by character.

    ``at`` is the claimed signing time (time-zone aware, written in whole seconds UTC). ``timestamp`` is a
    function from the bytes to be stamped to an RFC 3161 token in DER; its token is checked and added (B-T).

    Raises:
        KeyMaterialError: no certificate, one for another key or not valid at ``at``, or an algorithm that
            the profile does not have.
        SchemaError, DecodeError: the payload is not one JSON object with unique keys.
        SealError: ``at`` has no time zone, or the time stamp is not about this seal.
    """
    rules = PROFILES[profile]
    _check_signer(signer, rules, at)
    if not isinstance(loads(payload_text), dict):
        raise SchemaError(
            say("What is sealed must be one JSON object."),
            code="input.schema.payload",
            hint=say("Give the credential itself."),
        )
    signature = _signed(_header(signer, rules, at), payload_text.encode("utf-8"), signer, timestamp)
    return msgspec.json.encode({"payload": payload_text, "signatures": [signature]})


def seal_detached(
    objects: Mapping[str, bytes],
    signer: Signer,
    *,
    at: dt.datetime,
    profile: Literal["europass", "etsi"] = "etsi",
    types: Mapping[str, str] | None = None,
    timestamp: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A seal apart from what it seals (UTF-8 JSON): it holds SHA-256 digests (TS 119 182-1 §5.2.8.3.3, ``ObjectIdByURIHash``).

    ``objects`` are the contents by the names under which a verifier will be given them, ``types`` their media types.
    The rest is as for `seal`; verify with `verify` and ``detached``.

    Raises:
        SealError: ``seal.detached``, nothing to seal, or too much; or as `seal`.
        KeyMaterialError, UnsupportedError: as `seal`.
    """
    rules = PROFILES[profile]
    _check_signer(signer, rules, at)
    if not 0 < len(objects) <= MAX_OBJECTS:
        raise SealError(
            say("A seal apart from its content needs 1 to %(most)s objects.", most=MAX_OBJECTS),
            code="seal.detached",
            got=len(objects),
            hint=say("Make several seals."),
        )
    header = _header(signer, rules, at)
    del header["cty"]  # §5.1.3
    header["sigD"] = {
        "mId": BY_HASH,
        "pars": list(objects),
        "hashM": "S256",
        "hashV": [object_digest(one, hash_name="sha256", encoded=False) for one in objects.values()],
        **({"ctys": [types.get(name, "") for name in objects]} if types else {}),
    }
    header["crit"] = [*header["crit"], "sigD"]
    return msgspec.json.encode({"signatures": [_signed(header, b"", signer, timestamp)]})


def stamped(timestamp: Callable[[bytes], bytes], message: bytes, kind: str) -> bytes:
    """The token for these bytes, which holds.

    Raises:
        SealError: ``seal.timestamp``, the token is about something else or does not hold.
    """
    token = timestamp(message)
    result = check_token(token, message, kind=kind)
    if result.verdict is not Verdict.PASSED:
        raise SealError(
            say("The time stamp that was supplied does not hold for this seal."),
            code="seal.timestamp",
            got="; ".join(problem.message for problem in result.problems),
            hint=say("Check the time-stamping service and ask it for its certificate (certReq)."),
        )
    return token


def _signed(
    header: Mapping[str, Any],
    payload: bytes,
    signer: Signer,
    timestamp: Callable[[bytes], bytes] | None,
) -> dict[str, Any]:
    protected, _, value = _jws.sign(header, payload, signer)
    if timestamp is None:
        return {"protected": protected, "signature": value}
    token = stamped(timestamp, value.encode("ascii"), "sigTst")
    item = _etsi.written("sigTst", _etsi.timestamp_value(token), clear=False)
    return {"protected": protected, "header": {"etsiU": [item]}, "signature": value}


def _header(signer: Signer, rules: Profile, at: dt.datetime) -> dict[str, Any]:
    """The protected header in the order European Digital Credentials have it (some readers depend on it)."""
    moment = at.astimezone(dt.UTC).replace(microsecond=0)
    time = int(moment.timestamp()) if rules.time == "iat" else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "alg": signer.algorithm,
        "cty": "json",
        **certificate_parameters(tuple(signer.certificate_chain)),
        "typ": "jose+json",
        "b64": False,
        rules.time: time,
        "crit": list(rules.crit),
    }


def _check_signer(signer: Signer, rules: Profile, at: dt.datetime) -> None:
    if at.tzinfo is None:
        raise SealError(
            say("The signing time has no time zone."),
            code="seal.time",
            got=at,
            hint=say("Give a time-zone aware instant."),
        )
    if signer.algorithm not in rules.algorithms:
        raise _unusable(
            say("This seal is not made with %(name)s.", name=signer.algorithm),
            "key.algorithm",
            got=signer.algorithm,
            expected=" | ".join(rules.algorithms),
        )
    if not signer.certificate_chain:
        raise _unusable(say("The key has no certificate."), "key.certificate")
    certificate = signer.certificate_chain[0]
    facts = certificate_facts(certificate)
    if not facts.valid_at(at):
        raise _unusable(
            say(
                "The certificate is valid from %(start)s to %(end)s only.",
                start=facts.not_before.date(),
                end=facts.not_after.date(),
            ),
            "key.validity",
            got=at,
        )
    certified, own = PublicKey.from_certificate_der(certificate).to_jwk(), signer.public_jwk
    if any(own.get(name) != value for name, value in certified.items() if name != "alg"):
        raise _unusable(say("The certificate belongs to another key."), "key.mismatch")


def _unusable(message: str, code: str, *, got: object = None, expected: object = None) -> KeyMaterialError:
    return KeyMaterialError(
        message,
        code=code,
        got=got,
        expected=expected,
        hint=say("Use the key and the valid certificate of an electronic seal (RSA or P-256)."),
    )
