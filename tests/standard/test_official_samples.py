"""The Commission's own samples, read in place: what the standard says of them."""

from __future__ import annotations

import pytest

from tessella.formats import elm
from tessella.standard import check
from tessella.verdicts import Severity
from tests.support import shared_json

from .support import TODAY


def findings(name: str) -> dict[str, Severity]:
    award = elm.read(shared_json(f"edc/official-samples/{name}")).award
    return {finding.rule: finding.severity for finding in check(award, on=TODAY).findings}


def test_check_official_sample_lacks_quality_assurance_and_date() -> None:
    found = findings("Sample-MC-Annex1-unsigned.jsonld")
    assert {rule for rule, severity in found.items() if severity is Severity.ERROR} == {
        "EU-05-date-missing",
        "EU-11-quality-missing",
    }


@pytest.mark.parametrize(
    "rule",
    ["EU-07-duration-calendar", "EU-01-birth-date-time", "EU-06-verb-missing", "EU-05-valid-from-only"],
)
def test_check_official_sample_is_told_what_readers_trip_over(rule: str) -> None:
    assert findings("Sample-MC-Annex1-unsigned.jsonld")[rule] is Severity.WARNING


def test_check_official_participation_sample_is_another_record_with_months() -> None:
    found = findings("Sample-CertOfPart-unsigned.jsonld")
    assert found["REC-duration-calendar"] is Severity.WARNING
    assert not [rule for rule in found if rule.startswith("EU-")]
