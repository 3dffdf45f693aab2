"""Making a PAdES seal."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping

from tessella.errors import KeyMaterialError, SealError
from tessella.keys import CertificateFacts, PublicKey, certificate_facts
from tessella.ports import Signer
from tessella.seals._timestamps import check_token
from tessella.seals.pades._cms import ALGORITHMS, Template, template
from tessella.seals.pades._writing import prepare
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["seal"]

_VALUE_BYTES = 1_100
"""Room for a signature value of RSA with 8192 bits and for what DER adds around it."""

_TOKEN_BYTES = 8_192
"""Room for a time stamp; with the authority's chain they take 3,000 to 7,000 bytes. A larger one is made room for."""


def seal(
    pdf: bytes,
    signer: Signer,
    *,
    at: dt.datetime,
    timestamp: Callable[[bytes], bytes] | None = None,
    final: bool = True,
) -> bytes:
    """The PDF with a PAdES baseline seal (ETSI EN 319 142-1) appended; ``pdf`` is a prefix of the result.

    The seal covers the whole file. PDF/A-3 and PDF/UA-1 stay as they were. Equal arguments give equal bytes but for the
    signature value (and with RSA without time stamp altogether).

    Args:
        at: the claimed signing time (time-zone aware, written in whole seconds UTC).
        timestamp: a function from the bytes to be stamped to an RFC 3161 token in DER; its token is checked and added (B-T).
            It is asked twice when its token is larger than expected.
        final: certify the document, so that readers count every later change as a violation but what keeps the seal
            verifiable (DocMDP, P 1). A file that is sealed already gets an approval signature in any case.

    Raises:
        KeyMaterialError: no certificate, one for another key or not valid at ``at``, or an algorithm that e-seals do not have.
        StateError: ``seal.pdf-final``, the PDF is sealed and that seal allows no other.
        DecodeError, UnsupportedError, LimitError: the PDF is damaged, encrypted, built in an unusual way, or too large.
        SealError: ``at`` has no time zone, or the time stamp is not about this seal.
    """
    common = _checked(signer, at)
    facts = _facts(signer.certificate_chain[0])
    sealer = facts.organization or facts.common_name or facts.subject
    room = sum(map(len, signer.certificate_chain)) + len(common.signer) + _VALUE_BYTES
    extra = _TOKEN_BYTES if timestamp else 0
    while True:
        prepared = prepare(pdf, at=at, sealer=sealer, room=room + extra, final=final)
        attributes, value = common.sign(prepared.digest(common.digest), signer.sign)
        token = _stamped(timestamp, value) if timestamp else b""
        signature = common.signed_data(attributes, value, token)
        if len(signature) <= prepared.room:
            return prepared.filled(signature)
        extra = len(token) + _TOKEN_BYTES


def _checked(signer: Signer, at: dt.datetime) -> Template:
    """What is signed with, when the key may seal at this time."""
    if at.tzinfo is None:
        raise SealError(
            say("The signing time has no time zone."),
            code="seal.time",
            got=at,
            hint=say("Give a time-zone aware instant."),
        )
    if signer.algorithm not in ALGORITHMS:
        raise _unusable(
            say("This seal is not made with %(name)s.", name=signer.algorithm),
            "key.algorithm",
            got=signer.algorithm,
            expected=" | ".join(ALGORITHMS),
        )
    chain = tuple(signer.certificate_chain)
    if not chain:
        raise _unusable(say("The key has no certificate."), "key.certificate")
    facts = _facts(chain[0])
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
    certified, own = _certified(chain[0]), signer.public_jwk
    if any(own.get(name) != value for name, value in certified.items() if name != "alg"):
        raise _unusable(say("The certificate belongs to another key."), "key.mismatch")
    return template(chain, signer.algorithm)


@functools.lru_cache(maxsize=16)  # a batch is sealed with one certificate
def _facts(certificate: bytes) -> CertificateFacts:
    return certificate_facts(certificate)


@functools.lru_cache(maxsize=16)
def _certified(certificate: bytes) -> Mapping[str, str]:
    return PublicKey.from_certificate_der(certificate).to_jwk()


def _stamped(timestamp: Callable[[bytes], bytes], value: bytes) -> bytes:
    """The token over the signature value (EN 319 122-1 §5.3), checked."""
    token = timestamp(value)
    result = check_token(token, value, kind="sigTst")
    if result.verdict is not Verdict.PASSED:
        raise SealError(
            say("The time stamp that was supplied does not hold for this seal."),
            code="seal.timestamp",
            got="; ".join(problem.message for problem in result.problems),
            hint=say("Check the time-stamping service and ask it for its certificate (certReq)."),
        )
    return token


def _unusable(message: str, code: str, *, got: object = None, expected: object = None) -> KeyMaterialError:
    return KeyMaterialError(
        message,
        code=code,
        got=got,
        expected=expected,
        hint=say("Use the key and the valid certificate of an electronic seal (RSA, P-256 or P-384)."),
    )
