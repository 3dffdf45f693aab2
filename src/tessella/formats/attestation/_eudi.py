"""The type of the European Commission's reference issuers: ``urn:eu.europa.ec.eudi:learning:credential:1``.

Claim names, obligations and disclosability as in the type metadata that those issuers publish (2026-04).
"""

from __future__ import annotations

from tessella.formats.attestation import _values as values
from tessella.formats.attestation._rows import (
    FIRST,
    LEARNER,
    MICRO,
    family_name,
    given_name,
    grade,
    learning_outcomes,
    prerequisites,
    row,
    stackable,
    text,
    title,
)
from tessella.formats.attestation.profile import Found, Profile, Writing
from tessella.vocabulary import code_list

__all__ = ["EUDI"]

_LABELS = "Only what it is called, not its identifier and details."
_BODY = "Awarding body"


def _identification(writing: Writing) -> str:
    """The number the provider knows the learner by; else what says least of the rest."""
    learner = writing.award.learner
    numbers = [one.value for one in learner.identifiers if one.value.strip()]
    national = learner.national_id.value if learner.national_id else ""
    return next(iter(numbers), "") or learner.id or learner.email or national


def _level(writing: Writing) -> int | None:
    levels = writing.micro.levels
    codes = values.codes_of(levels.eqf, "eqf") if levels else []
    return next(map(int, codes), None)


def _languages(writing: Writing) -> list[str]:
    participation = writing.micro.participation
    return values.codes_of(participation.languages, "language") if participation else []


def _languages_read(codes: list[str], language: str) -> Found | None:
    found = [code_list("language").get(code) for code in codes]
    return {"micro_credential.participation.languages": tuple(found)} if all(found) else None


def _modes(writing: Writing) -> str:
    participation = writing.micro.participation
    modes = participation.modes if participation else ()
    return ", ".join(values.unique(values.label(one, "mode", writing.micro.language) for one in modes))


def _modes_read(value: str, language: str) -> Found | None:
    found = [values.concept_named(one, "mode") for one in value.split(", ")]
    return {"micro_credential.participation.modes": tuple(found)} if all(found) else None


def _country_read(code: str, language: str) -> Found:
    place = values.place_of(code)
    return {"micro_credential.awarding_bodies.places": place, "issuer.places": place}


def _body_read(name: str, language: str) -> Found:
    return {"micro_credential.awarding_bodies.name": {language: name}, "issuer.name": {language: name}}


def _issued_on(writing: Writing) -> str:
    return (writing.award.awarded_on or writing.issued_at.date()).isoformat()


def _expires_on(writing: Writing) -> str:
    until = writing.award.valid_until
    return until.date().isoformat() if until else ""


EUDI = Profile(
    name="eudi",
    vct="urn:eu.europa.ec.eudi:learning:credential:1",
    title="Micro-credential attestation",
    description="A small volume of learning that was assessed, by the European approach to micro-credentials.",
    clause="EUDI learning credential, type metadata",
    rules=(
        row(
            "issuing_authority",
            "text",
            "Issuing authority",
            f"{MICRO}.awarding_bodies.name",
            write=lambda w: w.text(w.body.name),
            read=_body_read,
            note="Only the name of the first awarding body, in the record's own language.",
            element=_BODY,
            mandatory=True,
            withheld=False,
            remedy="Name the awarding body.",
        ),
        row(
            "issuing_country",
            "country",
            "Issuing country",
            f"{MICRO}.awarding_bodies.places",
            write=lambda w: values.country_code(w.body) or values.country_code(w.issuer),
            read=_country_read,
            note="Only the country of the first place.",
            element="Country of the issuer",
            mandatory=True,
            withheld=False,
            remedy="Give the awarding body a place with its country.",
        ),
        row(
            "date_of_issuance",
            "date",
            "Date of issuance",
            "awarded_on",
            write=_issued_on,
            read=lambda value, language: {"awarded_on": values.day(value)},
            full=True,
            element="Date of issuing",
            mandatory=True,
            withheld=False,
        ),
        row(
            "date_of_expiry",
            "date",
            "Date of expiry",
            "valid_until",
            write=_expires_on,
            read=lambda value, language: {"valid_until": values.end_of_day(values.day(value))},
            note="Only the day is carried.",
            withheld=False,
        ),
        family_name("family_name"),
        given_name("given_name"),
        row(
            "learner_identification",
            "text",
            "Learner identification",
            ("learner.identifiers", "learner.email", "learner.national_id"),
            write=_identification,
            read=lambda value, language: {"learner.identifiers": values.identifier_read(value)},
            note="Only one of number, identifier, e-mail address and national number, without its scheme.",
            element=LEARNER,
            mandatory=True,
            remedy="Give the learner an identifier, for example the student number.",
        ),
        title("achievement_title", withheld=False),
        text(
            "achievement_description",
            "Description",
            f"{MICRO}.description",
            lambda w: w.text(w.micro.description),
            withheld=False,
        ),
        learning_outcomes("learning_outcomes"),
        grade("assessment_grade", "results", "Only the first grade, without its scale."),
        row(
            "language_of_classes",
            "texts",
            "Language of classes",
            f"{MICRO}.participation.languages",
            write=_languages,
            read=_languages_read,
            note=_LABELS,
            mandatory=True,
            withheld=False,
            remedy="Name the languages of the learning (participation: languages).",
        ),
        row(
            "expected_study_time",
            "text",
            "Expected study time",
            f"{MICRO}.workload",
            write=values.study_time,
            read=values.study_time_read,
            note="Hours and credits of known systems; no contact hours.",
            element="Notional workload",
            mandatory=True,
            remedy="Give the workload in hours or credits.",
        ),
        row(
            "level_of_learning_experience",
            "integer",
            "EQF level",
            f"{MICRO}.levels.eqf",
            write=_level,
            read=lambda value, language: (
                {f"{MICRO}.levels.eqf": (code_list("eqf").get(str(value)),)} if 1 <= value <= 8 else None
            ),
            note=FIRST,
            element="Level",
            mandatory=True,
            remedy="Give the EQF level of the learning experience.",
        ),
        row(
            "form_of_participation",
            "text",
            "Form of participation",
            f"{MICRO}.participation.modes",
            write=_modes,
            read=_modes_read,
            note=_LABELS,
            element="Form of participation",
        ),
        row(
            "types_of_quality_assurance",
            "texts",
            "Types of quality assurance",
            f"{MICRO}.quality",
            write=values.quality_words,
            read=values.quality_read,
            note="Only the type, or the title where there is none.",
            element="Type of quality assurance",
            mandatory=True,
            remedy="Say how quality is assured.",
        ),
        prerequisites("prerequisites_to_enroll", "Prerequisites"),
        row(
            "evaluator_verification",
            "texts",
            "Evaluator and identity verification",
            (f"{MICRO}.assessments", "results.assessed_by"),
            write=values.identity_proofing,
            read=values.identity_proofing_read,
            note="Only how identity was verified and who evaluated; no type of assessment.",
            element="Supervision and identity verification",
        ),
        stackable(
            "integration_stackability_options",
            f"{MICRO}.stackability",
            note="Only whether it is stackable, not towards what.",
        ),
    ),
)
"""The default profile."""
