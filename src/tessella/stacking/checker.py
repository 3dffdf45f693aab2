"""The second opinion: checks a stacking proof without the engine that made it.

Takes the proof, the rule and the items as plain data (what JSON gives) and works out for itself what every inequality and place is:
it imports nothing of this package and nothing beyond the standard library. Exact fractions, no search: a selection is added up, a
refutation is followed leaf by leaf, filled places are counted by a flow of its own.
"""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

__all__ = ["check_proof"]

VERSION = "tessella-stacking-proof/1"
MAX_CREDITS, MAX_HOURS = 600, 30_000
MAX_STEPS = 100_000
"""Leaves and branches of a refutation; the engine gives up long before."""

Data = Mapping[str, Any]
Bounds = tuple[Fraction, Fraction]
Truth = bool | None


class _Fault(Exception):  # noqa: N818 -- carries one finding out of nested checks
    pass


def check_proof(proof: Any, rule: Data, items: Sequence[Data]) -> tuple[str, ...]:
    """What is wrong with the proof; empty when it proves its outcome for this rule and these items.

    ``rule`` is the data of `rule_data`, ``items`` those of `item_data`, in any order. Never raises, whatever the proof is.
    """
    try:
        _Checker(proof, rule, items).check()
    except _Fault as fault:
        return (str(fault),)
    except (
        KeyError,
        TypeError,
        ValueError,
        IndexError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        return (f"The proof is malformed ({type(error).__name__}).",)
    return ()


def _need(condition: bool, message: str) -> None:
    if not condition:
        raise _Fault(message)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _number(value: Any) -> Fraction:
    return Fraction(Decimal(str(value)))


def _three(values: Sequence[Truth], *, any_of: bool) -> Truth:
    """Kleene's or / and."""
    if any_of in values:
        return any_of
    return None if None in values else not any_of


def _fold(words: Sequence[str]) -> set[str]:
    return {" ".join(word.split()).casefold() for word in words}


def _share_words(wanted: Sequence[str], has: Sequence[str] | None) -> Truth:
    return bool(_fold(wanted) & _fold(has)) if has else None


def _inside(bounds: Data, low: Fraction, high: Fraction) -> Truth:
    parts: list[Truth] = []
    if "at_least" in bounds:
        least = _number(bounds["at_least"])
        parts.append(True if low >= least else None if high >= least else False)
    if "at_most" in bounds:
        most = _number(bounds["at_most"])
        parts.append(True if high <= most else None if low <= most else False)
    if "below" in bounds:
        under = _number(bounds["below"])
        parts.append(True if high < under else None if low < under else False)
    return _three(parts, any_of=False)


def _months_after(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not 1 <= year <= 9999:
        return dt.date.max if months > 0 else dt.date.min
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class _Facts:
    """The rule's questions about single items, answered anew."""

    def __init__(self, rule: Data, items: Sequence[Data], on: dt.date) -> None:
        self.rule, self.items, self.on = rule, items, on

    def size(self, of: str, item: Data) -> Bounds:
        if of == "count":
            return Fraction(1), Fraction(1)
        if of == "hours":
            return (_number(item["hours"]),) * 2 if "hours" in item else (Fraction(0), Fraction(MAX_HOURS))
        unit, stated = self.rule.get("unit", "ects"), item.get("credits")
        if stated is not None and (not stated or unit in stated):
            return (_number(stated.get(unit, 0)),) * 2
        systems = dict(stated or {})
        if "hours" in item:
            systems["hours"] = item["hours"]
        for one in self.rule.get("conversions", ()):
            if one["to"] == unit and one["from"] in systems:
                points = _number(systems[one["from"]]) * _number(one["factor"])
                rounding, step = one.get("rounding", "none"), _number(one.get("step", "0.5"))
                if rounding != "none":
                    half = Fraction(1, 2) if rounding == "nearest" else Fraction(0)
                    points = (points / step + half).__floor__() * step
                return points, points
        return (Fraction(0), Fraction(0 if self.rule.get("without_credits") == "zero" else MAX_CREDITS))

    def fits(self, where: Data, item: Data) -> Truth:
        answers: list[Truth] = []
        for name, value in where.items():
            if name == "any_of":
                answers.append(_three([self.fits(one, item) for one in value], any_of=True))
            elif name == "not":
                inner = self.fits(value, item)
                answers.append(None if inner is None else not inner)
            elif name in _LISTS:
                answers.append(_share_words(value, item.get(_LISTS[name])))
            elif name in _PLAIN:
                stated = item.get(name)
                answers.append(None if stated is None else stated == value)
            else:
                answers.append(getattr(self, f"_{name}")(value, item))
        return _three(answers, any_of=False)

    def _credential(self, wanted: Any, item: Data) -> Truth:
        return bool(_fold(wanted) & _fold([item.get(n, "") for n in ("id", "credential", "title")]))

    def _kind(self, wanted: Any, item: Data) -> Truth:
        return bool(_fold(wanted) & _fold([item.get("kind", "micro-credential")]))

    def _category(self, wanted: Any, item: Data) -> Truth:
        listed = self.rule.get("categories", {})
        tags = item.get("categories")
        return _three(
            [
                self.fits(listed[name], item)
                if name in listed
                else None
                if tags is None
                else _share_words([name], tags)
                for name in wanted
            ],
            any_of=True,
        )

    def _level(self, bounds: Data, item: Data) -> Truth:
        if not item.get("level_applies", True):
            return False
        try:
            codes = [_number(code) for code in item.get("levels", {}).get(bounds.get("framework", "eqf"), ())]
        except (ArithmeticError, ValueError):  # also what is not finite
            return None
        lowest, highest = {"eqf": (1, 8), "qf-ehea": (0, 3)}.get(bounds.get("framework", "eqf"), (0, 20))
        if not all(lowest <= code <= highest for code in codes):
            return None
        return _inside(bounds, min(codes), max(codes)) if codes else None

    def _field(self, wanted: Any, item: Data) -> Truth:
        codes = item.get("fields")
        if not codes:
            return None
        if any(code.startswith(prefix) for code in codes for prefix in wanted):
            return True
        return None if any(prefix.startswith(code) for code in codes for prefix in wanted) else False

    def _credits(self, bounds: Data, item: Data) -> Truth:
        return _inside(bounds, *self.size("credits", item))

    def _hours(self, bounds: Data, item: Data) -> Truth:
        return _inside(bounds, *self.size("hours", item))

    def _grade_at_least(self, floor: str, item: Data) -> Truth:
        scale = [" ".join(one.split()).casefold() for one in self.rule.get("grades", ())]
        given = " ".join((item.get("grade") or "").split()).casefold()
        if scale:
            return scale.index(given) >= scale.index(floor.casefold()) if given in scale else None
        try:
            return Decimal(given) >= Decimal(floor) if Decimal(given).is_finite() else None
        except ArithmeticError:
            return None

    def _awarded(self, item: Data) -> dt.date | None:
        return dt.date.fromisoformat(item["awarded_on"]) if "awarded_on" in item else None

    def _max_age_months(self, months: int, item: Data) -> Truth:
        day = self._awarded(item)
        return None if day is None else _months_after(day, months) >= self.on

    def _awarded_from(self, start: str, item: Data) -> Truth:
        day = self._awarded(item)
        return None if day is None else day >= dt.date.fromisoformat(start)

    def _awarded_until(self, end: str, item: Data) -> Truth:
        day = self._awarded(item)
        return None if day is None else day <= dt.date.fromisoformat(end)

    def eligible(self, item: Data) -> Truth:
        rule, day = self.rule, self._awarded(item)
        status = item.get("status", "unverified")
        answers: list[Truth] = [None if status == "suspended" else status not in ("revoked", "failed")]
        answers.append(day is None or day <= self.on)
        if rule.get("expired_by_issuer", "refused") == "refused" and "valid_until" in item:
            answers.append(dt.date.fromisoformat(item["valid_until"]) >= self.on)
        if rule.get("double_use", "refused") == "refused":
            answers.append(not item.get("used_in"))
        for one in rule.get("conditions", ()):
            applies = self.fits(one.get("applies_to", {}), item)
            held = self.fits(one["where"], item)
            if applies is False or held is True:
                continue
            answers.append(False if applies is True and held is False else None)
        return _three(answers, any_of=False)


_LISTS = {
    "issuer": "issuers", "provider": "providers", "country": "countries", "mode": "modes", "language": "languages", "outcome": "outcomes",
}  # fmt: skip
_PLAIN = ("route", "assessed", "supervised", "quality_assured")


class _Checker:
    def __init__(self, proof: Any, rule: Data, items: Sequence[Data]) -> None:
        _need(
            isinstance(proof, Mapping) and proof.get("proof") == VERSION,
            "This is not a stacking proof of a known version.",
        )
        _need(
            proof["rule"]["sha256"] == _digest(rule),
            "The proof is about another rule, or another version of it.",
        )
        _need(
            (proof["rule"]["id"], proof["rule"]["version"]) == (rule["id"], rule["version"]),
            "The proof names another rule than it is about, or another version of it.",
        )
        by_key = {(item["id"], _digest(item)): item for item in items}
        listed = [(one["id"], one["sha256"]) for one in proof["items"]]
        _need(
            sorted(by_key) == sorted(listed), "The proof is about other credentials, or these have changed."
        )
        self.proof, self.rule = proof, rule
        self.items = [by_key[key] for key in listed]
        self.size = len(self.items)
        self.facts = _Facts(rule, self.items, dt.date.fromisoformat(proof["on"]))
        self.whole = rule.get("selection", "best") == "whole"
        self.eligible = [self.facts.eligible(item) for item in self.items]
        self.steps = 0

    def check(self) -> None:
        outcome = self.proof["outcome"]
        on, rule = self.facts.on.isoformat(), self.rule
        if not rule.get("valid_from", on) <= on <= rule.get("valid_until", on):
            _need(
                outcome == "cannot-count", "The rule is not in force on that day, so nothing can count by it."
            )
            return
        grounds: dict[str, tuple[tuple[str, bool], ...]] = {
            "met": (("sure", True),),
            "missing": (("possible", False), ("lenient", False)),
            "cannot-count": (("possible", False), ("lenient", True)),
            "unknown": (("sure", False), ("possible", True)),
        }
        _need(outcome in grounds, "The outcome is not one of the four.")
        for world, met in grounds[outcome]:
            self.possible, self.lenient = world != "sure", world == "lenient"
            self._world(world, self.proof[world], met=met)

    def _world(self, name: str, found: Data, *, met: bool) -> None:
        self.allowed = [
            self.whole or self.lenient or truth is True or (self.possible and truth is None)
            for truth in self.eligible
        ]
        self.pools = self._pools()
        self.clashes = self._clashes()
        self.rows = self._rows() | self._implied()
        if met:
            _need("counted" in found, f"The proof gives no selection for the {name} reading.")
            self._selection(found["counted"], found["filled"])
        else:
            _need("refutation" in found, f"The proof gives no refutation for the {name} reading.")
            start = {i: self.whole for i in range(self.size) if self.whole or not self.allowed[i]}
            self._refuted(found["refutation"], start, {})

    # A selection: add it up.

    def _selection(self, counted: list[int], filled: Data) -> None:
        chosen = set(counted)
        _need(
            len(chosen) == len(counted) and all(type(i) is int and 0 <= i < self.size for i in counted),
            "The selection names an item twice or one that does not exist.",
        )
        _need(all(self.allowed[i] for i in chosen), "The selection counts an item that cannot count.")
        _need(
            not self.whole or len(chosen) == self.size,
            "The rule is about all items, and the selection leaves some out.",
        )
        for key, (weights, bound) in self.rows.items():
            _need(
                sum((weights[i] for i in chosen), Fraction(0)) >= bound, f"The selection does not meet {key}."
            )
        for name, pairs in self.clashes.items():
            both = next((pair for pair in pairs if pair <= chosen), None)
            _need(both is None, f"The selection counts two items that exclude each other ({name}).")
        known: set[str] = set()
        for needs, places in self.pools.values():
            used: list[int] = []
            per_group = dict.fromkeys(needs, 0)
            for (group, place), fits in places.items():
                if place in filled:
                    item = filled[place]
                    _need(
                        item in chosen and fits[item],
                        f"The place {place} is filled by an item that does not fit or count.",
                    )
                    used.append(item)
                    per_group[group] += 1
                    known.add(place)
            _need(len(set(used)) == len(used), "An item fills two places.")
            for group, count in needs.items():
                _need(per_group[group] >= count, f"The group {group} is not filled.")
        _need(set(filled) == known, "The proof fills a place that the rule does not have.")

    # A refutation: every leaf must fail by itself.

    def _refuted(self, tree: Data, fixed: dict[int, bool], left_out: dict[int, frozenset[int]]) -> None:
        """``left_out`` holds items whose leaving out is refuted, with the items that were fixed at that point."""
        self.steps += 1
        _need(self.steps <= MAX_STEPS, "The refutation is too large.")
        if "rows" in tree:
            self._rows_fail(tree["rows"], fixed)
        elif "pool" in tree:
            needs, places = self.pools[tree["pool"]]
            usable = [i for i in range(self.size) if fixed.get(i) is not False]
            _need(
                _flow(needs, places, usable) < sum(needs.values()),
                "The refutation calls places unfillable that can be filled.",
            )
        elif "like" in tree:
            raise _Fault("The refutation compares items in the wrong place.")
        else:
            item = tree["item"]
            _need(
                type(item) is int and 0 <= item < self.size and item not in fixed,
                "The refutation branches on an unknown item.",
            )
            before = frozenset(fixed)
            like = tree["out"].get("like") if isinstance(tree["out"], Mapping) else None
            if like is None:
                self._refuted(tree["out"], {**fixed, item: False}, left_out)
            else:
                _need(
                    fixed.get(like) is True
                    and like in left_out
                    and item not in left_out[like]
                    and self._same(item, like),
                    "The refutation calls items alike that are not.",
                )
            self._refuted(tree["in"], {**fixed, item: True}, {**left_out, item: before})

    def _rows_fail(self, shares: Data, fixed: dict[int, bool]) -> None:
        _need(
            bool(shares) and all(type(n) is int and n > 0 for n in shares.values()),
            "The refutation weighs rows by what is no number.",
        )
        rows = {key: self._row(key) for key in shares}
        total = Fraction(0)
        for i in range(self.size):
            weight = sum((n * rows[key][0][i] for key, n in shares.items()), Fraction(0))
            total += weight if fixed.get(i) or (i not in fixed and weight > 0) else 0
        bound = sum((n * rows[key][1] for key, n in shares.items()), Fraction(0))
        _need(total < bound, f"The refutation says that {' + '.join(shares)} cannot be met, but it can.")

    def _row(self, key: str) -> tuple[list[Fraction], Fraction]:
        """A row by its key; of items that are said to exclude each other, every two must."""
        name, _, rest = key.partition(":")
        if name not in self.clashes or key in self.rows:
            return self.rows[key]
        listed = [int(one) for one in rest.split(":")]
        _need(
            len(listed) > 1
            and all(
                frozenset((i, j)) in self.clashes[name] for n, j in enumerate(listed) for i in listed[:n]
            ),
            "The refutation says that items exclude each other that do not.",
        )
        return [Fraction(-1 if k in listed else 0) for k in range(self.size)], Fraction(-1)

    def _same(self, a: int, b: int) -> bool:
        return (
            self.allowed[a] == self.allowed[b]
            and all(
                (frozenset((a, k)) in pairs) == (frozenset((b, k)) in pairs)
                for pairs in self.clashes.values()
                for k in range(self.size)
                if k not in (a, b)
            )
            and all(weights[a] == weights[b] for weights, _ in self.rows.values())
            and all(fits[a] == fits[b] for _, places in self.pools.values() for fits in places.values())
        )

    # The inequalities Σ weight·counted ≥ bound and the places, from the rule.

    def _pick(self, low: Fraction, high: Fraction) -> Fraction:
        return high if self.possible else low

    def _sure(self, truth: Truth) -> bool:
        return truth is True or (self.possible and truth is None)

    def _rows(self) -> dict[str, tuple[list[Fraction], Fraction]]:
        rows: dict[str, tuple[list[Fraction], Fraction]] = {}
        for amount in self.rule.get("amounts", ()):
            rows |= self._amount(amount)
        for one in self.rule.get("outcomes", ()):
            for number, outcome in enumerate(one["outcomes"]):
                truths = [
                    _three(
                        [
                            self.facts.fits(one.get("where", {}), item),
                            _share_words([outcome], item.get("outcomes")),
                        ],
                        any_of=False,
                    )
                    for item in self.items
                ]
                rows[f"{one['id']}#{number}"] = ([Fraction(self._sure(t)) for t in truths], Fraction(1))
        rows |= self._order()
        if self.whole and not self.lenient:
            rows["whole"] = ([Fraction(-1 + self._sure(t)) for t in self.eligible], Fraction(0))
        return rows

    def _amount(self, amount: Data) -> dict[str, tuple[list[Fraction], Fraction]]:
        rows = {}
        where, of = amount.get("where", {}), amount.get("of", "credits")
        for name, sign, turn in (("at_least", ">=", 1), ("at_most", "<=", -1)):
            number, share = amount.get(name), amount.get(f"{name}_share")
            if number is None and share is None:
                continue
            part = Fraction(0) if number is not None else _number(share) / 100
            weights = []
            for item in self.items:
                fit = self.facts.fits(where, item)
                ends = [
                    turn * (f - part) * size
                    for f in ((0, 1) if fit is None else (int(fit),))
                    for size in self.facts.size(of, item)
                ]
                weights.append(self._pick(min(ends), max(ends)))
            key = amount["id"] + ("" if number is not None else "%") + sign
            rows[key] = (weights, turn * _number(number) if number is not None else Fraction(0))
        return rows

    def _clashes(self) -> dict[str, set[frozenset[int]]]:
        """Pairs that exclude each other in this reading, by repetition and by overlap."""
        found: dict[str, set[frozenset[int]]] = {"repeat": set(), "overlap": set()}
        overlap = self.rule.get("overlap")
        for j in range(self.size):
            for i in range(j):
                a, b = self.items[i], self.items[j]
                name = "repeat"
                clash = self.rule.get("repeats", "refused") == "refused" and _same_credential(a, b)
                if clash is False and overlap is not None:
                    name, clash = "overlap", _too_much_in_common(a, b, overlap.get("at_most", 0))
                if clash is True or (clash is None and not self.possible):
                    found[name].add(frozenset((i, j)))
        return found

    def _order(self) -> dict[str, tuple[list[Fraction], Fraction]]:
        rows = {}
        parts = {
            part["id"]: [self.facts.fits(part["where"], item) for item in self.items]
            for part in self.rule.get("parts", ())
        }
        for part in self.rule.get("parts", ()):
            for need in part.get("needs", ()):
                for i, fit in enumerate(parts[part["id"]]):
                    if fit is False:
                        continue
                    weights = [
                        Fraction(j != i and self._sure(_three([fits, self._not_later(j, i)], any_of=False)))
                        for j, fits in enumerate(parts[need])
                    ]
                    weights[i] = Fraction(0 if self.possible and fit is None else -1)
                    rows[f"order:{part['id']}:{need}:{i}"] = (weights, Fraction(0))
        return rows

    def _implied(self) -> dict[str, tuple[list[Fraction], Fraction]]:
        """Filling places takes items: so many of those that fit any of them."""
        rows = {}
        for key, (needs, places) in self.pools.items():
            for group, count in needs.items():
                rows[f"group:{group}"] = self._fitting(
                    [f for (g, _), f in places.items() if g == group], count
                )
            rows[f"fill:{key}"] = self._fitting(list(places.values()), sum(needs.values()))
        return rows

    def _fitting(self, listed: list[list[bool]], count: int) -> tuple[list[Fraction], Fraction]:
        return [Fraction(any(fits[i] for fits in listed)) for i in range(self.size)], Fraction(count)

    def _not_later(self, first: int, second: int) -> Truth:
        days = [self.items[k].get("awarded_on", "") for k in (first, second)]
        return days[0] <= days[1] if all(days) else None

    def _pools(self) -> dict[str, tuple[dict[str, int], dict[tuple[str, str], list[bool]]]]:
        groups = list(self.rule.get("groups", ()))
        if "capstone" in self.rule:
            groups.append({"id": self.rule["capstone"]["id"], "slots": [self.rule["capstone"]]})
        pools: dict[str, tuple[dict[str, int], dict[tuple[str, str], list[bool]]]] = {}
        for group in groups:
            needs, places = pools.setdefault(
                f"apart:{group['id']}" if group.get("apart") else "places", ({}, {})
            )
            needs[group["id"]] = group.get("take", len(group["slots"]))
            for slot in group["slots"]:
                places[(group["id"], slot["id"])] = [
                    self._sure(self.facts.fits(slot["where"], item)) for item in self.items
                ]
        return pools


def _same_credential(a: Data, b: Data) -> Truth:
    ids = [str(one.get("credential", "")) for one in (a, b)]
    if all(ids):
        return ids[0] == ids[1]
    titles = [_fold([one.get("title", "")]) for one in (a, b)]
    if titles[0] != titles[1] or titles[0] == {""}:
        return False
    issuers = [set(one.get("issuers", ())) for one in (a, b)]
    return bool(issuers[0] & issuers[1]) if all(issuers) else None


def _too_much_in_common(a: Data, b: Data, at_most: int) -> Truth:
    if "outcomes" not in a or "outcomes" not in b:
        return None
    return len({x.casefold() for x in a["outcomes"]} & {x.casefold() for x in b["outcomes"]}) > at_most


def _flow(
    needs: Mapping[str, int], places: Mapping[tuple[str, str], list[bool]], usable: Sequence[int]
) -> int:
    """How many places can be filled at once: the largest flow item → place → group → end, found by breadth-first paths."""
    edges: dict[Any, dict[Any, int]] = {}

    def edge(a: Any, b: Any, room: int) -> None:
        edges.setdefault(a, {})[b] = room
        edges.setdefault(b, {}).setdefault(a, 0)

    for i in usable:
        edge("start", ("item", i), 1)
    for (group, place), fits in places.items():
        for i in usable:
            if fits[i]:
                edge(("item", i), ("place", place), 1)
        edge(("place", place), ("group", group), 1)
    for group, count in needs.items():
        edge(("group", group), "end", count)
    total = 0
    while True:
        came: dict[Any, Any] = {"start": None}
        queue = ["start"] if "start" in edges else []
        for node in queue:
            for other, room in edges[node].items():
                if room > 0 and other not in came:
                    came[other] = node
                    queue.append(other)
        if "end" not in came:
            return total
        node = "end"
        while came[node] is not None:
            edges[came[node]][node] -= 1
            edges[node][came[node]] += 1
            node = came[node]
        total += 1
