"""Mixes of inequalities that cannot be met although each of them can: found by Lagrange multipliers, proved in whole numbers.

A multiple of every row, added up, is a row that every selection must meet, too. The multipliers are sought in floating point (a
subgradient with Polyak's step); what is claimed of a mix is worked out exactly, so that rounding may lose a refutation and never make one.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Bounds", "Mix"]

ROUNDS = 40
"""Steps of the search for multipliers at the first node; later ones go on from where it ended."""

LATER_ROUNDS = 12

TRIED = 1
"""Rows that mixes are sought around at a node after the first: the hardest tells nearly all, and each costs as much."""

FINENESS = 4096
"""The largest multiplier in whole numbers; finer ones refute hardly more."""

Row = tuple[str, tuple[int, ...], int]
Mix = dict[int, int]
"""Row number → multiplier."""


class Bounds:
    """The rows of one search. An item's state: True counted, False left out, None undecided."""

    def __init__(self, rows: Sequence[Row], size: int) -> None:
        self.size = size
        self.sparse = [[(i, w) for i, w in enumerate(weights) if w] for _, weights, _ in rows]
        self.bounds = [bound for _, _, bound in rows]
        self.norms = [max((abs(w) for _, w in row), default=1) for row in self.sparse]
        self.asking = [n for n, bound in enumerate(self.bounds) if bound > 0]
        self.last: dict[int, list[float]] = {}
        self.slack: dict[int, float] = {}

    def mixed(self, mix: Mix) -> tuple[list[int], int]:
        """The weights and the bound of a mix."""
        weights = [0] * self.size
        for n, times in mix.items():
            for i, weight in self.sparse[n]:
                weights[i] += times * weight
        return weights, sum(times * self.bounds[n] for n, times in mix.items())

    def mixes(self, state: Sequence[bool | None]) -> list[Mix]:
        """Mixes that are as hard to meet as could be found, around the rows that ask for something and were hardest so far."""
        hardest = sorted(self.asking, key=lambda n: self.slack.get(n, -1.0))
        return [mix for n in hardest[: TRIED if self.slack else None] if (mix := self._mix(n, state))]

    def _mix(self, target: int, state: Sequence[bool | None]) -> Mix:
        known = self.last.get(target)
        shares = list(known) if known else [float(n == target) for n in range(len(self.bounds))]
        best, found = float("inf"), shares
        for _ in range(LATER_ROUNDS if known else ROUNDS):
            slack, slopes = self._slopes(shares, state)
            if slack < best:
                best, found = slack, list(shares)
            if slack < 0:
                break
            slopes[target] = 0.0
            length = sum(s * s for n, s in enumerate(slopes) if shares[n] > 0 or s < 0)
            if length < 1e-9:
                break
            step = (slack + 0.05) / length
            shares = [max(0.0, y - step * s) for y, s in zip(shares, slopes, strict=True)]
        self.last[target], self.slack[target] = found, best
        largest = max(y / norm for y, norm in zip(found, self.norms, strict=True))
        fine = FINENESS / largest
        return {
            n: times
            for n, (y, norm) in enumerate(zip(found, self.norms, strict=True))
            if (times := round(y / norm * fine)) > 0
        }

    def _slopes(self, shares: Sequence[float], state: Sequence[bool | None]) -> tuple[float, list[float]]:
        """The slack of a mix, each row taken to its largest weight, and how it changes with each multiplier."""
        mixed = [0.0] * self.size
        for row, share, norm in zip(self.sparse, shares, self.norms, strict=True):
            if share > 0:
                unit = share / norm
                for i, weight in row:
                    mixed[i] += unit * weight
        taken = [bool(value) or (value is None and w > 0) for w, value in zip(mixed, state, strict=True)]
        slopes = [
            (sum(w for i, w in row if taken[i]) - bound) / norm
            for row, bound, norm in zip(self.sparse, self.bounds, self.norms, strict=True)
        ]
        return sum(share * slope for share, slope in zip(shares, slopes, strict=True)), slopes
