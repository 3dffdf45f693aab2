"""Who sealed it: is the key the issuer's, was it in good standing, and which time is proven?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tessella.errors import KeyMaterialError
from tessella.keys import (
    Binding,
    KeyRecord,
    ResolvedKey,
    certificate_facts,
    key_verdict,
    published_key_verdict,
)
from tessella.seals import jades
from tessella.seals.jades import TimestampResult
from tessella.text import say
from tessella.trust import ServiceKind, TrustResult, compare_issuer, evaluate_chain
from tessella.verdicts import Verdict
from tessella.verification._outcome import Outcome, explain
from tessella.verification._sealing import Signature
from tessella.verification.policy import Policy
from tessella.verification.surroundings import Surroundings

__all__ = [
    "Issuer",
    "binding_of",
    "counting_stamps",
    "issuer_of",
    "key_status_of",
    "stamp_trust",
    "trust_in",
    "trusted_time",
]

TEST_MARK = "(TEST)"
"""How the name of an issuer ends whose identity nobody has established yet: what it issues never passes."""

_PROVING_STAMPS = ("sigTst", "arcTst")
"""Time stamps over the signature: they show that the seal existed, not only its content."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer in the credential's own words: identifier, names in all languages, eIDAS legal identifiers."""

    id: str = ""
    names: tuple[str, ...] = ()
    legal_ids: tuple[str, ...] = ()


def issuer_of(document: Mapping[str, Any]) -> Issuer:
    """The issuer as the credential states it (VCDM 2.0 §4.7; ELM ``legalName``, ``eIDASIdentifier``)."""
    issuer = document.get("issuer")
    if not isinstance(issuer, Mapping):
        return Issuer(id=issuer if isinstance(issuer, str) else "")
    names = (issuer.get(name) for name in ("legalName", "name", "altLabel", "prefLabel"))
    legal = issuer.get("eIDASIdentifier")
    identifier = issuer.get("id")
    return Issuer(
        id=identifier if isinstance(identifier, str) else "",
        names=tuple(dict.fromkeys(text for value in names for text in _texts(value))),
        legal_ids=tuple(
            entry["notation"]
            for entry in (legal if isinstance(legal, list) else [legal])
            if isinstance(entry, Mapping) and isinstance(entry.get("notation"), str)
        ),
    )


def _texts(value: Any) -> Iterator[str]:
    """The strings in a text, a language map or a list of either."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(one)


def binding_of(signature: Signature, issuer: Issuer, policy: Policy) -> Outcome:
    """Whether the key of this signature is the issuer's (VCDM 2.0 §4.7; certificates: EN 319 412-1 §5.1.4)."""
    key = signature.key
    if key is None:
        return Outcome(Verdict.INDETERMINATE, say("The key behind the seal is not known."))
    evidence = {
        "issuer": issuer.id,
        "controller": key.controller,
        "how": str(key.binding),
        "key": key.verification_method,
    }
    if key.binding is Binding.X509:
        return _certificate_binding(signature, issuer, evidence)
    if key.binding is Binding.KEY_ONLY:
        told = say("Nothing ties the key to the issuer: it came with the file itself.")
        return Outcome(policy.key_only, told, evidence, key.notes)
    if key.controller == issuer.id:
        return _same(key, issuer, evidence)
    shown = {"issuer": issuer.id or say("nobody"), "controller": key.controller}
    if issuer.id.startswith("did:"):
        told = say(
            "The credential names the issuer %(issuer)s, but the key that sealed it belongs to %(controller)s.",
            **shown,
        )
        return Outcome(Verdict.FAILED, told, evidence, key.notes)
    told = say(
        "The key belongs to %(controller)s; nothing ties it to the issuer that the credential names, "
        "%(issuer)s.",
        **shown,
    )
    return Outcome(policy.key_only, told, evidence, key.notes)


def _same(key: ResolvedKey, issuer: Issuer, evidence: Mapping[str, str]) -> Outcome:
    tests = [name for name in issuer.names if name.rstrip().endswith(TEST_MARK)]
    if tests:
        told = say("By its own words this is a test: %(name)s.", name=tests[0])
        return Outcome(Verdict.INDETERMINATE, told, evidence, key.notes)
    told = (
        say("The issuer is named by the key itself: %(issuer)s.", issuer=key.controller)
        if key.binding is Binding.DID_KEY
        else say("The issuer %(issuer)s publishes this key as its own.", issuer=key.controller)
    )
    return Outcome(Verdict.PASSED, told, evidence, key.notes)


def _certificate_binding(signature: Signature, issuer: Issuer, evidence: Mapping[str, str]) -> Outcome:
    try:
        facts = certificate_facts(signature.chain[0])
    except KeyMaterialError as error:
        return Outcome(Verdict.INDETERMINATE, explain(error), evidence)
    verdict, told = compare_issuer(facts, issuer.names, issuer.legal_ids)
    found = {
        "organization": facts.organization,
        "organization_identifier": facts.organization_identifier,
        "legal_ids": list(issuer.legal_ids),
    }
    return Outcome(verdict, told, {**evidence, **found})


def key_status_of(signature: Signature, around: Surroundings) -> Outcome:
    """Whether the key was in good standing when it signed (CID 1.0 §2.2.1; own keys by their records)."""
    key = signature.key
    if key is None:
        return Outcome(Verdict.INDETERMINATE, say("The key behind the seal is not known."))
    record = _record(key, around)
    if record is not None:
        check = key_verdict(record, signature.signed_at, trusted_time(signature, around))
    elif key.binding is Binding.DID_WEB:
        check = published_key_verdict(key, signature.signed_at, trusted_time(signature, around))
    elif key.binding is Binding.X509:
        told = say("Whether the certificate was withdrawn is part of the check “trust”.")
        return Outcome(Verdict.NOT_APPLICABLE, told)
    else:
        told = say("This key stands alone: there is no place where its withdrawal could be published.")
        return Outcome(Verdict.NOT_APPLICABLE, told)
    return Outcome(check.verdict, check.explanation, check.evidence, check.notes)


def _record(key: ResolvedKey, around: Surroundings) -> KeyRecord | None:
    """What an own key ring knows of this key: by its name, else by the key itself (it may come in a certificate)."""
    if not around.key_rings:
        return None
    if (found := around.key_record(key.verification_method)) is not None:
        return found[1]
    multikey = key.key.to_multikey()
    records = (record for ring in around.key_rings for record in ring.keys)
    return next((record for record in records if record.public_key_multibase == multikey), None)


def trusted_time(signature: Signature, around: Surroundings) -> dt.datetime | None:
    """The earliest time (UTC) at which a sound stamp of a trusted authority saw the signature; None without.

    A stamp whose authority's certificate has expired, or whose algorithm has aged, still counts when another one that
    counts covered it before (ETSI EN 319 102-1 §5.6.2.3). A stamp of after the end of the sealer's certificate does not
    show that it was used in time, so it shows nothing.
    """
    times = [stamp.time for stamp in counting_stamps(signature, around) if stamp.kind in _PROVING_STAMPS]
    proven = min((time for time in times if time is not None), default=None)
    return None if proven is not None and _expired(signature, proven) else proven


def _expired(signature: Signature, at: dt.datetime) -> bool:
    """Whether the sealer's certificate had expired at ``at``; no when there is none to read."""
    try:
        return bool(signature.chain) and certificate_facts(signature.chain[0]).not_after < at
    except KeyMaterialError:
        return False


def trust_in(signature: Signature, around: Surroundings, proven: dt.datetime | None) -> TrustResult | None:
    """Where the certificates of a signature lead; None when it has none. ``proven`` is its `trusted_time`."""
    if not signature.chain:
        return None
    return evaluate_chain(
        signature.chain,
        around.anchors,
        at=proven or signature.signed_at or around.at,
        now=around.at,
        at_proven=proven is not None,
        crls=(*signature.crls, *around.crls),
        ocsps=(*signature.ocsps, *around.ocsps),
        trusted_lists=around.trusted_lists,
    )


def counting_stamps(signature: Signature, around: Surroundings) -> tuple[TimestampResult, ...]:
    """The sound stamps of trusted authorities that prove something today."""

    def is_trusted(stamp: TimestampResult, until: dt.datetime) -> bool:
        trust = stamp_trust(stamp, around, until=until, beside=signature)
        return trust is not None and trust.verdict is Verdict.PASSED

    return jades.holding(signature.stamps, at=around.at, trusted=is_trusted)


def stamp_trust(
    stamp: TimestampResult,
    around: Surroundings,
    *,
    until: dt.datetime | None = None,
    beside: Signature | None = None,
) -> TrustResult | None:
    """Where the certificates of a time stamp lead; None when nobody was named that could be trusted.

    ``until`` is when it had to hold by itself (today, or when another stamp covered it), ``beside`` the signature whose
    revocation data speaks about the authority too.
    """
    if stamp.time is None or not (around.anchors or around.trusted_lists):
        return None
    return evaluate_chain(
        stamp.certificates,
        around.anchors,
        at=stamp.time,
        now=until or around.at,
        crls=(*(beside.crls if beside else ()), *around.crls),
        ocsps=(*(beside.ocsps if beside else ()), *around.ocsps),
        trusted_lists=around.trusted_lists,
        kind=ServiceKind.TIMESTAMPS,
        lists_at=around.at,
    )
