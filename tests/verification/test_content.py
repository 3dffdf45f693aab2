"""Completeness in a report: what the seal adds to it, and what could not be established."""

from __future__ import annotations

from typing import Any

import pytest

from tessella.issuing.sealing import seal
from tessella.standard import check as standard_check
from tessella.verification import carries_mandate
from tessella.vocabulary import code_list
from tests.issuing.support import AT, award, issuer
from tests.verification.support import check, found

MANDATE = code_list("evidence-type").require("mandate").uri
ACCREDITATION = code_list("evidence-type").require("accreditation").uri


@pytest.mark.parametrize(
    ("evidence", "carried"),
    [
        ({"dcType": {"id": MANDATE}}, True),
        ([{"dcType": {"id": ACCREDITATION}}, {"dcType": {"id": MANDATE}}], True),
        ({"dcType": {"id": ACCREDITATION}}, False),
        ({"dcType": "mandate"}, False),
        (["mandate", None], False),
        (None, False),
    ],
)
def test_mandate_is_evidence_of_that_type(evidence: Any, carried: bool) -> None:
    assert carries_mandate({"evidence": evidence}) is carried
    assert carries_mandate({}) is False


def test_completeness_that_cannot_be_told_is_indeterminate(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_facts(award: Any, *, profile: str, on: Any, facts: Any) -> Any:
        return standard_check(award, profile=profile, on=on)

    monkeypatch.setattr("tessella.verification._content.check", without_facts)
    badge = seal(award(), issuer(), "openbadge", at=AT)
    one = found(check(badge, at=AT, profile="ehea-2022"), "completeness")
    assert (str(one.verdict), "could not be established" in one.explanation) == ("indeterminate", True)
