"""RFC 3161 time-stamp tokens: what time they assert, over which bytes, and whether they hold.

A token is CMS SignedData (RFC 5652) around a TSTInfo. Two things can be wrong with one and are told apart:
the *imprint* (the token is about other bytes) and the *token* (its own signature does not hold). Whether
the time-stamping authority deserves trust is for ``trust``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from asn1crypto import cms, core, tsp, x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tessella.errors import SealError, UnsupportedError
from tessella.keys.lifetimes import end_of_life
from tessella.text import say
from tessella.verdicts import Verdict, combine

__all__ = ["COVERING", "MAX_TOKEN_BYTES", "TimestampResult", "check_token", "holding"]

COVERING = ("arcTst",)
"""Kinds of time stamps that cover what was added to the seal before them, other time stamps too."""

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""Two authorities that stamp one after the other may differ by this much, and seem to do so in reverse order."""

MAX_TOKEN_BYTES = 262_144
"""One token. With the authority's whole chain and its revocation data they take 3,000 to 20,000 bytes."""

_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
"""Digests accepted in tokens (ETSI TS 119 312 §5); SHA-1 is not."""

_SCHEMES = {"rsassa_pkcs1v15": "RSA", "rsassa_pss": "RSA-PSS", "ecdsa": "ECDSA"}
"""Signature schemes accepted in tokens, by the names of asn1crypto and of `tessella.keys.lifetimes`."""

_MAX_CHAIN = 8

_UNREADABLE = (ValueError, TypeError, KeyError, LookupError, AttributeError, OverflowError, RecursionError)
"""What asn1crypto raises on bytes that are not what they should be."""


class TimestampResult(msgspec.Struct, frozen=True, kw_only=True):
    """What checking one time-stamp token found.

    ``imprint`` says whether the token is about the given bytes, ``token`` whether its signature holds;
    ``verdict`` is ``passed`` only when both are. ``time`` (UTC) is what the token asserts, also when it
    does not hold. ``authority`` is the signing certificate's common name, ``certificates`` are DER, the
    signing one first.

    ``ends`` (UTC; None when the token does not hold) is when it stops proving anything
    unless another one covered it before: its certificate expires, or one of its algorithms ages; ``ends_by`` is ``certificate`` or the algorithm's name.
    ``position`` is its place among what was added to the seal: an archive time stamp covers what stands before it.
    """

    kind: str
    verdict: Verdict
    imprint: Verdict
    token: Verdict
    time: dt.datetime | None = None
    authority: str = ""
    certificates: tuple[bytes, ...] = ()
    ends: dt.datetime | None = None
    ends_by: str = ""
    position: int = 0
    problems: tuple[SealError | UnsupportedError, ...] = ()


def check_token(
    der: bytes,
    message: bytes | None,
    *,
    kind: str = "",
    certificates: Sequence[bytes] = (),
    position: int = 0,
) -> TimestampResult:
    """Check one token against the bytes it should be about.

    ``message`` is None when those bytes cannot be determined: the imprint is then indeterminate.
    ``certificates`` (DER) are searched for the authority's when the token brings none along. Never raises:
    whatever is wrong is in the result.
    """
    try:
        found = _checked(der, message, kind, certificates)
        return msgspec.structs.replace(found, position=position)
    except _UNREADABLE as error:
        return TimestampResult(
            kind=kind,
            position=position,
            verdict=Verdict.FAILED,
            imprint=Verdict.FAILED,
            token=Verdict.FAILED,
            problems=(_bad(say("The time stamp is damaged or no RFC 3161 token."), got=str(error)),),
        )


def holding(
    stamps: Sequence[TimestampResult],
    *,
    at: dt.datetime,
    trusted: Callable[[TimestampResult, dt.datetime], bool] = lambda stamp, until: True,
) -> tuple[TimestampResult, ...]:
    """The sound stamps that prove something at ``at``, outermost first (ETSI EN 319 102-1 §5.6.2.3).

    A stamp whose certificate or algorithm has ended still counts when another one that counts covered it before.
    ``trusted`` is asked about each, with the time until which it had to hold by itself.
    """
    good: list[TimestampResult] = []
    for stamp in sorted(stamps, key=lambda one: one.position, reverse=True):
        if stamp.verdict is not Verdict.PASSED or stamp.time is None or stamp.ends is None:
            continue
        covers = [one.time for one in good if one.kind in COVERING and one.position > stamp.position]
        until = min((time for time in covers if time is not None), default=at)
        if stamp.time <= until + CLOCK_TOLERANCE and until < stamp.ends and trusted(stamp, until):
            good.append(stamp)
    return tuple(good)


def _checked(der: bytes, message: bytes | None, kind: str, certificates: Sequence[bytes]) -> TimestampResult:
    signed, info = _parsed(der)
    time = info["gen_time"].native
    problems: list[SealError | UnsupportedError] = []
    imprint = _guarded(problems, lambda: _check_imprint(info, message))
    if message is None:
        imprint = Verdict.INDETERMINATE
    pool = [*_embedded(signed), *_readable(certificates)]
    signer = _signer_certificate(signed, pool)
    token = _guarded(problems, lambda: _check_signature(signed, signer, time))
    own = signer.dump() if signer is not None else b""
    others = [one for one in (certificate.dump() for certificate in pool) if one != own]
    sound = token is Verdict.PASSED and signer is not None
    ends, ends_by = _end(signed, info, signer, pool) if sound else (None, "")
    return TimestampResult(
        kind=kind,
        verdict=combine((imprint, token)),
        imprint=imprint,
        token=token,
        time=time,
        authority=_common_name(signer),
        certificates=tuple(dict.fromkeys((own, *others) if own else others)),
        ends=ends,
        ends_by=ends_by,
        problems=tuple(problems),
    )


def _end(
    signed: Any, info: Any, certificate: x509.Certificate, pool: Sequence[x509.Certificate]
) -> tuple[dt.datetime, str]:
    """When the token stops proving anything by itself, and through what."""
    signer = signed["signer_infos"][0]
    scheme, digest, bits = _scheme(signer, certificate)
    used = {
        (_name_of(info["message_imprint"]["hash_algorithm"]["algorithm"].native), 0),
        (_name_of(signer["digest_algorithm"]["algorithm"].native), 0),
        (_name_of(digest), 0),
        (scheme, bits),
        *_certified_with(certificate, pool),
    }
    ends = [(certificate.not_valid_after, "certificate")]
    ends += [(end, name) for name, bits in sorted(used) if (end := end_of_life(name, bits)) is not None]
    return min(ends, key=lambda one: one[0])


def _certified_with(
    certificate: x509.Certificate, pool: Sequence[x509.Certificate]
) -> Iterator[tuple[str, int]]:
    """The algorithms by which the authority's certificate and those above it were signed, roots left out."""
    for _ in range(_MAX_CHAIN):
        if certificate.issuer == certificate.subject:
            return
        algorithm = certificate["signature_algorithm"]
        scheme = _SCHEMES.get(algorithm.signature_algo, "")
        if scheme in ("RSA", "RSA-PSS"):  # the length of an RSA signature is that of its key
            yield scheme, len(certificate["signature_value"].native) * 8
        if scheme:
            yield _name_of(algorithm.hash_algo), 0
        above = next((one for one in pool if one.subject == certificate.issuer), None)
        if above is None:
            return
        certificate = above


def _scheme(signer: Any, certificate: x509.Certificate) -> tuple[str, str, int]:
    """Scheme, digest and key length of the token's signature."""
    algorithm = signer["signature_algorithm"]
    scheme = _SCHEMES.get(algorithm.signature_algo, "")
    return scheme, _signature_digest(signer), int(certificate.public_key.bit_size)


def _name_of(digest: str) -> str:
    """``sha256`` as ``SHA-256``."""
    return digest.upper().replace("SHA", "SHA-")


def _parsed(der: bytes) -> tuple[Any, Any]:
    """The SignedData and the TSTInfo (RFC 3161 §2.4.2)."""
    if len(der) > MAX_TOKEN_BYTES:
        raise ValueError("token too large")
    content = cms.ContentInfo.load(der, strict=True)
    if content["content_type"].native != "signed_data":
        raise ValueError("not SignedData")
    signed = content["content"]
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].native != "tst_info" or len(signed["signer_infos"]) != 1:
        raise ValueError("not a TSTInfo with one signature")
    return signed, tsp.TSTInfo.load(bytes(encapsulated["content"]), strict=True)


def _guarded(problems: list[SealError | UnsupportedError], check: Callable[[], None]) -> Verdict:
    try:
        check()
    except SealError as error:
        problems.append(error)
        return Verdict.FAILED
    except UnsupportedError as error:
        problems.append(error)
        return Verdict.INDETERMINATE
    return Verdict.PASSED


def _check_imprint(info: Any, message: bytes | None) -> None:
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    _digest(name)
    if message is not None and imprint["hashed_message"].native != hashlib.new(name, message).digest():
        raise _bad(say("The time stamp is about other content."), code="seal.timestamp.imprint")


def _check_signature(signed: Any, certificate: x509.Certificate | None, time: dt.datetime) -> None:
    """RFC 5652 §5.4–5.6 for the one signer, and RFC 3161 §2.3 for its certificate."""
    if certificate is None:
        raise UnsupportedError(
            say("The certificate of the time-stamping authority is not at hand."),
            code="seal.timestamp.certificate",
            hint=say("Give the authority's certificate."),
        )
    signer = signed["signer_infos"][0]
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    digest = signer["digest_algorithm"]["algorithm"].native
    _digest(digest)
    content = bytes(signed["encap_content_info"]["content"])
    if (
        attributes["content_type"][0].native != "tst_info"
        or attributes["message_digest"][0].native != hashlib.new(digest, content).digest()
    ):
        raise _bad(say("The time stamp was changed after it was made."), code="seal.timestamp.digest")
    _check_certificate(certificate, attributes, time)
    # RFC 5652 §5.4: what is signed is the attributes as SET OF, not with the tag they have in the token.
    data = b"\x31" + signer["signed_attrs"].dump()[1:]
    _verify(certificate, signer, data)


def _check_certificate(certificate: x509.Certificate, attributes: Any, time: dt.datetime) -> None:
    """The certificate is the one the signature names (RFC 5816, RFC 2634), for time stamping, and valid then."""
    usage = certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        raise _bad(
            say("The certificate behind the time stamp is not for time stamping alone."),
            code="seal.timestamp.certificate",
        )
    if not certificate.not_valid_before <= time <= certificate.not_valid_after:
        raise _bad(
            say("The certificate behind the time stamp was not valid at that time."),
            code="seal.timestamp.certificate",
        )
    der = certificate.dump()
    for name, default in (("signing_certificate_v2", "sha256"), ("signing_certificate", "sha1")):
        if name in attributes:
            reference = attributes[name][0]["certs"][0]
            algorithm = reference["hash_algorithm"]["algorithm"].native if name.endswith("v2") else default
            if hashlib.new(algorithm, der).digest() == reference["cert_hash"].native:
                return
            break
    raise _bad(
        say("The time stamp names another certificate than the one that signed it."),
        code="seal.timestamp.certificate",
    )


def _verify(certificate: x509.Certificate, signer: Any, data: bytes) -> None:
    signature, algorithm = signer["signature"].native, _digest(_signature_digest(signer))
    scheme = _SCHEMES[signer["signature_algorithm"].signature_algo]
    try:
        key = load_der_public_key(certificate.public_key.dump())
        if isinstance(key, rsa.RSAPublicKey) and scheme == "RSA-PSS":
            length = signer["signature_algorithm"]["parameters"]["salt_length"].native
            key.verify(signature, data, padding.PSS(padding.MGF1(algorithm), length), algorithm)
        elif isinstance(key, rsa.RSAPublicKey) and scheme == "RSA":
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and scheme == "ECDSA":
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            raise _unsupported(type(key).__name__)
    except InvalidSignature:
        raise _bad(say("The signature of the time stamp does not hold."), code="seal.signature") from None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unsupported(str(error)) from error


def _signature_digest(signer: Any) -> str:
    """The digest of the signature algorithm; ``rsaEncryption`` alone means the signer's digest algorithm."""
    algorithm = signer["signature_algorithm"]
    if algorithm.signature_algo not in _SCHEMES:
        raise _unsupported(algorithm.signature_algo)
    name = algorithm["algorithm"].native
    if name in ("rsassa_pkcs1v15", "rsa", "ecdsa"):
        return str(signer["digest_algorithm"]["algorithm"].native)
    return str(algorithm.hash_algo)


def _signer_certificate(signed: Any, pool: Iterable[x509.Certificate]) -> x509.Certificate | None:
    identifier = signed["signer_infos"][0]["sid"]
    for certificate in pool:
        if identifier.name == "issuer_and_serial_number":
            wanted = identifier.chosen
            if (
                certificate.serial_number == wanted["serial_number"].native
                and certificate.issuer == wanted["issuer"]
            ):
                return certificate
        elif certificate.key_identifier == identifier.native:
            return certificate
    return None


def _embedded(signed: Any) -> list[x509.Certificate]:
    found = signed["certificates"]
    if isinstance(found, core.Void):
        return []
    return [one.chosen for one in found if one.name == "certificate"]


def _readable(certificates: Iterable[bytes]) -> Iterator[x509.Certificate]:
    """Those that are certificates: what others put beside a token must not spoil it."""
    for der in certificates:
        try:
            certificate = x509.Certificate.load(der, strict=True)
            certificate.issuer.dump(), certificate.serial_number, certificate.key_identifier
        except _UNREADABLE:
            continue
        yield certificate


def _common_name(certificate: x509.Certificate | None) -> str:
    if certificate is None:
        return ""
    name = certificate.subject.native.get("common_name", "")
    return str(name[0] if isinstance(name, list) else name)


def _digest(name: str) -> hashes.HashAlgorithm:
    if name not in _DIGESTS:
        raise _unsupported(name)
    return _DIGESTS[name]


def _unsupported(name: str) -> UnsupportedError:
    return UnsupportedError(
        say("The time stamp uses %(name)s, which is not accepted.", name=name),
        code="seal.timestamp.algorithm",
        got=name,
        expected=" | ".join(_DIGESTS),
        hint=say("Only SHA-256, SHA-384 and SHA-512 with RSA or ECDSA count as proof."),
    )


def _bad(message: str, *, code: str = "seal.timestamp", got: object = None) -> SealError:
    return SealError(
        message,
        code=code,
        got=got,
        hint=say("The seal may hold nonetheless; the time it was made is not proven by this stamp."),
    )
