"""Whether items can be chosen so that every inequality holds and every place is filled: exact, bounded, with a refutation.

The search looks at the node's inequalities first (a row that even its best completion misses ends the branch), then at the places
(augmenting paths), then tries to count everything that is left; only a row that this violates makes it branch. A refutation is the
tree of that search with one reason per leaf, small enough to be checked by somebody else:

* ``{"rows": {KEY: n}}``: with everything undecided at its best, n times these rows (in their own units) together still miss their bound;
* ``{"pool": KEY}``: the items that are left cannot fill the places;
* ``{"like": i}``: the item is interchangeable with item i, whose leaving out is already refuted;
* ``{"item": i, "in": TREE, "out": TREE}``: both choices are refuted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tessella.stacking.bounding import Bounds
from tessella.stacking.system import World

__all__ = ["MAX_NODES", "Found", "fill", "holds", "solve"]

MAX_NODES = 4_000
"""Steps of one search. Published rules need fewer than a hundred; beyond it the answer is *not known*."""

MAX_WORK = 8_000_000
"""Steps times items times rows and places: some seconds on one core for the largest rules."""

MAX_DEPTH = 250
"""Choices on top of each other: the search, its refutation in JSON and the checker all nest so deep."""

Tree = dict[str, Any]


class Found(msgspec.Struct, frozen=True):
    """A selection (``counted`` items and what they fill), a refutation, or neither: the search gave up."""

    counted: tuple[int, ...] | None = None
    filled: dict[str, int] = {}
    refutation: Tree | None = None

    @property
    def gave_up(self) -> bool:
        return self.counted is None and self.refutation is None


class _GaveUp(Exception):  # noqa: N818 -- not an error: the end of the budget
    pass


class _Counted(Exception):  # noqa: N818 -- not an error: the way out of the search
    def __init__(self, items: tuple[int, ...]) -> None:
        self.items = items


def solve(world: World, *, max_nodes: int = MAX_NODES) -> Found:
    """A selection that fulfils everything, or the proof that there is none."""
    search = _Search(world, max_nodes)
    state: list[bool | None] = [True if world.whole else None if ok else False for ok in world.allowed]
    quick = search.drop(list(state))
    if quick is not None:
        return Found(counted=quick, filled=fill(world, quick)[0])
    try:
        return Found(refutation=search.refute(state))
    except _Counted as done:
        return Found(counted=done.items, filled=fill(world, done.items)[0])
    except _GaveUp:
        return Found()


def holds(world: World, counted: Iterable[int]) -> bool:
    """Whether this selection fulfils every row and fills every place."""
    chosen = tuple(counted)
    return (
        all(sum(weights[i] for i in chosen) >= bound for _, weights, bound in world.rows)
        and not fill(world, chosen)[1]
    )


def fill(world: World, items: Iterable[int]) -> tuple[dict[str, int], dict[str, int]]:
    """Items put into places (place → item), as many as possible, and how many places each group still lacks.

    Augmenting paths; a group takes no more items than it needs.
    """
    filled: dict[str, int] = {}
    lacking: dict[str, int] = {}
    for pool, fits in zip(world.pools, world.fits, strict=True):
        placed, missing = _fill_pool(pool.places, pool.needs, fits, tuple(items))
        filled |= {pool.places[place][1]: item for place, item in placed.items()}
        lacking |= missing
    return filled, lacking


def _fill_pool(
    places: tuple[tuple[str, str], ...],
    needs: dict[str, int],
    fits: tuple[tuple[bool, ...], ...],
    items: tuple[int, ...],
) -> tuple[dict[int, int], dict[str, int]]:
    """Kuhn's matching, item by item. “n of k places” is k places and k - n blanks that fit only there.

    Earlier items are preferred: the items placed are the first ones with which as many places can be filled (a transversal matroid).
    """
    of_group: dict[str, list[int]] = {}
    for place, (group, _) in enumerate(places):
        of_group.setdefault(group, []).append(place)
    blanks = [listed for group, listed in of_group.items() for _ in range(len(listed) - needs[group])]
    options = {-1 - number: listed for number, listed in enumerate(blanks)}
    options |= {item: [place for place, row in enumerate(fits) if row[item]] for item in items}
    holder: dict[int, int] = {}

    def put(item: int, seen: set[int]) -> bool:
        for place in options[item]:
            if place not in holder:
                holder[place] = item
                return True
        for place in options[item]:
            if place not in seen:
                seen.add(place)
                if put(holder[place], seen):
                    holder[place] = item
                    return True
        return False

    for item in options:
        if len(holder) == len(places):
            break
        put(item, set())
    filled = {place: item for place, item in holder.items() if item >= 0}
    lacking: dict[str, int] = {}
    for place, (group, _) in enumerate(places):
        if place not in holder:
            lacking[group] = lacking.get(group, 0) + 1
    return filled, lacking


class _Search:
    """Depth first. State per item: True counted, False left out, None undecided."""

    def __init__(self, world: World, max_nodes: int) -> None:
        self.world = world
        size = len(world.allowed)
        wide = len(world.rows) + sum(len(pool.places) for pool in world.pools)
        self.left = min(max_nodes, 1 + MAX_WORK // max(1, size * wide))
        columns = [
            (
                tuple(weights[i] for _, weights, _ in world.rows),
                tuple(tuple(place[i] for place in pool) for pool in world.fits),
            )
            for i in range(size)
        ]
        classes: dict[object, int] = {}
        self.limits = Bounds(world.rows, size)
        self.kind = [classes.setdefault(column, len(classes)) for column in columns]

    def drop(self, state: list[bool | None]) -> tuple[int, ...] | None:
        """Without branching: leave out one item after the other that a row forbids; None when that leads nowhere."""
        while True:
            counted = [i for i, value in enumerate(state) if value is not False]
            violated = self._violated(counted)
            if not violated:
                return tuple(counted) if self._pools(state) is None else None
            weights = violated[0][1]
            if not any(weights[i] < 0 and state[i] is None for i in counted):
                return None
            state[self._choose(state, violated, counted)] = False

    def refute(self, state: list[bool | None], depth: int = 0) -> Tree:
        """The refutation of this state.

        Raises:
            _Counted: there is a selection. _GaveUp: the budget is used up.
        """
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH:
            raise _GaveUp
        forced: list[tuple[int, bool, Tree]] = []
        leaf = self._propagate(state, forced)
        if leaf is None:
            leaf = self._pools(state)
        if leaf is None:
            leaf = self._branch(state, depth)
        for item, value, other in reversed(forced):
            leaf = {"item": item, "in" if value else "out": leaf, "out" if value else "in": other}
            state[item] = None
        return leaf

    def _propagate(self, state: list[bool | None], forced: list[tuple[int, bool, Tree]]) -> Tree | None:
        """Fix what every completion must have; the leaf when a row, or a mix of rows, cannot be met any more."""
        while True:
            before = len(forced)
            leaf = self._single(state, forced) or self._mixed(state, forced)
            if leaf is not None or len(forced) == before:
                return leaf

    def _single(self, state: list[bool | None], forced: list[tuple[int, bool, Tree]]) -> Tree | None:
        changed = True
        while changed:
            changed = False
            for key, weights, bound in self.world.rows:
                best = _best(weights, state)
                if best < bound:
                    return {"rows": {key: 1}}
                for i, weight in enumerate(weights):
                    if weight and state[i] is None and best - abs(weight) < bound:
                        state[i] = weight > 0
                        forced.append((i, weight > 0, {"rows": {key: 1}}))
                        changed = True
        return None

    def _mixed(self, state: list[bool | None], forced: list[tuple[int, bool, Tree]]) -> Tree | None:
        keys, scales = [key for key, _, _ in self.world.rows], self.world.scales
        for mix in self.limits.mixes(state):
            weights, bound = self.limits.mixed(mix)
            slack = _best(weights, state) - bound
            leaf: Tree = {"rows": {keys[n]: times * scales[keys[n]] for n, times in mix.items()}}
            if slack < 0:
                return leaf
            for i, weight in enumerate(weights):
                if state[i] is None and slack < abs(weight):
                    state[i] = weight > 0
                    forced.append((i, weight > 0, leaf))
        return None

    def _pools(self, state: list[bool | None]) -> Tree | None:
        usable = tuple(i for i, value in enumerate(state) if value is not False)
        for pool, fits in zip(self.world.pools, self.world.fits, strict=True):
            if _fill_pool(pool.places, pool.needs, fits, usable)[1]:
                return {"pool": pool.key}
        return None

    def _branch(self, state: list[bool | None], depth: int) -> Tree:
        """Count all that is undecided; where a row forbids that, leave out what it minds most and others need least."""
        counted = [i for i, value in enumerate(state) if value is not False]
        violated = self._violated(counted)
        if not violated:
            raise _Counted(tuple(counted))
        item = self._choose(state, violated, counted)
        state[item] = False
        without = self.refute(state, depth + 1)
        alike = [i for i, value in enumerate(state) if value is None and self.kind[i] == self.kind[item]]
        state[item] = True
        for other in alike:
            state[other] = True
        inner = self.refute(state, depth + 1)
        for other in reversed(alike):
            inner = {"item": other, "in": inner, "out": {"like": item}}
            state[other] = None
        state[item] = None
        return {"item": item, "out": without, "in": inner}

    def _violated(self, counted: list[int]) -> list[tuple[str, tuple[int, ...], int]]:
        return [row for row in self.world.rows if sum(row[1][i] for i in counted) < row[2]]

    def _choose(
        self, state: list[bool | None], violated: list[tuple[str, tuple[int, ...], int]], counted: list[int]
    ) -> int:
        _, weights, bound = violated[0]
        short = bound - sum(weights[i] for i in counted)
        lightest = sorted(counted, key=lambda i: -weights[i])
        slack = [
            (row, sum(row[i] for i in counted) - least) for _, row, least in self.world.rows if least > 0
        ]
        rigid = {
            item
            for pool, fits in zip(self.world.pools, self.world.fits, strict=True)
            for item in _fill_pool(pool.places, pool.needs, fits, tuple(lightest))[0].values()
        }

        def harm(i: int) -> tuple[bool, bool, int, int]:
            breaks = any(row[i] > 0 and spare < row[i] for row, spare in slack)
            return (i in rigid, breaks, sum(row[i] > 0 for row, _ in slack), abs(short + weights[i]))

        return min((i for i in counted if state[i] is None and weights[i] < 0), key=harm)


def _best(weights: Sequence[int], state: Sequence[bool | None]) -> int:
    """The most a row can come to: what is counted, and what is undecided where it helps."""
    return sum(w for w, value in zip(weights, state, strict=True) if value or (value is None and w > 0))
