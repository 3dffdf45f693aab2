"""A learner with four badges of three providers, and a university that counts them towards a certificate."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

import tessella
from tessella.stacking import rule_data
from tessella.stacking.language import Amount, Decider, Group, Rule, Slot, Source, Where
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.pathways.models import Pathway, PathwayState, PathwayVersion
from tessella_web.credentials.domain import batches, engine
from tessella_web.credentials.models import Award
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.models import Case
from tests.web.conftest import person
from tests.web.credentials.conftest import own_places, published
from tests.web.wallet.making import course

__all__ = ["own_places"]

EN = ("en",)
FORMATS = ("openbadge",)

POLICY = {
    "is_open": True, "purposes": "Decisions on stacks", "most_days": 180, "text": "Two people of the board read it.",
    "contact": "board@marl.example",
}  # fmt: skip

RULE: dict[str, Any] = {
    "amounts": (Amount(id="enough", at_least=8),),  # type: ignore[arg-type] # numbers are read so
    "groups": (Group(id="core", slots=(Slot(id="bees", where=Where(credential=("Beekeeping",))),)),),
}


def rule_of(**changes: Any) -> Rule:
    return Rule(
        id="urn:rule:hive", version="1", title="Certificate in pollination", receiver="University of Marl",
        award="certificate in pollination", decider=Decider(name="University of Marl", role="the examination board"),
        source=Source(text="Regulations of 2026", url="https://marl.example/rules"), **{**RULE, **changes},
    )  # fmt: skip


def house(name: str, slug: str, owner: Person) -> Organisation:
    """An organisation that is established and can seal."""
    found = accounts.found_organisation(founder=owner, name=name, slug=slug, country="DEU")
    accounts.establish(organisation=found, by_method="reviewer")
    keys.create_key(by=owner, organisation=found, use=KeyUse.BADGE)
    accounts.give_role(by=owner, organisation=found, person=owner, role=Role.ASSESSOR)
    return found


def sealed() -> None:
    while engine.seal_next_chunk():
        pass


def awarded(by: Person, version: Version, learner: Person, **values: str) -> Award:
    """An award that the learner holds."""
    batch = batches.prepare_learner(
        by=by, version=version, formats=FORMATS, is_suspendable=True,
        values={"full_name": learner.name, "email": learner.email, "result": "passed", "assessed_on": "2026-05-04", **values},
    )  # fmt: skip
    batches.start(by=by, batch=batch)
    sealed()
    found = Award.objects.get(row__batch=batch)
    found.holder, found.claimed_at = learner, timezone.now()
    found.save(update_fields=["holder", "claimed_at"])
    return found


def pathway_of(
    organisation: Organisation, rule: Rule, *, number: int = 1, pathway: Pathway | None = None
) -> PathwayVersion:
    """A rule that is in force since spring."""
    pathway = pathway or Pathway.objects.create(
        organisation=organisation, state=PathwayState.PUBLISHED, title=rule.title
    )
    return PathwayVersion.objects.create(
        pathway=pathway, number=number, data=rule_data(rule), title=rule.title, award=rule.award, receiver=rule.receiver,
        words="", valid_from=dt.date(2026, 3, 1), published_at=timezone.now(), published_by_name="Marla",
    )  # fmt: skip


@pytest.fixture
def dana(db: None) -> Person:
    """A learner."""
    return person("Dana")


@pytest.fixture
def marla(db: None) -> Person:
    """Owns the university."""
    return person("Marla")


@pytest.fixture
def marl(marla: Person) -> Organisation:
    found = house("University of Marl", "marl", marla)
    receiving.publish_policy(by=marla, organisation=found, values=POLICY)
    return found


@pytest.fixture
def larger(marl: Organisation) -> Version:
    """The certificate."""
    return published(marl, certificate())


def certificate(title: str = "Certificate in pollination") -> tessella.MicroCredential:
    return course(title, issuer="University of Marl", hours=300, level="5")


@pytest.fixture
def version(marla: Person, marl: Organisation, larger: Version) -> PathwayVersion:
    found = pathway_of(marl, rule_of())
    domain.set_award(by=marla, pathway=found.pathway, description=larger.description)
    return found


@pytest.fixture
def badges(dana: Person) -> list[Award]:
    """Four badges of three providers: six, two, two and two ECTS."""
    made: list[Award] = []
    for name, slug, titles in (
        ("Hive Academy", "hive", [("Beekeeping", 150), ("Honey", 50)]),
        ("Orchard College", "orchard", [("Pruning", 50)]),
        ("Meadow School", "meadow", [("Wild flowers", 50)]),
    ):
        owner = person(f"{slug} owner")
        organisation = house(name, slug, owner)
        for title, hours in titles:
            made.append(
                awarded(owner, published(organisation, course(title, issuer=name, hours=hours)), dana)
            )
    return made


def asked(dana: Person, version: PathwayVersion, awards: list[Award]) -> Case:
    share = domain.prepare(
        by=dana, version=version, keys=[f"a-{one.id}" for one in awards], keep_days=90, languages=EN
    )
    return domain.ask(
        by=dana, version=version, share=share, name="Dana Alder", languages=EN, message="Please look."
    )


@pytest.fixture
def case(dana: Person, version: PathwayVersion, badges: list[Award]) -> Case:
    """Dana has asked, with all four."""
    return asked(dana, version, badges)


def granted(marla: Person, case: Case) -> Case:
    """Decided by the rule, sealed, and with its learner."""
    domain.decide(by=marla, case=case, decision="granted", reasons="All of it counts.", languages=EN)
    sealed()
    domain.finish_due()
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def won(marla: Person, case: Case) -> Case:
    """Dana has the certificate."""
    return granted(marla, case)
