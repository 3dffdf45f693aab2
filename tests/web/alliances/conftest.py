"""The Alliance of Small Rivers: members in three countries, one outside Europe; none of them exists."""

from __future__ import annotations

import msgspec
import pytest

from tessella.model import MicroCredential, Place
from tessella.model import Organisation as Body
from tessella.vocabulary import code_list
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.credentials.alliances import domain
from tessella_web.credentials.alliances.models import JointBatch, Part
from tests.web.conftest import person
from tests.web.credentials.conftest import own_places, published, record

__all__ = ["own_places", "record"]

MEMBERS = (
    ("Hochschule Seebrück", "seebrueck", "DEU"),
    ("Universidade de Ribeira", "ribeira", "PRT"),
    ("Lake Province University", "lake", "KEN"),
)
"""By name, short name and country; the last one lies in Kenya."""

LIST = (
    b"Given name,Family name,E-mail,Date of birth,Result,Assessed on\n"
    b"Ana,Alves,ana@example.org,2001-01-01,passed,2026-05-04\n"
    b"Ben,Bauer,ben@example.org,2001-01-02,passed,2026-05-04\n"
)


class Rivers:
    """The alliance with its members, each owned by somebody else, each with keys."""

    def __init__(self, owner: Person, record: MicroCredential) -> None:
        self.owner = owner
        self.alliance = accounts.found_organisation(
            founder=owner, name="Alliance of Small Rivers", slug="rivers", country="AUT"
        )
        accounts.give_role(by=owner, organisation=self.alliance, person=owner, role=Role.ASSESSOR)
        self.owners: dict[str, Person] = {}
        self.members: dict[str, Organisation] = {}
        for name, slug, country in MEMBERS:
            boss = self.owners[slug] = person(f"Owner-{slug}")
            self.members[slug] = accounts.found_organisation(
                founder=boss, name=name, slug=slug, country=country
            )
            self.join(slug)
        self.version: Version = published(self.alliance, self.record(record))

    def record(self, record: MicroCredential) -> MicroCredential:
        bodies = tuple(
            Body(name={"en": name}, places=(Place(country=code_list("country").get(country)),))
            for name, _slug, country in MEMBERS
        )
        return msgspec.structs.replace(record, awarding_bodies=bodies, providers=(), technical_issuer=None)

    def join(self, slug: str) -> None:
        invited = domain.invite(by=self.owner, alliance=self.alliance, member=self.members[slug])
        domain.accept(by=self.owners[slug], membership=invited)

    def keys(self, *slugs: str) -> None:
        for slug in slugs:
            for use in (KeyUse.BADGE, KeyUse.SEAL):
                keys.create_key(by=self.owners[slug], organisation=self.members[slug], use=use)

    def hand_out(self, *formats: str) -> JointBatch:
        return domain.hand_out(
            by=self.owner, version=self.version, file_name="class.csv", data=LIST, formats=formats or ["openbadge", "edc"]
        )  # fmt: skip

    def part(self, joint: JointBatch, slug: str) -> Part:
        return Part.objects.select_related("member").get(joint=joint, member=self.members[slug])


@pytest.fixture
def rivers(alice: Person, record: MicroCredential) -> Rivers:
    """Alice owns the alliance."""
    return Rivers(alice, record)
