"""The tile as shapes: frames for the level, tesserae for the workload, a motif for the field.

From the outside: a line of ink; one frame for each level, dark and light in turn, the innermost always dark; a
pale panel with the motif. Frames are cut into tesserae, the finer the more work stands behind the tile. Each side
of a frame is lit as if the frame were bevelled, and each tessera differs a little from its neighbour, as cut stone
does; the difference is drawn from the tile's own facts, so it is the same wherever the tile is made.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tessella.rendering._motifs import motif
from tessella.rendering._palette import INK, PAPER, PIGMENTS, Pigment, mix
from tessella.rendering._shapes import SIDE, Disc, Outline, Point, Polygon, Shape, outline
from tessella.rendering.facts import TileFacts

__all__ = ["DENSITIES", "density", "inlay_shapes", "tile_shapes"]

DENSITIES = (Decimal(13), Decimal(38), Decimal(75), Decimal(150))
"""Upper bounds, in hours, of the first four steps of density: about ½, 1½, 3 and 6 ECTS."""

_CUTS = (1, 4, 7, 11, 16, 22)
"""Tesserae along the longest frame of a square, without workload and for each step of density."""

_BORDER = 0.024
"""Width of the line of ink around the tile, as part of its half width."""

_FIRST_FRAME, _ALL_FRAMES = 0.15, 0.52
"""Depth of the frames together at level 1 and at level 8, as part of the half width."""

_LIGHT = (-0.55, -0.835)
"""The light comes from above and a little from the left."""

_TONES = 7
"""Steps of a frame's scale; few, so that neighbours share one path and the picture stays small."""

_MITRE = 0.8
"""A mitred stone of its own stands where the frame turns by a right angle; sharper ones would be splinters."""

_COURSE = 0.085
"""Width of a course of the panel, as part of the half width."""

_LINE = 5.0
"""Width of the joints between tesserae, in units of the tile."""


def density(hours: Decimal | None) -> int:
    """The step of density, 1 to 5; 0 when no workload is known."""
    if hours is None:
        return 0
    return 1 + sum(hours > bound for bound in DENSITIES)


def _tone_scale(pigment: Pigment, *, dark: bool) -> tuple[str, ...]:
    """The tones of a dark or light frame, from shade to light."""
    shade, light = (
        (mix(pigment.deep, INK, 0.2), mix(pigment.deep, pigment.base, 0.85))
        if dark
        else (mix(pigment.glow, pigment.tint, 0.2), mix(pigment.tint, PAPER, 0.35))
    )
    return tuple(mix(shade, light, step / (_TONES - 1)) for step in range(_TONES))


class _Grain:
    """Numbers that look irregular and depend on the facts alone."""

    def __init__(self, facts: TileFacts) -> None:
        seed = f"{facts.title}\n{facts.organisation}\n{facts.field}\n{facts.level}\n{facts.hours}"
        self._bytes = hashlib.shake_256(seed.encode()).digest(4096)
        self._next = 0

    def draw(self) -> float:
        """The next number from -1 to 1."""
        self._next = (self._next + 1) % len(self._bytes)
        return self._bytes[self._next] / 127.5 - 1


def _lit(one: Point, two: Point) -> float:
    """How much light a side gets whose outward normal is to the left of the way from one to two."""
    dx, dy = two[0] - one[0], two[1] - one[1]
    length = math.hypot(dx, dy)
    return (dy * _LIGHT[0] - dx * _LIGHT[1]) / length


def _at(one: Point, two: Point, along: float, inwards: float) -> Point:
    """The point at a distance along the side from one to two, and at a distance to its right."""
    length = math.hypot(two[0] - one[0], two[1] - one[1])
    ux, uy = (two[0] - one[0]) / length, (two[1] - one[1]) / length
    return (one[0] + ux * along - uy * inwards, one[1] + uy * along + ux * inwards)


def _straight(outer: Sequence[Point], inner: Sequence[Point], cuts: int) -> Iterator[tuple[Point, ...]]:
    """One straight side of a frame as stones: cut across, with a mitred stone at either end."""
    one, two = outer[0], outer[-1]
    length = math.dist(one, two)
    ux, uy = (two[0] - one[0]) / length, (two[1] - one[1]) / length

    def offsets(point: Point) -> Point:
        dx, dy = point[0] - one[0], point[1] - one[1]
        return (dx * ux + dy * uy, dy * ux - dx * uy)

    (begin, depth), (end, _) = offsets(inner[0]), offsets(inner[-1])
    first, last = max(begin, 0.0), min(end, length)
    if cuts == 1 or last - first < depth / 2:
        yield (one, two, inner[-1], inner[0])
        return
    marks = [first + (last - first) * number / cuts for number in range(cuts + 1)]
    if begin < depth * _MITRE:
        marks = marks[1:-1]
    across = [(_at(one, two, mark, 0), _at(one, two, mark, depth)) for mark in marks]
    for (above, below), (above_next, below_next) in itertools.pairwise(
        ((one, inner[0]), *across, (two, inner[-1]))
    ):
        yield (above, above_next, below_next, below)


def _curved(outer: Sequence[Point], inner: Sequence[Point], cuts: int) -> Iterator[tuple[Point, ...]]:
    """One curved side of a frame as at least three stones, each of a whole number of steps of the curve."""
    steps = len(outer) - 1
    cuts = min(max(cuts, 3), steps)
    marks = [round(steps * number / cuts) for number in range(cuts + 1)]
    for start, stop in itertools.pairwise(marks):
        yield (*outer[start : stop + 1], *reversed(inner[start : stop + 1]))


def _shrunk(stone: tuple[Point, ...], joint: float) -> tuple[Point, ...]:
    """The stone with each edge moved in by half a joint."""
    half = joint / 2
    corners = [p for n, p in enumerate(stone) if math.dist(p, stone[n - 1]) > 0.01]
    lines = []
    for number, one in enumerate(corners):
        two = corners[(number + 1) % len(corners)]
        lines.append((_at(one, two, 0, half), _at(one, two, 1, half)))
    return tuple(_crossing(*lines[number - 1], *line) for number, line in enumerate(lines))


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point:
    """Where the line through a and b meets the line through c and d; c when they hardly do."""
    dx, dy, ex, ey = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    cross = dx * ey - dy * ex
    if abs(cross) < 1e-3:
        return c
    share = ((c[0] - a[0]) * ey - (c[1] - a[1]) * ex) / cross
    return (a[0] + dx * share, a[1] + dy * share)


def _frame(
    shape: Outline, outer: float, inner: float, longest: int, joint: float
) -> Iterator[tuple[Polygon, float]]:
    """The stones of one frame between two scales of the outline, uncoloured, and the light each one gets."""
    here, there = shape.scaled(outer), shape.scaled(inner)
    for side in shape.sides:
        edge, rim = [here[n] for n in side], [there[n] for n in side]
        length = sum(math.dist(*pair) for pair in itertools.pairwise(edge))
        curved = len(side) > 2
        cuts = max(1, round(longest * length / SIDE)) if longest > 1 or not curved else len(side) - 1
        for stone in (_curved if curved else _straight)(edge, rim, cuts):
            if len(stone) > 2:
                light = _lit(stone[0], stone[len(stone) // 2 - 1]) if curved else _lit(edge[0], edge[1])
                yield Polygon(_shrunk(stone, joint) if joint else stone, ""), light


def _frames(facts: TileFacts, shape: Outline, grain: _Grain, *, joints: bool) -> Iterator[Shape]:
    """The frames from the outermost to the innermost; the stones of one frame sorted by tone."""
    level = facts.level or 0
    depth = _frames_depth(level)
    longest = _CUTS[density(facts.hours)] if joints else 1
    for number in range(level):
        outer, inner = (1 - _BORDER - depth * step / level for step in (number, number + 1))
        dark = (level - number) % 2 == 1
        tones = _tone_scale(PIGMENTS[facts.field], dark=dark)
        frame = []
        for stone, light in _frame(shape, outer, inner, longest, _LINE if joints else 0.0):
            height = 0.5 + (0.34 if dark else -0.34) * light + (0.18 * grain.draw() if longest > 1 else 0)
            frame.append(stone._replace(fill=tones[min(_TONES - 1, max(0, round(height * (_TONES - 1))))]))
        yield from sorted(frame, key=lambda stone: stone.fill)


def _frames_depth(level: int) -> float:
    """How much of the half width the frames of a level take."""
    return 0.0 if level == 0 else _FIRST_FRAME + (_ALL_FRAMES - _FIRST_FRAME) * (level - 1) / 7


def _ground(facts: TileFacts, shape: Outline, panel: float, grain: _Grain) -> Iterator[Shape]:
    """The panel: courses of pale stones, which the motif lies on."""
    pale = [mix(PAPER, PIGMENTS[facts.field].tint, share) for share in (0.10, 0.24, 0.38, 0.52)]
    courses = max(2, round(panel / _COURSE))
    stones = []
    for number in range(courses):
        outer, inner = (panel * (1 - step / courses) for step in (number, min(number + 1, courses - 0.02)))
        for stone, _ in _frame(shape, outer, inner, max(3, _CUTS[density(facts.hours)]), _LINE * 0.8):
            stones.append(stone._replace(fill=pale[round((grain.draw() + 1) * 1.5)]))
    yield from sorted(stones, key=lambda stone: stone.fill)


def tile_shapes(facts: TileFacts, *, joints: bool = True) -> list[Shape]:
    """The tile in a square of 1000 units, painted in this order. Without joints it is for small sizes."""
    shape = outline(facts.record_type)
    pigment = PIGMENTS[facts.field]
    grain = _Grain(facts)
    panel = 1 - _BORDER - _frames_depth(facts.level or 0)
    shapes: list[Shape] = [Polygon(shape.points, mix(pigment.deep, INK, 0.7))]
    shapes.extend(_frames(facts, shape, grain, joints=joints))
    shapes.append(Polygon(shape.scaled(panel - 0.006), mix(PAPER, pigment.tint, 0.9) if joints else PAPER))
    radius = min(shape.inner * panel * (0.80 if joints else 0.92), shape.inner * 0.62)
    if joints:
        shapes.extend(_ground(facts, shape, panel - 0.012, grain))
        shapes.append(Disc(shape.centre, radius * 1.17, mix(pigment.glow, pigment.tint, 0.3)))
        shapes.append(Disc(shape.centre, radius * 1.17 - _LINE * 1.6, PAPER))
    shapes.extend(motif(facts.field, shape.centre, radius))
    return shapes


_STONES = (9.0, 5.0, 3.4, 2.4, 1.7, 1.25)
"""Length of a stone of the inlay in its widths, without workload and for each step of density."""


def inlay_shapes(facts: TileFacts, width: float, height: float) -> list[Shape]:
    """A band for the edge of a page, from the same facts: a column for each level, stones as fine as the tile's."""
    grain = _Grain(facts)
    pigment = PIGMENTS[facts.field]
    columns = facts.level or 1
    shapes: list[Shape] = [
        Polygon(((0, 0), (width, 0), (width, height), (0, height)), mix(pigment.deep, INK, 0.7))
    ]
    joint = min(2.0, width * 0.04)
    pitch = (width - joint) / columns
    rows = max(1, round(height / (pitch * _STONES[density(facts.hours)])))
    for column in range(columns):
        tones = _tone_scale(pigment, dark=bool(facts.level) and (columns - column) % 2 == 1)
        left, right = joint + column * pitch, (column + 1) * pitch
        edges = [
            0.0,
            *(height * (row + 0.5 * (column % 2)) / rows for row in range(1 - column % 2, rows)),
            height,
        ]
        stones = []
        for top, bottom in itertools.pairwise(edges):
            tone = tones[min(_TONES - 1, max(0, round((0.5 + 0.42 * grain.draw()) * (_TONES - 1))))]
            y1, y2 = max(joint, top + joint / 2), min(height - joint, bottom - joint / 2)
            stones.append(Polygon(((left, y1), (right, y1), (right, y2), (left, y2)), tone))
        shapes.extend(sorted(stones, key=lambda stone: stone.fill))
    return shapes
