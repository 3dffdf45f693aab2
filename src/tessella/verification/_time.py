"""When it holds: dates and time stamps (checks *validity* and *timestamp*)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tessella.seals.jades import TimestampResult
from tessella.text import say
from tessella.verdicts import Verdict, combine
from tessella.verification._case import Case
from tessella.verification._identity import counting_stamps, stamp_trust
from tessella.verification._outcome import Outcome
from tessella.verification._sealing import Signature

__all__ = ["CLOCK_TOLERANCE", "check_timestamp", "check_validity"]

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
"""Clocks of two machines may differ by this much; the usual allowance for signed messages."""

_STARTS = ("validFrom", "issuanceDate", "issued", "issuedOn")
_ENDS = ("validUntil", "expirationDate", "expires")
"""Dates by their names in VCDM 2.0, VCDM 1.1, ELM and Open Badges 2.0; all that are there count."""

_ISSUED = ("issued", "issuanceDate")


def check_validity(case: Case) -> Outcome:
    """VCDM 2.0 §4.9 (validity period); ELM ``issued``; RFC 7519 ``nbf`` and ``exp``."""
    at, notes = case.around.at, []
    dates: dict[str, dt.datetime] = {}
    for name in dict.fromkeys((*_STARTS, *_ENDS)):
        if name in case.document:
            moment, note = _instant(case.document[name], name)
            if moment is None:
                told = say("The date “%(name)s” cannot be read, so the validity is not known.", name=name)
                return Outcome(Verdict.INDETERMINATE, told, {name: str(case.document[name])[:60]})
            dates[name] = moment
            notes += note
    limits = {"nbf": case.sealing.not_before, "exp": case.sealing.not_after}
    dates |= {name: moment for name, moment in limits.items() if moment is not None}
    evidence = {name: _text(moment) for name, moment in dates.items()} | {"at": _text(at)}
    start = max((dates[name] for name in (*_STARTS, "nbf") if name in dates), default=None)
    end = min((dates[name] for name in (*_ENDS, "exp") if name in dates), default=None)
    outcome = _period(at, start, end)
    return Outcome(*(_sealed_at(case, dates, notes) or outcome)[:2], evidence, tuple(notes))


def _period(at: dt.datetime, start: dt.datetime | None, end: dt.datetime | None) -> Outcome:
    if end is not None and at > end:
        return Outcome(Verdict.FAILED, say("It expired on %(day)s.", day=_day(end)))
    if start is not None and at < start - CLOCK_TOLERANCE:
        return Outcome(Verdict.FAILED, say("It is valid only from %(day)s on.", day=_day(start)))
    if start is None and end is None:
        return Outcome(Verdict.NOT_APPLICABLE, say("The credential states no dates of validity."))
    if end is None:
        told = say("It has been valid since %(day)s and states no end.", day=_day(start or at))
    elif start is None:
        told = say("It is valid until %(day)s.", day=_day(end))
    else:
        told = say("It is valid from %(start)s until %(end)s.", start=_day(start), end=_day(end))
    return Outcome(Verdict.PASSED, told)


def _sealed_at(case: Case, dates: Mapping[str, dt.datetime], notes: list[str]) -> Outcome | None:
    """The time of sealing against the dates: a contradiction fails, an oddity of real badges is noted."""
    signature = case.signature
    sealed = signature.signed_at if signature else None
    if sealed is None:
        return None
    if sealed > case.around.at + CLOCK_TOLERANCE:
        return Outcome(
            Verdict.FAILED,
            say("The seal says it was made on %(day)s, which is still to come.", day=_day(sealed)),
        )
    start = dates.get("validFrom", dates.get("issuanceDate"))
    if "issued" in dates and dates["issued"] > sealed + CLOCK_TOLERANCE:
        return Outcome(
            Verdict.FAILED,
            say(
                "It says it was issued on %(issued)s, after it was sealed on %(sealed)s.",
                issued=_day(dates["issued"]),
                sealed=_day(sealed),
            ),
        )
    if start is not None and sealed < start - CLOCK_TOLERANCE:
        notes.append(
            say(
                "The seal says it was made on %(sealed)s, before the start of validity on %(start)s.",
                sealed=_day(sealed),
                start=_day(start),
            )
        )
    return None


def check_timestamp(case: Case) -> Outcome:
    """RFC 3161; ETSI TS 119 182-1 §5.2.6 (adoTst), §5.3.4 (sigTst), §5.3.6 (arcTst)."""
    stamps = [stamp for signature in case.sealing.signatures for stamp in signature.stamps]
    if not stamps:
        return Outcome(Verdict.NOT_APPLICABLE, say("The file carries no time stamp."))
    verdict = combine(stamp.verdict for stamp in stamps)
    evidence: dict[str, Any] = {
        "timestamps": [
            {
                "kind": stamp.kind,
                "verdict": str(stamp.verdict),
                "time": _text(stamp.time) if stamp.time else "",
                "authority": stamp.authority,
                "ends": _text(stamp.ends) if stamp.ends else "",
                **_listed(stamp, case),
            }
            for stamp in stamps
        ]
    }
    problems = [problem.message for stamp in stamps for problem in stamp.problems]
    if verdict is not Verdict.PASSED:
        return Outcome(verdict, " ".join(dict.fromkeys(problems)), evidence)
    first = min(stamps, key=lambda stamp: stamp.time or case.around.at)
    told = say(
        "A time stamp by %(authority)s of %(time)s is about exactly this content.",
        authority=first.authority or say("an unnamed authority"),
        time=_text(first.time) if first.time else "?",
    )
    signature = case.signature
    if signature is None or case.proven is None:
        note = _why_unproven(signature, case)
        return Outcome(verdict, told, evidence, (note, *_told_by_lists(stamps, case)))
    return Outcome(verdict, told, evidence, _told_by_lists(stamps, case))


def _why_unproven(signature: Signature | None, case: Case) -> str:
    """Why sound time stamps prove nothing today: they ended uncovered, came too late, or nobody vouches for them."""
    counting = () if signature is None else counting_stamps(signature, case.around)
    if counting:
        return say("The time stamps came after the sealer's certificate had expired.")
    ended = [] if signature is None else [one for one in signature.stamps if _ended(one, case.around.at)]
    if ended:
        last = max(ended, key=lambda one: one.position)
        return say(
            "It ended on %(day)s (%(cause)s), and no other time stamp covered it before: it was not renewed in time.",
            day=_day(last.ends or case.around.at),
            cause=say("its certificate expired") if last.ends_by == "certificate" else last.ends_by,
        )
    return say("Whether the time-stamping authority can be trusted was not established.")


def _ended(stamp: TimestampResult, at: dt.datetime) -> bool:
    return stamp.ends is not None and stamp.ends <= at


def _listed(stamp: TimestampResult, case: Case) -> dict[str, Any]:
    """What the trusted lists say about the authority of a time stamp, as evidence; nothing without lists."""
    if case.around.trusted_lists is None:
        return {}
    trust = stamp_trust(stamp, case.around)
    return {} if trust is None or trust.listing is None else {"qualified": trust.listing.evidence()}


def _told_by_lists(stamps: Sequence[TimestampResult], case: Case) -> tuple[str, ...]:
    if case.around.trusted_lists is None:
        return ()
    found = (stamp_trust(stamp, case.around) for stamp in stamps)
    listings = (trust.listing for trust in found if trust is not None)
    return tuple(dict.fromkeys(one.explanation for one in listings if one is not None))


def _instant(value: Any, name: str) -> tuple[dt.datetime | None, list[str]]:
    """An XML Schema dateTime in UTC, with a note when its zone is missing; None when it is none."""
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        return None, []
    if moment.tzinfo is None:
        note = say("The date “%(name)s” has no time zone and was taken as UTC.", name=name)
        return moment.replace(tzinfo=dt.UTC), [note]
    return moment.astimezone(dt.UTC), []


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _day(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).date().isoformat()
