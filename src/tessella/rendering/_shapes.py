"""Plane shapes: polygons and discs with a colour, the outlines of the record types, and their SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from tessella.model import RecordType

__all__ = ["CENTRE", "SIDE", "Disc", "Outline", "Point", "Polygon", "Shape", "outline", "svg_shapes"]

SIDE = 1000
"""Edge of the square that a tile is drawn in; all coordinates are in these units, y downwards."""

CENTRE = SIDE / 2
_CIRCLE_SIDES = 64
"""Sides of the polygon that stands for a circle: at 1000 px it leaves the circle by half a pixel."""

_VAULT_STEPS = 30

Point = tuple[float, float]


class Polygon(NamedTuple):
    points: tuple[Point, ...]
    fill: str


class Disc(NamedTuple):
    centre: Point
    radius: float
    fill: str


Shape = Polygon | Disc


class Outline(NamedTuple):
    """A closed line around ``centre``; ``inner`` is the radius of the largest disc around it that fits.

    ``sides`` are its parts from corner to corner, as indexes into ``points``: two for a straight side, many for
    a curve.
    """

    points: tuple[Point, ...]
    centre: Point
    inner: float
    sides: tuple[tuple[int, ...], ...]

    def scaled(self, factor: float) -> tuple[Point, ...]:
        x0, y0 = self.centre
        return tuple((x0 + (x - x0) * factor, y0 + (y - y0) * factor) for x, y in self.points)


def _regular(sides: int, *, turn: float = 0.0, radii: Sequence[float] = (CENTRE,)) -> tuple[Point, ...]:
    """Corners at equal angles, clockwise from the top plus ``turn`` steps, their distances taken in turn."""
    angles = [math.tau * (number + turn) / sides - math.pi / 2 for number in range(sides)]
    return tuple(
        (CENTRE + radii[n % len(radii)] * math.cos(a), CENTRE + radii[n % len(radii)] * math.sin(a))
        for n, a in enumerate(angles)
    )


def _around(points: tuple[Point, ...], centre: Point = (CENTRE, CENTRE), curve: int = 1) -> Outline:
    """An outline whose first ``curve`` edges are one curved side and each other edge a straight one."""
    x0, y0 = centre
    distances = []
    for (x1, y1), (x2, y2) in zip(points, (*points[1:], points[0]), strict=True):
        dx, dy = x2 - x1, y2 - y1
        distances.append(abs(dx * (y1 - y0) - dy * (x1 - x0)) / math.hypot(dx, dy))
    count = len(points)
    straight = ((number, (number + 1) % count) for number in range(curve, count))
    sides = (tuple(number % count for number in range(curve + 1)), *straight)
    return Outline(points, centre, min(distances), sides)


def _arch() -> tuple[Point, ...]:
    """A portal: a rectangle under a half circle."""
    radius, steps = 400.0, _VAULT_STEPS
    vault = [
        (CENTRE - radius * math.cos(math.pi * n / steps), radius - radius * math.sin(math.pi * n / steps))
        for n in range(steps + 1)
    ]
    return (*vault, (CENTRE + radius, SIDE), (CENTRE - radius, SIDE))


_STAR_VALLEY = CENTRE * math.cos(math.pi / 4) / math.cos(math.pi / 8)
"""Distance of the inner corners of two squares laid across one another."""

_OUTLINES = {
    RecordType.MICRO_CREDENTIAL: _around(((0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE))),
    RecordType.ACHIEVEMENT: _around(_regular(8, turn=0.5, radii=(CENTRE / math.cos(math.pi / 8),))),
    RecordType.PARTICIPATION: _around(_regular(_CIRCLE_SIDES), curve=_CIRCLE_SIDES),
    RecordType.MEMBERSHIP: _around(_regular(6)),
    RecordType.MOTIVATION: _around(_regular(16, radii=(CENTRE, _STAR_VALLEY))),
    RecordType.CONTRIBUTION: _around(_regular(4)),
    RecordType.RECOGNITION_DECISION: _around(_arch(), (CENTRE, 520), curve=_VAULT_STEPS),
}


def outline(record_type: RecordType) -> Outline:
    """The outline of a record type; a micro-credential alone fills the whole square."""
    return _OUTLINES[record_type]


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _path(polygon: Polygon) -> str:
    """The polygon as path data, always turning the same way: overlapping ones of one path add up.

    Corners are rounded to tenths and written as steps from one to the next, which is a third shorter.
    """
    tenths = [(round(x * 10), round(y * 10)) for x, y in polygon.points]
    if sum(x * tenths[n - 1][1] - tenths[n - 1][0] * y for n, (x, y) in enumerate(tenths)) > 0:
        tenths.reverse()
    (x, y), *others = tenths
    steps = [f"M{_number(x / 10)} {_number(y / 10)}"]
    for to_x, to_y in others:
        dx, dy = _number((to_x - x) / 10), _number((to_y - y) / 10)
        steps.append(f"h{dx}" if dy == "0" else f"v{dy}" if dx == "0" else f"l{dx} {dy}")
        x, y = to_x, to_y
    return "".join(steps) + "z"


def svg_shapes(shapes: Iterable[Shape]) -> str:
    """The shapes as SVG elements, in order; neighbours of one colour share one path."""
    parts = []
    for (kind, fill), group in groupby(shapes, key=lambda shape: (type(shape), shape.fill)):
        if kind is Polygon:
            parts.append(
                f'<path fill="{fill}" d="{"".join(_path(p) for p in group if isinstance(p, Polygon))}"/>'
            )
        else:
            for disc in group:
                if isinstance(disc, Disc):
                    x, y = disc.centre
                    parts.append(
                        f'<circle fill="{fill}" cx="{_number(x)}" cy="{_number(y)}" r="{_number(disc.radius)}"/>'
                    )
    return "".join(parts)
