"""The motifs: one figure for each broad field of study, so that colour is never the only sign.

Each is drawn in the unit disc (y downwards) and cut as in marquetry: every point, leaf and arm has a lit and a
shaded half. The silhouettes differ also when printed in grey at 48 pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from tessella.rendering._palette import PIGMENTS, UNKNOWN_FIELD, Pigment, mix, on_paper
from tessella.rendering._shapes import Disc, Point, Polygon, Shape

__all__ = ["motif"]


def _polar(turn: float, radius: float) -> Point:
    """A point by its part of a full turn, clockwise from the top, and its distance."""
    return (radius * math.sin(math.tau * turn), -radius * math.cos(math.tau * turn))


def _star(
    points: int, tip: float, valley: float, tones: tuple[str, str], turn: float = 0.0
) -> Iterator[Shape]:
    """A star whose points have a lit half and a shaded half."""
    lit, shaded = tones
    for number in range(points):
        at = turn + number / points
        for side, tone in ((-1, lit), (1, shaded)):
            corners = ((0.0, 0.0), _polar(at, tip), _polar(at + side * 0.5 / points, valley))
            yield Polygon(corners, tone)


def _leaf(start: Point, end: Point, belly: float, tones: tuple[str, str], steps: int = 12) -> Iterator[Shape]:
    """A pointed leaf, halved along its rib; ``belly`` is its half width."""
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1)
    nx, ny = (y1 - y2) / length, (x2 - x1) / length
    for side, tone in ((1, tones[0]), (-1, tones[1])):
        edge = []
        for step in range(steps + 1):
            share = step / steps
            out = side * belly * math.sin(math.pi * share)
            edge.append((x1 + (x2 - x1) * share + nx * out, y1 + (y2 - y1) * share + ny * out))
        yield Polygon(tuple(edge), tone)


def _lozenge(x: float, y: float, half: float, tones: tuple[str, ...]) -> Iterator[Shape]:
    corners = ((x, y - half), (x + half, y), (x, y + half), (x - half, y))
    for number, tone in enumerate(tones):
        yield Polygon(((x, y), corners[number], corners[(number + 1) % 4]), tone)


def _generic(p: Pigment) -> Iterator[Shape]:
    """A cut stone seen from above: what any building begins with."""
    outer = (p.glow, mix(p.base, p.deep, 0.4), p.deep, p.base)
    edge = [_polar(n / 4 - 1 / 8, 1.05) for n in range(4)]
    table = [_polar(n / 4 - 1 / 8, 0.58) for n in range(4)]
    for number in range(4):
        after = (number + 1) % 4
        yield Polygon((edge[number], edge[after], table[after], table[number]), outer[number])
    yield Polygon(tuple(table), p.tint)
    yield from _lozenge(0, 0, 0.41, (p.base, p.deep, mix(p.base, p.deep, 0.5), p.glow))


def _education(p: Pigment) -> Iterator[Shape]:
    """An open fan, two tiers of blades: learning unfolds."""
    blades = 7
    for tier, (near, far) in enumerate(((0.22, 0.78), (0.86, 1.56))):
        for number in range(blades):
            start, end = (-0.25 + 0.5 * (number + edge) / blades for edge in (0.04, 0.96))
            tone = (p.deep, p.base)[(number + tier) % 2]
            points = [_polar(start + (end - start) * n / 4, far) for n in range(5)]
            points += [_polar(end + (start - end) * n / 4, near) for n in range(5)]
            yield Polygon(tuple((0.66 * x, 0.66 * y + 0.5) for x, y in points), tone)
    yield Disc((0.0, 0.5), 0.13, p.deep)


def _arts(p: Pigment) -> Iterator[Shape]:
    """The rosette that a pair of compasses draws."""
    tips = [_polar(number / 6, 1.0) for number in range(6)]
    for number, tip in enumerate(tips):
        yield from _leaf((0, 0), tip, 0.135, (p.glow, p.base))
        yield from _leaf(tips[number - 1], tip, 0.135, (p.base, p.deep))


def _social(p: Pigment) -> Iterator[Shape]:
    """People around a table."""
    for number in range(8):
        x, y = _polar(number / 8, 0.74)
        yield Disc((x, y), 0.25, (p.base, p.glow)[number % 2])
        yield Disc((x, y), 0.11, p.tint)
    yield Disc((0.0, 0.0), 0.36, p.deep)
    yield Disc((0.0, 0.0), 0.20, p.glow)


def _business(p: Pigment) -> Iterator[Shape]:
    """Nine lozenges in balance."""
    for row in range(-1, 2):
        for column in range(-1, 2):
            x, y = (column - row) / 3, (column + row) / 3
            dark = (row + column) % 2 == 0
            tones = (p.base, p.deep, p.deep, p.base) if dark else (p.glow, p.base, p.base, p.glow)
            yield from _lozenge(x, y, 0.305, tones)


def _science(p: Pigment) -> Iterator[Shape]:
    """A triangle made of triangles made of triangles."""

    def divide(a: Point, b: Point, c: Point, depth: int) -> Iterator[Shape]:
        middles = [((u[0] + v[0]) / 2, (u[1] + v[1]) / 2) for u, v in ((a, b), (b, c), (c, a))]
        ab, bc, ca = middles
        if depth == 0:
            yield Polygon((a, ab, ca), p.base)
            yield Polygon((ab, b, bc), p.deep)
            yield Polygon((ca, bc, c), p.deep)
            return
        yield Polygon((ab, bc, ca), p.glow)
        for corners in ((a, ab, ca), (ab, b, bc), (ca, bc, c)):
            yield from divide(*corners, depth - 1)

    top, right, left = (_polar(n / 3, 1.1) for n in range(3))
    lowered = [(x, y + 0.2) for x, y in (top, right, left)]
    yield from divide(lowered[0], lowered[1], lowered[2], 1)


_BITS = ("1101", "1011", "0110", "1101")


def _computing(p: Pigment) -> Iterator[Shape]:
    """A raster of bits."""
    pitch, half = 0.39, 0.165
    for row, bits in enumerate(_BITS):
        for column, bit in enumerate(bits):
            x, y = (column - 1.5) * pitch, (row - 1.5) * pitch
            square = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
            if bit == "1":
                yield Polygon(square[:3], p.base)
                yield Polygon((square[0], square[2], square[3]), p.deep)
            else:
                yield Polygon(square, p.glow)


def _engineering(p: Pigment) -> Iterator[Shape]:
    """Three blocks, stacked: the oldest pattern of marquetry."""
    radius = 0.5
    for x0, y0 in ((0.0, -0.5), (-0.433, 0.25), (0.433, 0.25)):
        corners = [(x0 + x, y0 + y) for x, y in (_polar(n / 6, radius * 0.97) for n in range(6))]
        centre = (x0, y0)
        for first, tone in ((5, p.glow), (1, p.deep), (3, p.base)):
            yield Polygon((centre, *(corners[(first + n) % 6] for n in range(3))), tone)


def _agriculture(p: Pigment) -> Iterator[Shape]:
    """An ear of corn."""
    yield Polygon(((-0.035, -0.55), (0.035, -0.55), (0.035, 1.0), (-0.035, 1.0)), p.deep)
    yield from _leaf((0, -0.42), (0, -1.0), 0.16, (p.deep, p.base))
    for y in (0.62, 0.22, -0.18):
        yield from _leaf((0.05, y), (0.62, y - 0.46), 0.17, (p.deep, p.base))
        yield from _leaf((-0.05, y), (-0.62, y - 0.46), 0.17, (p.deep, p.base))


def _health(p: Pigment) -> Iterator[Shape]:
    """A cross with bevelled arms."""
    wide, long = 0.32, 0.92
    arms = ((p.glow, p.base), (p.base, p.deep), (p.deep, p.base), (p.base, p.glow))
    for number, (one, two) in enumerate(arms):
        c, s = (math.cos(math.pi * number / 2), math.sin(math.pi * number / 2))

        def turned(x: float, y: float, c: float = c, s: float = s) -> Point:
            return (x * c - y * s, x * s + y * c)

        left = ((0.0, 0.0), (-wide, -wide), (-wide, -long), (0.0, -long + wide))
        right = ((0.0, 0.0), (0.0, -long + wide), (wide, -long), (wide, -wide))
        end = ((-wide, -long), (wide, -long), (0.0, -long + wide))
        yield Polygon(tuple(turned(*at) for at in left), one)
        yield Polygon(tuple(turned(*at) for at in right), two)
        yield Polygon(tuple(turned(*at) for at in end), mix(one, two, 0.5))


def _services(p: Pigment) -> Iterator[Shape]:
    """A compass rose."""
    yield from _star(4, 0.78, 0.30, (p.glow, p.base), turn=1 / 8)
    yield from _star(4, 1.05, 0.26, (p.base, p.deep))


def _unknown(p: Pigment) -> Iterator[Shape]:
    """A plain disc: the field is not stated."""
    yield Disc((0.0, 0.0), 0.8, p.base)
    yield Disc((0.0, 0.0), 0.62, p.tint)
    yield Disc((0.0, 0.0), 0.34, p.deep)


_MOTIFS: dict[str, Callable[[Pigment], Iterator[Shape]]] = {
    "00": _generic,
    "01": _education,
    "02": _arts,
    "03": _social,
    "04": _business,
    "05": _science,
    "06": _computing,
    "07": _engineering,
    "08": _agriculture,
    "09": _health,
    "10": _services,
    UNKNOWN_FIELD: _unknown,
}


def motif(field: str, centre: Point, radius: float) -> Iterator[Shape]:
    """The figure of a broad field, with its unit disc at ``centre`` in the given radius."""
    x0, y0 = centre
    for shape in _MOTIFS[field](on_paper(PIGMENTS[field])):
        if isinstance(shape, Disc):
            x, y = shape.centre
            yield Disc((x0 + radius * x, y0 + radius * y), radius * shape.radius, shape.fill)
        else:
            yield Polygon(tuple((x0 + radius * x, y0 + radius * y) for x, y in shape.points), shape.fill)
