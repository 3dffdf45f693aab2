"""Numbers for staff: what was awarded, claimed, viewed, verified; without saying who looked."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import batches
from tessella_web.credentials.models import Award, Copy
from tessella_web.insight import domain, queries
from tessella_web.insight.models import DailyCount, What
from tests.web.credentials.conftest import own_places, record, sealing_keys, version  # noqa: F401
from tests.web.credentials.test_batches import learners, prepare, work
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_places")]


@pytest.fixture
def award(alice: Person, version: Version, sealing_keys: None) -> Award:  # noqa: F811
    """Two learners have one each."""
    batches.start(by=alice, batch=prepare(alice, version, *learners(2)))
    work()
    found = Award.objects.select_related("version").first()
    assert found
    return found


def test_a_view_is_counted_for_its_day_and_version(client: CheckingClient, award: Award) -> None:
    for _ in range(2):
        client.get(f"/a/{award.id}")
    client.head(f"/a/{award.id}")
    found = DailyCount.objects.get()
    assert (found.version, found.what, found.day, found.count) == (
        award.version, What.VIEWED, timezone.localdate(), 2,
    )  # fmt: skip


def test_a_verification_is_counted(client: CheckingClient, award: Award) -> None:
    copy = Copy.objects.filter(award=award).exclude(file="").first()
    assert copy
    data = default_storage.open(copy.file).read()
    client.post("/verify", {"file": SimpleUploadedFile("award.json", data)})
    assert list(DailyCount.objects.values_list("what", "count")) == [("verified", 1)]


def test_staff_who_look_at_their_own_awards_are_not_counted(
    client: CheckingClient, award: Award, alice: Person
) -> None:
    client.force_login(alice)
    client.get(f"/a/{award.id}")
    assert not DailyCount.objects.exists()


def test_numbers_are_per_micro_credential_and_month(award: Award, organisation: Organisation) -> None:
    month = timezone.localdate().replace(day=1)
    domain.count(version=award.version, what=What.VIEWED)
    domain.count(version=award.version, what=What.VIEWED)
    domain.count(version=award.version, what=What.VERIFIED)
    domain.count(version=award.version, what=What.VIEWED, day=month - dt.timedelta(days=1))
    domain.count(version=award.version, what=What.VIEWED, day=month - dt.timedelta(days=800))
    Award.objects.update(claimed_at=timezone.now())
    found = queries.statistics(organisation)
    (line,) = found.lines
    awarded = Award.objects.count()
    assert found.of(month) == {"awarded": awarded, "claimed": awarded, "viewed": 2, "verified": 1}
    assert line.total == {"awarded": awarded, "claimed": awarded, "viewed": 3, "verified": 1}
    assert len(found.months) == 12 and found.months[-1] == month


@pytest.mark.parametrize("path", ["statistics", "statistics.csv"])
@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 403), ("charlie", 404), ("", 302)])
def test_who_sees_them(
    client: CheckingClient, organisation: Organisation, bob: Person, charlie: Person, request: pytest.FixtureRequest,
    who: str, status: int, path: str,
) -> None:  # fmt: skip
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get(f"/o/{organisation.slug}/{path}").status_code == status


def test_the_page_and_the_table(
    client: CheckingClient, award: Award, organisation: Organisation, alice: Person
) -> None:
    domain.count(version=award.version, what=What.VIEWED)
    client.force_login(alice)
    page = client.get(f"/o/{organisation.slug}/statistics")
    assert page.content.decode().count("<rect") == 12
    assert "style=" not in page.content.decode()
    text = client.get(f"/o/{organisation.slug}/statistics.csv").content.decode("utf-8-sig")
    header, row = list(csv.reader(io.StringIO(text)))
    assert header == ["micro-credential", "month", "awarded", "claimed", "viewed", "verified"]
    assert row == [
        award.version.title,
        timezone.localdate().strftime("%Y-%m"),
        str(Award.objects.count()),
        "0",
        "1",
        "0",
    ]


def test_they_take_the_same_queries_whatever_there_is(
    client: CheckingClient, award: Award, organisation: Organisation, alice: Person
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.statistics(organisation)
        return len(found)

    first = count()
    for days in range(3):
        domain.count(
            version=award.version, what=What.VIEWED, day=timezone.localdate() - dt.timedelta(days=days)
        )
    assert count() == first == 4


def test_an_empty_page_says_so(client: CheckingClient, organisation: Organisation, alice: Person) -> None:
    client.force_login(alice)
    assert "Nothing to count yet" in client.get("/o/twickel/statistics").page.text
    accounts.give_role(by=alice, organisation=organisation, person=alice, role=Role.REVIEWER)
