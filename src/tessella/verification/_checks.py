"""The checks about the file, its seal and the person (numbers 1 to 4 and 12)."""

from __future__ import annotations

from tessella.text import say
from tessella.verdicts import Severity, Verdict
from tessella.verification._case import Case
from tessella.verification._identity import binding_of, key_status_of
from tessella.verification._mandates import mandate_notes
from tessella.verification._names import renamed_members
from tessella.verification._outcome import Outcome, explain
from tessella.verification._pades import with_carrier
from tessella.verification._presentation import holder_of
from tessella.verification._types import check_type

__all__ = ["check_binding", "check_format", "check_holder", "check_key_status", "check_seal"]

SHOWN_FINDINGS = 50
"""Findings listed in the evidence of one check: enough to repair a file with, and a bound for hostile ones."""


def check_format(case: Case) -> Outcome:
    """Is it what it says it is, by the rules of its format?"""
    opened = case.opened
    notes = opened.notes
    if opened.problem is not None:
        evidence = {"code": opened.problem.code, "format": opened.format}
        return Outcome(opened.problem_verdict, explain(opened.problem), evidence, notes)
    errors = [one for one in opened.findings if one.severity is Severity.ERROR]
    notes = (*notes, *(one.message for one in opened.findings if one.severity is not Severity.ERROR))
    if errors:
        told = say(
            "The file breaks the rules of %(format)s (%(count)s times); the first, at %(place)s: %(message)s",
            count=len(errors),
            format=say(opened.title),
            place=errors[0].place or errors[0].element,
            message=errors[0].message,
        )
        listed = [
            {"place": one.place, "element": one.element, "message": one.message}
            for one in errors[:SHOWN_FINDINGS]
        ]
        return Outcome(Verdict.FAILED, told, {"format": opened.format, "findings": listed}, notes)
    if case.envelope.mechanism == "data-integrity" and (renamed := next(renamed_members(case.document), "")):
        told = say(
            "The file states “%(name)s”, a term of the standards, under another name: readers will overlook it.",
            name=renamed,
        )
        return Outcome(Verdict.FAILED, told, {"format": opened.format, "renamed": renamed}, notes)
    told = say("This is %(format)s and keeps the rules of that format.", format=say(opened.title))
    outcome = Outcome(Verdict.PASSED, told, {"format": opened.format}, notes)
    return check_type(case, outcome) if case.envelope.mechanism == "sd-jwt" else outcome


def check_seal(case: Case) -> Outcome:
    """Is the content intact since somebody sealed it, and the PDF that it lies in? VC Data Integrity 1.0 §4.4; RFC 7515 §5.2."""
    return with_carrier(case, _check_seal(case))


def _check_seal(case: Case) -> Outcome:
    sealing = case.sealing
    notes = list(dict.fromkeys([note for one in sealing.signatures for note in one.notes]))
    if sealing.verdict is not Verdict.PASSED:
        errors = [sealing.error, *(one.error for one in sealing.signatures if one.verdict is sealing.verdict)]
        found = [error for error in errors if error is not None]
        told = " ".join(dict.fromkeys(explain(error) for error in found))
        evidence = {"seals": [one.label for one in sealing.signatures], "codes": [one.code for one in found]}
        return Outcome(sealing.verdict, told, evidence, tuple(notes))
    holding = sealing.holding
    labels = [one.label for one in holding]
    for other in sealing.signatures:
        if other.error is not None:
            notes.append(
                say(
                    "Another proof (%(name)s) does not count: %(reason)s",
                    name=other.label,
                    reason=other.error.message,
                )
            )
    told = say("The seal holds (%(labels)s): nothing was changed since.", labels=", ".join(labels))
    return Outcome(Verdict.PASSED, told, {"seals": labels}, tuple(notes))


def check_binding(case: Case) -> Outcome:
    """Is the key that sealed it the issuer's?"""
    if case.signature is None:
        return _nobody(case)
    found = binding_of(case.signature, case.issuer, case.policy)
    return found._replace(notes=(*found.notes, *mandate_notes(case.document)))


def check_key_status(case: Case) -> Outcome:
    """Was the key in good standing when it sealed?"""
    if case.signature is None:
        return _nobody(case)
    return key_status_of(case.signature, case.around)


def _nobody(case: Case) -> Outcome:
    if case.sealing.verdict is Verdict.INDETERMINATE:
        told = say("The seal could not be checked, so whose it is cannot be told.")
    else:
        told = say("There is no seal that holds, so nobody is known to stand behind this file.")
    return Outcome(Verdict.INDETERMINATE, told)


def check_holder(case: Case) -> Outcome:
    """Does it belong to the person presenting it? A file cannot answer that."""
    if case.envelope.presentation is not None:
        return holder_of(case, case.envelope.presentation)
    if case.around.asks_holder:
        told = say("The holder was asked to present it, and this is the credential alone.")
        return Outcome(
            Verdict.FAILED, told, meaning=say("Nobody showed that it is theirs. Ask for a presentation.")
        )
    told = say("A file alone cannot show who presents it.")
    return Outcome(Verdict.NOT_APPLICABLE, told)
