"""The verifier's side: the numbered steps of RFC 9901 §7.1 and §7.3, and the rules of SD-JWT VC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tessella.errors import SealError, TessellaError, UnsupportedError
from tessella.keys import PublicKey
from tessella.ports import VerifyingKey
from tessella.seals import _jws
from tessella.seals.sd_jwt._binding import (
    BindingDemand,
    KeyBinding,
    check_binding,
    instant_claim,
    read_binding,
)
from tessella.seals.sd_jwt._disclosure import (
    NEVER_DISCLOSABLE,
    Disclosed,
    Processed,
    bad_disclosure,
    hash_of,
    shown,
)
from tessella.seals.sd_jwt._issue import VC_TYPE
from tessella.seals.sd_jwt._issuer_key import certificate_chain, issuer_key
from tessella.seals.sd_jwt._parse import SdJwt, parse
from tessella.text import say
from tessella.verdicts import Verdict, combine

__all__ = ["READ_TYPES", "Resolver", "SdJwtResult", "check_presentation", "verify"]

Resolver = Callable[[Mapping[str, Any], Mapping[str, Any]], VerifyingKey]
"""Finds the issuer's key: ``(header, payload as signed) -> VerifyingKey``; raises a `TessellaError` if it cannot."""

_OLD_VC_TYPE = "vc+sd-jwt"
READ_TYPES = frozenset((VC_TYPE, _OLD_VC_TYPE))
"""``typ`` values read by default; the second was SD-JWT VC's until November 2024 (SD-JWT VC §3.2.1)."""

_TIMES = ("iat", "nbf", "exp")
"""Facts for the caller."""

_NOTHING = Processed(claims={}, groups=(), withheld=0)


class SdJwtResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying an SD-JWT found.

    ``verdict`` is ``passed`` when the issuer's signature holds under ``key``, every disclosure fits, and key binding
    was shown where it was demanded; ``indeterminate`` when no issuer's key could be had; else ``failed``.

    ``claims`` is the processed payload: what the issuer signed and the holder disclosed. ``disclosed`` are the claims
    that the holder could have withheld, ``withheld`` the number of digests without disclosure (decoys included).
    ``chain`` are the certificates of the header (DER, end entity first): trust in them is the caller's to judge, and
    so are ``issued_at``, ``not_before`` and ``not_after`` (UTC), ``status``, and whether the key may speak for ``iss``.

    ``bound`` is the verdict on key binding: ``passed`` only against a `BindingDemand`; ``indeterminate`` for a sound
    Key Binding JWT that nobody demanded (``binding`` says for whom it was made); ``not_applicable`` without one.
    """

    verdict: Verdict
    header: Mapping[str, Any]
    processed: Processed
    key: VerifyingKey | None = None
    chain: tuple[bytes, ...] = ()
    bound: Verdict = Verdict.NOT_APPLICABLE
    binding: KeyBinding | None = None
    problems: tuple[TessellaError, ...] = ()
    notes: tuple[str, ...] = ()
    issued_at: dt.datetime | None = None
    not_before: dt.datetime | None = None
    not_after: dt.datetime | None = None

    @property
    def claims(self) -> dict[str, Any]:
        """The processed payload."""
        return self.processed.claims

    @property
    def disclosed(self) -> tuple[Disclosed, ...]:
        """The claims that the holder could have withheld."""
        return self.processed.disclosed

    @property
    def withheld(self) -> int:
        """Digests without disclosure."""
        return self.processed.withheld

    def require(self) -> SdJwtResult:
        """Return self when the verdict is ``passed``.

        Raises:
            TessellaError: the first problem.
        """
        if self.verdict is Verdict.PASSED:
            return self
        raise self.problems[0]


class _Findings:
    """What the steps leave behind: problems with the verdict that each means, and notes."""

    def __init__(self) -> None:
        self._rows: list[tuple[TessellaError, Verdict]] = []
        self.notes: list[str] = []

    def add(self, error: TessellaError, verdict: Verdict = Verdict.FAILED) -> None:
        self._rows.append((error, verdict))

    @property
    def verdict(self) -> Verdict:
        """Passed when no step left a problem: every step has been taken."""
        return combine(verdict for _, verdict in self._rows) if self._rows else Verdict.PASSED

    @property
    def problems(self) -> tuple[TessellaError, ...]:
        """What is wrong before what is missing."""
        if not self._rows:
            return ()
        rows = sorted(self._rows, key=lambda row: row[1] is not Verdict.FAILED)
        return tuple(error for error, _ in rows)


def verify(
    sd_jwt: str | bytes | SdJwt,
    resolve: Resolver | None = None,
    *,
    types: frozenset[str] = READ_TYPES,
    demand: BindingDemand | None = None,
) -> SdJwtResult:
    """Verify an SD-JWT, or a presentation of one.

    Says nothing about the time (but the age of a Key Binding JWT that is demanded), status, or whether the key may
    speak for the issuer: those are the caller's. Nor does it decide from what came along whether key binding is
    needed (§7.3 step 1): that is ``demand``.

    Args:
        resolve: finds the issuer's key; by default `issuer_key` without network access.
        types: accepted values of ``typ``, lower case and without ``application/``.
        demand: with it, only a presentation bound to the holder's key for this verifier and transaction passes.

    Raises:
        DecodeError, LimitError: what was given is no SD-JWT (see `parse`).
    """
    token = sd_jwt if isinstance(sd_jwt, SdJwt) else parse(sd_jwt)  # §7.1 step 1, §7.3 step 3
    found = _Findings()
    key = _check_signature(token, resolve or _offline, types, found)  # §7.1 step 2
    processed = _process(token, found)  # §7.1 steps 2.4 and 3 to 5
    issued_at, not_before, not_after = [
        _time(processed.claims, name, found) for name in _TIMES
    ]  # §7.1 step 6
    binding, bound = _check_binding(token, processed, demand, found)  # §7.3
    return SdJwtResult(
        verdict=found.verdict,
        header=token.header,
        processed=processed,
        key=key,
        chain=_chain(token) if "x5c" in token.header else (),
        bound=bound,
        binding=binding,
        problems=found.problems,
        notes=tuple(found.notes),
        issued_at=issued_at,
        not_before=not_before,
        not_after=not_after,
    )


def check_presentation(token: SdJwt, demand: BindingDemand | None) -> KeyBinding | None:
    """RFC 9901 §7.3 for a token whose other parts `verify` has found to hold: it was presented by the holder, for this.

    Without ``demand`` the key binding there is, whatever it was made for; with one never None.

    Raises:
        SealError: ``seal.binding``, there is no key binding, or it was made for somebody or something else, or earlier.
        TessellaError: the key binding does not hold.
    """
    binding = None
    if token.key_binding:
        hash_name = hash_of(token.payload)
        binding = read_binding(token.key_binding, token.without_binding, token.processed.claims, hash_name)
    return binding if demand is None else check_binding(binding, demand)


def _offline(header: Mapping[str, Any], claims: Mapping[str, Any]) -> VerifyingKey:
    return issuer_key(header, claims).key


def _check_signature(
    token: SdJwt, resolve: Resolver, types: frozenset[str], found: _Findings
) -> VerifyingKey | None:
    """§7.1 steps 2.1 to 2.3. The first signature, which is the one that key binding covers (§8.1), must hold.

    Of further ones none may be broken; one whose key cannot be had does not count, and that is noted.
    """
    signature, *others = token.jws.signatures
    key: VerifyingKey | None = None
    try:
        _check_type(signature.header, types, found)
        key = _verified(token, signature, resolve)
    except _NoKeyError as stop:
        found.add(stop.error, Verdict.INDETERMINATE)
    except TessellaError as error:
        found.add(error)
    for number, other in enumerate(others, 2):
        try:
            _verified(token, other, resolve)
            found.notes.append(say("Signature %(number)s holds, too.", number=number))
        except _NoKeyError as stop:
            told = say(
                "Signature %(number)s does not count: %(reason)s", number=number, reason=stop.error.message
            )
            found.notes.append(told)
        except TessellaError as error:
            found.add(error)
    return key


class _NoKeyError(Exception):
    """No issuer's key could be had."""

    def __init__(self, error: TessellaError) -> None:
        super().__init__(str(error))
        self.error = error


def _verified(token: SdJwt, signature: _jws.JwsSignature, resolve: Resolver) -> VerifyingKey:
    """The key under which a signature holds."""
    name = _jws.check_header(signature.header)  # 2.1: before anybody is asked for a key
    try:
        key = resolve(_joined(signature), token.payload)  # 2.3
    except TessellaError as error:
        raise _NoKeyError(error) from error
    if isinstance(key, PublicKey):
        key = key.for_algorithm(name)
    _jws.verify_signature(token.jws, signature, key)  # 2.2
    return key


def _joined(signature: _jws.JwsSignature) -> Mapping[str, Any]:
    """The protected header, and a ``kid`` that stands beside it (as in the example of RFC 9901 §8.3)."""
    if "kid" not in signature.unprotected:
        return signature.header
    return {**signature.header, "kid": signature.unprotected["kid"]}


def _check_type(header: Mapping[str, Any], types: frozenset[str], found: _Findings) -> None:
    """RFC 9901 §9.11, SD-JWT VC §3.2.1."""
    name = _type_of(header)
    if name not in types:
        raise SealError(
            say("The token says it is something else than what is asked for."),
            code="seal.type",
            got=header.get("typ"),
            expected=" | ".join(sorted(types)),
            hint=say("Give a credential of the right kind."),
        )
    if name == _OLD_VC_TYPE:
        found.notes.append(say("The credential has the type that SD-JWT VC had until November 2024."))


def _type_of(header: Mapping[str, Any]) -> str:
    typ = header.get("typ")
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else ""


def _process(token: SdJwt, found: _Findings) -> Processed:
    try:
        processed = token.processed
        if _type_of(token.header) in READ_TYPES:
            _check_vc(processed)
        return processed
    except TessellaError as error:
        found.add(error)
        return _NOTHING


def _check_vc(processed: Processed) -> None:
    """SD-JWT VC §3.2.2: there is a type, and what controls validity was not withheld."""
    for path, steps, _ in processed.groups:
        if not NEVER_DISCLOSABLE.isdisjoint(path[:1] or steps):
            raise bad_disclosure(say("A claim that controls validity is selectively disclosed."), shown(path))
    if not isinstance(processed.claims.get("vct"), str) or not processed.claims["vct"]:
        raise SealError(
            say("The credential does not say of what type it is."),
            code="seal.claim",
            place="$.vct",
            hint=say("Ask the issuer for a credential with the claim “vct”."),
        )


def _time(claims: Mapping[str, Any], name: str, found: _Findings) -> dt.datetime | None:
    try:
        return instant_claim(claims, name)
    except SealError as error:
        found.add(error)
        return None


def _check_binding(
    token: SdJwt, processed: Processed, demand: BindingDemand | None, found: _Findings
) -> tuple[KeyBinding | None, Verdict]:
    """§7.3 steps 2 and 5. One that came unasked must hold too: a broken one shows that the presentation was changed."""
    binding = None
    try:
        if token.key_binding:
            hash_name = hash_of(token.payload)
            binding = read_binding(token.key_binding, token.without_binding, processed.claims, hash_name)
        if demand is not None:
            check_binding(binding, demand)
    except UnsupportedError as error:  # a key named in a way not known here: asked for, it stays open
        if demand is not None:
            found.add(error, Verdict.INDETERMINATE)
        return None, Verdict.INDETERMINATE
    except TessellaError as error:
        found.add(error)
        return binding, Verdict.FAILED
    if binding is None:
        return None, Verdict.NOT_APPLICABLE
    return binding, Verdict.INDETERMINATE if demand is None else Verdict.PASSED


def _chain(token: SdJwt) -> tuple[bytes, ...]:
    try:
        return certificate_chain(token.header)
    except TessellaError:
        return ()  # the signature step has said so
