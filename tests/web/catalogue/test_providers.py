"""A provider's page: what was shown of it, what registers say, by which rules it works; and who writes those."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.providers import domain, queries
from tessella_web.catalogue.providers.domain import MAX_TEXT, Written
from tessella_web.catalogue.providers.models import Policy, Subject
from tessella_web.catalogue.search import snapshot
from tessella_web.catalogue.search.queries import Asked, search
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.registers.domain import registers
from tessella_web.registers.models import Claim, ClaimState, Register
from tests.web.catalogue.samples import colleague
from tests.web.registers.samples import agency_organisation, body, report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    snapshot.forget()


@pytest.fixture
def assured(organisation: Organisation, charlie: Person) -> Register:
    """The university was shown to act for a body about which an agency has reported."""
    about = body("University of Twickel")
    Claim.objects.create(
        organisation=organisation, body=about, state=ClaimState.ESTABLISHED, method="reviewer", decided_at=dt.datetime.now(dt.UTC)
    )  # fmt: skip
    organisation.established_by, organisation.established_at = "reviewer", dt.datetime.now(dt.UTC)
    organisation.save()
    keeper = agency_organisation(charlie)
    register = registers.open_register(by=charlie, organisation=keeper, name="Reports", slug="reports")
    report(register, charlie, about, body("Quality Agency"))
    return register


def write(organisation: Organisation, by: Person, language: str = "en", **texts: str) -> list[Subject]:
    policies = {Subject(name): Written(text) for name, text in texts.items()}
    return domain.write_policies(by=by, organisation=organisation, language=language, policies=policies)


def test_the_page_says_what_is_not_shown(client: Client, version: Version) -> None:
    text = client.get("/p/twickel").content.decode()
    assert ("Not shown yet" in text, "Data ethics in practice" in text, "Nothing said about" in text) == (
        True,
        True,
        True,
    )


def test_the_page_says_what_was_shown_and_what_registers_say(
    client: Client, version: Version, assured: Register
) -> None:
    text = client.get("/p/twickel").content.decode()
    assert ("It acts for University of Twickel" in text, "Quality Agency" in text, "No data" in text) == (
        True,
        True,
        False,
    )
    about = client.get(f"/m/{version.description_id}/v1").content.decode()
    assert "Quality Agency" in about
    assert "Alice" not in text + about


def test_what_registers_say_can_be_searched(version: Version, assured: Register) -> None:
    today = dt.datetime.now(dt.UTC).date()

    def states() -> dict[str, int]:
        found = search(Asked(), on=today)
        return {
            choice.code: choice.count
            for one in found.facets
            if one.facet.id == "quality"
            for choice in one.choices
        }

    assert states() == {"yes": 1}
    assert search(Asked(chosen={"quality": ("no-data",)}), on=today).total == 0
    assert search(Asked(chosen={"quality": ("yes",), "established": ("yes",)}), on=today).total == 1
    assured.reports.update(levels=[3])  # about another level than the micro-credential's
    snapshot.forget()
    assert states() == {"no-data": 1}


def test_who_publishes_and_says_nothing_has_no_page(
    client: Client, organisation: Organisation, alice: Person
) -> None:
    assert client.get("/p/twickel").status_code == client.get("/p/nobody").status_code == 404
    write(organisation, alice, about="We teach.")
    assert client.get("/p/twickel").status_code == 200


def test_texts_are_shown_in_the_readers_language(
    client: Client, organisation: Organisation, alice: Person
) -> None:
    write(organisation, alice, ownership="It is yours.", complaints="Write to us <b>.")
    write(organisation, alice, language="de", ownership="Er gehört Ihnen.")
    assert "It is yours." in client.get("/p/twickel").content.decode()
    text = client.get("/p/twickel", headers={"accept-language": "de"}).content.decode()
    assert ("Er gehört Ihnen." in text, "It is yours." in text) == (True, False)
    assert '<section class="policy" lang="en">' in text and "Write to us &lt;b&gt;." in text
    assert queries.languages_of(organisation) == ["de", "en"]


def test_only_what_changed_is_written_and_noted(organisation: Organisation, alice: Person) -> None:
    assert write(organisation, alice, about="We teach.", privacy=" ") == [Subject.ABOUT]
    assert write(organisation, alice, about="We teach. ") == []
    assert write(organisation, alice, about="") == [Subject.ABOUT]
    assert Policy.objects.count() == 0
    facts = [
        one.facts for one in AuditEntry.objects.filter(verb="providers.policies-written").order_by("number")
    ]
    assert facts == [{"language": "en", "subjects": ["about"]}] * 2


@pytest.mark.parametrize(
    ("language", "written", "code"),
    [
        ("xx-nonsense", Written("A"), "providers.language"),
        ("en", Written("A" * (MAX_TEXT + 1)), "providers.too-long"),
        ("en", Written("A", "javascript:alert(1)"), "providers.url"),
        ("en", Written("A", "https://" + "a" * 300), "providers.url"),
    ],
)
def test_what_cannot_be_shown_is_refused(
    organisation: Organisation, alice: Person, language: str, written: Written, code: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.write_policies(
            by=alice, organisation=organisation, language=language, policies={Subject.ABOUT: written}
        )
    assert (caught.value.code, Policy.objects.count()) == (code, 0)


def test_only_the_owner_writes(
    client: Client, organisation: Organisation, alice: Person, bob: Person, charlie: Person
) -> None:
    coordinator = colleague("Carla", organisation, Role.COORDINATOR)
    for person in (bob, charlie, coordinator):
        with pytest.raises(NotAllowedError):
            write(organisation, person, about="We teach.")
    address = "/o/twickel/policies"
    assert client.get(address).status_code == 302
    for person, status in ((alice, 200), (bob, 403), (charlie, 404), (coordinator, 403)):
        client.force_login(person)
        assert client.get(address).status_code == status


def test_the_form_saves_one_language_at_a_time(
    client: Client, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    response = client.post(
        "/o/twickel/policies?language=nl",
        {"about": "Wij onderwijzen.", "complaints-url": "https://twickel.example/klachten"},
    )
    assert response.status_code == 302
    assert {(one.subject, one.language, one.text, one.url) for one in Policy.objects.all()} == {
        ("about", "nl", "Wij onderwijzen.", ""),
        ("complaints", "nl", "", "https://twickel.example/klachten"),
    }
    assert "Wij onderwijzen." in client.get("/o/twickel/policies?language=nl").content.decode()
    assert "Wij onderwijzen." not in client.get("/o/twickel/policies?language=de").content.decode()
    wrong = client.post("/o/twickel/policies?language=nl", {"about": "A", "about-url": "nonsense at all"})
    assert wrong.status_code == 200 and "Please look at this again" in wrong.content.decode()


def test_the_page_needs_the_same_number_of_queries(
    client: Client, organisation: Organisation, alice: Person, version: Version
) -> None:
    def count() -> int:
        client.get("/p/twickel")
        with CaptureQueriesContext(connection) as caught:
            client.get("/p/twickel")
        return len(caught)

    write(organisation, alice, about="We teach.")
    one = count()
    write(organisation, alice, ownership="Yours.", privacy="None.")
    assert count() == one
