"""A PDF as far as an update of it needs it: cross-reference sections, the trailer and single objects.

Nothing is repaired. A file whose cross references do not lead where they should is refused, since an update written on top of
it would be read differently by different programs.
"""

from __future__ import annotations

import re
import zlib
from typing import NamedTuple

from tessella.errors import LimitError, UnsupportedError
from tessella.seals.pades._syntax import (
    array_items,
    damaged,
    dictionary_entries,
    integer_of,
    reference_of,
    skip_space,
    value_end,
)
from tessella.text import say

__all__ = ["MAX_PDF_BYTES", "PdfFile"]

MAX_PDF_BYTES = 50_000_000
"""One PDF: a scanned certificate has 1 to 10 MB. The same as `tessella.containers` opens."""

MAX_SECTIONS = 64
"""Cross-reference sections, one for each time the file was saved: a seal kept alive for 50 years has about 30."""

MAX_INFLATED_BYTES = 16_000_000
"""One cross-reference or object stream unpacked: a hundred objects of a certificate take 20,000."""

MAX_OBJECTS = 8_388_607
"""Indirect objects in a file (ISO 19005-3 §6.1.13)."""

_HEADER = re.compile(rb"%PDF-[12]\.[0-9][\0\t\n\f\r ]")
_STARTXREF = re.compile(rb"startxref[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+%%EOF[\0\t\n\f\r ]*\Z")
_TAIL_BYTES = 1024
"""Where readers look for the end of the file (ISO 32000-1 Annex H.3.18)."""

_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,10})[ ]*(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_ENTRY_BYTES = 20
_OBJECT = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_STREAM = re.compile(rb"stream(?:\r\n|\n)")
_INDIRECT_DEPTH = 8
"""References to references: real files have none."""


class _Table(NamedTuple):
    """A subsection of a cross-reference table; its entries begin at ``position``."""

    first: int
    entries: int
    position: int


class _Stream(NamedTuple):
    """A subsection of a cross-reference stream: entries as three numbers each."""

    first: int
    entries: list[tuple[int, int, int]]


class PdfFile:
    """A PDF read for an update.

    Raises:
        DecodeError: ``container.pdf`` damaged, cut off, no PDF, or not built by the rules.
        UnsupportedError: ``container.encrypted``; ``unsupported.pdf`` for hybrid cross references and unusual filters.
        LimitError: ``container.size``, ``container.members``.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) > MAX_PDF_BYTES:
            raise _too_large(len(data), MAX_PDF_BYTES)
        found = _STARTXREF.search(data, max(0, len(data) - _TAIL_BYTES))
        if not _HEADER.match(data) or found is None:
            raise damaged()
        self.data = data
        self.startxref = int(found[1])
        self.trailer: dict[bytes, bytes] = {}
        self.has_xref_stream = False
        self._sections: list[_Table | _Stream] = []
        self._object_streams: dict[int, dict[int, bytes]] = {}
        self._read_sections()
        if b"/Encrypt" in self.trailer:
            raise UnsupportedError(
                say("The PDF is protected by a password."),
                code="container.encrypted",
                hint=say("Save it without a password."),
            )
        self.size = integer_of(self.trailer.get(b"/Size"))
        if not 0 < self.size <= MAX_OBJECTS:
            raise damaged(self.size)

    # --- objects -------------------------------------------------------------------------------------

    def get(self, number: int) -> bytes:
        """The object with this number, as it is written; of a stream the dictionary.

        Raises:
            DecodeError, UnsupportedError, LimitError: as the class.
        """
        for section in self._sections:
            if isinstance(section, _Table):
                if section.first <= number < section.first + section.entries:
                    return self._of_table(number, section)
            elif section.first <= number < section.first + len(section.entries):
                return self._of_stream(number, section.entries[number - section.first])
        raise damaged(number)

    def resolve(self, raw: bytes) -> bytes:
        """What ``raw`` is, or the object it refers to."""
        for _ in range(_INDIRECT_DEPTH):
            reference = reference_of(raw)
            if reference is None:
                return raw
            raw = self.get(reference[0])
        raise damaged("references")

    def dictionary(self, raw: bytes) -> dict[bytes, bytes]:
        """The entries of the dictionary that ``raw`` is or refers to."""
        return dictionary_entries(self.resolve(raw))

    def array(self, raw: bytes) -> list[bytes]:
        """The items of the array that ``raw`` is or refers to."""
        return array_items(self.resolve(raw))

    def _of_table(self, number: int, section: _Table) -> bytes:
        at = section.position + (number - section.first) * _ENTRY_BYTES
        entry = _ENTRY.fullmatch(self.data, at, at + _ENTRY_BYTES)
        if entry is None or entry[3] == b"f":
            raise damaged(number)
        return self._value_at(int(entry[1]), number)[0]

    def _of_stream(self, number: int, entry: tuple[int, int, int]) -> bytes:
        """§7.5.8.3: 1 is an object in the file, 2 one in an object stream."""
        kind, place, _ = entry
        if kind == 1:
            return self._value_at(place, number)[0]
        if kind != 2:
            raise damaged(number)
        if place not in self._object_streams:
            self._object_streams[place] = self._packed(place)
        packed = self._object_streams[place]
        if number not in packed:
            raise damaged(number)
        return packed[number]

    def _value_at(self, position: int, number: int | None) -> tuple[bytes, int]:
        """The object written at ``position`` and where it ends; ``number`` is the one it must have."""
        found = _OBJECT.match(self.data, position)
        if found is None or (number is not None and int(found[1]) != number):
            raise damaged(number)
        start = skip_space(self.data, found.end())
        end = value_end(self.data, start)
        return self.data[start:end], end

    def _packed(self, number: int) -> dict[int, bytes]:
        """The objects of an object stream by their numbers (§7.5.7)."""
        entry = next(
            (
                one.entries[number - one.first]
                for one in self._sections
                if isinstance(one, _Stream) and one.first <= number < one.first + len(one.entries)
            ),
            (0, 0, 0),
        )
        if entry[0] != 1:
            raise damaged(number)
        raw, end = self._value_at(entry[1], number)
        head = dictionary_entries(raw)
        if head.get(b"/Type") != b"/ObjStm":
            raise damaged(number)
        content = self._content(head, end)
        first, count = integer_of(head.get(b"/First")), integer_of(head.get(b"/N"))
        numbers = content[: max(first, 0)].split()
        if len(numbers) != 2 * count or first > len(content):
            raise damaged(number)
        packed = {}
        for index in range(count):
            start = skip_space(content, first + integer_of(numbers[2 * index + 1]))
            packed[integer_of(numbers[2 * index])] = content[start : value_end(content, start)]
        return packed

    def _content(self, head: dict[bytes, bytes], position: int) -> bytes:
        """The unpacked content of the stream whose dictionary ends at ``position`` (§7.3.8)."""
        found = _STREAM.match(self.data, skip_space(self.data, position))
        length = integer_of(head.get(b"/Length"))
        if found is None or length < 0:
            raise damaged("stream")
        raw = self.data[found.end() : found.end() + length]
        if len(raw) != length:
            raise damaged("stream")
        filters = head.get(b"/Filter", b"[]")
        if filters.strip(b"[] ") == b"":
            return raw
        if filters.strip(b"[] ") != b"/FlateDecode":
            raise _unusual(filters)
        inflating = zlib.decompressobj()
        try:
            content = inflating.decompress(raw, MAX_INFLATED_BYTES + 1)
        except zlib.error as error:
            raise damaged(str(error)) from error
        if len(content) > MAX_INFLATED_BYTES:
            raise _too_large(len(content), MAX_INFLATED_BYTES)
        return _unpredicted(content, head.get(b"/DecodeParms", b"null"))

    # --- cross references ----------------------------------------------------------------------------

    def _read_sections(self) -> None:
        """All sections, the newest first (§7.5.4, §7.5.6, §7.5.8)."""
        position, seen = self.startxref, set[int]()
        while True:
            if position in seen or not 0 < position < len(self.data):
                raise damaged(position)
            seen.add(position)
            if len(seen) > MAX_SECTIONS:
                raise LimitError(
                    say("The PDF was saved more than %(limit)s times.", limit=MAX_SECTIONS),
                    code="container.members",
                    expected=MAX_SECTIONS,
                    hint=say("Save it under a new name, which writes it anew."),
                )
            is_table = self.data.startswith(b"xref", position)
            trailer = self._read_table(position) if is_table else self._read_stream(position)
            if not self.trailer:
                self.trailer = trailer
                self.has_xref_stream = not is_table
            if b"/XRefStm" in trailer:
                raise _unusual(b"/XRefStm")
            if b"/Prev" not in trailer:
                return
            position = integer_of(trailer[b"/Prev"])

    def _read_table(self, position: int) -> dict[bytes, bytes]:
        position = skip_space(self.data, position + len(b"xref"))
        while found := _SUBSECTION.match(self.data, position):
            table = _Table(first=int(found[1]), entries=int(found[2]), position=found.end())
            position = table.position + table.entries * _ENTRY_BYTES
            if position > len(self.data):
                raise damaged("xref")
            self._sections.append(table)
            position = skip_space(self.data, position)
        if not self.data.startswith(b"trailer", position):
            raise damaged("trailer")
        start = skip_space(self.data, position + len(b"trailer"))
        return dictionary_entries(self.data[start : value_end(self.data, start)])

    def _read_stream(self, position: int) -> dict[bytes, bytes]:
        raw, end = self._value_at(position, None)
        head = dictionary_entries(raw)
        if head.get(b"/Type") != b"/XRef":
            raise damaged("xref")
        widths = [integer_of(one) for one in array_items(head.get(b"/W", b"[]"))]
        if len(widths) != 3 or not all(0 <= width <= 8 for width in widths) or sum(widths) == 0:
            raise damaged(widths)
        content = self._content(head, end)
        index = array_items(head.get(b"/Index", b"[0 %s]" % head.get(b"/Size", b"")))
        numbers = [integer_of(one) for one in index]
        at = 0
        for first, count in zip(numbers[::2], numbers[1::2], strict=False):
            entries = []
            if count < 0 or first < 0 or at + count * sum(widths) > len(content):
                raise damaged("xref")
            for _ in range(count):
                fields, at = _fields(content, at, widths)
                entries.append(fields)
            self._sections.append(_Stream(first=first, entries=entries))
        return head


def _fields(content: bytes, at: int, widths: list[int]) -> tuple[tuple[int, int, int], int]:
    """One entry of a cross-reference stream; a field of width 0 has its default (§7.5.8.2: type 1, else 0)."""
    first, second, third = widths
    kind = int.from_bytes(content[at : at + first]) if first else 1
    at += first
    place = int.from_bytes(content[at : at + second])
    at += second
    return (kind, place, int.from_bytes(content[at : at + third])), at + third


def _unpredicted(content: bytes, parameters: bytes) -> bytes:
    """The content without its PNG prediction (§7.4.4.4; RFC 2083 §6), which cross-reference streams use."""
    if parameters.strip(b"[] ") in (b"null", b""):
        return content
    entries = dictionary_entries(parameters.strip(b"[] "))
    predictor = integer_of(entries.get(b"/Predictor", b"1"))
    if predictor == 1:
        return content
    plain = (b"/Colors", b"1"), (b"/BitsPerComponent", b"8")
    if not 10 <= predictor <= 15 or any(entries.get(name, value) != value for name, value in plain):
        raise _unusual(parameters)
    columns = integer_of(entries.get(b"/Columns", b"1"))
    if columns < 1 or len(content) % (columns + 1):
        raise damaged("predictor")
    above, rows = bytes(columns), []
    for start in range(0, len(content), columns + 1):
        row = content[start + 1 : start + 1 + columns]
        if content[start] == 2:  # Up; the only one in use beside None
            row = bytes((x + y) & 255 for x, y in zip(row, above, strict=True))
        elif content[start] != 0:
            raise _unusual(parameters)
        rows.append(row)
        above = row
    return b"".join(rows)


def _too_large(got: int, limit: int) -> LimitError:
    return LimitError(
        say("The PDF or a part of it has %(got)s bytes; the limit is %(limit)s.", got=got, limit=limit),
        code="container.size",
        got=got,
        expected=limit,
        hint=say("Seal a smaller PDF."),
    )


def _unusual(got: bytes) -> UnsupportedError:
    return UnsupportedError(
        say("The PDF is built in a way that is not sealed here."),
        code="unsupported.pdf",
        got=got[:80],
        hint=say("Save it anew with another program, or let Tessella make the certificate."),
    )
