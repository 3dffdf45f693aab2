"""How long does a plan take, and how does that grow with the catalogue?

Made-up offers of 60 fields and 400 providers, two years of them; a rule of 60 credits with a level, a field, a cap, three places to fill and no
outcome twice; eight wishes: weekly hours, finish, budget, providers, languages, mode, times, earliest start. Beside the time stands what a
bare loop over the offers takes that only looks whether each fits the wishes (the least any planner must do), and the gap that the solver
left open.

    python -m benchmarks.plan_bench [MOST]
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from decimal import Decimal
from typing import Any

from tessella.stacking import Item, Rule, load_rule
from tessella.stacking.planning import Objective, Offer, Wishes, plan
from tessella.stacking.planning.sorting import SORTING

SIZES = (1_000, 2_500, 5_000, 10_000)
SECONDS = 20.0
ON = dt.date(2026, 11, 22)
FIELDS = [f"{broad:02}{narrow}" for broad in range(10) for narrow in range(6)]


def main() -> int:
    most = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else SIZES[-1]
    head = f"{'offers':>8} {'after wishes':>13} {'objective':>10} {'seconds':>9} {'ms an offer':>12} {'x bare loop':>12}  answer"
    sys.stdout.write(head + "\n")
    for size in (one for one in SIZES if one <= most):
        offers = _offers(random.Random(7), size)
        bare = _seconds(
            lambda offers=offers: [all(w.test(o, _wishes()) for w in SORTING.values()) for o in offers]
        )
        for objective in Objective:
            start = time.perf_counter()
            answer = plan(_rule(), _wallet(), offers, _wishes(), on=ON, objective=objective, seconds=SECONDS)
            took = time.perf_counter() - start
            best = answer.plans[0] if answer.plans else None
            shown = str(answer.reached)
            if best is not None:
                gap = (best.least - best.bound) / max(best.least, Decimal(1)) * 100
                shown = f"{len(best.steps)} offers, {best.least:f}" + (
                    "" if best.is_least else f", at least {best.bound:f} (gap {gap:.1f} %)"
                )
            sys.stdout.write(
                f"{size:>8} {answer.considered:>13} {objective:>10} {took:>9.2f} {took / size * 1000:>12.2f} {took / bare:>12.0f}  {shown}\n"
            )
            sys.stdout.flush()
    return 0


def _rule() -> Rule:
    who = {"name": "University of Twickel", "role": "examination board"}
    return load_rule(
        {
            "id": "urn:example:bench", "version": "1", "title": "Certificate", "receiver": who["name"], "award": "Certificate",
            "decider": who, "source": {"text": "invented"},
            "amounts": [
                {"id": "volume", "at_least": 60},
                {"id": "level", "at_least": 30, "where": {"level": {"at_least": 7}}},
                {"id": "field", "at_least": 30, "where": {"field": ["06"]}},
                {"id": "cap", "at_most_share": 50, "where": {"provider": ["Provider 1"]}},
            ],
            "groups": [{"id": "core", "slots": [
                {"id": "a", "where": {"field": ["061"], "level": {"at_least": 7}}},
                {"id": "b", "where": {"field": ["04"]}},
                {"id": "c", "where": {"field": ["01"]}},
            ]}],
            "overlap": {"id": "overlap", "at_most": 0},
        }
    )  # fmt: skip


def _wishes() -> Wishes:
    return Wishes(
        not_before=dt.date(2027, 1, 1), finish_by=dt.date(2028, 12, 31), weekly_hours=Decimal(30), budget=Decimal(9000),
        most_providers=8, languages=("en", "nl"), modes=("online", "blended"), only_times=("evening", "own-pace"),
    )  # fmt: skip


def _wallet() -> list[Item]:
    return [
        Item(
            id=f"urn:held:{n}", credential=f"urn:held:course:{n}", issuers=("Provider 3",), providers=("Provider 3",), credits={"ects": Decimal(3)},
            levels={"eqf": ("6",)}, fields=("061",), outcomes=(f"held {n}",), awarded_on=dt.date(2025, 3, 1), status="valid",
        )
        for n in range(4)
    ]  # fmt: skip


def _offers(dice: random.Random, size: int) -> list[Offer]:
    made = []
    for number in range(size):
        course = number // 2  # each course runs twice
        own = random.Random(course)
        credits = own.choice((2, 3, 4, 5, 6, 10))
        provider = f"Provider {own.randrange(400) if own.random() < 0.8 else own.randrange(6)}"
        starts = dt.date(2027, 1, 4) + dt.timedelta(weeks=dice.randrange(96))
        award: dict[str, Any] = {
            "credential": f"urn:course:{course}", "title": f"Course {course}", "issuers": (provider,), "providers": (provider,),
            "credits": {"ects": Decimal(credits)}, "hours": Decimal(credits * own.choice((25, 26, 28, 30))),
            "levels": {"eqf": (own.choice("5667778"),)}, "fields": (own.choice(FIELDS) if own.random() < 0.7 else "061" + own.choice("123"),),
            "outcomes": tuple(f"outcome {own.randrange(size * 2)}" for _ in range(3)),
            "languages": (own.choice(("en", "en", "nl", "de")),), "modes": (own.choice(("online", "online", "blended", "on-site")),),
        }  # fmt: skip
        made.append(
            Offer(
                id=f"urn:offer:{number}", award=Item(id=f"urn:offer:{number}", **award), provider=provider, starts_on=starts,
                ends_on=starts + dt.timedelta(weeks=dice.choice((4, 6, 8, 10, 16)), days=-3),
                price=Decimal(credits * own.choice((0, 40, 80, 120, 250))), times=(own.choice(("evening", "evening", "own-pace", "daytime")),),
            )
        )  # fmt: skip
    return made


def _seconds(run: Any) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
