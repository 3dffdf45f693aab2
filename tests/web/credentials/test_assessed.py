"""A micro-credential is awarded on an assessor's word only, by page and by list; other records need none."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from tessella.model import MicroCredential, RecordType
from tessella_web.accounts.domain import give_role
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials import queries
from tessella_web.credentials.domain import awards, batches
from tessella_web.credentials.domain.assessed import Assessed
from tessella_web.credentials.models import Award, Batch
from tests.web.conftest import person
from tests.web.credentials.conftest import published
from tests.web.credentials.test_batches import work
from tests.web.pages import CheckingClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]

ON = dt.date(2026, 5, 4)
OUTCOMES = ("lo-map", "lo-bias", "lo-law", "lo-decide")


@pytest.fixture
def plain(organisation: Organisation, record: MicroCredential) -> Version:
    """A micro-credential of an organisation whose owner does not assess."""
    return published(organisation, record)


@pytest.fixture
def ada(alice: Person, organisation: Organisation) -> Person:
    """An assessor."""
    found = person("Ada")
    give_role(by=alice, organisation=organisation, person=found, role=Role.ASSESSOR)
    return found


def prepare(by: Person, version: Version, text: str) -> Batch:
    return batches.prepare_list(
        by=by, version=version, file_name="c.csv", data=text.encode(), formats=["openbadge"]
    )


@pytest.mark.parametrize(
    "header", ["Name,E-mail", "Name,Result", "Name,Result,Assessed on", "Name,Assessed on,Assessed by"]
)
def test_a_plain_list_of_somebody_who_is_no_assessor_is_refused(
    alice: Person, plain: Version, header: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        prepare(alice, plain, f"{header}\nAnn One\n")
    assert (caught.value.code, caught.value.field) == ("batch.unassessed", "file")
    assert "assessed by" in caught.value.hint
    assert Batch.objects.count() == 0


def test_an_assessor_s_list_says_result_and_date(ada: Person, plain: Version) -> None:
    with pytest.raises(RefusedError) as caught:
        prepare(ada, plain, "Name\nAnn One\n")
    assert "result, assessed on" in caught.value.message and "assessed by" not in caught.value.message
    batch = prepare(
        ada, plain, "Name,Result,Assessed on\nAnn One,passed,2026-05-04\nBen Two,passed,\nCem Three,failed,\n"
    )
    rows = list(batch.rows.all())
    assert [row.state for row in rows] == ["good", "problem", "not-passed"]
    assert (rows[1].problems[0]["column"], rows[1].problems[0]["code"]) == (
        "C, “Assessed on”",
        "batch.no-assessment-date",
    )
    assert rows[0].read().assessed_by == "ada@example.org"


def test_a_coordinator_s_list_names_an_assessor_of_the_organisation(
    alice: Person, ada: Person, charlie: Person, plain: Version
) -> None:
    batch = prepare(
        alice,
        plain,
        "Name,E-mail,Result,Assessed on,Assessed by\n"
        "Ann One,,passed,2026-05-04,ADA@example.org\n"
        "Ben Two,,passed,2026-05-04,\n"
        "Cem Three,,passed,2026-05-04,charlie@example.org\n"
        "Ada Herself,ada@example.org,passed,2026-05-04,ada@example.org\n",
    )
    found = [(row.state, [one["code"] for one in row.problems]) for row in batch.rows.all()]
    assert found == [
        ("good", []),
        ("problem", ["batch.no-assessor"]),
        ("problem", ["batch.no-assessor"]),
        ("problem", ["batch.assessed-by-learner"]),
    ]
    assert queries.assessors_in(batch) == ["Ada"]
    told = AuditEntry.objects.get(verb="batch.prepared").facts
    assert told["assessors"] == [audit.reference_of(ada.id)]


def test_one_person_is_refused_at_the_field_that_is_missing(
    alice: Person, ada: Person, plain: Version
) -> None:
    values: dict[str, object] = {"given_name": "Ann"}
    for field, value in (("result", "passed"), ("assessed_on", ON), ("assessed_by", "ada@example.org")):
        with pytest.raises(RefusedError) as caught:
            batches.prepare_learner(by=alice, version=plain, values=values, formats=["openbadge"])
        assert (caught.value.code, caught.value.field) == ("batch.unassessed", field)
        values[field] = value
    batch = batches.prepare_learner(by=alice, version=plain, values=values, formats=["openbadge"])
    assert batch.rows.get().state == "good"


def test_other_records_need_no_assessment(
    alice: Person, organisation: Organisation, record: MicroCredential
) -> None:
    other = msgspec.structs.replace(record, record_type=RecordType.PARTICIPATION)
    batch = prepare(alice, published(organisation, other), "Name\nAnn One\n")
    assert batch.rows.get().state == "good"


def assessed(assessor: Person, *outcomes: str, **values: object) -> Assessed:
    return Assessed(
        values={"given_name": "Ann", "assessed_on": ON, "grade": "8", "supervision": "unsupervised-with-id", **values},
        outcomes=dict.fromkeys(outcomes, ON),
        assessor=assessor,
    )  # fmt: skip


def test_a_required_outcome_that_was_not_recorded_is_refused(
    alice: Person, ada: Person, plain: Version
) -> None:
    batch = batches.prepare_assessed(
        by=alice,
        version=plain,
        source="Autumn",
        formats=["openbadge"],
        learners=[
            assessed(ada, *OUTCOMES, email="a@example.org"),
            assessed(ada, *OUTCOMES[:3], email="b@example.org"),
            assessed(ada, *OUTCOMES, email="ada@example.org"),
        ],
    )
    found = [(row.state, [one["code"] for one in row.problems]) for row in batch.rows.all()]
    assert found == [
        ("good", []),
        ("problem", ["batch.outcome-missing"]),
        ("problem", ["batch.assessed-by-learner"]),
    ]
    with pytest.raises(RefusedError) as caught:
        batches.prepare_assessed(by=alice, version=plain, source="", formats=["openbadge"], learners=[])
    assert caught.value.code == "batch.empty"


def test_what_was_recorded_is_sealed_and_kept_by_a_correction(
    alice: Person, ada: Person, plain: Version
) -> None:
    from django.core.files.storage import default_storage

    batch = batches.prepare_assessed(
        by=alice, version=plain, source="", formats=["openbadge"], learners=[assessed(ada, *OUTCOMES)]
    )
    batches.start(by=alice, batch=batch)
    work()
    first = Award.objects.get()
    awards.correct(by=alice, award=first, values={"given_name": "Anne"}, reason="misspelt")
    work()
    second = Award.objects.get(replaces=first)
    for award in (first, second):
        file = default_storage.open(award.copies.get().file).read()
        assert [
            file.count(one.encode()) > 0 for one in ("unsupervised-with-id", "achievedOutcome", "ada@")
        ] == [
            True,
            True,
            False,
        ]
        assert [one.outcome for one in award.read().achieved] == list(OUTCOMES)
    assert second.learner.display_name == "Anne"


def test_the_page_for_one_person_asks_who_assessed(
    client: CheckingClient, alice: Person, ada: Person, plain: Version
) -> None:
    client.force_login(alice)
    address = f"/o/twickel/awards/new/{plain.id}/person"
    values = {"given_name": "Ann", "formats": "openbadge", "assessed_on": "2026-05-04"}
    refused = client.post(address, values)
    assert "An assessor" in refused.page.text and Batch.objects.count() == 0
    given = {**values, "assessed_by": "ada@example.org", "result": "on"}
    shown = client.post(address, given, follow=True)
    assert "Assessed by" in shown.page.text and "Ada" in shown.page.text
    client.force_login(ada)
    assert 'value="ada@example.org" selected' in client.get(address).content.decode()
