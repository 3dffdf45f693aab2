"""How long does it take to decide whether credentials meet a rule?

Made-up wallets against every shipped rule, a wallet of copies of few micro-credentials, and a rule with a limit that leaves no room. Beside the
time stands what a bare loop takes that only asks of every item whether it fits each requirement (the least that any engine must do),
and on small wallets what trying every selection takes.

    python -m benchmarks.stack_bench [ITEMS]
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal

from tessella.adapters.descriptions import parse_description
from tessella.stacking import (
    Item,
    Rule,
    evaluate,
    item_data,
    load_rule,
    proof_of,
    published_rule,
    published_rules,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.stacking.conditions import Context, judge
from tessella.stacking.solving import holds
from tessella.stacking.system import build

ON = dt.date(2026, 11, 22)
SIZES = (10, 25, 50, 100, 200)
SMALL = 14
"""Items of which every selection can be tried: 16,384 of them."""


def main() -> int:
    most = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else SIZES[-1]
    sizes = [one for one in SIZES if one <= most]
    _head()
    for name in published_rules():
        rule = load_rule(parse_description(published_rule(name), name), place=name)
        _row(name, rule, _wallet(rule, 50))
    for size in sizes:
        _row("tight limit", _tight(size), _mixed(size))
    for size in sizes:
        _row("5 of each", _repeating(size), _copies(size, 5))
    for size in sizes:
        _row("all alike", _repeating(size), _copies(size, size))
    _brute()
    return 0


def _head() -> None:
    sys.stdout.write(
        f"{'rule':<32} {'items':>6} {'outcome':<13} {'ms':>9} {'ms an item':>11} {'x bare loop':>12} {'check ms':>9}\n"
    )


def _row(name: str, rule: Rule, items: Sequence[Item]) -> None:
    took = _seconds(lambda: evaluate(rule, items, on=ON))
    found = evaluate(rule, items, on=ON)
    bare = _seconds(lambda: _bare(rule, items))
    proof, plain, data = proof_of(found, rule, items), rule_data(rule), [item_data(one) for one in items]
    check = _seconds(lambda: check_proof(proof, plain, data))
    sys.stdout.write(
        f"{name:<32} {len(items):>6} {found.outcome:<13} {took * 1000:>9.2f} {took / len(items) * 1000:>11.3f} {took / bare:>12.1f} {check * 1000:>9.2f}\n"
    )
    sys.stdout.flush()


def _seconds(run: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
        if best > 1:
            break
    return best


def _bare(rule: Rule, items: Sequence[Item]) -> list[object]:
    context = Context(rule, ON)
    wheres = [
        *(one.where for one in rule.conditions),
        *(one.where for one in rule.amounts),
        *(slot.where for group in rule.all_groups for slot in group.slots),
        *(one.where for one in rule.parts),
    ]
    return [judge(where, item, context) for where in wheres for item in items]


def _wallet(rule: Rule, size: int) -> list[Item]:
    """Items that fit some of what the rule asks, so that it is a question at all."""
    chance = random.Random(7)
    tags = sorted({tag for one in rule.amounts for tag in one.where.category}) or ["core"]
    names = [name for group in rule.all_groups for slot in group.slots for name in slot.where.credential]
    return [
        _item(
            n,
            chance,
            unit=rule.unit,
            categories=(chance.choice(tags),),
            title=names[n % len(names)] if names and n % 3 == 0 else f"Course {n}",
        )
        for n in range(size)
    ]


def _mixed(size: int) -> list[Item]:
    chance = random.Random(11)
    return [_item(n, chance, categories=(chance.choice(("core", "practice", "other")),)) for n in range(size)]


def _copies(size: int, each: int) -> list[Item]:
    """So many copies of each micro-credential, as a learner has who repeats it every year."""
    chance = random.Random(13)
    return [
        _item(
            n,
            chance,
            title=f"Safety {n // each}",
            credential=f"urn:example:mc:{n // each}",
            categories=(("core", "practice")[n // each % 2],),
        )
        for n in range(size)
    ]


def _item(
    n: int,
    chance: random.Random,
    *,
    unit: str = "ects",
    title: str = "",
    credential: str = "",
    categories: tuple[str, ...] = (),
) -> Item:
    return Item(
        id=f"urn:example:{n}",
        title=title or f"Course {n}",
        credential=credential or f"urn:example:course:{n}",
        issuers=(f"University {n % 7}",),
        credits={unit: Decimal(chance.choice((2, 3, 5, 6)))},
        levels={"eqf": (str(chance.choice((6, 6, 7))),)},
        categories=categories,
        grade=str(chance.choice((6, 7, 8))),
        awarded_on=dt.date(2024 + n % 3, 1 + n % 9, 1 + n % 27),
        route="course",
        assessed=True,
        status="valid",
    )


_BASE = {
    "id": "urn:example:rule", "version": "1", "title": "Rule", "receiver": "University of Twickel", "award": "Certificate",
    "decider": {"name": "University of Twickel"}, "source": {"text": "invented"},
}  # fmt: skip


def _tight(size: int) -> Rule:
    """A share of one kind, a cap on another, and more credits than they leave room for."""
    return load_rule(
        _BASE
        | {
            "amounts": [
                {"id": "volume", "at_least": size * 3},
                {"id": "core", "at_least_share": 40, "where": {"category": ["core"]}},
                {"id": "other", "at_most": 7, "where": {"category": ["other"]}},
                {"id": "level", "at_least": size, "where": {"level": {"at_least": 7}}},
            ]
        }
    )


def _repeating(size: int) -> Rule:
    return load_rule(
        _BASE
        | {
            "amounts": [
                {"id": "volume", "at_least": max(6, size // 2)},
                {"id": "practice", "at_most_share": 50, "where": {"category": ["practice"]}},
                {"id": "level", "at_least": 3, "where": {"level": {"at_least": 6}}},
            ],
            "groups": [
                {
                    "id": "g",
                    "take": 1,
                    "slots": [
                        {"id": "a", "where": {"category": ["core"]}},
                        {"id": "b", "where": {"category": ["practice"]}},
                    ],
                }
            ],
        }
    )


def _brute() -> None:
    """Every selection tried, against the engine, on wallets that are small enough."""
    sys.stdout.write(
        f"\n{'every selection':<32} {'items':>6} {'same answer':<13} {'ms':>9} {'x engine':>11}\n"
    )
    for size in (8, 11, SMALL):
        rule, items = _tight(size), _mixed(size)
        start = time.perf_counter()
        world = build(items, Context(rule, ON)).world(possible=False)
        met = any(
            holds(world, chosen)
            for count in range(size + 1)
            for chosen in itertools.combinations(range(size), count)
        )
        tried = time.perf_counter() - start
        took = _seconds(lambda rule=rule, items=items: evaluate(rule, items, on=ON))
        same = met == (evaluate(rule, items, on=ON).outcome == "met")
        sys.stdout.write(
            f"{'tight limit':<32} {size:>6} {same!s:<13} {tried * 1000:>9.1f} {tried / took:>11.0f}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
