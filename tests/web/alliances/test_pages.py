"""The pages of alliances: for the alliance, for its members, for guests, and for nobody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Role
from tessella_web.credentials.alliances import domain
from tessella_web.credentials.alliances.models import JointBatch, Membership, Part
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award
from tests.web.alliances.conftest import LIST, Rivers
from tests.web.conftest import person
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def test_alliance_hands_out_and_members_seal(rivers: Rivers, client: CheckingClient) -> None:
    rivers.keys("seebrueck", "lake")
    client.force_login(rivers.owner)
    overview = client.get(reverse("alliances", args=["rivers"])).content.decode()
    assert ["Lake Province University" in overview, "Kenya" in overview] == [True, True]
    address = reverse("alliance-hand-out", args=["rivers", rivers.version.id])
    page = client.get(address).content.decode()
    assert "Hochschule Seebrück, Lake Province University" in page
    wrong = SimpleUploadedFile("class.csv", LIST.replace(b"2001-01-02", b"yesterday"))
    refused = client.post(address, {"file": wrong, "formats": ["openbadge"]}).content.decode()
    assert ["Problems, cell by cell" in refused, JointBatch.objects.exists()] == [True, False]
    done = client.post(
        address, {"file": SimpleUploadedFile("class.csv", LIST), "formats": ["openbadge", "pdf"]}
    )
    joint = JointBatch.objects.get()
    assert done["Location"] == reverse("alliance-joint", args=["rivers", joint.id])
    assert "0 of 3 members have sealed" in client.get(done["Location"]).content.decode()

    client.force_login(rivers.owners["lake"])
    part = rivers.part(joint, "lake")
    assert "Waiting for your seal" in client.get(reverse("alliances", args=["lake"])).content.decode()
    own = reverse("alliance-part", args=["lake", part.id])
    assert "Ana Alves" in client.get(own).content.decode()
    assert client.post(own, {"do": "seal"})["Location"] == reverse("batch", args=["lake", part.batch_id])
    while seal_next_chunk():
        pass
    client.force_login(rivers.owners["seebrueck"])
    told = client.post(
        reverse("alliance-part", args=["seebrueck", rivers.part(joint, "seebrueck").id]), {"do": "decline"}
    )
    assert "Say why." in told.content.decode()
    client.post(reverse("alliance-part", args=["seebrueck", rivers.part(joint, "seebrueck").id]), {"do": "decline", "reason": "Not this year"})  # fmt: skip
    client.force_login(rivers.owner)
    page = client.get(reverse("alliance-joint", args=["rivers", joint.id])).content.decode()
    assert ["1 of 3 members have sealed" in page, "Not this year" in page] == [True, True]


def test_claim_page_offers_what_exists(rivers: Rivers, client: CheckingClient) -> None:
    rivers.keys("seebrueck", "lake")
    joint = rivers.hand_out("openbadge")
    for slug in ("seebrueck", "lake"):
        domain.seal(by=rivers.owners[slug], part=rivers.part(joint, slug))
        while seal_next_chunk():
            pass
        if slug == "seebrueck":
            first = Award.objects.get(row__number=2)
            client.post(reverse("award-claim", args=[first.id]), {"key": claim_key(first)})
            alone = client.get(reverse("award-files", args=[first.id])).content.decode()
            assert "The same from the other members" not in alone
    files = client.get(reverse("award-files", args=[first.id])).content.decode()
    assert "Files from Lake Province University" in files
    late = Award.objects.get(row__number=2, organisation__slug="lake")
    assert client.get(reverse("award-files", args=[late.id])).status_code == 200
    assert client.get(reverse("award-file", args=[late.id, "openbadge"])).status_code == 200
    public = client.get(reverse("award", args=[first.id])).content.decode()
    assert ["Awarded together with" in public, "Ana" in public, "Alves" in public] == [True, False, False]
    ben = Award.objects.get(row__number=3, organisation__slug="lake")
    assert client.get(reverse("award-files", args=[ben.id])).status_code == 404


def test_only_those_who_belong_see_them(rivers: Rivers, client: CheckingClient) -> None:
    """Alice owns the alliance; Bob is a guest of a member; Charlie works nowhere."""
    rivers.keys("lake")
    joint = rivers.hand_out("openbadge")
    part = rivers.part(joint, "lake")
    bob, charlie = person("Bob"), person("Charlie")
    accounts.give_role(by=rivers.owners["lake"], organisation=rivers.members["lake"], person=bob, role=Role.GUEST)  # fmt: skip
    addresses = {
        reverse("alliances", args=["lake"]): (404, 200, 404),
        reverse("alliance-part", args=["lake", part.id]): (404, 403, 404),
        reverse("alliance-joint", args=["rivers", joint.id]): (200, 404, 404),
        reverse("alliance-hand-out", args=["rivers", rivers.version.id]): (200, 404, 404),
        reverse("alliance-part", args=["rivers", part.id]): (404, 404, 404),
    }
    for address, statuses in addresses.items():
        assert client.get(address).status_code == 302, address
        for who, status in zip((rivers.owner, bob, charlie), statuses, strict=True):
            client.force_login(who)
            assert client.get(address).status_code == status, (address, who)
        client.logout()
    client.force_login(bob)
    assert client.post(reverse("alliance-part", args=["lake", part.id]), {"do": "seal"}).status_code == 403
    leaving = {"do": "leave", "membership": Membership.objects.get(member=rivers.members["lake"]).id}
    assert client.post(reverse("alliances", args=["lake"]), leaving).status_code == 403


def test_membership_is_asked_and_accepted_on_the_page(rivers: Rivers, client: CheckingClient) -> None:
    nora = person("Nora")
    accounts.found_organisation(founder=nora, name="Delta College", slug="delta", country="NLD")
    client.force_login(rivers.owner)
    page = reverse("alliances", args=["rivers"])
    for text, expected in (("nowhere", "no organisation"), ("lake", "member already")):
        assert expected in client.post(page, {"do": "invite", "member": text}).content.decode()
    client.post(page, {"do": "invite", "member": "Delta College"})
    client.force_login(nora)
    asked = Membership.objects.get(member__slug="delta")
    own = reverse("alliances", args=["delta"])
    assert "Become a member" in client.get(own).content.decode()
    client.post(own, {"do": "accept", "membership": asked.id})
    asked.refresh_from_db()
    assert asked.state == "active"
    assert client.post(own, {"do": "nothing"}).status_code == 404


def test_pages_ask_as_much_for_one_as_for_three(rivers: Rivers, client: CheckingClient) -> None:
    rivers.keys("lake")
    client.force_login(rivers.owner)
    counts = []
    for _round in range(2):
        joint = rivers.hand_out("openbadge")
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(reverse("alliances", args=["rivers"]))
        counts.append(len(found))
        for part in Part.objects.filter(joint=joint, member=rivers.members["lake"]):
            domain.decline(by=rivers.owners["lake"], part=part, reason="x")
    assert counts[0] == counts[1]
