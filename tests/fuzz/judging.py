"""What a verification makes of a mutant, and whether it may.

A mutant may be refused or left open. If it passes, what it says must be what was sealed: the same record, the same issuer,
dates and status, and statements that an independent JSON-LD processor finds equal.
"""

from __future__ import annotations

import enum
import json
import time
import traceback
from collections.abc import Mapping
from typing import Any

import msgspec
from pyld import jsonld

from tessella.canonical.claims import claims
from tessella.errors import TessellaError
from tessella.model import Award
from tessella.verdicts import Report, Verdict
from tessella.verification import Surroundings, open_credentials, verify
from tessella.verification.surroundings import known_contexts

__all__ = ["Baseline", "Judged", "Outcome", "baseline", "judge"]

_SEALS = ("proof",)
"""Members that are about the seal and not sealed themselves."""


class Outcome(enum.StrEnum):
    """What became of a mutant."""

    REFUSED = "refused"
    OPEN = "left open"
    SAME = "accepted: says the same"
    LESS = "accepted: says less"
    CHANGED = "ACCEPTED WITH CHANGES"
    CRASHED = "FOREIGN EXCEPTION"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome, how long it took, and what to look at when it is bad."""

    outcome: Outcome
    seconds: float
    detail: str = ""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What the good file says: per credential its JSON, its record and the facts of the report."""

    documents: tuple[dict[str, Any], ...]
    awards: tuple[bytes, ...]
    facts: tuple[dict[str, Any], ...]


def baseline(data: bytes, around: Surroundings) -> Baseline:
    """The good file's content.

    Raises:
        RuntimeError: it does not pass, so nothing could be learned from mutants of it.
    """
    report = verify(data, surroundings=around)
    if report.verdict is not Verdict.PASSED:
        wrong = [(one.id, one.verdict, one.explanation) for leaf in _leaves(report) for one in leaf.checks]
        raise RuntimeError(f"the good file is {report.verdict}: {wrong}")
    opened = open_credentials(data)
    return Baseline(
        documents=tuple(one.document for one in opened),
        awards=tuple(_award(one.award) for one in opened),
        facts=tuple(_facts(leaf) for leaf in _leaves(report)),
    )


def judge(data: bytes, good: Baseline | None, around: Surroundings) -> Judged:
    """Verify a mutant and hold it against what was sealed; without a baseline it must not pass at all."""
    start = time.perf_counter()
    try:
        report = verify(data, surroundings=around)
    except TessellaError as error:  # what is wrong with a file belongs into its report
        return Judged(outcome=Outcome.CRASHED, seconds=time.perf_counter() - start, detail=repr(error))
    except BaseException:
        took = time.perf_counter() - start
        return Judged(outcome=Outcome.CRASHED, seconds=took, detail=traceback.format_exc(limit=-6))
    took = time.perf_counter() - start
    try:
        report.as_json()
    except Exception:  # a report that cannot be written is as bad
        return Judged(outcome=Outcome.CRASHED, seconds=took, detail=traceback.format_exc(limit=-6))
    if report.verdict is Verdict.FAILED:
        return Judged(outcome=Outcome.REFUSED, seconds=took)
    if report.verdict is not Verdict.PASSED:
        return Judged(outcome=Outcome.OPEN, seconds=took)
    if good is None:
        return Judged(outcome=Outcome.CHANGED, seconds=took, detail="what was revoked passes")
    outcome, detail = _compare(data, report, good)
    return Judged(outcome=outcome, seconds=took, detail=detail)


def _compare(data: bytes, report: Report, good: Baseline) -> tuple[Outcome, str]:
    less = False
    for leaf in _leaves(report):
        if not any(_within(_facts(leaf), facts) for facts in good.facts):
            return Outcome.CHANGED, f"facts: {_facts(leaf)}"
    opened = open_credentials(data)
    for one in opened:
        document, award = one.document, _award(one.award)
        if any(_plain(document) == _plain(known) for known in good.documents):
            continue
        if any(_part_of(document, known) for known in good.documents) and not _is_data_integrity(document):
            less = True
            continue
        if award in good.awards and any(_same_statements(document, known) for known in good.documents):
            continue
        return Outcome.CHANGED, json.dumps(document, default=repr)[:2000]
    return (Outcome.LESS if less or len(opened) < len(good.documents) else Outcome.SAME), ""


def _leaves(report: Report) -> list[Report]:
    return [leaf for child in report.children for leaf in _leaves(child)] if report.children else [report]


def _facts(report: Report) -> dict[str, Any]:
    return {name: value for name, value in report.subject.items() if name not in ("sealed_as", "where")} | {
        "format": report.format
    }


def _within(facts: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return all(known.get(name) == value for name, value in facts.items())


def _award(award: Award | None) -> bytes:
    """The claims of the record in normal form: the order of what has none does not count."""
    return b"" if award is None else msgspec.json.encode(claims(award), order="sorted", enc_hook=repr)


def _plain(document: Mapping[str, Any]) -> str:
    """JSON that tells 1 from 1.0 and true."""
    bare = {name: value for name, value in document.items() if name not in _SEALS}
    return json.dumps(bare, sort_keys=True, default=repr)


def _is_data_integrity(document: Mapping[str, Any]) -> bool:
    return "proof" in document


_NEVER_WITHHELD = (
    "iss",
    "vct",
    "exp",
    "nbf",
    "status",
    "cnf",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
)


def _part_of(document: Any, known: Any, *, top: bool = True) -> bool:
    """Whether nothing is said that the good file does not say; at the top, validity and status stand as they stood."""
    if isinstance(document, Mapping) and isinstance(known, Mapping):
        if top and any(document.get(name) != known.get(name) for name in _NEVER_WITHHELD):
            return False
        return all(
            name in known and _part_of(value, known[name], top=False) for name, value in document.items()
        )
    if isinstance(document, list) and isinstance(known, list):
        return all(any(_part_of(one, other, top=False) for other in known) for one in document)
    return json.dumps(document, sort_keys=True, default=repr) == json.dumps(
        known, sort_keys=True, default=repr
    )


def _same_statements(document: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    """The same RDF, by an implementation that is not ours."""
    try:
        return _normalised(document) == _normalised(known)
    except Exception:  # what cannot be normalised is not the same
        return False


def _normalised(document: Mapping[str, Any]) -> str:
    bare = {name: value for name, value in document.items() if name not in _SEALS}
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": _load}
    return str(jsonld.normalize(bare, options))


def _load(url: str, options: Any) -> dict[str, Any]:
    document = known_contexts().document(url)
    return {"contextUrl": None, "documentUrl": url, "document": document}
