"""What the rules of a profile find wrong in an attestation (integrity rules MC-IR-01 to MC-IR-09 of the rulebook, §4.5).

The rules are those of the WE BUILD rulebook; where the other profile has the same claim they hold for it, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tessella.errors import SchemaError
from tessella.formats.attestation._rulebook import ASSESSMENT_WORDS, UNITS
from tessella.formats.attestation._values import concept_named, day
from tessella.formats.attestation.profile import KINDS, ClaimRule, Profile
from tessella.formats.attestation.profiles import PROFILES, profile_of
from tessella.formats.attestation.writing import ClaimPath
from tessella.text import say
from tessella.verdicts import Finding, Severity

__all__ = ["validate"]

_ESCO = "http://data.europa.eu/esco/"
_UNGRADED = frozenset(("attendance",))
"""Types of assessment of the EU list that give no grade."""

_KIND_NAMES = {
    "text": "a text",
    "date": "a date (2026-01-31)",
    "country": "a country code of two capital letters",
    "integer": "a whole number",
    "boolean": "true or false",
    "texts": "a list of texts",
    "workload": "an object with a number “value” and a text “unit”",
    "texts by name": "an object with texts",
}


def validate(
    claims: Mapping[str, Any],
    *,
    on: dt.date | None = None,
    disclosable: Collection[ClaimPath] | None = None,
    presented: bool = False,
) -> list[Finding]:
    """Every broken rule; an empty list means that the attestation conforms to its profile.

    Args:
        claims: the processed payload.
        on: the day asked about; without it nothing is said about dates in the future.
        disclosable: paths of the claims that stand behind disclosures; with it MC-IR-09 is applied.
        presented: the holder may have withheld claims, so that none is missing.

    Raises:
        SchemaError: ``attestation.type``, it is of another type.
    """
    profile = profile_of(claims)
    if profile is None:
        raise SchemaError(
            say("This is not a micro-credential attestation."),
            code="attestation.type",
            got=str(claims.get("vct"))[:200],
            expected=", ".join(one.vct for one in PROFILES),
        )
    found = [*_form(claims, profile, presented)]
    broken = {finding.place for finding in found}
    sound = {name: value for name, value in claims.items() if f"$.{name}" not in broken}
    found += _dates(sound, profile, on)
    found += _assessment(sound, profile)
    found += _volume(sound, profile)
    found += _relations(sound, profile)
    if disclosable is not None:
        found += _disclosable(sound, profile, disclosable)
    return found


def _finding(
    profile: Profile,
    rule: str,
    claim: str,
    message: str,
    *,
    remedy: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    row = profile.rule(claim)
    return Finding(
        rule=rule,
        severity=severity,
        element=(row.element or row.label) if row else claim,
        message=message,
        remedy=remedy,
        clause=profile.clause,
        place=f"$.{claim}",
    )


def _form(claims: Mapping[str, Any], profile: Profile, presented: bool) -> Iterator[Finding]:
    """MC-IR-01, and that values are of their kind."""
    for row in profile.rules:
        if row.claim not in claims or (presented and row.elements and claims[row.claim] == []):
            if row.mandatory and not (presented and row.withheld):
                told = say("The claim “%(name)s” is missing.", name=row.claim)
                yield _finding(
                    profile, "MC-IR-01", row.claim, told, remedy=say(row.remedy) if row.remedy else ""
                )
        elif not _usable(claims[row.claim], row):
            told = say(
                "The claim “%(name)s” is not %(kind)s.", name=row.claim, kind=say(_KIND_NAMES[row.kind])
            )
            yield _finding(profile, "kind", row.claim, told)
    for name, value in profile.constants.items():
        if claims.get(name) != value:
            told = say("The claim “%(name)s” is not “%(value)s”.", name=name, value=value)
            yield _finding(profile, "constant", name, told)
    if "exp" not in claims:
        told = say("The attestation does not say until when this copy may be used.")
        remedy = say("Give the claim “exp” (ETSI TS 119 472-1 §5).")
        yield _finding(profile, "expiry", "exp", told, remedy=remedy, severity=Severity.WARNING)


def _usable(value: Any, row: ClaimRule) -> bool:
    if not KINDS[row.kind](value):
        return False
    return row.claim != "level_of_learning_experience" or 1 <= value <= 8


def _dates(claims: Mapping[str, Any], profile: Profile, on: dt.date | None) -> Iterator[Finding]:
    """MC-IR-02 and MC-IR-03: neither birth nor issuing lies ahead."""
    for rule, claim in (
        ("MC-IR-02", "dateOfBirth"),
        ("MC-IR-03", "issuanceDate"),
        ("MC-IR-03", "date_of_issuance"),
    ):
        if on is not None and claim in claims and day(claims[claim]) > on:
            yield _finding(profile, rule, claim, say("The date lies in the future."))
    issued, expires = claims.get("date_of_issuance"), claims.get("date_of_expiry")
    if issued and expires and day(expires) < day(issued):
        yield _finding(profile, "MC-IR-03", "date_of_expiry", say("It expires before it is issued."))


def _assessment(claims: Mapping[str, Any], profile: Profile) -> Iterator[Finding]:
    """MC-IR-04: a grade comes from an assessment that gives grades, on a scale that is known."""
    if "grade" not in claims:
        return
    kind = claims.get("typeOfAssessment")
    concept = concept_named(kind, "assessment", ASSESSMENT_WORDS) if kind else None
    if concept and concept.code in _UNGRADED:
        yield _finding(profile, "MC-IR-04", "grade", say("This type of assessment gives no grade."))
    if "gradingScheme" not in claims:
        told, remedy = say("The scale of the grade is not given."), say("Give the claim “gradingScheme”.")
        yield _finding(profile, "MC-IR-04", "grade", told, remedy=remedy, severity=Severity.WARNING)


def _volume(claims: Mapping[str, Any], profile: Profile) -> Iterator[Finding]:
    """MC-IR-05 and MC-IR-06: skills are ESCO's, and the workload is a positive number of a known unit."""
    for address in claims.get("escoReference", ()):
        if not address.startswith(_ESCO):
            told = say("%(address)s is no ESCO skill.", address=address[:100])
            yield _finding(profile, "MC-IR-05", "escoReference", told)
    workload = claims.get("notionalWorkload")
    if workload and workload["value"] <= 0:
        yield _finding(profile, "MC-IR-06", "notionalWorkload", say("The workload is not a positive number."))
    if workload and workload["unit"] not in UNITS:
        told = say("The unit of the workload is not one of %(units)s.", units=", ".join(UNITS))
        yield _finding(profile, "MC-IR-06", "notionalWorkload", told)


def _relations(claims: Mapping[str, Any], profile: Profile) -> Iterator[Finding]:
    """MC-IR-07 and MC-IR-08: claims that speak about the same thing agree."""
    if claims.get("stackable") is True and "partOfQualification" not in claims:
        told = say("It is stackable, and nothing says towards what.")
        yield _finding(profile, "MC-IR-07", "stackable", told, severity=Severity.WARNING)
    kind = claims.get("accreditation", {}).get("type")
    if kind and "qualityAssurance" in claims and kind != claims["qualityAssurance"]:
        told = say("The accreditation is of another type than the quality assurance.")
        yield _finding(profile, "MC-IR-08", "accreditation", told)


def _disclosable(
    claims: Mapping[str, Any], profile: Profile, disclosable: Collection[ClaimPath]
) -> Iterator[Finding]:
    """MC-IR-09: the holder can withhold what the profile says, and nothing else."""
    hidden = {path[0] for path in disclosable if len(path) == 1}
    for row in profile.rules:
        if row.claim in claims and row.withheld and row.claim not in hidden:
            yield _finding(profile, "MC-IR-09", row.claim, say("The holder cannot withhold this claim."))
        if row.claim in hidden and not row.withheld:
            yield _finding(profile, "MC-IR-09", row.claim, say("This claim must stand in the open."))
