"""How long does a search of the public catalogue take?

100,000 made-up micro-credentials; a word that half of them have, ranked and with all facets counted, beside the time that the
engine alone takes to find the same. Targets for the 95th percentile: 150 ms with the database's full text, 30 ms with tantivy.
Nothing is answered from memory: what was asked before is forgotten each time. Beside the time that passes stands the time that
this process computes, which says more where others compute on the machine, too (PostgreSQL computes elsewhere).

    python -m benchmarks.catalogue_search [COUNT]

With ``DATABASE_URL`` the database named there (which must be empty) instead of SQLite.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

COUNT = 100_000
ROUNDS = 60
TARGETS = {"sqlite": 150.0, "postgresql": 150.0, "tantivy": 30.0}  # ms, 95th percentile
ORGANISATIONS = 400
VOCABULARY = 20_000
BODY = 60  # words of a description with its outcomes
COMMON = "data"
CHUNK = 5000

QUESTIONS = {
    "common word": COMMON,
    "beginning of a word": "dat",
    "two words": f"{COMMON} europe",
    "phrase": f'"{COMMON} europe"',
    "rare word": "tessella",
}


def apart() -> int:
    """The same in a process of its own: settings are read once in a process."""
    return subprocess.run([sys.executable, "-m", "benchmarks.catalogue_search"], check=False).returncode


def main() -> int:
    """Fill a database, then search it with its own full text and with tantivy."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else COUNT
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(TESSELLA_DATA=folder, DJANGO_SETTINGS_MODULE="tessella_web.config.settings")
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        seconds = _seconds(lambda: _fill(count))
        sys.stdout.write(f"{count} micro-credentials, {connection.vendor}, filled in {seconds:.0f} s\n")
        for engine in ("database", "tantivy"):
            settings.SEARCH_ENGINE = engine
            _measure(connection.vendor if engine == "database" else engine)
    return 0


def _measure(name: str) -> None:
    from tessella_web.catalogue.search import queries
    from tessella_web.catalogue.search.engines import engine
    from tessella_web.catalogue.search.queries import Asked, listings_of, search
    from tessella_web.catalogue.search.snapshot import current, forget
    from tessella_web.catalogue.search.warming import warm

    on = dt.date(2026, 11, 22)

    def first_search() -> None:
        listings_of(search(Asked(words=COMMON), on=on).numbers)

    forget()
    first, files = _seconds(lambda: current().facets(on)), _seconds(engine().follow)
    sys.stdout.write(f"\n{name}: facets read in {first:.1f} s, files written in {files:.1f} s\n")
    forget()
    queries._engine_matching.cache_clear()
    cold = _seconds(first_search)
    forget()
    queries._engine_matching.cache_clear()
    warmed = _seconds(warm)
    sys.stdout.write(
        f"first search of a process: {cold:.2f} s; after a start that read beforehand for {warmed:.2f} s: "
        f"{_seconds(first_search):.2f} s\n"
    )
    head = f"{'question':22}{'found':>8}{'engine alone':>14}{'p50':>8}{'p95':>8}{'computed p95':>14}"
    sys.stdout.write(f"{head}   ms\n")
    for label, words in QUESTIONS.items():
        asked = Asked(words=words, chosen={} if label != "two words" else {"level": ("5", "6")})

        def answer(asked: Asked = asked) -> int:
            found = search(asked, on=on)
            listings_of(found.numbers)
            return found.total

        def cold() -> int:
            queries._engine_matching.cache_clear()
            return answer()

        total = answer()
        both = [_milliseconds(cold) for _ in range(ROUNDS)]
        took, computed = sorted(passed for passed, _ in both), sorted(busy for _, busy in both)
        alone = statistics.median(_milliseconds(_alone(name, words))[0] for _ in range(ROUNDS // 4))
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        busy = computed[int(len(computed) * 0.95)]
        mark = "ok" if p95 <= TARGETS[name] else "SLOW"
        if (
            mark == "SLOW"
            and name != "postgresql"
            and busy <= TARGETS[name]
            and os.getloadavg()[0] > (os.cpu_count() or 1)
        ):
            mark = "ok, but for what others compute here"
        sys.stdout.write(f"{label:22}{total:8}{alone:14.1f}{p50:8.1f}{p95:8.1f}{busy:14.1f}   {mark}\n")


def _alone(name: str, words: str) -> Callable[[], object]:
    """The engine's own time: everything that matches is counted, the twenty best are ranked by its own means."""
    from django.db import connection

    from tessella_web.catalogue.search.engines import engine, postgresql, sqlite
    from tessella_web.catalogue.search.question import read
    from tessella_web.catalogue.search.snapshot import current

    question, languages = read(words), current().languages
    if name == "tantivy":
        made: Any = engine()
        made.follow()
        query = made._query(question, languages)
        return lambda: made._searcher.search(query, 20, count=True)
    sql, asked = {
        "sqlite": (
            "SELECT rowid FROM search_text WHERE search_text MATCH %s ORDER BY rank LIMIT 20",
            sqlite.expression(question, languages),
        ),
        "postgresql": (
            "SELECT id FROM search_entry, (SELECT %s::tsquery AS asked) AS q WHERE text @@ asked ORDER BY ts_rank(text, asked) DESC LIMIT 20",
            postgresql.expression(question, languages),
        ),
    }[name]

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute(sql, [asked])
            return cursor.fetchall()

    return run


def _fill(count: int) -> None:
    from django.db import transaction

    from tessella_web.accounts.models import Organisation
    from tessella_web.catalogue.models import Description, Version
    from tessella_web.catalogue.search.models import Change, Entry, Listing

    organisations = Organisation.objects.bulk_create(
        Organisation(slug=f"provider-{number}", name=f"Provider {number}", country="NL")
        for number in range(ORGANISATIONS)
    )
    made = _made(random.Random(7), organisations)
    for start in range(1, count + 1, CHUNK):
        rows = list(itertools.islice(made, min(CHUNK, count + 1 - start)))
        with transaction.atomic():
            for model in (Description, Version, Listing, Entry):
                model.objects.bulk_create([row[model] for row in rows])
    Change.objects.create(number=count)


def _made(dice: random.Random, organisations: list[Any]) -> Iterator[dict[type, Any]]:
    """Descriptions with words of Zipf's frequencies, and codes as unevenly spread as in life."""
    import msgspec

    from tessella.rendering import TileFacts
    from tessella_web.catalogue.models import Description, Version
    from tessella_web.catalogue.search.content import Card
    from tessella_web.catalogue.search.models import LANGUAGES_MOST, Entry, Listing

    known = [_word(dice) for _ in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (rank + 5) for rank in range(VOCABULARY)))
    day = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    for number in itertools.count(1):
        organisation = dice.choice(organisations)
        title = dice.choices(known, cum_weights=weights, k=5)
        body = dice.choices(known, cum_weights=weights, k=BODY)
        if dice.random() < 0.5:
            body[dice.randrange(BODY - 1)] = COMMON
        if dice.random() < 0.3:
            place = dice.randrange(BODY - 1)
            body[place : place + 2] = [COMMON if dice.random() < 0.2 else "green", "europe"]
        if dice.random() < 0.1:
            title[0] = COMMON
        if number % 5000 == 0:
            title[1] = "tessella"
        language = dice.choices(("en", "de", "fr", "nl"), (6, 2, 1, 1))[0]
        hours = dice.choice((10, 25, 56, 84, 120, 300))
        facets = _facets(dice, organisation.slug, hours)
        card = Card(title={language: " ".join(title).capitalize()}, language=language, number=1, hours=Decimal(hours),
                    tile=TileFacts(title=" ".join(title), field=facets["field"][0], level=int(facets["level"][0])))  # fmt: skip
        description = Description(organisation=organisation, title=card.title[language])
        version = Version(
            description=description, organisation=organisation, number=1, content={}, digest="0" * 64,
            title=description.title, record_type="micro-credential", published_at=day,
        )  # fmt: skip
        at = day + dt.timedelta(minutes=number * 10)
        listing = Listing(
            number=number, description=description, version=version, organisation=organisation, published_at=at,
            facets=facets, field=facets["field"][0], hours=hours, starts=[(at.date() + dt.timedelta(days=30)).isoformat()],
            card=msgspec.to_builtins(card),
        )  # fmt: skip
        entry = Entry(
            id=number * LANGUAGES_MOST, listing=listing, language=language,
            title=" ".join(f"{language}0{one}" for one in title), body=" ".join(f"{language}0{one}" for one in body),
            words=" ".join(f"x0{one}" for one in [*title, *body]),
        )  # fmt: skip
        yield {Description: description, Version: version, Listing: listing, Entry: entry}


def _facets(dice: random.Random, provider: str, hours: int) -> dict[str, list[str]]:
    band = {10: "to-25", 25: "to-25", 56: "to-75", 84: "to-150", 120: "to-150", 300: "to-450"}[hours]
    return {
        "type": ["micro-credential"],
        "field": [f"{dice.randrange(11):02}"],
        "level": [dice.choices("345678", (1, 2, 4, 6, 5, 1))[0]],
        "workload": [band],
        "mode": [dice.choice(("online", "on-site", "blended", "hybrid"))],
        "language": dice.sample(
            ("en", "de", "fr", "nl", "es", "it", "pl", "pt", "sv", "fi"), dice.choice((1, 1, 2))
        ),
        "country": [dice.choice(("NL", "DE", "FR", "BE", "ES", "IT", "PL", "PT", "SE", "FI", "AT", "IE"))],
        "provider": [provider],
        "price": [dice.choice(("free", "to-100", "to-500", "more"))],
        "purpose": dice.sample(("work", "well-being", "civic-life", "active-ageing", "green", "digital"), 2),
        "skill": [f"Skill {dice.randrange(300)}" for _ in range(3)],
        "assessment": [dice.choice(("written-exam", "oral-exam", "project-work", "portfolio"))],
        "supervision": [dice.choice(("supervised-with-id", "unsupervised-with-id"))],
        "assured": ["internal", *dice.choice(([], ["external"]))],
        "prerequisites": [dice.choice(("none", "some"))],
        "stacks": [dice.choice(("yes", "no"))],
        "complete": ["yes"],
    }


def _word(dice: random.Random) -> str:
    return "".join(dice.choice("bcdfglmnprst") + dice.choice("aeiou") for _ in range(dice.randint(2, 4)))


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _milliseconds(run: Callable[[], object]) -> tuple[float, float]:
    """What passes, and what this process computes."""
    busy = time.process_time()
    passed = _seconds(run)
    return passed * 1000, (time.process_time() - busy) * 1000


if __name__ == "__main__":
    sys.exit(main())
