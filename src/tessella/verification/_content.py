"""What the credential says, judged by content (checks *completeness* and *audit*)."""

from __future__ import annotations

from tessella.errors import TessellaError
from tessella.seals.data_integrity import shows_part
from tessella.standard import ElementStatus, SealFacts, check
from tessella.text import say
from tessella.verdicts import Finding, Severity, Verdict
from tessella.verification._case import Case
from tessella.verification._checks import SHOWN_FINDINGS
from tessella.verification._endorsements import endorsements
from tessella.verification._mandates import carries_mandate
from tessella.verification._outcome import Outcome, explain

__all__ = ["check_audit", "check_completeness"]


def check_completeness(case: Case) -> Outcome:
    """Council Recommendation 2022/C 243/02, Annex I (or the profile that was asked for)."""
    award = case.opened.award
    if award is None:
        told = say("The credential could not be read as an award, so there is nothing to compare.")
        return Outcome(Verdict.NOT_APPLICABLE, told)
    if not award.micro_credential.is_micro_credential:
        told = say("This is no micro-credential and does not claim to be one.")
        return Outcome(Verdict.NOT_APPLICABLE, told)
    signature = case.signature
    certificate = case.trust.certificate if case.trust else None
    facts = SealFacts(
        sealed=bool(case.envelope.mechanism),
        verified=case.sealing.verdict,
        sealed_at=signature.signed_at if signature else None,
        sealed_by=certificate.organization if certificate else "",
        mandate=carries_mandate(case.document),
    )
    try:
        result = check(award, profile=case.around.profile, on=case.around.at.date(), facts=facts)
    except TessellaError as error:
        return Outcome(Verdict.INDETERMINATE, explain(error))
    errors = [one for one in result.findings if one.severity is Severity.ERROR]
    evidence = {
        "profile": result.profile,
        "packs": list(result.packs),
        "findings": _listed(result.findings),
    }
    if result.complete:
        return Outcome(Verdict.PASSED, say("It has every element that the standard asks for."), evidence)
    if not errors:
        unchecked = [one.name for one in result.elements if one.status is ElementStatus.NOT_CHECKED]
        told = say(
            "What it says is in order, but this could not be established: %(elements)s.",
            elements=", ".join(unchecked),
        )
        return Outcome(Verdict.INDETERMINATE, told, evidence)
    missed = ", ".join(dict.fromkeys(one.element for one in errors))
    if shows_part(case.document):
        told = say("Its holder shows only a part of it, without this: %(elements)s.", elements=missed)
        meaning = say("The whole may be complete. Ask its holder to show more if you need it.")
        return Outcome(Verdict.INDETERMINATE, told, evidence, meaning=meaning)
    told = say(
        "It misses %(count)s of what the standard asks for: %(elements)s.",
        count=len(errors),
        elements=missed,
    )
    return Outcome(Verdict.FAILED, told, evidence)


def check_audit(case: Case) -> Outcome:
    """Doubtful though allowed: unknown members, concepts outside their list, durations that cannot be meant."""
    opened = case.opened
    if not opened.format:
        return Outcome(
            Verdict.NOT_APPLICABLE, say("The format is not known, so its content is not looked at.")
        )
    endorsed, refused = endorsements(case)
    found = (*opened.doubts, *refused)
    if not found:
        return Outcome(Verdict.PASSED, say("Nothing in the content looks doubtful."), {}, endorsed)
    told = say(
        "%(count)s things in the content look doubtful; the first: %(message)s",
        count=len(found),
        message=found[0].message,
    )
    notes = tuple(dict.fromkeys(one.message for one in found[:SHOWN_FINDINGS]))
    return Outcome(Verdict.INDETERMINATE, told, {"findings": _listed(found)}, (*notes, *endorsed))


def _listed(findings: tuple[Finding, ...]) -> list[dict[str, str]]:
    return [
        {
            "rule": one.rule,
            "severity": str(one.severity),
            "element": one.element,
            "message": one.message,
            "remedy": one.remedy,
            "place": one.place,
        }
        for one in findings[:SHOWN_FINDINGS]
    ]
