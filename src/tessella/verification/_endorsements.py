"""Endorsements in a badge: each is a credential of somebody else, and verified as such (Open Badges 3.0, "Verification")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tessella.containers import Kind, detect
from tessella.errors import TessellaError
from tessella.text import say
from tessella.verdicts import Finding, Severity, Verdict, combine
from tessella.verification._case import Case
from tessella.verification._checks import check_binding, check_key_status, check_seal
from tessella.verification._outcome import explain
from tessella.verification._status import check_status
from tessella.verification._time import check_validity
from tessella.verification.envelopes import Envelope, opened_as

__all__ = ["endorsements"]

MAX_ENDORSEMENTS = 20
"""Looked at in one badge; real ones have one or two, and each may need a key from the network."""

_CHECKS = (check_seal, check_binding, check_key_status, check_validity, check_status)


def endorsements(case: Case) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Notes on the endorsements that hold or stay open, and doubts about those that do not hold. Never raises."""
    notes: list[str] = []
    doubts: list[Finding] = []
    found = list(_stated(case.document)) if case.opened.format == "openbadges3" else []
    for place, value in found[:MAX_ENDORSEMENTS]:
        verdict, told = _judged(case, place, value)
        if verdict is Verdict.FAILED:
            doubts.append(_doubt(told, place))
        else:
            notes.append(told)
    if len(found) > MAX_ENDORSEMENTS:
        told = say("More than %(limit)s endorsements: the others were not looked at.", limit=MAX_ENDORSEMENTS)
        notes.append(told)
    return tuple(notes), tuple(doubts)


def _stated(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The endorsements of the badge, its issuer, its achievement and whoever made that."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    creator = achievement.get("creator") if isinstance(achievement, Mapping) else None
    at = "$.credentialSubject.achievement"
    parts = (
        ("$", document),
        ("$.issuer", document.get("issuer")),
        (at, achievement),
        (f"{at}.creator", creator),
    )
    for place, part in parts:
        if not isinstance(part, Mapping):
            continue
        for name in ("endorsement", "endorsementJwt"):
            values = part.get(name, [])
            for number, value in enumerate(values if isinstance(values, list) else [values]):
                yield f"{place}.{name}[{number}]", value


def _judged(case: Case, place: str, value: Any) -> tuple[Verdict, str]:
    try:
        inner = Case(_envelope(value, place), case.policy, case.around)
        outcomes = [check(inner) for check in _CHECKS]
    except (TessellaError, UnicodeEncodeError) as error:
        reason = explain(error) if isinstance(error, TessellaError) else ""
        return Verdict.FAILED, say(
            "The endorsement at %(place)s cannot be read. %(reason)s", place=place, reason=reason
        )
    verdict = combine(one.verdict for one in outcomes)
    shown = {"place": place, "issuer": next(iter(inner.issuer.names), inner.issuer.id)}
    reason = next((one.explanation for one in outcomes if one.verdict is verdict), "")
    if verdict is Verdict.PASSED:
        return verdict, say(
            "It is endorsed by %(issuer)s (%(place)s); the endorsement was verified.", **shown
        )
    if verdict is Verdict.FAILED:
        told = say(
            "The endorsement by %(issuer)s (%(place)s) does not hold: %(reason)s", **shown, reason=reason
        )
        return verdict, told
    return verdict, say(
        "It names an endorsement by %(issuer)s (%(place)s), which could not be verified: %(reason)s",
        **shown,
        reason=reason,
    )


def _envelope(value: Any, place: str) -> Envelope:
    if isinstance(value, str):
        data = value.strip().encode()
        return opened_as(detect(data), data, where=place)
    return opened_as(Kind.JSON, value if isinstance(value, dict) else {}, where=place)


def _doubt(message: str, place: str) -> Finding:
    return Finding(
        rule="openbadges3.endorsement",
        severity=Severity.WARNING,
        element="endorsement",
        message=message,
        place=place,
    )
