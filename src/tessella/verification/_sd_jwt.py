"""SD-JWT VC: the token's seal, its issuer, and its Token Status List."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tessella.errors import SealError, TessellaError
from tessella.formats import attestation
from tessella.keys import ResolvedKey
from tessella.ports import VerifyingKey
from tessella.seals import jose, sd_jwt
from tessella.status import (
    StatusOutcome,
    interpret_token_status,
    read_token_status,
    status_unavailable,
)
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._identity import Issuer, key_status_of
from tessella.verification._outcome import Outcome, explain
from tessella.verification._presentation import custody, custody_words, holder_of
from tessella.verification._sealing import Sealing, Signature, accepted, judge
from tessella.verification.envelopes import Envelope
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["CHECKS_OF_TOKEN", "issuer_of_token", "sealing_of_token"]

MAX_TOKEN_LIST_BYTES = 10_000_000
"""A status list token: a million two-bit entries are 250 kB before compression and base64."""

_LIST_TYPE = "statuslist+jwt"


def sealing_of_token(envelope: Envelope, around: Surroundings, policy: Policy) -> Sealing:
    """The issuer's signature and every disclosure (RFC 9901 §7.1)."""
    token: sd_jwt.SdJwt = envelope.sealed
    found: list[ResolvedKey] = []

    def resolve(header: Mapping[str, Any], claims: Mapping[str, Any]) -> VerifyingKey:
        found.append(_issuer_key(header, claims, around))
        return found[-1].key

    result = sd_jwt.verify(token, resolve)
    error = result.problems[0] if result.problems else accepted(result.key, policy)
    verdict = result.verdict
    if verdict is Verdict.PASSED and error is not None:
        verdict = judge(error)
    signature = Signature(
        label=f"SD-JWT {token.header.get('alg')}",
        verdict=verdict,
        key=found[0] if result.key is not None else None,
        signed_at=result.issued_at,
        chain=result.chain,
        error=error,
        notes=(*result.notes, *_withheld(result)),
    )
    return Sealing(
        verdict=verdict, signatures=(signature,), not_before=result.not_before, not_after=result.not_after
    )


def _withheld(result: sd_jwt.SdJwtResult) -> tuple[str, ...]:
    if not result.withheld:
        return ()
    return (
        say(
            "The holder keeps some claims back, or there are decoys: %(count)s digests.",
            count=result.withheld,
        ),
    )


def _issuer_key(header: Mapping[str, Any], claims: Mapping[str, Any], around: Surroundings) -> ResolvedKey:
    """The issuer's key: an own one from the key rings, else as SD-JWT VC §3.5 says."""
    kid = header.get("kid")
    if isinstance(kid, str) and "x5c" not in header and around.key_record(kid) is not None:
        return around.resolve(kid)
    fetch = around.did_document if around.fetcher is not None else None
    return sd_jwt.issuer_key(
        header, claims, documents=around.documents, fetch=fetch, allow_local=around.allow_local
    )


def issuer_of_token(claims: Mapping[str, Any]) -> Issuer:
    """The issuer as the token states it: ``iss``, and the name that the attestation gives."""
    identifier = claims.get("iss")
    names: tuple[str, ...] = ()
    legal: tuple[str, ...] = ()
    try:
        if attestation.detect(claims):
            issuer = attestation.read(claims).issuer
            names, legal = tuple(issuer.name.values()), (issuer.legal_id,) if issuer.legal_id else ()
    except TessellaError:
        pass  # the check *format* says what cannot be read
    return Issuer(id=identifier if isinstance(identifier, str) else "", names=names, legal_ids=legal)


def _status(case: Case) -> Outcome:
    """Token Status List: the list is a sealed token of its own, by the same key or issuer."""
    try:
        place = read_token_status(case.document)
    except TessellaError as error:
        return Outcome(Verdict.FAILED, explain(error))
    if place is None:
        if "status" in case.document:
            told = say("The credential declares its status in a way that is not looked up here.")
            return Outcome(Verdict.INDETERMINATE, told)
        return Outcome(Verdict.NOT_APPLICABLE, say("The issuer declares no way to revoke this credential."))
    url, index = place
    try:
        fetched = case.around.fetch(url, max_bytes=MAX_TOKEN_LIST_BYTES, accept=f"application/{_LIST_TYPE}")
        claims = case.around.cache.derived(url, fetched, lambda: _list_claims(case, fetched.body))
        outcome = interpret_token_status(
            url,
            index,
            claims,
            at=case.around.at,
            fetched_at=fetched.fetched_at,
            max_age_s=case.policy.max_status_age_s,
        )
    except TessellaError as error:
        outcome = status_unavailable(url, error)
    return _told(outcome)


def _told(outcome: StatusOutcome) -> Outcome:
    check = outcome.check
    return Outcome(check.verdict, check.explanation, check.evidence, check.notes, check.meaning)


def _list_claims(case: Case, body: bytes) -> Mapping[str, Any]:
    """The claims of the list token, sealed by the issuer of the credential.

    Raises:
        SealError: the seal does not hold or is another's.
    """
    own = case.signature.key if case.signature else None

    def resolve(header: Mapping[str, Any], claims: Mapping[str, Any]) -> VerifyingKey:
        key = _issuer_key(header, {"iss": _keeper(header, case), **claims}, case.around)
        if (
            key_status_of(Signature(label="", verdict=Verdict.PASSED, key=key), case.around).verdict
            is Verdict.FAILED
        ):
            raise SealError(
                say("The status list was sealed with a key that was withdrawn."), code="seal.status-list"
            )
        same = own is not None and (
            own.key == key.key or (own.controller and own.controller == key.controller)
        )
        if not same:
            raise SealError(
                say("The status list was not sealed by the issuer of the credential."),
                code="seal.status-list",
                hint=say("Ask the issuer for the status."),
            )
        return key.key.for_algorithm(str(header.get("alg")))

    token = jose.open_token(body.strip(), resolve, typ=_LIST_TYPE)
    return token.claims


def _keeper(header: Mapping[str, Any], case: Case) -> str:
    """Who keeps a list that does not say so (``iss`` is no claim of Token Status List §5.1): the key's DID, else the issuer."""
    kid = header.get("kid")
    return kid.partition("#")[0] if isinstance(kid, str) and kid.startswith("did:") else case.issuer.id


def _holder(case: Case) -> Outcome:
    """RFC 9901 §7.3: the Key Binding JWT shows that who presents it holds its key, for who asked and for what was asked."""
    token, around = case.envelope.sealed, case.around
    if case.envelope.presentation is not None:
        outcome = holder_of(case, case.envelope.presentation)
        if outcome.decides or not (token.key_binding or "cnf" in case.document):
            return outcome
    if not around.asks_holder:
        return _unasked(case)
    if not around.challenge or not around.audience:
        told = say(
            "Whether it was presented for you can be told only with both the challenge and the audience."
        )
        return Outcome(Verdict.INDETERMINATE, told)
    demand = sd_jwt.BindingDemand(audience=around.audience, nonce=around.challenge, at=around.at)
    try:
        binding = sd_jwt.check_presentation(token, demand)
    except TessellaError as error:
        meaning = say("Nobody showed for you that it is theirs. Ask for a new presentation.")
        return Outcome(judge(error), explain(error), {"code": error.code}, meaning=meaning)
    told = say("It was presented for you, with the key that it was issued to.")
    evidence = {"presented_at": _time(binding), **custody(binding.custodian if binding else "")}
    return Outcome(Verdict.PASSED, _with_custody(told, evidence), evidence)


def _unasked(case: Case) -> Outcome:
    """Nobody asked for a presentation: what there is to say about the holder all the same."""
    try:
        binding = sd_jwt.check_presentation(case.envelope.sealed, None)
    except TessellaError as error:
        return Outcome(judge(error), explain(error), {"code": error.code})
    if binding is None:
        told = (
            say(
                "It is bound to a key of its holder, which a file alone does not show. Ask for a presentation."
            )
            if "cnf" in case.document
            else say("The credential is bound to no key: whoever has the file can present it.")
        )
        return Outcome(Verdict.NOT_APPLICABLE, told)
    told = say(
        "It was presented with the holder's key at %(time)s, for “%(audience)s”. Whether you are meant is told by giving "
        "the challenge and the audience.",
        time=_time(binding),
        audience=binding.audience[:200],
    )
    evidence = {"audience": binding.audience, "challenge": binding.nonce, **custody(binding.custodian)}
    return Outcome(Verdict.INDETERMINATE, _with_custody(told, evidence), evidence)


def _with_custody(told: str, evidence: Mapping[str, Any]) -> str:
    """The same, and who made it where that was not the holder's own device."""
    who = evidence.get("custodian")
    return f"{told} {custody_words(who)}" if who else told


def _time(binding: sd_jwt.KeyBinding | None) -> str:
    return "" if binding is None else binding.issued_at.isoformat().replace("+00:00", "Z")


CHECKS_OF_TOKEN: Mapping[str, Callable[[Case], Outcome]] = {"status": _status, "holder": _holder}
"""The checks that look at other things in an SD-JWT, by their id."""
