"""Six invented organisations with invented people, and the wallet of one of them, so that a first start shows something.

Everything goes through the verbs of the platform: nothing here is a state that people could not bring about.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from django.db import transaction

from tessella.adapters.descriptions import parse_description
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.esco import domain as esco
from tessella_web.catalogue.models import Description, QualityReview, Standing, Version
from tessella_web.catalogue.pathways import domain as pathways
from tessella_web.catalogue.providers import domain as policies
from tessella_web.catalogue.providers.models import Subject
from tessella_web.config.samples import courses, events, guidance, wallets
from tessella_web.credentials.alliances import domain as alliances
from tessella_web.credentials.domain import batches
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.guidance.entry import domain as entry

__all__ = ["FIRST_PERSON", "ORGANISATIONS", "load"]

ORGANISATIONS = ("twickel", "seebrueck", "lumiva", "walls", "nyando", "rivers")
"""The files of the samples; later ones may name earlier ones as partners."""

FIRST_PERSON = "noor.devries@twickel.example"
"""Whom a first start signs in: she owns and coordinates at the university."""

EXAMPLE = "example"
"""A description that names this takes the example that comes with the library."""


def load() -> int:
    """The organisations that are not there yet, and with all of them a learner's wallet; returns how many organisations were made."""
    esco.load_excerpt()
    made = sum(_organisation(name) for name in ORGANISATIONS)
    if made == len(ORGANISATIONS):
        wallets.fill()
        guidance.fill()
    return made


@transaction.atomic
def _organisation(name: str) -> bool:
    data = parse_description((resources.files(__package__) / f"{name}.yaml").read_bytes(), name)
    facts = data["organisation"]
    if Organisation.objects.filter(slug=facts["slug"]).exists():
        return False
    people = {one["email"]: _person(one, facts["language"]) for one in data["people"]}
    owner = next(iter(people.values()))
    organisation = accounts.found_organisation(founder=owner, **facts)
    for one in data["people"]:
        for role in one["roles"]:
            accounts.give_role(
                by=owner, organisation=organisation, person=people[one["email"]], role=Role(role)
            )
    for language, said in data.get("policies", {}).items():
        policies.write_policies(
            by=owner, organisation=organisation, language=language,
            policies={Subject(one): _written(words) for one, words in said.items()},
        )  # fmt: skip
    if "receiving" in data:
        receiving.publish_policy(by=owner, organisation=organisation, values=data["receiving"])
    for one in data["descriptions"]:
        _description(one, organisation, owner)
    for one in data.get("pathways", ()):
        _pathway(one, organisation, owner)
    for one in data.get("entry", ()):
        entry.create(by=owner, organisation=organisation, **one)
    for slug in data.get("members", ()):
        _member(Organisation.objects.get(slug=slug), organisation, owner)
    return True


def _pathway(facts: Mapping[str, Any], organisation: Organisation, owner: Person) -> None:
    """A draft, or a rule with what later versions say otherwise."""
    made = pathways.start(by=owner, organisation=organisation, data=facts["rule"])
    if facts["stage"] == "published":
        pathways.publish(by=owner, pathway=made)
    for more in facts.get("later", ()):
        made = pathways.change(by=owner, pathway=made, data={**made.draft, **more}, revision=made.revision)
        pathways.publish(by=owner, pathway=made)


def _written(words: str | Mapping[str, str]) -> policies.Written:
    return policies.Written(words) if isinstance(words, str) else policies.Written(**words)


def _member(member: Organisation, alliance: Organisation, owner: Person) -> None:
    """An owner of the member accepts."""
    invited = alliances.invite(by=owner, alliance=alliance, member=member)
    boss = member.memberships.filter(role=Role.OWNER).select_related("person").earliest("made_at").person
    alliances.accept(by=boss, membership=invited)


def _person(facts: Mapping[str, Any], language: str) -> Person:
    return accounts.make_person(email=facts["email"], name=facts["name"], language=language)


def _description(facts: Mapping[str, Any], organisation: Organisation, owner: Person) -> None:
    content = _example() if facts["content"] == EXAMPLE else facts["content"]
    made = catalogue.start_description(by=owner, organisation=organisation, content=content)
    for slug in facts.get("partners", ()):
        partner = Organisation.objects.get(slug=slug)
        catalogue.invite_partner(description=made, by=owner, partner=partner)
    stage = facts["stage"]
    if stage in ("in-review", "published") and made.record().is_micro_credential:
        review = catalogue.submit_for_review(description=made, by=owner)
        _review(review, facts["review"], approve=stage == "published")
    if stage == "published":
        version = catalogue.publish(description=Description.objects.get(pk=made.pk), by=owner)
        if "class" in facts:
            _class(facts["class"], version, owner)
        for one in facts.get("events", ()):
            events.hold(one, version, owner)
        for one in facts.get("offers", ()):
            courses.offer(one, version, owner)


def _class(facts: Mapping[str, Any], version: Version, owner: Person) -> None:
    """A key, and a class list that was looked through and handed to the worker; nobody is mailed."""
    keys.create_key(by=owner, organisation=version.organisation, use=KeyUse.BADGE, name=facts["key"])
    batch = batches.prepare_list(
        by=owner,
        version=version,
        file_name=facts["file"],
        data=facts["list"].encode(),
        formats=facts["formats"],
    )
    batches.start(by=owner, batch=batch)


def _review(review: QualityReview, facts: Mapping[str, Any], *, approve: bool) -> None:
    """The reviewer answers every question as far as ``answered`` says, and decides where it is asked for."""
    reviewer = Person.objects.get(email=facts["reviewer"])
    learner = Person.objects.filter(email=facts.get("learner", "")).first()
    questions = checklist(review.checklist).questions
    for question in questions if approve else questions[: facts["answered"]]:
        catalogue.answer(review=review, by=reviewer, question=question.id, standing=Standing.MET)
    if learner and facts.get("comment"):
        catalogue.comment(review=review, by=learner, text=facts["comment"], element=facts.get("element", ""))
    if approve:
        catalogue.decide(review=review, by=reviewer, approve=True, evidence=facts["evidence"])


def _example() -> dict[str, Any]:
    """The library's example, without what the platform gives itself."""
    file = resources.files("tessella.cli") / "example" / "data-ethics.yaml"
    found: dict[str, Any] = parse_description(file.read_bytes(), file.name)
    return {name: value for name, value in found.items() if name not in ("id", "version")}
