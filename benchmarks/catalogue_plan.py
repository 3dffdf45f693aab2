"""How long does it take the platform to plan over its own catalogue, and to hold a wallet against all published rules?

Made-up courses, two offers each, in a database of SQLite: reading the offers for the first time (what rules ask about each course is worked
out then, and kept), reading them again, leaving out what the rule can have no use for, and the solver. Then 300 rules against a wallet of 50.

    python -m benchmarks.catalogue_plan [OFFERS]
"""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

OFFERS = 10_000
RULES, ITEMS = 300, 50
ORGANISATIONS = 40
FIELDS = ("0223", "0311", "0412", "0521", "0532", "0541", "0611", "0613", "0715", "0811", "0913", "1015")
CHUNK = 1_000


def apart() -> int:
    """The same in a process of its own: settings are read once in a process."""
    return subprocess.run([sys.executable, "-m", "benchmarks.catalogue_plan"], check=False).returncode


def main() -> int:
    """Fill a database, read it, plan."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else OFFERS
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TESSELLA_DATA=folder, DJANGO_SETTINGS_MODULE="tessella_web.config.settings")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for size in [one for one in (1_000, 2_500, 5_000) if one < count] + [count]:
            _fill(size)
            _plan(size)
        _towards()
    return 0


def _fill(size: int) -> None:
    """As many offers as there are to be, in all."""
    from django.utils import timezone

    from tessella_web.accounts.models import Organisation
    from tessella_web.catalogue.content import digest_of
    from tessella_web.catalogue.models import Description, Version
    from tessella_web.catalogue.offers.models import Offer, State

    dice = random.Random(size)
    providers = list(Organisation.objects.all()) or [
        Organisation.objects.create(name=f"Provider {number}", slug=f"provider-{number}", country="NLD") for number in range(ORGANISATIONS)
    ]  # fmt: skip
    today = timezone.localdate()
    there = Offer.objects.count()
    for start in range(there // 2, size // 2, CHUNK):
        numbers = range(start, min(start + CHUNK, size // 2))
        by = [providers[number % len(providers)] for number in numbers]
        contents = [
            _content(number, one.name, random.Random(number)) for number, one in zip(numbers, by, strict=True)
        ]
        described = Description.objects.bulk_create([Description(organisation=one, content=what) for one, what in zip(by, contents, strict=True)])  # fmt: skip
        versions = Version.objects.bulk_create([
            Version(
                description=one, organisation=one.organisation, number=1, content=one.content, digest=digest_of(one.content),
                title=f"Course {number}", record_type="micro-credential", published_at=timezone.now(),
            )
            for number, one in zip(numbers, described, strict=True)
        ])  # fmt: skip
        Offer.objects.bulk_create(
            [_offer(one, dice, today, State.OPEN) for one in versions for _run in range(2)]
        )


def _content(number: int, provider: str, own: random.Random) -> dict[str, Any]:
    import tessella
    from tessella_web.catalogue.content import plain

    credits = own.choice((2, 3, 4, 5, 6, 10))
    return plain(
        tessella.load(
            {
                "id": f"https://bench.example/courses/{number}", "title": f"Course {number}", "language": "en",
                "fields": [own.choice(FIELDS)], "levels": {"eqf": [own.choice("5667778")]},
                "workload": {"hours": credits * 28, "credits": [{"points": str(credits), "system": "ects"}]},
                "awarding_bodies": [{"name": provider, "countries": ["NLD"]}],
                "outcomes": [{"title": f"Can do {number} {part}", "kind": "skill"} for part in range(4)],
                "participation": {"modes": own.choice(("online", "blended", "on-site")), "languages": "en"},
            }
        ).require()
    )  # fmt: skip


def _offer(version: Any, dice: random.Random, today: dt.date, state: Any) -> Any:
    from tessella_web.catalogue.offers.models import Offer

    starts = today + dt.timedelta(weeks=dice.randrange(2, 96))
    return Offer(
        organisation=version.organisation, version=version, starts_on=starts, ends_on=starts + dt.timedelta(weeks=dice.choice((4, 6, 8, 16))),
        languages=[dice.choice(("en", "en", "nl"))], times=[dice.choice(("evening", "own-pace", "daytime"))], mode=dice.choice(("online", "blended", "on-site")),
        price=Decimal(dice.randrange(0, 900)), hours_per_week=dice.choice((6, 8, 10)), places=dice.choice((None, 20)), state=state,
    )  # fmt: skip


def _rule(number: int = 0) -> dict[str, Any]:
    fields = FIELDS[number % 10 : number % 10 + 3]
    return {
        "id": f"urn:example:bench:{number}", "version": "1", "title": f"Certificate {number}", "receiver": "University", "award": f"Certificate {number}",
        "decider": {"name": "University"}, "source": {"text": "invented"},
        "amounts": [
            {"id": "volume", "at_least": 30, "where": {"field": list(fields)}},
            {"id": "level", "at_least": 20, "where": {"level": {"at_least": 7}, "field": list(fields)}},
        ],
        "groups": [{"id": "core", "slots": [{"id": f"s{n}", "where": {"field": [one]}} for n, one in enumerate(fields)]}],
    }  # fmt: skip


def _plan(size: int) -> None:
    from django.utils import timezone

    from tessella.stacking import load_rule
    from tessella_web.accounts.models import Person
    from tessella_web.credentials.planning.catalogue import chances, fitting
    from tessella_web.credentials.planning.solving import answer_to

    person, _made = Person.objects.get_or_create(email="bench@example.org", defaults={"name": "Bench"})
    on, rule = timezone.localdate(), load_rule(_rule())
    wishes = {
        "weekly_hours": "24",
        "budget": "4000",
        "languages": ["en"],
        "only_times": ["evening", "own-pace"],
    }
    _found, first = _timed(lambda: chances(person, on=on))
    offered, again = _timed(lambda: chances(person, on=on))
    useful, sorting = _timed(lambda: fitting(rule, offered))
    told = f"{size:>7} offers: read first {first:6.2f} s, again {again:5.2f} s, {len(useful)} of use {sorting:5.2f} s"
    for least in ("workload", "price", "time"):
        answer, solving = _timed(lambda least=least: answer_to(rule, [], useful, wishes, on=on, least=least))
        best = answer["plans"][0] if answer["plans"] else None
        gap = (
            "proved"
            if best and best["is_least"]
            else f"at least {best['bound']}"
            if best
            else answer["reached"]
        )
        told += f"; {least} {solving:5.2f} s ({best['least'] if best else '–'}, {gap})"
    sys.stdout.write(told + "\n")
    sys.stdout.flush()


def _towards() -> None:
    from tessella.stacking import Item, load_rule
    from tessella_web.credentials.wallet import counting

    dice = random.Random(3)
    items = [
        Item(
            id=f"i-{n}", title=f"Course {n}", credential=f"urn:c:{n}", issuers=(f"School {dice.randrange(12)}",), credits={"ects": Decimal(dice.choice((2, 3, 5)))},
            levels={"eqf": (dice.choice("4567"),)}, fields=(dice.choice(FIELDS),), awarded_on=dt.date(2025, 1, 1), status="valid",
        )
        for n in range(ITEMS)
    ]  # fmt: skip
    rules = [counting.Known(f"bench-{number}", load_rule(_rule(number))) for number in range(RULES)]
    on = dt.date(2026, 11, 22)
    _found, first = _timed(lambda: [counting.answered(one, items, on) for one in rules])
    _found, again = _timed(lambda: [counting.answered(one, items, on) for one in rules])
    sys.stdout.write(f"{RULES} rules, {ITEMS} credentials: {first:.2f} s, again {again:.2f} s ({again / RULES * 1000:.1f} ms a rule)\n")  # fmt: skip


def _timed(run: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = run()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
