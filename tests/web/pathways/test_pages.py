"""Pages of pathways: written in the browser without JavaScript, read by everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tessella.stacking import load_rule, published_rule
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.pathways import domain
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion
from tests.web.catalogue.samples import colleague
from tests.web.catalogue.samples import published as published_course
from tests.web.pages import CheckingClient
from tests.web.pathways.rules import CERTIFICATE


@pytest.fixture
def pathway(alice: Person, organisation: Organisation) -> Pathway:
    return domain.start(by=alice, organisation=organisation, data=CERTIFICATE)


@pytest.fixture
def version(alice: Person, pathway: Pathway) -> PathwayVersion:
    return domain.publish(by=alice, pathway=pathway)


def answer(client: CheckingClient, pathway: Pathway, section: str, **fields: str) -> Any:
    now = Pathway.objects.get(pk=pathway.pk)
    address = reverse("pathway-section", args=["twickel", pathway.id, section])
    return client.post(address, {"revision": str(now.revision), "do": "next", **fields})


def test_rule_is_written_question_by_question_and_published(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    client.force_login(alice)
    assert client.get("/o/twickel/pathways").status_code == 200
    begun = client.post("/o/twickel/pathways/new", {"title": "Certificate in river care"})
    pathway = Pathway.objects.get()
    assert begun.headers["Location"] == reverse("pathway-section", args=["twickel", pathway.id, "award"])
    done = answer(
        client,
        pathway,
        "award",
        title="Certificate in river care",
        award="Certificate",
        receiver="University of Twickel",
    )
    assert done.headers["Location"].endswith("/edit/decider")
    answer(
        client,
        pathway,
        "decider",
        **{"decider.name": "The board", "source.text": "Section 12", "source.confirmed": "yes"},
    )
    added = answer(client, pathway, "amounts", do="add:amounts", **{"amounts.count": "0"})
    assert added.headers["Location"].endswith("edit/amounts?open=amounts.0#f-amounts-0")
    answer(
        client,
        pathway,
        "amounts",
        do="open:amounts.0.where",
        **{
            "amounts.count": "1",
            "amounts.0.title": "Volume",
            "amounts.0.at_least": "6",
            "amounts.0.where.open": "level",
        },
    )
    page = client.get(reverse("pathway-section", args=["twickel", pathway.id, "amounts"])).content.decode()
    assert 'name="amounts.0.where.level.at_least"' in page
    answer(
        client,
        pathway,
        "amounts",
        **{
            "amounts.count": "1",
            "amounts.0.title": "Volume",
            "amounts.0.at_least": "6",
            "amounts.0.where.level.count": "1",
            "amounts.0.where.level.at_least": "5",
        },
    )
    whole = client.get(reverse("pathway-draft", args=["twickel", pathway.id])).content.decode()
    assert "Volume: at least 6 ECTS at EQF level 5 or more." in whole
    asked = client.get(reverse("pathway-publish", args=["twickel", pathway.id])).content.decode()
    assert "Publish version 1 of" in asked
    revision = str(Pathway.objects.get().revision)
    published = client.post(reverse("pathway-publish", args=["twickel", pathway.id]), {"revision": revision})
    assert published.headers["Location"] == reverse("pathway-version", args=[pathway.id, 1])
    client.logout()
    public = client.get(published.headers["Location"]).content.decode()
    assert (
        "Whoever has what the rule asks for meets the published rule of University of Twickel; decision by The board."
        in public
    )
    assert "entitled" not in public.lower()


def test_what_cannot_be_saved_is_told_and_stays_in_the_field(
    client: CheckingClient, alice: Person, pathway: Pathway
) -> None:
    client.force_login(alice)
    page = answer(
        client,
        pathway,
        "amounts",
        **{"amounts.count": "1", "amounts.0.id": "total", "amounts.0.at_least": "many"},
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="many"' in text
    assert "This is no number." in text
    assert Pathway.objects.get().draft["amounts"][0]["at_least"] == "6"


def test_whoever_writes_over_somebody_else_is_told(
    client: CheckingClient, alice: Person, pathway: Pathway
) -> None:
    client.force_login(alice)
    answer(client, pathway, "also", also="First.")
    page = answer(client, pathway, "also", also="Second.", revision="0")
    assert "Somebody else changed this rule meanwhile." in page.content.decode()
    assert Pathway.objects.get().draft["also"] == ["First."]


def test_contradiction_is_named_beside_the_form_and_stops_publishing(
    client: CheckingClient, alice: Person, pathway: Pathway
) -> None:
    client.force_login(alice)
    answer(
        client,
        pathway,
        "conditions",
        **{
            "conditions.count": "1",
            "conditions.0.id": "high",
            "conditions.0.where.level.count": "1",
            "conditions.0.where.level.at_least": "6",
            "advice.count": "0",
        },
    )
    answer(
        client,
        pathway,
        "places",
        **{
            "groups.count": "0",
            "capstone.count": "1",
            "capstone.id": "end",
            "capstone.title": "Final project",
            "capstone.where.level.count": "1",
            "capstone.where.level.at_most": "5",
        },
    )
    page = client.get(reverse("pathway-section", args=["twickel", pathway.id, "places"])).content.decode()
    assert (
        "These cannot be met together, whatever somebody has: “high” (only what is at EQF level 6 or more counts); “end”"
        in page
    )
    refused = client.post(reverse("pathway-publish", args=["twickel", pathway.id]), follow=True)
    assert "These cannot be met together" in refused.content.decode()
    assert not PathwayVersion.objects.exists()


def test_example_or_file_is_where_one_begins(
    client: CheckingClient, alice: Person, organisation: Organisation
) -> None:
    client.force_login(alice)
    begun = client.post("/o/twickel/pathways/new", {"example": "taltech-micro-degree", "title": "Ours"})
    made = Pathway.objects.get()
    assert (made.title, begun.headers["Location"]) == (
        "Ours",
        reverse("pathway-draft", args=["twickel", made.id]),
    )
    page = client.post(
        "/o/twickel/pathways/new",
        {"file": SimpleUploadedFile("rule.yaml", published_rule("lincoln-pgcert"))},
        follow=True,
    )
    assert "The whole file was taken over." in page.content.decode()
    wrong = client.post("/o/twickel/pathways/new", {"file": SimpleUploadedFile("rule.yaml", b"a: [")})
    assert "neither valid YAML nor JSON" in wrong.content.decode()


def test_file_takes_the_place_of_the_draft_and_wrong_parts_are_told(
    client: CheckingClient, alice: Person, pathway: Pathway
) -> None:
    client.force_login(alice)
    address = reverse("pathway-upload", args=["twickel", pathway.id])
    assert client.get(address).status_code == 200
    page = client.post(
        address,
        {
            "file": SimpleUploadedFile(
                "r.json", b'{"title": "New", "unit": 3, "amounts": [{"id": "a", "at_least": 3}]}'
            )
        },
        follow=True,
    )
    assert "unit: It cannot be used" in page.content.decode()
    assert Pathway.objects.get().draft == {
        "id": pathway.draft["id"], "title": "New", "amounts": [{"id": "a", "at_least": "3"}],
    }  # fmt: skip


@pytest.mark.parametrize("format", ["yaml", "json"])
def test_file_of_the_draft_and_of_the_version_are_read_again(
    client: CheckingClient, alice: Person, version: PathwayVersion, format: str
) -> None:
    client.force_login(alice)
    draft = client.get(reverse("pathway-file", args=["twickel", version.pathway_id, format]))
    assert domain.read_file(draft.content).problems == ()
    public = client.get(reverse("pathway-rule", args=[version.pathway_id, 1, format]))
    assert load_rule(domain.read_file(public.content).data) == version.rule
    assert client.get(reverse("pathway-rule", args=[version.pathway_id, 1, "exe"])).status_code == 404


def test_new_version_is_shown_with_what_changed_in_sentences(
    client: CheckingClient, alice: Person, version: PathwayVersion
) -> None:
    client.force_login(alice)
    answer(client, version.pathway, "also", also="A conversation.")
    address = reverse("pathway-publish", args=["twickel", version.pathway_id])
    page = client.get(address).content.decode()
    assert "What changed since version 1" in page
    client.post(address)
    changes = client.get(reverse("pathway-changes", args=[version.pathway_id, 2])).content.decode()
    assert "Decided separately: A conversation." in changes
    old = client.get(reverse("pathway-version", args=[version.pathway_id, 1])).content.decode()
    assert "Version 2 is in force today." in old
    assert client.get(reverse("pathway", args=[version.pathway_id])).context["version"].number == 2
    client.post(
        reverse("pathway-withdraw", args=["twickel", version.pathway_id, 2]),
        {"from_day": "2000-01-01", "because": "x"},
    )
    ended = client.post(
        reverse("pathway-withdraw", args=["twickel", version.pathway_id, 2]),
        {"from_day": str(PathwayVersion.objects.get(number=2).valid_from), "because": "A mistake."},
    )
    assert ended.status_code == 302
    assert (
        "A mistake." in client.get(reverse("pathway-version", args=[version.pathway_id, 2])).content.decode()
    )
    assert client.get(reverse("pathway", args=[version.pathway_id])).context["version"].number == 1


def test_micro_credentials_and_rules_lead_to_each_other(
    client: CheckingClient, alice: Person, organisation: Organisation, version: PathwayVersion
) -> None:
    course = published_course(organisation, by=alice, reviewer=colleague("Rita", organisation, Role.REVIEWER))
    rule = client.get(reverse("pathway", args=[version.pathway_id])).content.decode()
    assert reverse("version-latest", args=[course.description_id]) in rule
    page = client.get(reverse("version", args=[course.description_id, 1])).content.decode()
    assert "Counts towards, by published rules" in page
    assert reverse("pathway", args=[version.pathway_id]) in page
    provider = client.get("/p/twickel").content.decode()
    assert reverse("pathway", args=[version.pathway_id]) in provider
    assert reverse("pathways") in client.get("/catalogue").content.decode()


def test_list_and_page_are_there_for_programs(client: CheckingClient, version: PathwayVersion) -> None:
    listed = client.get("/pathways.json?q=river").json()
    assert (listed["total"], listed["items"][0]["id"], listed["items"][0]["number"]) == (
        1,
        version.pathway_id,
        1,
    )
    one = client.get(f"/pathways/{version.pathway_id}.json").json()
    assert (one["in_force"], load_rule(one["rule"])) == (True, version.rule)
    assert json.loads(client.get(f"/pathways/{version.pathway_id}/v1.json").content)["sentences"][
        0
    ].startswith("“Certificate in river care”")
    assert client.get("/pathways/nothing.json").status_code == 404
    assert client.get(f"/pathways/{version.pathway_id}/v7").status_code == 404


def test_draft_has_no_public_page(client: CheckingClient, pathway: Pathway) -> None:
    assert client.get(f"/pathways/{pathway.id}").status_code == 404
    assert "0 rules in force" in client.get("/pathways").content.decode()


def test_pages_ask_the_database_as_often_for_many_as_for_one(
    client: CheckingClient, alice: Person, organisation: Organisation, version: PathwayVersion
) -> None:
    addresses = ["/pathways", f"/pathways/{version.pathway_id}", "/p/twickel", "/pathways.json"]

    def asked() -> list[int]:
        found = []
        for address in addresses:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                client.get(address)
            found.append(len(queries))
        return found

    asked()
    once = asked()
    for _ in range(3):
        domain.publish(by=alice, pathway=domain.start(by=alice, organisation=organisation, data=CERTIFICATE))
    draft = Pathway.objects.get(pk=version.pathway_id)
    domain.change(by=alice, pathway=draft, data={**draft.draft, "also": ["x"]}, revision=draft.revision)
    domain.publish(by=alice, pathway=draft)
    assert asked() == once
