"""Verification: detect → unwrap → read → numbered checks → one report."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tessella.errors import AccessError, TessellaError
from tessella.text import pick, say
from tessella.verdicts import Check, Report, Verdict, combine
from tessella.verification._case import Case
from tessella.verification._links import followed
from tessella.verification._outcome import Outcome, explain
from tessella.verification._records import MAX_RECORD_DEPTH, embedded, too_deep
from tessella.verification._sealing import judge
from tessella.verification.catalogue import CHECKS, CheckKind
from tessella.verification.envelopes import Envelope, envelopes
from tessella.verification.opening import as_bytes
from tessella.verification.policy import DEFAULT, Policy
from tessella.verification.surroundings import Surroundings

__all__ = ["unreadable", "verify", "verify_many"]

_FORMAT = CHECKS[0]

_POLICIES = 64
"""Lists of checks kept: a verifier has one or two policies, for a handful of formats."""


def verify(
    data: bytes | str, *, name: str = "-", policy: Policy = DEFAULT, surroundings: Surroundings
) -> Report:
    """Verify the credentials in a file.

    Accepts a credential in any form that `tessella.containers` opens (JSON, JWS, PNG, SVG, PDF, ZIP, mails, presentations); links
    that stand in the place of one are followed once, where the network may be used.
    One credential gives its report. Several give a report with theirs as ``children``, the worst verdict, and per check
    the worst verdict of that check. A learner record gives its own report with those of the credentials in it as ``children``; it
    passes when they do. What cannot be read at all fails the check *format*; hostile input never raises.

    Pure: the same arguments give the same report; the network is used only through ``surroundings.fetcher``, and only
    if the policy allows it.

    Args:
        name: what the report calls the input.

    Raises:
        ConfigError: the surroundings or the policy are wrong (a trust anchor that is no certificate …).
    """
    around = surroundings if policy.fetch else surroundings.offline()
    try:
        found = list(followed(envelopes(as_bytes(data), around.content), around))
    except TessellaError as error:
        return unreadable(error, name, policy, around)
    if len(found) == 1:
        return _report(found[0], name, policy, around)
    children = tuple(
        _report(one, f"{name} > {one.where}" if one.where else name, policy, around) for one in found
    )
    return Report(
        input=name,
        format="collection",
        verdict=combine(child.verdict for child in children),
        checks=tuple(_together(children)),
        policy=policy.name,
        at=around.at,
        subject={"credentials": len(children)},
        children=children,
    )


def verify_many(
    inputs: Iterable[tuple[str, bytes | str]], *, policy: Policy = DEFAULT, surroundings: Surroundings
) -> Iterator[Report]:
    """The reports on many files, each made when it is asked for: memory does not grow with their number.

    ``inputs`` gives name and content; make it an iterator that reads file by file. What one file needs from the
    network serves the next ones too, through the cache of the surroundings.
    """
    for name, data in inputs:
        yield verify(data, name=name, policy=policy, surroundings=surroundings)


def _report(envelope: Envelope, name: str, policy: Policy, around: Surroundings, *, depth: int = 0) -> Report:
    """The report on one credential; those inside it have their own, and none is better than its worst part."""
    if envelope.problem is not None:
        return unreadable(envelope.problem, name, policy, around, envelope.notes)
    case = Case(envelope, policy, around)
    format = case.opened.format if policy.inform or policy.required_for else ""
    required = policy.required_on(format)
    own = case.mechanism.checks
    checks = tuple(
        [
            _check(kind, own.get(kind.id, kind.run)(case), kind.id in required)
            for kind in _kinds(required, policy.inform, *_answered_anyway(envelope))
        ]
    )
    children = (*_inside(case, name, policy, around, depth),)
    return Report(
        input=name,
        format=format,
        verdict=combine(
            [
                *[check.verdict for check in checks if check.required],
                *[child.verdict for child in children],
            ]
        ),
        checks=checks,
        policy=policy.name,
        at=around.at,
        subject=_subject(case) if policy.inform else {},
        children=children,
    )


@functools.lru_cache(maxsize=_POLICIES)
def _kinds(required: tuple[str, ...], inform: bool, *anyway: str) -> tuple[CheckKind, ...]:
    """The checks to run: those that the policy asks for, and those whose object is there. The page needs one in any case."""
    return tuple(
        kind for kind in CHECKS if kind.id in required or kind.id in anyway or (inform and kind.id != "page")
    )


def _answered_anyway(envelope: Envelope) -> tuple[str, ...]:
    """Who presents what was presented, and what the pages say around what lies in a PDF."""
    found = {"holder": envelope.presentation is not None, "page": envelope.carrier is not None}
    return tuple(id for id, there in found.items() if there)


def _inside(case: Case, name: str, policy: Policy, around: Surroundings, depth: int) -> Iterator[Report]:
    """The reports on the credentials in a learner record."""
    for one in embedded(case.envelope):
        place = f"{name} > {one.where}"
        if depth >= MAX_RECORD_DEPTH:
            yield unreadable(too_deep(), place, policy, around)
            return
        yield _report(one, place, policy, around, depth=depth + 1)


def _together(children: Sequence[Report]) -> Iterator[Check]:
    """Each check over several credentials: the worst verdict, with the explanation of the first that has it."""
    for kind in CHECKS:
        found = [(child, check) for child in children if (check := child.check(kind.id)) is not None]
        if not found:
            continue
        counting = [one.verdict for _, one in found if one.verdict is not Verdict.NOT_APPLICABLE]
        verdict = combine(counting) if counting else Verdict.NOT_APPLICABLE
        alike = [(child, one) for child, one in found if one.verdict is verdict]
        child, first = alike[0]
        told = say("%(count)s of %(total)s credentials.", count=len(alike), total=len(found))
        if verdict in (Verdict.FAILED, Verdict.INDETERMINATE):
            told += " " + say("%(where)s: %(what)s", where=child.input, what=first.explanation)
        yield msgspec.structs.replace(
            first,
            explanation=told,
            meaning="",
            required=any(one.required for _, one in found),
            evidence={},
            notes=(),
        )


def _check(kind: CheckKind, outcome: Outcome, required: bool) -> Check:
    verdict, explanation, evidence, notes, meaning, decides = outcome
    return Check(
        id=kind.id,
        verdict=verdict,
        explanation=explanation,
        title=say(kind.title),
        meaning=meaning or say(kind.meaning[verdict]),
        clause=kind.clause,
        required=required or decides,
        evidence=dict(evidence),
        notes=notes,
    )


def unreadable(
    error: TessellaError, name: str, policy: Policy, around: Surroundings, notes: tuple[str, ...] = ()
) -> Report:
    """The report on what cannot be read: the check *format* alone, which then decides under every policy."""
    missing = isinstance(error, AccessError)
    meaning = say("Nothing was read, so nothing is known of it.") if missing else ""
    outcome = Outcome(judge(error), explain(error), error.as_dict(), notes, meaning)
    return Report(
        input=name,
        format="",
        verdict=outcome.verdict,
        checks=(_check(_FORMAT, outcome, True),),
        policy=policy.name,
        at=around.at,
    )


def _subject(case: Case) -> dict[str, Any]:
    """The few facts that a reader needs first; the credential's own words, whatever its seal is worth."""
    languages = case.around.languages
    award = case.opened.award
    facts: dict[str, Any] = {
        "id": case.document.get("id"),
        "where": case.envelope.where,
        "sealed_as": case.envelope.mechanism,
        "issuer_id": case.issuer.id,
        "issuer": next(iter(case.issuer.names), ""),
    }
    facts |= case.opened.facts
    if award is not None:
        facts |= {
            "title": pick(award.micro_credential.title, languages),
            "holder": award.learner.display_name,
            "awarded_on": award.awarded_on,
            "issued_at": award.issued_at,
            "valid_until": award.valid_until,
        }
    plain = {key: value for key, value in facts.items() if value}
    return {key: msgspec.to_builtins(value) for key, value in plain.items()}
