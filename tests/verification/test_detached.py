"""Seals in a file of their own: with what they seal given beside them, and without."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tessella.keys import base64url_encode
from tessella.seals import jades
from tessella.verdicts import Report
from tests.seals.longterm import ROOT, on
from tests.verification.support import check, found, verdict
from tests.verification.test_long_term import KEY, START, payload

CREDENTIAL = payload().encode()
PAGE = b"%PDF-1.7 an annex"


def sealed(**objects: bytes) -> bytes:
    return jades.seal_detached({name.replace("_", "."): one for name, one in objects.items()}, KEY, at=START)


def seen(data: bytes, **content: bytes) -> Report:
    given = {name.replace("_", "."): one for name, one in content.items()}
    return check(data, at=on(2027), anchors=(ROOT.der,), content=given)


def test_credential_beside_its_seal_is_verified_like_any_other() -> None:
    report = seen(sealed(award_json=CREDENTIAL), award_json=CREDENTIAL)
    assert (str(report.verdict), report.format) == ("passed", "edc")
    assert report.subject["holder"]
    assert found(report, "format").notes == ("The seal is in a file of its own.",)


def test_changed_credential_beside_its_seal_fails() -> None:
    changed = CREDENTIAL.replace(b"2026", b"2025", 1)
    report = seen(sealed(award_json=CREDENTIAL), award_json=changed)
    assert (str(report.verdict), verdict(report, "seal")) == ("failed", "failed")


@pytest.mark.parametrize("name", ["award.json", "https://ribeira.example/a/award.json", "urn:uuid:1"])
def test_what_was_sealed_is_found_by_name_by_address_or_as_the_only_thing(name: str) -> None:
    made = jades.seal_detached({name: CREDENTIAL}, KEY, at=START)
    assert str(seen(made, award_json=CREDENTIAL).verdict) == "passed"


def test_annexes_are_named_and_needed() -> None:
    made = sealed(award_json=CREDENTIAL, annex_pdf=PAGE)
    report = seen(made, award_json=CREDENTIAL, annex_pdf=PAGE)
    assert str(report.verdict) == "passed"
    assert "The seal is also about annex.pdf." in found(report, "format").notes
    assert verdict(seen(made, award_json=CREDENTIAL), "seal") == "indeterminate"
    assert verdict(seen(made, award_json=CREDENTIAL, annex_pdf=PAGE + b"!"), "seal") == "failed"


def test_file_that_is_no_credential_has_a_seal_and_is_for_people_to_read() -> None:
    report = seen(sealed(diploma_pdf=PAGE), diploma_pdf=PAGE)
    told = {one: verdict(report, one) for one in ("format", "seal", "binding", "trust", "status")}
    assert told == {
        "format": "indeterminate", "seal": "passed", "binding": "indeterminate", "trust": "passed",
        "status": "not_applicable",
    }  # fmt: skip
    assert str(report.verdict) == "indeterminate"


def test_what_was_not_sealed_does_not_become_the_content() -> None:
    made = sealed(diploma_pdf=PAGE, annex_pdf=PAGE)
    report = seen(made, award_json=CREDENTIAL)
    assert (report.subject.get("holder"), verdict(report, "seal")) == (None, "indeterminate")


def test_seal_in_compact_form_takes_its_content_too() -> None:
    made: dict[str, Any] = json.loads(sealed(award_json=CREDENTIAL))["signatures"][0]
    compact = f"{made['protected']}..{made['signature']}".encode()
    assert str(seen(compact, award_json=CREDENTIAL).verdict) == "passed"


def test_seal_that_has_its_content_is_not_moved_by_what_lies_beside() -> None:
    whole = jades.seal(payload(), KEY, at=START, profile="etsi")
    other = CREDENTIAL.replace(b"2026", b"2025", 1)
    alone, beside = seen(whole), seen(whole, award_json=other)
    assert (beside.verdict, beside.subject) == (alone.verdict, alone.subject)


def test_seal_whose_list_is_none_never_passes() -> None:
    made: dict[str, Any] = json.loads(sealed(award_json=CREDENTIAL))
    header = {"alg": "ES256", "crit": ["sigD"], "sigD": {"pars": "award.json"}}
    made["signatures"][0]["protected"] = base64url_encode(json.dumps(header).encode())
    assert str(seen(json.dumps(made).encode(), award_json=CREDENTIAL).verdict) != "passed"
