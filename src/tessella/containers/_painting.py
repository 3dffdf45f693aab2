"""What a page paints, in the order in which it does: text, areas, lines and pictures (ISO 32000-1 §8, §9).

An interpreter for content streams that keeps what a reader of a certificate can see and forgets the rest. Nothing is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pypdf.generic import ContentStream, DictionaryObject, StreamObject
from pypdf.generic._font import Font

from tessella.errors import LimitError
from tessella.text import say

__all__ = ["Area", "Box", "Drawn", "Glyphs", "Painter", "Stroke", "too_much"]

MAX_CONTENT_BYTES = 8_000_000
"""Drawing commands of all pages together; a page of a certificate has 100,000, a plan of a building a million."""

MAX_OPERATIONS = 400_000
"""Drawing commands carried out: about three seconds. A certificate of three pages has 25,000."""

MAX_GLYPHS = 200_000
"""Characters on all pages together: 40 pages of small print."""

MAX_FONTS = 200
"""Fonts read in one file; a page of a certificate has seven."""

MAX_NESTED = 6
"""Drawings within drawings."""

_OPAQUE = 0.9
"""From this alpha on nothing can be read through an area."""

_SEEN_THROUGH = 0.5
"""For blend modes and masks: what is below shines through, one way or another."""

_UNSEEN = 0.1
"""Text with a lower alpha cannot be read."""

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""

_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


class Glyphs(NamedTuple):
    """Characters shown at once: each with its left and right edge along the line; ``shade`` is 0 (black) to 1 (white)."""

    characters: tuple[tuple[str, float, float], ...]
    box: Box
    font: str
    size: float
    shade: float
    invisible: bool


class Area(NamedTuple):
    """A filled shape or a picture (``shade`` None) that nothing can be read through."""

    box: Box
    shade: float | None
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()


class Stroke(NamedTuple):
    """A drawn line."""

    points: tuple[tuple[float, float], ...]
    width: float
    shade: float


class Drawn(NamedTuple):
    """What a page painted, and what of the limits it took: bytes, commands and characters."""

    painted: tuple[Glyphs | Area | Stroke, ...]
    spent: tuple[int, int, int]


class _State(NamedTuple):
    """The graphics state (§8.4), as far as it is looked at."""

    matrix: Matrix = _IDENTITY
    fill: float = 0.0
    stroke: float = 0.0
    alpha: float = 1.0
    width: float = 1.0
    font: Font | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _around(points: Iterable[tuple[float, float]]) -> Box:
    found = list(points)
    xs, ys = [x for x, _ in found], [y for _, y in found]
    return min(xs), min(ys), max(xs), max(ys)


class Painter:
    """Carries out content streams; ``painted`` is what they paint, in their order. One for all pages of a file.

    Raises:
        LimitError: ``container.pdf-content``, more is drawn than the limits of this module allow.
    """

    def __init__(self) -> None:
        self.painted: list[Glyphs | Area | Stroke] = []
        self._bytes, self._operations, self._glyphs = MAX_CONTENT_BYTES, MAX_OPERATIONS, MAX_GLYPHS
        self._fonts: dict[Any, Font] = {}

    def page(self, page: Any, origin: tuple[float, float]) -> Drawn:
        """Paint a page; ``origin`` is its lower left corner."""
        self.painted = []
        before = self._left()
        start = _State(matrix=(1, 0, 0, 1, -origin[0], -origin[1]))
        contents = page.get_contents()
        if contents is not None:
            self._run(contents, page, page.get("/Resources"), start, 0)
        bytes_, operations, glyphs = (was - left for was, left in zip(before, self._left(), strict=True))
        return Drawn(tuple(self.painted), (bytes_, operations, glyphs))

    def again(self, drawn: Drawn) -> None:
        """Paint what a page painted before; it takes as much of the limits."""
        for name, amount in zip(_LIMITED, drawn.spent, strict=True):
            self._spend(name, amount)
        self.painted = list(drawn.painted)

    def form(self, stream: StreamObject, page: Any, matrix: Matrix) -> None:
        """Paint a drawing of its own on top: the appearance of an annotation."""
        self._form(stream, page, _State(matrix=matrix), 0)

    def _left(self) -> list[int]:
        return [getattr(self, name) for name in _LIMITED]

    def _spend(self, name: str, amount: int) -> None:
        left = getattr(self, name) - amount
        setattr(self, name, left)
        if left < 0:
            raise too_much()

    def _run(self, contents: StreamObject, page: Any, resources: Any, state: _State, depth: int) -> None:
        data = contents.get_data()
        self._spend("_bytes", len(data))
        resources = resources.get_object() if resources is not None else DictionaryObject()
        stream = contents if isinstance(contents, ContentStream) else ContentStream(contents, page.pdf)
        operations = stream.operations
        self._spend("_operations", len(operations))
        _Run(self, page, resources, state, depth).carry_out(operations)

    def _form(self, stream: StreamObject, page: Any, state: _State, depth: int) -> None:
        """§8.10: with its own matrix and resources."""
        if depth >= MAX_NESTED:
            return
        matrix = _matrix(stream.get("/Matrix")) or _IDENTITY
        inner = state._replace(matrix=_times(matrix, state.matrix))
        self._run(stream, page, stream.get("/Resources") or page.get("/Resources"), inner, depth + 1)

    def font(self, raw: Any) -> Font | None:
        """The font of a resource dictionary, read once."""
        key = (raw.idnum, raw.generation) if hasattr(raw, "idnum") else id(raw)
        if key not in self._fonts:
            if len(self._fonts) >= MAX_FONTS:
                raise too_much()
            resource = raw.get_object()
            if not isinstance(resource, DictionaryObject):
                return None
            self._fonts[key] = Font.from_font_resource(resource)
        return self._fonts[key]


_LIMITED = ("_bytes", "_operations", "_glyphs")


def too_much() -> LimitError:
    """The error for pages that cost more to look at than those of any certificate."""
    return LimitError(
        say("The pages of the PDF are drawn with more commands than a certificate needs."),
        code="container.pdf-content",
        hint=say("Ask for the original file."),
    )


class _Run:
    """One content stream being carried out."""

    def __init__(self, painter: Painter, page: Any, resources: Any, state: _State, depth: int) -> None:
        self._painter, self._page, self._resources, self._depth = painter, page, resources, depth
        self._state = state
        self._saved: list[_State] = []
        self._text: Matrix = _IDENTITY
        self._line: Matrix = _IDENTITY
        self._shapes: list[list[tuple[float, float]]] = []

    def carry_out(self, operations: Iterable[tuple[Any, bytes]]) -> None:
        for operands, operator in operations:
            act = _ACTS.get(operator)
            if act is None:
                continue
            try:
                act(self, operands)
            except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError):
                continue  # readers pass over commands that they do not understand (§7.8.2)

    # --- graphics state ------------------------------------------------------------------------------

    def save(self, _: Any) -> None:
        if len(self._saved) < MAX_OPERATIONS:
            self._saved.append(self._state)

    def restore(self, _: Any) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def concatenate(self, operands: Any) -> None:
        if matrix := _matrix(operands):
            self._set(matrix=_times(matrix, self._state.matrix))

    def external_state(self, operands: Any) -> None:
        entries = self._resource("/ExtGState", operands[0]).get_object()
        if "/ca" in entries:
            self._set(alpha=float(entries["/ca"]))
        if "/BM" in entries and entries["/BM"] not in ("/Normal", "/Compatible"):
            self._set(alpha=_SEEN_THROUGH)
        if "/SMask" in entries and entries["/SMask"] != "/None":
            self._set(alpha=_SEEN_THROUGH)

    def _set(self, **values: Any) -> None:
        self._state = self._state._replace(**values)

    def _resource(self, kind: str, name: Any) -> Any:
        return self._resources[kind].get_object().raw_get(name)

    def fill(self, operands: Any) -> None:
        self._set(fill=_shade(operands))

    def stroke(self, operands: Any) -> None:
        self._set(stroke=_shade(operands))

    # --- paths ---------------------------------------------------------------------------------------

    def move(self, operands: Any) -> None:
        self._shapes.append([self._point(operands[0], operands[1])])

    def line(self, operands: Any) -> None:
        self._shapes[-1].append(self._point(operands[-2], operands[-1]))

    def close(self, _: Any) -> None:
        self._shapes[-1].append(self._shapes[-1][0])

    def rectangle(self, operands: Any) -> None:
        x, y, width, height = map(float, operands)
        corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y))
        self._shapes.append([self._point(*one) for one in corners])

    def _point(self, x: Any, y: Any) -> tuple[float, float]:
        return _at(self._state.matrix, float(x), float(y))

    def paint(self, *, fill: bool, stroke: bool) -> None:
        shapes = [tuple(one) for one in self._shapes if len(one) > 1]
        self._shapes = []
        if not shapes:
            return
        state = self._state
        if fill and state.alpha >= _OPAQUE:
            box = _around(point for shape in shapes for point in shape)
            self._painter.painted.append(Area(box, state.fill, tuple(shapes)))
        if stroke:
            a, b, c, d, *_ = state.matrix
            width = state.width * math.sqrt(abs(a * d - b * c))
            self._painter.painted.extend(Stroke(shape, width, state.stroke) for shape in shapes)

    def end(self, _: Any) -> None:
        self._shapes = []

    def draw(self, operands: Any) -> None:
        """An XObject: a picture or a drawing of its own."""
        stream = self._resource("/XObject", operands[0]).get_object()
        if stream.get("/Subtype") == "/Form":
            self._painter._form(stream, self._page, self._state, self._depth)
        else:
            self.picture(stream)

    def picture(self, entries: Any) -> None:
        """The unit square (§8.9.5); what has a mask may be seen through."""
        masked = any(name in entries for name in ("/SMask", "/Mask", "/ImageMask", "/IM"))
        if self._state.alpha >= _OPAQUE and not masked:
            corners = ((0, 0), (1, 0), (1, 1), (0, 1))
            box = _around(_at(self._state.matrix, *one) for one in corners)
            self._painter.painted.append(Area(box, None))

    # --- text ----------------------------------------------------------------------------------------

    def begin(self, _: Any) -> None:
        self._text = self._line = _IDENTITY

    def choose_font(self, operands: Any) -> None:
        self._set(font=self._painter.font(self._resource("/Font", operands[0])), size=float(operands[1]))

    def move_line(self, operands: Any) -> None:
        self._line = _times((1, 0, 0, 1, float(operands[0]), float(operands[1])), self._line)
        self._text = self._line

    def move_line_leading(self, operands: Any) -> None:
        self._set(leading=-float(operands[1]))
        self.move_line(operands)

    def set_matrix(self, operands: Any) -> None:
        if matrix := _matrix(operands):
            self._text = self._line = matrix

    def next_line(self, _: Any = None) -> None:
        self.move_line((0, -self._state.leading))

    def show(self, operands: Any) -> None:
        self.show_all((operands,))

    def show_next(self, operands: Any) -> None:
        self.next_line()
        self.show_all((operands,))

    def show_spaced(self, operands: Any) -> None:
        self._set(word_spacing=float(operands[0]), spacing=float(operands[1]))
        self.show_next(operands[2:])

    def show_all(self, operands: Any) -> None:
        """TJ: strings, and numbers that move (§9.4.3)."""
        state = self._state
        if state.font is None:
            return
        shown: list[tuple[str, float, float]] = []
        start = self._text
        along = 0.0
        for part in operands[0]:
            if isinstance(part, int | float):
                along -= float(part) / 1000 * state.size * state.scale
                continue
            for character, width, is_space in _characters(part, state.font):
                self._painter._spend("_glyphs", 1)
                advance = (width / 1000 * state.size + state.spacing) * state.scale
                advance += state.word_spacing * state.scale if is_space else 0
                shown.append((character, along, along + width / 1000 * state.size * state.scale))
                along += advance
        self._text = _times((1, 0, 0, 1, along, 0), start)
        if shown:
            self._painter.painted.append(_glyphs(shown, _times(start, state.matrix), state))


def _glyphs(shown: list[tuple[str, float, float]], matrix: Matrix, state: _State) -> Glyphs:
    low, high = state.rise - 0.2 * state.size, state.rise + 0.75 * state.size
    left, right = min(one[1] for one in shown), max(one[2] for one in shown)
    box = _around(_at(matrix, x, y) for x in (left, right) for y in (low, high))
    a, b, *_ = matrix
    stretch = math.hypot(a, b)
    x0 = _at(matrix, 0, 0)[0]
    placed = tuple((text, x0 + from_ * a, x0 + to * a) for text, from_, to in shown)
    return Glyphs(
        characters=placed,
        box=box,
        font=state.font.name if state.font else "",
        size=abs(state.size) * stretch,
        shade=state.stroke if state.mode == 1 else state.fill,
        invisible=state.mode in (3, 7) or state.alpha < _UNSEEN,
    )


def _characters(raw: Any, font: Font) -> Iterator[tuple[str, float, bool]]:
    """The characters of a string with their widths in thousandths (§9.4.4, §9.10)."""
    data = _bytes(raw)
    if isinstance(font.encoding, str):
        codes = data.decode(font.encoding, "surrogatepass")
        named = codes
    else:
        codes = data.decode("latin-1")
        named = "".join(font.encoding.get(byte, chr(byte)) for byte in data)
    for code, name in zip(codes, named, strict=False):
        text = str(font.character_map.get(name, font.character_map.get(code, name)))
        width = font.character_widths.get(code, font.character_widths.get("default", 500))
        yield text, float(width), code == " " and len(codes) == len(data)


def _bytes(raw: Any) -> bytes:
    if isinstance(raw, bytes):
        return bytes(raw)
    return bytes(getattr(raw, "original_bytes", None) or str(raw).encode("latin-1", "replace"))


def _matrix(raw: Any) -> Matrix | None:
    if raw is None:
        return None
    values = (
        [float(one) for one in raw.get_object()]
        if hasattr(raw, "get_object")
        else [float(one) for one in raw]
    )
    if len(values) != 6 or not all(map(math.isfinite, values)):
        return None
    a, b, c, d, e, f = values
    return a, b, c, d, e, f


def _shade(operands: Any) -> float:
    """How light a colour is: from one number grey, from three RGB, from four CMYK; 0 for patterns."""
    values = [min(1.0, max(0.0, float(one))) for one in operands if isinstance(one, int | float)]
    match values:
        case [grey]:
            return grey
        case [red, green, blue]:
            return 0.299 * red + 0.587 * green + 0.114 * blue
        case [cyan, magenta, yellow, black]:
            return (1 - black) * (1 - (0.3 * cyan + 0.59 * magenta + 0.11 * yellow))
    return 0.0


def _number(name: str, factor: float = 1.0) -> Callable[[_Run, Any], None]:
    return lambda run, operands: run._set(**{name: float(operands[0]) * factor})


def _painting(*, fill: bool, stroke: bool, closing: bool = False) -> Callable[[_Run, Any], None]:
    def act(run: _Run, operands: Any) -> None:
        if closing and run._shapes:
            run.close(operands)
        run.paint(fill=fill, stroke=stroke)

    return act


_ACTS: Mapping[bytes, Callable[[_Run, Any], None]] = {
    b"q": _Run.save,
    b"Q": _Run.restore,
    b"cm": _Run.concatenate,
    b"gs": _Run.external_state,
    b"w": _number("width"),
    **dict.fromkeys((b"g", b"rg", b"k", b"sc", b"scn"), _Run.fill),
    **dict.fromkeys((b"G", b"RG", b"K", b"SC", b"SCN"), _Run.stroke),
    b"m": _Run.move,
    **dict.fromkeys((b"l", b"c", b"v", b"y"), _Run.line),
    b"h": _Run.close,
    b"re": _Run.rectangle,
    **dict.fromkeys((b"f", b"F", b"f*"), _painting(fill=True, stroke=False)),
    **dict.fromkeys((b"B", b"B*"), _painting(fill=True, stroke=True)),
    **dict.fromkeys((b"b", b"b*"), _painting(fill=True, stroke=True, closing=True)),
    b"S": _painting(fill=False, stroke=True),
    b"s": _painting(fill=False, stroke=True, closing=True),
    b"n": _Run.end,
    b"Do": _Run.draw,
    b"INLINE IMAGE": lambda run, operands: run.picture(operands["settings"]),
    b"BT": _Run.begin,
    b"Tf": _Run.choose_font,
    b"Td": _Run.move_line,
    b"TD": _Run.move_line_leading,
    b"Tm": _Run.set_matrix,
    b"T*": _Run.next_line,
    b"Tj": _Run.show,
    b"TJ": _Run.show_all,
    b"'": _Run.show_next,
    b'"': _Run.show_spaced,
    b"Tc": _number("spacing"),
    b"Tw": _number("word_spacing"),
    b"Tz": _number("scale", 0.01),
    b"TL": _number("leading"),
    b"Ts": _number("rise"),
    b"Tr": lambda run, operands: run._set(mode=int(operands[0])),
}
"""What each command does (ISO 32000-1 Annex A); others paint nothing that is looked at."""
