"""Reading and verifying JAdES seals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from tessella.errors import DecodeError, SealError, TessellaError, UnsupportedError
from tessella.keys import PublicKey, algorithm_named
from tessella.seals import _jws
from tessella.seals._timestamps import TimestampResult
from tessella.seals.jades import _etsi
from tessella.seals.jades._certificate import chain_of, check_binding
from tessella.seals.jades._detached import resolve
from tessella.seals.jades._level import Facts, Level, departures, level_of
from tessella.text import say
from tessella.verdicts import Finding, Verdict, combine

__all__ = ["JadesDocument", "JadesResult", "SignatureResult", "parse", "verify"]

_UNDERSTOOD = frozenset(("b64", "sigT", "iat", "adoTst", "x5t#o", "sigX5ts", "sigD"))
"""Extensions that are processed here, so that ``crit`` may name them (RFC 7515 §4.1.11)."""

_PROVING = ("sigTst", "arcTst")  # time stamps over the signature value: the seal existed then


class JadesDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed file read but not verified: the payload's exact text (empty when it is elsewhere) and the signatures."""

    payload: str
    jws: _jws.Jws

    @property
    def signatures(self) -> tuple[_jws.JwsSignature, ...]:
        """The signatures with their headers, as they stand in the file."""
        return self.jws.signatures


class SignatureResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying one signature found.

    ``verdict``: ``passed`` when the signature holds over the payload and the header names its certificate
    rightly; ``failed`` when one of both does not; ``indeterminate`` when the certificate is not at hand or the
    form is not supported. Time stamps are judged apart. ``signing_time`` is what the sealer claims (UTC).
    ``baseline`` is the level of TS 119 182-1 V1.2.1 §6.3 that it reaches: ``B-B``, ``B-T``, ``B-LT``, ``B-LTA`` or
    "" for none; ``departures`` are the rules of that clause that it breaks, which makes no seal false.
    """

    verdict: Verdict
    algorithm: str = ""
    certificate_chain: tuple[bytes, ...] = ()
    signing_time: dt.datetime | None = None
    signing_time_source: Literal["sigT", "iat", ""] = ""
    baseline: Level = ""
    departures: tuple[Finding, ...] = ()
    timestamps: tuple[TimestampResult, ...] = ()
    extras: _etsi.Extras = _etsi.Extras()
    problems: tuple[TessellaError, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def timestamp(self) -> Verdict:
        """All time stamps together; ``not_applicable`` when there is none."""
        if not self.timestamps:
            return Verdict.NOT_APPLICABLE
        return combine(one.verdict for one in self.timestamps)

    @property
    def stamped_at(self) -> dt.datetime | None:
        """The earliest time at which a sound stamp saw this signature (UTC); whether to trust it is open."""
        times = [
            one.time
            for one in self.timestamps
            if one.kind in _PROVING and one.verdict is Verdict.PASSED and one.time is not None
        ]
        return min(times, default=None)


class JadesResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying a sealed file found. All signatures count: one that fails fails the file."""

    verdict: Verdict
    payload: str
    signatures: tuple[SignatureResult, ...]

    @property
    def timestamp(self) -> Verdict:
        """All time stamps of all signatures together; ``not_applicable`` when there is none."""
        found = [one.timestamp for one in self.signatures if one.timestamps]
        return combine(found) if found else Verdict.NOT_APPLICABLE

    @property
    def problems(self) -> tuple[TessellaError, ...]:
        """What is wrong with the signatures (problems of time stamps stand with the stamps)."""
        return tuple(problem for one in self.signatures for problem in one.problems)

    def require(self) -> JadesResult:
        """Return self when the verdict is ``passed``.

        Raises:
            TessellaError: the first problem.
        """
        if self.verdict is Verdict.PASSED:
            return self
        raise self.problems[0]


def parse(data: bytes | str) -> JadesDocument:
    """Read a sealed file in any JWS serialisation; nothing is verified.

    Raises:
        DecodeError: not a JWS, or the payload is not UTF-8 text.
        LimitError: larger than a named limit of the JWS core.
    """
    start = (
        data[:64].lstrip("\ufeff \t\r\n")
        if isinstance(data, str)
        else data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    )
    json_form = start[:1] in ("{", b"{")
    jws = _jws.parse_json(data, detached=True) if json_form else _jws.parse_compact(data)
    try:
        return JadesDocument(payload=jws.payload.decode("utf-8"), jws=jws)
    except UnicodeDecodeError as error:
        raise DecodeError(
            say("What is sealed is not UTF-8 text."),
            code="input.decode.jws",
            hint=say("Give a sealed European Digital Credential."),
        ) from error


def verify(
    document: JadesDocument | bytes | str,
    *,
    certificates: Sequence[bytes] = (),
    detached: Mapping[str, bytes] | None = None,
) -> JadesResult:
    """Verify every signature and every time stamp, over the bytes as they stand in the file.

    Args:
        certificates: DER, for where the seal does not bring its own.
        detached: what was sealed, where the seal is apart from it: by the names in ``pars`` of ``sigD``; for HTTP
            fields also the body under the empty name. What is missing makes the verdict ``indeterminate``.

    Says nothing about whether a certificate or a time-stamping authority is trusted, nor about revocation: that is
    ``trust``.

    Raises:
        DecodeError, LimitError: what was given is not a sealed file (see `parse`).
    """
    if not isinstance(document, JadesDocument):
        document = parse(document)
    results = tuple(
        _verify_one(document.jws, one, certificates, detached or {}) for one in document.signatures
    )
    return JadesResult(
        verdict=combine(one.verdict for one in results), payload=document.payload, signatures=results
    )


def _verify_one(
    jws: _jws.Jws,
    signature: _jws.JwsSignature,
    certificates: Sequence[bytes],
    detached: Mapping[str, bytes],
) -> SignatureResult:
    header = signature.header
    problems: list[TessellaError] = []
    notes: list[str] = []
    chain: tuple[bytes, ...] = ()
    archived: bytes | None = jws.signed_payload
    verdict = Verdict.FAILED
    try:
        if "sigD" in header:
            archived = None
            jws, archived = _with_objects(jws, header, detached)
        _jws.check_header(header, _UNDERSTOOD)
        chain = chain_of(header, certificates)
        _check_signature(jws, signature, chain)
        mismatches, notes = check_binding(header, chain)
        problems += mismatches
        verdict = Verdict.FAILED if mismatches else Verdict.PASSED
    except UnsupportedError as error:
        verdict = Verdict.INDETERMINATE
        problems.append(error)
    except TessellaError as error:
        problems.append(error)
    time, source = _signing_time(header, notes)
    items, timestamps, extras = _evidence(archived, signature, certificates, notes)
    facts = Facts(header=header, items=items, time=time)
    return SignatureResult(
        verdict=verdict,
        algorithm=header["alg"],
        certificate_chain=chain,
        signing_time=time,
        signing_time_source=source,
        baseline=level_of(facts, chain, timestamps, extras) if verdict is Verdict.PASSED else "",
        departures=departures(facts),
        timestamps=timestamps,
        extras=extras,
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _with_objects(
    jws: _jws.Jws, header: Mapping[str, Any], objects: Mapping[str, bytes]
) -> tuple[_jws.Jws, bytes]:
    """The JWS with the payload that ``sigD`` stands for, and what archive time stamps are about."""
    found = resolve(header, objects)
    if jws.signed_payload:  # §5.2.8.1
        raise SealError(
            say("The file contains what was sealed and says that it is elsewhere."),
            code="seal.detached",
            hint=say("Ask the issuer for the credential again."),
        )
    return msgspec.structs.replace(jws, signed_payload=found.signed), found.archived


def _check_signature(jws: _jws.Jws, signature: _jws.JwsSignature, chain: Sequence[bytes]) -> None:
    if not chain:
        raise UnsupportedError(
            say("The seal does not bring its certificate along."),
            code="seal.no-certificate",
            hint=say("Give the sealer's certificate."),
        )
    algorithm = algorithm_named(signature.header["alg"]).name
    key = PublicKey.from_certificate_der(chain[0]).for_algorithm(algorithm)
    _jws.verify_signature(jws, signature, key, understood=_UNDERSTOOD)


def _signing_time(
    header: Mapping[str, Any], notes: list[str]
) -> tuple[dt.datetime | None, Literal["sigT", "iat", ""]]:
    """The claimed time; where both forms stand, ``iat`` counts (TS 119 182-1 V1.2.1 §5.1.11, §5.2.1)."""
    if "iat" in header and "sigT" in header:
        notes.append(say("The seal claims its time twice, as “iat” and as “sigT”."))
    try:
        if "iat" in header:
            return dt.datetime.fromtimestamp(header["iat"], dt.UTC), "iat"
        if "sigT" in header:
            moment = dt.datetime.fromisoformat(header["sigT"])
            if moment.tzinfo is not None:
                return moment.astimezone(dt.UTC), "sigT"
    except (ValueError, TypeError, OverflowError, OSError):
        pass
    notes.append(say("The seal does not say in a readable way when it was made."))
    return None, ""


def _evidence(
    archived: bytes | None, signature: _jws.JwsSignature, certificates: Sequence[bytes], notes: list[str]
) -> tuple[tuple[_etsi.Item, ...], tuple[TimestampResult, ...], _etsi.Extras]:
    """Time stamps and validation data; damage in what is not signed never speaks against the signature."""
    try:
        found = _etsi.items(signature.unprotected)
        extras = _etsi.extras(found)
        pool = (*certificates, *extras.certificates)
        return found, _etsi.check_timestamps(archived, signature, found, pool), extras
    except TessellaError as error:
        notes.append(str(error))
        damaged = TimestampResult(
            kind="etsiU",
            verdict=Verdict.FAILED,
            imprint=Verdict.FAILED,
            token=Verdict.FAILED,
            problems=(SealError(error.message, code="seal.timestamp", hint=error.hint),),
        )
        return (), (damaged,), _etsi.Extras()
