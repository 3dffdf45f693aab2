"""Founding an organisation, its settings and names, and the terms."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone

from tessella_web.accounts import domain, terms
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.accounts.permissions import require, roles_of
from tessella_web.accounts.regions import framework_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import AwardingRules
from tessella_web.registers.domain import bodies, identity, naming
from tests.web.accounts.test_roles import code_of
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "Hogeschool aan de Leie", "kind": "higher-education", "country": "BE", "region": "BE2", "language": "nl",
    "languages": ["en"], "website": "https://leie.example", "accepts_terms": "on",
}  # fmt: skip


def test_anybody_who_is_signed_in_founds_an_organisation(client: CheckingClient, charlie: Person) -> None:
    assert client.get("/organisations/new")["Location"].startswith("/sign-in?")
    client.force_login(charlie)
    assert "Found an organisation" in client.get("/").page.text
    answer = client.post("/organisations/new", FACTS)
    found = Organisation.objects.get()
    assert answer["Location"] == f"/o/{found.slug}/" == "/o/hogeschool-aan-de-leie/"
    assert roles_of(charlie, found) == {Role.OWNER}
    assert (found.kind, found.country, found.region, found.languages) == (
        "higher-education",
        "BE",
        "BE2",
        ["nl", "en"],
    )
    assert (found.is_held, terms.has_accepted(found)) == (False, True)


def test_short_names_are_found(client: CheckingClient, charlie: Person) -> None:
    client.force_login(charlie)
    for _ in range(2):
        client.post("/organisations/new", FACTS)
    client.post("/organisations/new", {**FACTS, "name": "Σχολή"})
    assert sorted(Organisation.objects.values_list("slug", flat=True)) == [
        "hogeschool-aan-de-leie", "hogeschool-aan-de-leie-2", "organisation",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("region", "framework"),
    [("BE2", "be-nl"), ("BE3", "be-fr"), ("BE336", "be-de"), ("", None), ("GB-SCT", None)],
)
def test_the_region_selects_the_framework_in_belgium(region: str, framework: str | None) -> None:
    found = framework_of("BE", region)
    assert (found.code if found else None) == framework


def test_elsewhere_the_country_does() -> None:
    found = framework_of("NLD")
    assert found and found.code.startswith("nl")
    assert framework_of("XX") is None


def test_belgium_needs_a_region_and_others_keep_none(client: CheckingClient, charlie: Person) -> None:
    client.force_login(charlie)
    assert (
        "education is a matter of the region"
        in client.post("/organisations/new", {**FACTS, "region": ""}).page.text
    )
    client.post("/organisations/new", {**FACTS, "country": "NL"})
    assert Organisation.objects.get().region == ""


def confirmed_body(name: str) -> None:
    body = bodies.make_body(name=name, country="NLD")
    body.is_confirmed = True
    body.save()


def test_a_name_that_could_be_taken_for_anothers_is_held(
    client: CheckingClient, charlie: Person, alice: Person
) -> None:
    confirmed_body("University of Amstel")
    client.force_login(charlie)
    page = client.post(
        "/organisations/new", {**FACTS, "name": "Univеrsity of Amstel"}, follow=True
    ).page  # a Cyrillic е
    assert "could be taken for University of Amstel" in page.text
    held = Organisation.objects.get()
    assert held.is_held
    assert code_of(lambda: require(charlie, held, "version.publish")) == "accounts.held"
    assert code_of(lambda: naming.release_name(by=charlie, organisation=held)) == "registers.no-reviewer"
    identity.name_reviewer(person=alice)
    client.force_login(alice)
    assert "Univеrsity of Amstel" in client.get("/identity-reviews/").page.text
    client.post(f"/identity-reviews/name/{held.slug}")
    require(charlie, Organisation.objects.get(), "version.publish")


def test_a_reviewer_does_not_release_their_own(client: CheckingClient, charlie: Person) -> None:
    confirmed_body("University of Amstel")
    made = naming.found(founder=charlie, name="University of Amstel", slug="amstel", country="NLD")
    identity.name_reviewer(person=charlie)
    assert code_of(lambda: naming.release_name(by=charlie, organisation=made)) == "registers.own-claim"


def test_another_name_has_to_be_shown_again(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    domain.establish(organisation=organisation, by_method="reviewer")
    client.force_login(alice)
    assert "has to be shown again" in client.get("/o/twickel/settings/name").page.text
    client.post("/o/twickel/settings/name", {"name": "University of Twickel"})
    assert Organisation.objects.get().is_established
    client.post("/o/twickel/settings/name", {"name": "Twickel Institute"})
    found = Organisation.objects.get()
    assert (found.name, found.is_established, found.is_held) == ("Twickel Institute", False, False)


def test_renaming_withdraws_what_was_claimed_and_holds_or_releases(
    organisation: Organisation, alice: Person, charlie: Person
) -> None:
    confirmed_body("University of Amstel")
    claim = identity.claim_new_body(
        by=alice, organisation=organisation, name=organisation.name, country="NLD"
    )
    identity.name_reviewer(person=charlie)
    identity.decide(claim=claim, by=charlie, accept=True, review="statutes")
    renamed = naming.rename(by=alice, organisation=Organisation.objects.get(), name="University of  Amstel")
    claim.refresh_from_db()
    assert (renamed.name, renamed.is_established, renamed.is_held) == ("University of Amstel", False, True)
    assert claim.state == "withdrawn"
    assert not naming.rename(by=alice, organisation=renamed, name="Twickel Institute").is_held


PAGES = ["settings", "settings/details", "settings/name", "settings/approval"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 403), ("charlie", 404), ("", 302)])
def test_settings_are_the_owners(
    client: CheckingClient, organisation: Organisation, bob: Person, request: pytest.FixtureRequest, path: str, who: str,
    status: int,
) -> None:  # fmt: skip
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get(f"/o/twickel/{path}").status_code == status
    if path != "settings" and who != "alice":
        assert client.post(f"/o/twickel/{path}", {"name": "Mine"}).status_code == status
        assert Organisation.objects.get().name == "University of Twickel"


def test_details_and_approval_are_changed(
    client: CheckingClient, organisation: Organisation, alice: Person
) -> None:
    client.force_login(alice)
    facts = {name: value for name, value in FACTS.items() if name not in ("name", "accepts_terms")}
    client.post("/o/twickel/settings/details", facts)
    page = client.get("/o/twickel/settings").page
    assert "Flemish qualifications framework" in page.text
    client.post(
        "/o/twickel/settings/approval",
        {"approval_threshold": 7, "remind_after_days": 3, "remind_at_most": 1, "claim_days": 30},
    )
    assert AwardingRules.of(organisation).approval_threshold == 7


# Terms


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("bob", 200), ("charlie", 404), ("", 302)])
def test_everybody_who_works_there_reads_the_terms(
    client: CheckingClient, organisation: Organisation, bob: Person, request: pytest.FixtureRequest, who: str, status: int
) -> None:  # fmt: skip
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get("/o/twickel/terms").status_code == status


def links(answer: Any) -> list[tuple[str, str]]:
    return re.findall(r'<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>', answer.content.decode())


def test_without_the_terms_nothing_is_published_or_awarded(
    client: CheckingClient, organisation: Organisation, alice: Person, bob: Person
) -> None:
    organisation.terms.all().delete()
    for capability in ("version.publish", "batch.prepare", "batch.approve"):
        assert (
            code_of(lambda capability=capability: require(alice, organisation, capability))
            == "accounts.terms"
        )
    require(alice, organisation, "description.edit")
    client.force_login(bob)
    assert client.post("/o/twickel/terms", {"version": "1"}).status_code == 403
    client.force_login(alice)
    page = client.get("/o/twickel/awards/class-list.csv")
    assert page.status_code == 409 and "has not accepted the terms yet" in page.page.text
    assert ("/o/twickel/terms", "Go there") in [(one, text) for one, text in links(page)]
    assert "The terms are not accepted yet" in client.get("/o/twickel/").page.text
    assert "Accept for University of Twickel" in client.get("/o/twickel/terms").content.decode()
    client.post("/o/twickel/terms", {"version": "1"})
    require(alice, organisation, "version.publish")
    assert "Alice" in client.get("/o/twickel/terms").page.text


def test_new_terms_are_accepted_anew_from_their_day_on(
    organisation: Organisation, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    later = terms.Terms("2", today + dt.timedelta(days=1), ())
    monkeypatch.setattr(terms, "TERMS", (*terms.TERMS, later))
    require(alice, organisation, "version.publish")
    monkeypatch.setattr(terms, "TERMS", (terms.TERMS[0], later._replace(binding_from=today)))
    assert code_of(lambda: require(alice, organisation, "version.publish")) == "accounts.terms"
    with pytest.raises(RefusedError):
        domain.accept_terms(by=alice, organisation=organisation, version="1")
    domain.accept_terms(by=alice, organisation=organisation, version="2")
    require(alice, organisation, "version.publish")
    assert [one.version for one in terms.acceptances(organisation)] == ["2", "1"]
