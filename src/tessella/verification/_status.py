"""Was it revoked or suspended? (check *status*)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.errors import DecodeError, SealError, TessellaError
from tessella.keys import Binding
from tessella.status import (
    State,
    StatusOutcome,
    interpret_revocation_list,
    interpret_status,
    read_status_entry,
    status_entries,
    status_unavailable,
)
from tessella.text import say
from tessella.verdicts import Verdict, combine
from tessella.verification._case import Case
from tessella.verification._identity import binding_of, key_status_of
from tessella.verification._outcome import Outcome, explain
from tessella.verification.envelopes import Envelope, envelopes

__all__ = ["check_status"]

MAX_LIST_DOCUMENT_BYTES = 10_000_000
"""A sealed status list: a million entries take 125 kB of bits, in base64 and a JWT a quarter more."""

MAX_ENTRIES = 16
"""Status entries of one credential that are looked up; one has revocation, suspension, perhaps a refresh."""

_ACCEPT = "application/vc+jwt, application/vc, application/ld+json, application/json, application/jwt"
_UNSEALED = "1EdTechRevocationList"


def check_status(case: Case) -> Outcome:
    """Bitstring Status List 1.0 §3.2; StatusList2021; 1EdTech Revocation List."""
    try:
        entries = status_entries(case.document)
    except TessellaError as error:
        return Outcome(Verdict.FAILED, explain(error))
    if not entries:
        told = say("The issuer declares no way to revoke this credential.")
        return Outcome(Verdict.NOT_APPLICABLE, told)
    if len(entries) > MAX_ENTRIES:
        told = say("The credential declares more than %(limit)s statuses.", limit=MAX_ENTRIES)
        return Outcome(Verdict.FAILED, told)
    outcomes = [_entry(case, entry) for entry in entries]
    checks = [one.check for one in outcomes]
    verdict = combine(check.verdict for check in checks)
    deciding = [check for check in checks if check.verdict is verdict]
    if verdict is Verdict.FAILED:  # a suspension of what was revoked is not going to be lifted
        deciding = [one.check for one in outcomes if one.state is State.REVOKED] or deciding
    return Outcome(
        verdict,
        " ".join(dict.fromkeys(check.explanation for check in deciding)),
        {"entries": [dict(check.evidence) for check in checks]},
        tuple(note for check in checks for note in check.notes),
        " ".join(dict.fromkeys(check.meaning for check in deciding if check.meaning)),
    )


def _entry(case: Case, entry: Mapping[str, Any]) -> StatusOutcome:
    types = entry.get("type")
    if _UNSEALED in (types if isinstance(types, list) else [types]):
        return _revocation_list(case, entry)
    try:
        url = read_status_entry(entry).url
    except TessellaError:
        return interpret_status(entry, {}, at=case.around.at)  # says what is wrong with the entry
    try:
        fetched = case.around.fetch(url, max_bytes=MAX_LIST_DOCUMENT_BYTES, accept=_ACCEPT)
        published = case.around.cache.derived(
            url, fetched, lambda: Case(_list_in(fetched.body), case.policy, case.around)
        )
        notes = _check_authority(case, published)
    except TessellaError as error:
        return _unavailable(url, error)
    outcome = interpret_status(
        entry,
        published.document,
        at=case.around.at,
        fetched_at=fetched.fetched_at,
        max_age_s=case.policy.max_status_age_s,
    )
    check = msgspec.structs.replace(outcome.check, notes=(*outcome.check.notes, *notes))
    return msgspec.structs.replace(outcome, check=check)


def _list_in(body: bytes) -> Envelope:
    """The one credential in what was fetched."""
    found = list(envelopes(body.strip()))
    if len(found) != 1 or found[0].problem is not None:
        raise DecodeError(say("What was found there is no status list."), code="input.decode.status-list")
    return found[0]


def _check_authority(case: Case, published: Case) -> tuple[str, ...]:
    """The list's seal holds, by a key in good standing of whoever issued the credential; notes on what was tolerated.

    An issuer that is known by its certificate has no identifier that a list could repeat. Then the list that the
    sealed credential names is accepted from whoever sealed it, with a note.

    Raises:
        SealError: the seal does not hold, is not the issuer's, or that cannot be told.
    """
    signature = published.signature
    if signature is None or signature.key is None:
        errors = [published.sealing.error, *(one.error for one in published.sealing.signatures)]
        error = next((one for one in errors if one is not None), None)
        raise SealError(
            say("The status list's own seal could not be confirmed."),
            code="seal.status-list",
            got=error.code if error else None,
            hint=error.message if error else "",
        )
    if key_status_of(signature, published.around).verdict is Verdict.FAILED:
        raise SealError(
            say("The status list was sealed with a key that was withdrawn."), code="seal.status-list"
        )
    own = case.signature.key if case.signature else None
    if own is not None and own.key == signature.key.key:
        return ()
    bound = binding_of(signature, published.issuer, published.policy).verdict is Verdict.PASSED
    if bound and published.issuer.id == case.issuer.id:
        return ()
    if bound and own is not None and own.binding is Binding.X509:
        return (
            say(
                "The status list is kept by %(keeper)s, whom the credential names.",
                keeper=published.issuer.id,
            ),
        )
    raise SealError(
        say("The status list was not sealed by the issuer of the credential."),
        code="seal.status-list",
        got=published.issuer.id,
        expected=case.issuer.id,
        hint=say("Ask the issuer for the status."),
    )


def _revocation_list(case: Case, entry: Mapping[str, Any]) -> StatusOutcome:
    """The list of 1EdTech is not sealed: what vouches for it is its HTTPS address in the sealed credential."""
    url = str(entry.get("id", ""))
    try:
        fetched = case.around.fetch(url, max_bytes=MAX_LIST_DOCUMENT_BYTES, accept="application/json")
        document = case.around.cache.derived(url, fetched, lambda: loads(fetched.body))
        if not isinstance(document, dict):
            raise DecodeError(
                say("What was found there is no revocation list."), code="input.decode.status-list"
            )
    except TessellaError as error:
        return _unavailable(url, error)
    identifier = case.document.get("id")
    return interpret_revocation_list(identifier if isinstance(identifier, str) else "", document)


def _unavailable(url: str, error: TessellaError) -> StatusOutcome:
    """The list could not be used: what is missing, and the remedy."""
    outcome = status_unavailable(url, error)
    if not error.hint:
        return outcome
    told = f"{outcome.check.explanation} {error.hint}"
    return msgspec.structs.replace(outcome, check=msgspec.structs.replace(outcome.check, explanation=told))
