"""What the pages of a PDF show to people: the text that can be seen, what hides other text, links and drawn codes.

Text is taken as the file states it for its characters (ISO 32000-1 §9.10). A file can state another character than it draws;
only a seal proves how a page looks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from PIL import Image, ImageDraw
from pypdf.generic import DictionaryObject

from tessella.containers._limits import MAX_FILE_BYTES, check_size
from tessella.containers._painting import Area, Box, Drawn, Glyphs, Painter, Stroke, too_much
from tessella.containers._sameness import digest_of
from tessella.containers.pdf import FOREIGN, MAX_PAGES, damaged, opened_pdf, pictures_of, resolved
from tessella.containers.qr import qr_in
from tessella.errors import TessellaError, UnsupportedError

__all__ = ["PageLine", "PdfPage", "codes_in", "pages_of"]

MAX_ANNOTATIONS = 200
"""Annotations looked at on one page; a commented manuscript has a hundred."""

MAX_LINKS = 50
"""Addresses listed of one page."""

_UNDRAWN = (
    "/Link",
    "/Popup",
    "/Text",
    "/Highlight",
    "/Underline",
    "/Squiggly",
    "/StrikeOut",
    "/FileAttachment",
)
"""Annotations that change no word of the page: links, and what readers of drafts put beside the text (§12.5.6)."""

_COVERED = 0.5
"""Part of a line's area under something opaque from which on it counts as covered."""

_PALE = 0.12
"""Difference in lightness between text and what is below it that no eye sees."""

_TOUCHING, _UNDER = 0.2, 0.9
"""Parts of a line from which on something is over it, or is what it is written on."""

_THIN = 1.0
"""Points: what is thinner hides no word."""

_BAND, _TALLEST = 24.0, 20_000.0
"""Points: heights of the bands by which what is painted is found, and of the tallest page (ISO 32000-1 Annex C.2)."""

MAX_COMPARED = 400_000
"""Pairs of things on a page looked at, about half a second; a certificate needs 20,000."""

_WRITTEN_OVER = 12
"""Pieces of text over a line that are told."""

_TINY = 1.0
"""Points; smaller print is a dotted line."""

_SAME_LINE = 0.35
"""Difference in height, in sizes of the type, within one line."""

_MARK_GAP = 0.05
"""How far apart from the end of a letter, in sizes of the type, its accent is drawn."""

_WORD_GAP, _LINE_GAP = 0.16, 1.2
"""Gaps, in sizes of the type, that separate words, and parts of a page that are not read on."""

_PIXELS_PER_POINT = 3
"""A code of 25 mm then has about six pixels for each of its modules."""

_DARK = 0.6


class PageLine(msgspec.Struct, frozen=True, kw_only=True):
    """Some words on one line, as they are read; ``box`` is left, bottom, right, top in points.

    ``hidden`` says why nobody can see them (``covered``, ``invisible``, ``outside``, ``tiny``, ``pale``), ``instead`` what is
    written over them. ``added`` tells that an annotation shows them.
    """

    text: str
    box: Box
    font: str = ""
    size: float = 0.0
    hidden: str = ""
    instead: str = ""
    added: bool = False


class PdfPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page: its lines in the order in which they are drawn, how many pictures, links, and the texts of QR codes drawn with lines.

    ``drawn_over`` are the kinds of annotations that show something of their own.
    """

    number: int
    lines: tuple[PageLine, ...] = ()
    pictures: int = 0
    links: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    drawn_over: tuple[str, ...] = ()

    @property
    def visible(self) -> tuple[PageLine, ...]:
        """The lines that can be seen."""
        return tuple(one for one in self.lines if not one.hidden)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be seen that could be compared."""
        return not self.visible and not self.pictures


Painted = Sequence[Glyphs | Area | Stroke]
Seen = dict[bytes, Drawn]
"""What pages paint, by what they are made of."""


def pages_of(data: bytes, *, seen: Seen | None = None) -> tuple[PdfPage, ...]:
    """The first `MAX_PAGES` pages. Text in pictures is not read; codes in pictures are (`read_qr`).

    ``seen`` is filled, and spares the drawing of pages that are made of the same in another state of the file.

    Raises:
        DecodeError: ``container.pdf`` damaged, cut off or no PDF.
        UnsupportedError: ``container.encrypted`` the PDF asks for a password.
        LimitError: ``container.size``; ``container.pdf-content`` more is drawn than a certificate needs.
    """
    check_size(data, MAX_FILE_BYTES)
    try:
        painter, seen = Painter(), {} if seen is None else seen
        found = list(opened_pdf(data).pages[:MAX_PAGES])
        digests = [digest_of(page) for page in found]  # before any is drawn: pypdf changes what it has read
        pages = []
        for number, (page, digest) in enumerate(zip(found, digests, strict=True), 1):
            if digest in seen:
                painter.again(seen[digest])
            else:
                drawn = painter.page(page, _origin(page))
                if digest:
                    seen[digest] = drawn
            pages.append(_page(page, number, painter))
    except TessellaError:
        raise
    except FOREIGN as error:
        raise damaged() from error
    return tuple(pages)


def codes_in(data: bytes, pages: Sequence[PdfPage]) -> tuple[str, ...]:
    """The texts of the QR codes on the pages, drawn with lines or as pictures, each once.

    Raises:
        DecodeError, UnsupportedError: as `pages_of`; ``unsupported.qr``.
    """
    drawn = (code for page in pages for code in page.codes)
    return tuple(dict.fromkeys((*drawn, *qr_in(pictures_of(data)))))


def _origin(page: Any) -> tuple[float, float]:
    return float(page.cropbox.left), float(page.cropbox.bottom)


def _page(page: Any, number: int, painter: Painter) -> PdfPage:
    """What a page shows whose own content has been painted."""
    origin = _origin(page)
    size = float(page.cropbox.width), float(page.cropbox.height)
    own = len(painter.painted)
    drawn_over = tuple(_annotations(page, origin, painter))
    painted = painter.painted
    return PdfPage(
        number=number,
        lines=tuple(_lines(painted, own, size)),
        pictures=sum(isinstance(one, Area) and one.shade is None for one in painted),
        links=tuple(dict.fromkeys(_links(page)))[:MAX_LINKS],
        codes=_codes(painted, size),
        drawn_over=drawn_over,
    )


# --- annotations -------------------------------------------------------------------------------------


def _each_annotation(page: Any) -> Iterator[Any]:
    raw = page.get("/Annots")
    entries = raw.get_object() if raw is not None else ()
    for one in list(entries or ())[:MAX_ANNOTATIONS]:
        found = one.get_object()
        if hasattr(found, "get"):
            yield found


def _links(page: Any) -> Iterator[str]:
    for one in _each_annotation(page):
        action = resolved(one.get("/A"))
        if one.get("/Subtype") == "/Link" and hasattr(action, "get") and action.get("/URI"):
            yield str(action["/URI"])[:2000]


def _annotations(page: Any, origin: tuple[float, float], painter: Painter) -> Iterator[str]:
    """Paint what annotations show (§12.5.5); their kinds."""
    for one in _each_annotation(page):
        kind = str(one.get("/Subtype", ""))
        if kind in _UNDRAWN or int(one.get("/F", 0)) & 2:  # hidden
            continue
        appearance = resolved(resolved(one.get("/AP", DictionaryObject())).get("/N"))
        box = [float(value) for value in one.get("/Rect", (0, 0, 0, 0))]
        left, bottom = min(box[0], box[2]) - origin[0], min(box[1], box[3]) - origin[1]
        area = (left, bottom, left + abs(box[2] - box[0]), bottom + abs(box[3] - box[1]))
        if area[2] - area[0] < 1 or area[3] - area[1] < 1:  # the invisible field of a seal
            continue
        if hasattr(appearance, "get_data"):
            frame = [float(value) for value in appearance.get("/BBox", (0, 0, 1, 1))]
            painter.form(appearance, page, (1, 0, 0, 1, left - frame[0], bottom - frame[1]))
        elif "/Contents" not in one:
            continue
        else:
            words = str(one["/Contents"])[:500]
            glyphs = tuple((character, left + place, left + place) for place, character in enumerate(words))
            painter.painted.append(Glyphs(glyphs, area, "", 10.0, 0.0, invisible=False))
        yield kind.lstrip("/")


# --- lines -------------------------------------------------------------------------------------------


class _Layers:
    """What lies above and below a line: everything painted, by bands of the page.

    Raises:
        LimitError: ``container.pdf-content``, more lies on top of each other than on any certificate.
    """

    def __init__(self, painted: Painted) -> None:
        self._left = MAX_COMPARED
        self._bands: dict[int, list[tuple[int, Glyphs | Area]]] = {}
        for place, one in enumerate(painted):
            if isinstance(one, Stroke) or min(one.box[2] - one.box[0], one.box[3] - one.box[1]) < _THIN:
                continue
            for band in range(_band(one.box[1]), _band(one.box[3]) + 1):
                self._bands.setdefault(band, []).append((place, one))

    def touching(self, box: Box, part: float) -> Iterator[tuple[int, Glyphs | Area]]:
        """What lies over or under more than a part of a box, in the order in which it was painted."""
        seen = set()
        for band in range(_band(box[1]), _band(box[3]) + 1):
            found = self._bands.get(band, ())
            self._left -= len(found)
            if self._left < 0:
                raise too_much()
            for place, one in found:
                if place not in seen and _share(box, one.box) > part:
                    seen.add(place)
                    yield place, one


def _band(height: float) -> int:
    return int(max(-_BAND, min(_TALLEST, height)) // _BAND)


def _lines(painted: Painted, own: int, size: tuple[float, float]) -> Iterator[PageLine]:
    """Characters shown one after the other on one height are a line; what is painted later may hide it."""
    layers = _Layers(painted)
    current: list[tuple[int, Glyphs]] = []
    for place, one in enumerate(painted):
        if current and (isinstance(one, Area) or (isinstance(one, Glyphs) and not _goes_on(current, one))):
            yield from _line(current, layers, own, size)
            current = []
        if isinstance(one, Glyphs):
            current.append((place, one))
    if current:
        yield from _line(current, layers, own, size)


def _goes_on(line: Sequence[tuple[int, Glyphs]], one: Glyphs) -> bool:
    """Whether this is read on after a line: on its height, beside its end and not over it."""
    last = line[-1][1]
    size = max(last.size, one.size, 1.0)
    if abs(last.box[1] - one.box[1]) > _SAME_LINE * size or last.invisible != one.invisible:
        return False
    if max(one.box[0] - last.box[2], last.box[0] - one.box[2]) >= _LINE_GAP * size:
        return False
    is_over = _share(one.box, last.box) > _COVERED
    return not is_over or any(_is_rtl(text) for text, _, _ in one.characters)  # their dots are drawn apart


def _line(
    parts: Sequence[tuple[int, Glyphs]], layers: _Layers, own: int, size: tuple[float, float]
) -> Iterator[PageLine]:
    glyphs = [one for _, one in parts]
    largest = max(glyphs, key=lambda one: one.size)
    text = _read([character for one in glyphs for character in one.characters], largest.size)
    if not text:
        return
    boxes = [one.box for one in glyphs]
    left, bottom, right, top = zip(*boxes, strict=True)
    box = min(left), min(bottom), max(right), max(top)
    hidden, instead = _hidden(largest, box, layers, (parts[0][0], parts[-1][0]), size)
    yield PageLine(
        text=text,
        box=box,
        font=largest.font,
        size=round(largest.size, 1),
        hidden=hidden,
        instead=instead,
        added=parts[0][0] >= own,
    )


def _hidden(
    line: Glyphs, box: Box, layers: _Layers, places: tuple[int, int], size: tuple[float, float]
) -> tuple[str, str]:
    """Why a line cannot be seen, and what stands over it."""
    first, last = places
    touching = sorted(layers.touching(box, _TOUCHING), key=lambda one: one[0])
    above = [one for place, one in touching if place > last]
    covered = any(isinstance(one, Area) and _share(box, one.box) > _COVERED for one in above)
    over = [one for one in above if isinstance(one, Glyphs) and (covered or one.font != line.font)]
    instead = " ".join(_read(list(one.characters), one.size) for one in over[:_WRITTEN_OVER]).strip()
    if covered:
        return "covered", instead
    if line.invisible:
        return "invisible", instead
    if box[2] <= 0 or box[3] <= 0 or box[0] >= size[0] or box[1] >= size[1]:
        return "outside", instead
    if line.size < _TINY:
        return "tiny", instead
    under = (one for place, one in reversed(touching) if place < first and isinstance(one, Area))
    paper = next((one.shade for one in under if _share(box, one.box) > _UNDER), 1.0)
    if paper is not None and abs(paper - line.shade) < _PALE:
        return "pale", instead
    return "", instead


def _share(box: Box, other: Box) -> float:
    """Which part of a box lies in the other."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0


# --- from characters to words ------------------------------------------------------------------------


def _read(characters: list[tuple[str, float, float]], size: float) -> str:
    """The characters of a line as they are read: those written from right to left in that order."""
    characters = [(_printable(text), left, right) for text, left, right in characters]
    if any(_is_rtl(text) for text, _, _ in characters):
        return " ".join(_turned(characters, size).split())
    words: list[str] = []
    end: float | None = None
    for text, left, right in characters:
        if end is not None and _is_mark(text, words[-1], abs(left - end) > _MARK_GAP * size):
            words[-1] = text
            continue
        if end is not None and left - end > _WORD_GAP * size:
            words.append(" ")
        words.append(text)
        end = right
    return " ".join("".join(words).split())


def _is_mark(text: str, before: str, apart: bool) -> bool:
    """Whether this is the letter before once more, with its accent, which is drawn apart."""
    parts = unicodedata.normalize("NFD", text)
    return apart and len(parts) > 1 and parts[0] == unicodedata.normalize("NFD", before)[:1]


def _printable(text: str) -> str:
    """Without marks that turn the direction or control anything: nobody sees them."""
    return "".join(one for one in text if unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co"))


def _turned(characters: list[tuple[str, float, float]], size: float) -> str:
    """From the order on the page to that of reading (UAX #9, reversed): right to left, but for numbers and Latin words.

    A letter that is drawn in parts (its dots apart) is one letter.
    """
    ordered = sorted(characters, key=lambda one: -one[2])
    read: list[str] = []
    straight: list[str] = []
    start: float | None = None
    drawn: float | None = None
    for text, left, right in ordered:
        if start is not None and start - right > _WORD_GAP * size:
            straight.insert(0, " ") if straight else read.append(" ")
        start = left
        if _is_rtl(text) or (text.isspace() and not straight):
            read.extend(straight)
            straight = []
            if not (read and read[-1] == text and drawn is not None and right > drawn + 0.05 * size):
                read.append(text)
                drawn = left
        else:
            straight.insert(0, text)
    return "".join((*read, *straight))


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


# --- codes -------------------------------------------------------------------------------------------


def _codes(painted: Iterable[Glyphs | Area | Stroke], size: tuple[float, float]) -> tuple[str, ...]:
    """QR codes drawn with lines and areas, read from a picture of these alone."""
    dark = [
        one
        for one in painted
        if isinstance(one, Area | Stroke) and one.shade is not None and one.shade < _DARK
    ]
    if len(dark) < 15 and sum(len(one.outline) for one in dark if isinstance(one, Area)) < 15:
        return ()
    width, height = (min(int(one), 1200) for one in size)
    picture = Image.new("L", (width * _PIXELS_PER_POINT, height * _PIXELS_PER_POINT), 255)
    pen = ImageDraw.Draw(picture)

    def at(points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * _PIXELS_PER_POINT, (height - y) * _PIXELS_PER_POINT) for x, y in points]

    for one in dark:
        if isinstance(one, Stroke):
            pen.line(at(one.points), fill=0, width=max(1, round(one.width * _PIXELS_PER_POINT)))
        else:
            for shape in one.outline:
                pen.polygon(at(shape), fill=0)
    try:
        return tuple(dict.fromkeys(qr_in([picture])))
    except UnsupportedError:
        return ()
