"""What the story of stacking begins with: three schools, a university with a rule, and a learner who has three badges of four.

Run inside an installation: ``python -m tests.browser.badges begin`` makes all that, ``... pass`` has the learner pass the fourth course.
Everybody is invented.
"""

from __future__ import annotations

import os
import sys
from typing import Any

SCHOOLS = (
    ("Hive Academy", "hive", (("Beekeeping", 150), ("Honey", 50))),
    ("Orchard College", "orchard", (("Pruning", 50),)),
    ("Meadow School", "meadow", (("Wild flowers", 50),)),
)
"""Name, address, and what is awarded with its hours: 25 make one ECTS credit."""

LAST = "Wild flowers"

RULE = {
    "title": "Certificate in pollination", "award": "Certificate in pollination",
    "decider": {"name": "University of Marl", "role": "examination board"},
    "source": {"text": "Regulations of 2026, article 3"},
    "amounts": [
        {"id": "volume", "title": "Volume", "at_least": 12},
        {"id": "elsewhere", "title": "From one school", "at_most_share": 70, "where": {"issuer": ["Hive Academy"]}},
    ],
    "groups": [
        {"id": "core", "title": "Core", "slots": [
            {"id": "bees", "title": "Bees", "where": {"credential": ["Beekeeping"]}},
            {"id": "plants", "title": "Plants", "where": {"credential": ["Pruning", "Wild flowers"]}},
        ]},
    ],
}  # fmt: skip


def main(step: str) -> None:
    """Make what this step needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")
    import django

    django.setup()
    {"begin": _begin, "pass": _pass}[step]()


def _begin() -> None:
    from tessella_web.catalogue.pathways import domain as pathways
    from tessella_web.credentials.receiving import domain as receiving
    from tessella_web.recognition.stacking import domain as stacking
    from tests.web.credentials.conftest import published
    from tests.web.planning.making import offer
    from tests.web.stacking.conftest import POLICY, awarded, certificate, house

    marla, dana = _person("Marla"), _person("Dana")
    marl = house("University of Marl", "marl", marla)
    receiving.publish_policy(by=marla, organisation=marl, values=POLICY)
    larger = published(marl, certificate())
    rule = pathways.publish(by=marla, pathway=pathways.start(by=marla, organisation=marl, data=RULE))
    stacking.set_award(by=marla, pathway=rule.pathway, description=larger.description)
    for name, slug, courses in SCHOOLS:
        owner = _person(slug.capitalize())
        school = house(name, slug, owner)
        for title, hours in courses:
            version = published(school, _course(title, name, hours))
            if title == LAST:
                offer(
                    owner, version, starts=20, ends=60, name="Evenings", price="120", times=["evening"], hours_per_week="10"
                )  # fmt: skip
            else:
                awarded(owner, version, dana)


def _pass() -> None:
    from tessella_web.accounts.models import Person
    from tessella_web.catalogue.models import Version
    from tests.web.stacking.conftest import awarded

    awarded(_person("Meadow"), Version.objects.get(title=LAST), Person.objects.get(name="Dana"))


def _person(name: str) -> Any:
    from tessella_web.accounts import domain as accounts

    return accounts.make_person(email=f"{name.lower()}@example.org", name=name)


def _course(title: str, issuer: str, hours: int) -> Any:
    from tests.web.wallet.making import course

    return course(title, issuer=issuer, hours=hours)


if __name__ == "__main__":
    main(sys.argv[1])
