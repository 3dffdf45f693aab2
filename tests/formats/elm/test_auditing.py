"""The audit finds what the shapes let pass, and is silent about what is right."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tessella.errors import LimitError
from tessella.formats.elm import audit, validate, write
from tests.formats.elm.awards import CREDENTIAL_ID, ISSUED, PNG, RICH, SEAL, UNIVERSITY
from tests.formats.elm.mutations import mutants
from tests.formats.elm.samples import OFFICIAL, sample


def rich() -> dict[str, Any]:
    return copy.deepcopy(
        write(RICH, credential_id=CREDENTIAL_ID, issued_at=ISSUED, issuer=UNIVERSITY, image=PNG, seal=SEAL)
    )


def claim(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["credentialSubject"]["hasClaim"]
    return found


def test_own_credentials_have_no_remarks() -> None:
    assert audit(rich()) == []


def test_official_sample_has_its_known_faults() -> None:
    assert [(remark.path, remark.kind) for remark in audit(sample(OFFICIAL[3]))] == [
        ("credentialSubject.dateOfBirth", "shifted-date"),
        ("credentialSubject.hasClaim.influencedBy.specifiedBy.volumeOfLearning", "duration"),
        ("credentialSubject.hasClaim.specifiedBy.maximumDuration", "duration"),
    ]


@pytest.mark.parametrize(
    ("change", "path", "kind"),
    [
        (lambda d: claim(d).update(bogus=1), "credentialSubject.hasClaim.bogus", "undefined-term"),
        (
            lambda d: claim(d).update(issued="2026-01-01T00:00:00Z"),
            "credentialSubject.hasClaim.issued",
            "undefined-term",
        ),
        (
            lambda d: claim(d).update(volumeOfLearning="PT1H"),
            "credentialSubject.hasClaim.volumeOfLearning",
            "misplaced-property",
        ),
        (
            lambda d: claim(d)["specifiedBy"].update(dateModified="2026-01-01T00:00:00Z"),
            "credentialSubject.hasClaim.specifiedBy.dateModified",
            "lost-value",
        ),
        (
            lambda d: claim(d)["specifiedBy"].update(volumeOfLearning="P60M"),
            "credentialSubject.hasClaim.specifiedBy.volumeOfLearning",
            "duration",
        ),
        (
            lambda d: d["credentialSubject"].update(dateOfBirth="1999-02-27T23:00:00Z"),
            "credentialSubject.dateOfBirth",
            "shifted-date",
        ),
        (
            lambda d: claim(d)["specifiedBy"]["dcType"].update(
                id="http://data.europa.eu/snb/learning-opportunity/ffff"
            ),
            "credentialSubject.hasClaim.specifiedBy.dcType",
            "not-in-list",
        ),
        (lambda d: d.update(validUntil="2020-01-01T00:00:00Z"), "validFrom", "date-order"),
        (lambda d: d.update(issuanceDate="2020-01-01T00:00:00Z"), "issuanceDate", "date-order"),
        (
            lambda d: claim(d)["specifiedBy"]["learningOutcome"][1].update(
                id=claim(d)["specifiedBy"]["learningOutcome"][0]["id"]
            ),
            "credentialSubject.hasClaim.specifiedBy.learningOutcome[1]",
            "id-reuse",
        ),
    ],
)
def test_each_fault_is_found_once_at_its_place(
    change: Callable[[dict[str, Any]], Any], path: str, kind: str
) -> None:
    document = rich()
    change(document)
    assert [(remark.path, remark.kind) for remark in audit(document)] == [(path, kind)]


def test_the_shapes_do_not_see_these_faults() -> None:
    document = rich()
    claim(document).update(bogus=1, volumeOfLearning="P60M")
    assert validate(document) == []
    assert len(audit(document)) == 2 + 1


def test_audit_survives_damage() -> None:
    for _, damaged in mutants(sample(OFFICIAL[3]), 60, 9):
        audit(damaged)


def test_deep_nesting_is_a_limit_not_a_crash() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"hasPart": deep}
    with pytest.raises(LimitError):
        audit(deep)
