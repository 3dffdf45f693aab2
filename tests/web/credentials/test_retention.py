"""How long issuers keep the file of an award: said in public, erased by the worker, and the award verifies as before."""

# ruff: noqa: F811 -- arguments of tests are named after fixtures

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.serializers import serialize
from django.utils import timezone

from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.models import Organisation, Person
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.models import Award, Copy, Row
from tessella_web.credentials.retention import domain
from tessella_web.credentials.retention.models import FileErased, RetentionPolicy
from tests.web.credentials.support import PlatformFetcher
from tests.web.credentials.test_wallet import award, badge, dana  # noqa: F401 -- fixtures
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ledger(settings: Any, tmp_path: Path) -> None:
    settings.ERASURES_FILE = tmp_path / "erasures.txt"
    settings.AUDIT_KEY_FILE = tmp_path / "audit-key.pem"


def aged(one: Award, days: int) -> None:
    Award.objects.filter(pk=one.pk).update(issued_at=timezone.now() - dt.timedelta(days=days))


def checked(data: bytes) -> list[str]:
    around = Surroundings(at=timezone.now(), fetcher=PlatformFetcher())
    report = verify(data, name="badge.json", surroundings=around)
    return [str(report.check(one).verdict) for one in ("seal", "status")]


def test_a_file_is_erased_when_its_time_is_over_and_the_award_verifies(
    award: Award,
    alice: Person,
    client: CheckingClient,
    django_capture_on_commit_callbacks: Any,
) -> None:
    data = badge(award)
    paths = list(Copy.objects.filter(award=award).values_list("file", flat=True))
    Award.objects.filter(pk=award.pk).update(holder=None)
    domain.set_policy(by=alice, organisation=award.organisation, award_years=1, evidence_months=6)
    aged(award, 364)
    assert domain.erase_due() == 0
    aged(award, 367)
    before = checked(data)
    assert before == [str(Verdict.PASSED)] * 2
    with django_capture_on_commit_callbacks(execute=True):
        assert (domain.erase_due(), domain.erase_due()) == (1, 0)
    stored = serialize("json", [*Award.objects.all(), *Row.objects.all()])
    assert [word for word in ("Dana", "Alder", "dana@example.org", "2000-01-02") if word in stored] == []
    assert [default_storage.exists(path) for path in paths] == [False, False]
    assert checked(data) == before
    assert client.get(f"/a/{award.id}").status_code == 200
    client.force_login(alice)
    assert client.get(f"/o/twickel/awarded/{award.id}").status_code == 200
    assert client.get(f"/a/{award.id}/files/openbadge").status_code == 404


def test_the_worker_looks_once_an_hour_and_goes_on_while_there_is_something(
    award: Award, alice: Person
) -> None:
    cache.clear()
    Award.objects.filter(pk=award.pk).update(holder=None)
    aged(award, 366 * 11)
    assert [domain.tidy(), domain.tidy(), domain.tidy()] == [True, False, False]
    assert FileErased.objects.count() == 1
    cache.clear()


def test_an_award_in_a_wallet_stays_until_its_holder_leaves(
    award: Award,
    alice: Person,
    dana: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:
    domain.set_policy(by=alice, organisation=award.organisation, award_years=1, evidence_months=6)
    aged(award, 800)
    assert domain.erase_due() == 0
    assert [one.until for one in leaving.stays(dana)] == [
        RetentionPolicy.of(award.organisation_id).ends(Award.objects.get().issued_at)
    ]
    with django_capture_on_commit_callbacks(execute=True):
        counts = leaving.erase(person=dana)
    assert (counts["awards"], counts["award-files"], FileErased.objects.count()) == (1, 1, 1)


def test_whoever_leaves_before_takes_the_address_out_of_the_file(award: Award, dana: Person) -> None:
    assert award.learner.email == "dana@example.org"
    leaving.erase(person=dana)
    kept = Award.objects.get()
    assert (kept.learner.display_name, kept.learner.email, kept.holder, kept.addressed) == (
        "Dana Alder",
        "",
        None,
        "",
    )


def test_the_rule_is_published_and_said_by_owners(
    client: CheckingClient, alice: Person, bob: Person, charlie: Person, organisation: Organisation
) -> None:
    assert "10 years after it was awarded" in client.get("/o/twickel/retention").content.decode()
    with pytest.raises(NotAllowedError):
        domain.set_policy(by=bob, organisation=organisation, award_years=1, evidence_months=1)
    for years, months, code in ((0, 5, "retention.years"), (5, 500, "retention.months")):
        with pytest.raises(RefusedError) as caught:
            domain.set_policy(by=alice, organisation=organisation, award_years=years, evidence_months=months)
        assert caught.value.code == code
    client.force_login(alice)
    client.post(
        "/o/twickel/retention/change", {"award_years": "50", "evidence_months": "24", "why": "Archive act"}
    )
    page = CheckingClient().get("/o/twickel/retention").content.decode()
    assert ("50 years" in page, "24 months" in page, "Archive act" in page) == (True, True, True)
    assert RetentionPolicy(award_years=1).ends(dt.datetime(2024, 2, 29, tzinfo=dt.UTC)) == dt.date(
        2025, 2, 28
    )
