"""The check *validity*: dates against the time asked about, and against the time of sealing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tessella.formats import openbadges3
from tessella.seals import jose
from tessella.verification import Policy
from tests.verification.support import AT, CONTEXTS, KEY, badge, check, found, proved, sealed, text, verdict

OLD_CONTEXTS = [
    "https://www.w3.org/2018/credentials/v1",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    "https://w3id.org/security/data-integrity/v2",
]


def old(**changes: Any) -> dict[str, Any]:
    return {"@context": OLD_CONTEXTS, "validFrom": None, "issuanceDate": "2026-07-01T09:00:00Z", **changes}


CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "no end": ("passed", {}, "since 2026-07-01"),
    "within": ("passed", {"validUntil": "2027-01-01T00:00:00Z"}, "until 2027-01-01"),
    "last second": ("passed", {"validUntil": "2026-09-01T12:00:00Z"}, "until 2026-09-01"),
    "expired a second ago": ("failed", {"validUntil": "2026-09-01T11:59:59Z"}, "expired on 2026-09-01"),
    "expired by its own zone": ("failed", {"validUntil": "2026-09-01T13:30:00+02:00"}, "expired"),
    "not by its own zone": ("passed", {"validUntil": "2026-09-01T11:30:00-02:00"}, "valid"),
    "not yet": ("failed", {"validFrom": "2026-10-01T00:00:00Z"}, "valid only from 2026-10-01"),
    "clocks differ": ("passed", {"validFrom": "2026-09-01T12:04:00Z"}, "valid since"),
    "1.1, expired": ("failed", old(expirationDate="2026-08-01T00:00:00Z"), "expired on 2026-08-01"),
    "1.1, not yet": ("failed", old(issuanceDate="2026-12-01T00:00:00Z"), "only from"),
    "1.1, in time": ("passed", old(), "since 2026-07-01"),
    "no date at all": ("not_applicable", {"validFrom": None}, "no dates"),
    "end that is no date": ("indeterminate", {"validUntil": "2027-02-30T00:00:00Z"}, "validUntil"),
    "end as an object": ("indeterminate", {"validUntil": {"@value": "2020-01-01T00:00:00Z"}}, "validUntil"),
}


@pytest.mark.parametrize("name", CASES)
def test_validity(name: str) -> None:
    expected, changes, words = CASES[name]
    one = found(check(text(badge(**changes))), "validity")
    assert str(one.verdict) == expected
    assert words in one.explanation


def test_date_without_zone_is_taken_as_utc_with_a_note() -> None:
    one = found(check(text(badge(validFrom="2026-07-01T09:00:00"))), "validity")
    assert str(one.verdict) == "passed"
    assert one.notes == ("The date “validFrom” has no time zone and was taken as UTC.",)


def test_seal_from_before_the_start_is_noted() -> None:
    one = found(check(sealed(validFrom="2026-08-01T00:00:00Z")), "validity")
    assert str(one.verdict) == "passed"
    assert one.notes[0].startswith("The seal says it was made on 2026-07-01, before the start")


def test_seal_from_the_future_fails() -> None:
    data = text(proved(badge(), created=AT + dt.timedelta(days=1)))
    assert verdict(check(data), "validity") == "failed"


def test_dates_of_the_token_count_too() -> None:
    ended = badge(validUntil="2026-08-01T00:00:00Z")
    assert verdict(check(jose.sign_vc_jwt(ended, KEY)), "validity") == "failed"
    assert verdict(check(jose.sign_vc_jwt(badge(), KEY)), "validity") == "passed"


def test_validity_decides_by_default_and_informs_where_the_policy_says_so() -> None:
    data = sealed(validUntil="2026-08-01T00:00:00Z")
    assert str(check(data).verdict) == "failed"
    lenient = Policy(name="lenient", required=("seal", "binding"))
    report = check(data, policy=lenient)
    assert (str(report.verdict), verdict(report, "validity")) == ("passed", "failed")
    assert not found(report, "validity").required


def test_fixture_is_a_valid_badge() -> None:
    assert openbadges3.validate(badge()) == []
    assert badge()["@context"] == CONTEXTS
