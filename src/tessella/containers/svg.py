"""Baked SVG pictures: a credential in an element of its own (Open Badges 3.0, “Baking”, “SVG”).

The XML is read by expat with everything that expands or fetches refused; the picture is changed by cutting and
inserting bytes, so the rest of the document stays as it was written.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from tessella.containers._limits import MAX_FILE_BYTES, MAX_TEXT_BYTES, check_size
from tessella.containers.baking import Baked, Carrier, only_one
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["bake_svg", "read_svg", "root_element"]

MAX_XML_DEPTH = 200
"""Nesting of elements: drawings made by programs nest some 20 deep."""

_BETWEEN = "\n"  # expat joins namespace and local name with it; neither can contain it
_START_TAG = re.compile(rb"<(?!\0)(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_JWS = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")
_PREFIX = "openbadges"


class _Found(NamedTuple):
    carrier: Carrier
    start: int
    end: int
    text: bytes


class _Stop(Exception):  # noqa: N818  not an error: the root element is all that was asked for
    """The reader has seen enough."""


class _Reader:
    """One pass over an XML text: the root element, the baked credentials, and where they stand in the bytes."""

    def __init__(self, data: bytes, *, root_only: bool = False) -> None:
        self.data = data
        self.root = ""
        self.root_start = 0
        self.found: list[_Found] = []
        self._root_only = root_only
        self._depth = 0
        self._open: tuple[Carrier, int, int, str, list[str]] | None = None
        self._parser = parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype

    def read(self) -> None:
        try:
            self._parser.Parse(self.data, True)
        except _Stop:
            return
        except expat.ExpatError as error:
            cut = error.code in (
                expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
                expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
                expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
            )
            raise DecodeError(
                say("The XML text is cut off.") if cut else say("This is not well-formed XML."),
                code="container.truncated" if cut else "container.xml",
                got=expat.ErrorString(error.code),
                place=f"line {error.lineno}",
                hint=say("Get the original file again."),
            ) from error
        except (LookupError, ValueError) as error:
            raise DecodeError(say("This is not well-formed XML."), code="container.xml") from error

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal_subset: int) -> None:
        """Entities can be declared in the internal subset only, since the external one is never read."""
        if has_internal_subset:
            raise DecodeError(
                say(
                    "The XML text declares entities or a document type of its own, which is not allowed here."
                ),
                code="container.xml-entities",
                hint=say("Save the picture again as plain SVG."),
            )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_XML_DEPTH:
            raise LimitError(
                say("The XML text nests deeper than %(limit)s elements.", limit=MAX_XML_DEPTH),
                code="container.depth",
                expected=MAX_XML_DEPTH,
            )
        if self._depth == 1:
            self.root, self.root_start = name, self._parser.CurrentByteIndex
            if self._root_only:
                raise _Stop
        namespace, _, element = name.rpartition(_BETWEEN)
        carrier = Carrier.by_element(namespace, element)
        if carrier is not None and self._open is None:
            at = self._parser.CurrentByteIndex
            self._open = (carrier, at, self._depth, attributes.get("verify", ""), [])

    def _text(self, text: str) -> None:
        if self._open is not None:
            self._open[4].append(text)

    def _end(self, name: str) -> None:
        if self._open is not None and self._open[2] == self._depth:
            carrier, start, _, verify, texts = self._open
            content = (verify.strip() or "".join(texts).strip()).encode()
            if len(content) > MAX_TEXT_BYTES:
                raise LimitError(say("The credential in the picture is too large."), code="container.size")
            self.found.append(_Found(carrier, start, self._end_of_element(start), content))
            self._open = None
        self._depth -= 1

    def _end_of_element(self, start: int) -> int:
        """Past the element: expat stands at its end tag, or still at the tag when it is an empty one."""
        at = self._parser.CurrentByteIndex
        first = _tag(self.data, start)
        if first.endswith(b"/>"):
            return start + len(first)
        return at + len(_tag(self.data, at))


def _tag(data: bytes, at: int) -> bytes:
    match = _START_TAG.match(data, at)
    if match is None:
        raise UnsupportedError(
            say("The XML text is not in UTF-8 or another encoding that contains ASCII."),
            code="container.xml-encoding",
            hint=say("Save the picture as UTF-8."),
        )
    return match.group()


def root_element(data: bytes) -> tuple[str, str]:
    """Namespace and local name of an XML text's root element; no more than that is read.

    Raises:
        DecodeError: ``container.xml`` no XML; ``container.truncated``; ``container.xml-entities``.
    """
    reader = _Reader(data, root_only=True)
    reader.read()
    namespace, _, name = reader.root.rpartition(_BETWEEN)
    return namespace, name


def _read(data: bytes) -> _Reader:
    check_size(data, MAX_FILE_BYTES)
    reader = _Reader(data)
    reader.read()
    if reader.root.rpartition(_BETWEEN)[2] != "svg":
        raise DecodeError(say("This is not an SVG picture."), code="container.svg", got=reader.root)
    return reader


def read_svg(data: bytes) -> tuple[Baked, ...]:
    """The credentials baked into an SVG: at most one of each kind; none is the empty tuple.

    The text is the ``verify`` attribute (a compact JWS; in Open Badges 2.0 also a URL), else the element's content
    (JSON). Nothing is fetched or expanded: a document type without declarations of its own is passed over, any other
    is refused.

    Raises:
        DecodeError: ``container.xml`` not well-formed; ``container.truncated``; ``container.xml-entities``;
            ``container.svg`` another kind of XML; ``container.several`` two credentials of one kind.
        LimitError: ``container.size``, ``container.depth``.
    """
    reader = _read(data)
    return only_one([Baked(carrier=found.carrier, text=found.text) for found in reader.found])


def bake_svg(image: bytes, text: bytes, *, carrier: Carrier = Carrier.OPEN_BADGES_3) -> bytes:
    """The picture with ``text`` (UTF-8: JSON or a compact JWS) baked in, once; an earlier credential is replaced.

    A compact JWS goes into the attribute ``verify``, anything else into a CDATA section. All other bytes stay.

    Raises:
        DecodeError: as `read_svg`, and ``container.text`` when XML cannot hold the text.
        UnsupportedError: ``container.xml-encoding`` the picture's encoding does not contain ASCII.
        LimitError: ``container.size``, ``container.depth``.
    """
    check_size(text, MAX_TEXT_BYTES)
    reader = _read(image)
    pieces: list[bytes] = []
    at = 0
    for found in reader.found:
        if found.carrier is carrier:
            pieces.append(image[at : found.start])
            at = found.end
    bare = b"".join((*pieces, image[at:]))
    start = reader.root_start
    tag = _tag(bare, start)
    element = _element(carrier, text)
    if tag.endswith(b"/>"):
        name = re.match(rb"<([^\s/>]+)", tag)
        closing = b"</" + name.group(1) + b">" if name else b""
        opened = tag[:-2].rstrip() + b">" + element + closing
    else:
        opened = tag + element
    baked = bare[:start] + opened + bare[start + len(tag) :]
    if [found.text for found in read_svg(baked) if found.carrier is carrier] != [_one_line_end(text)]:
        raise DecodeError(say("An SVG picture cannot hold this text."), code="container.text")
    return baked


def _one_line_end(text: bytes) -> bytes:
    """As an XML reader sees it (XML 1.0 §2.11); in JSON a line end is always space between tokens."""
    return text.strip().replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _element(carrier: Carrier, text: bytes) -> bytes:
    """The element, with its namespace declared on itself: the picture may use the prefix for another one."""
    try:
        content = _one_line_end(text).decode()
    except UnicodeDecodeError as error:
        raise DecodeError(say("The credential is not UTF-8 text."), code="container.text") from error
    opening = f"<{_PREFIX}:{carrier.element} xmlns:{_PREFIX}={quoteattr(carrier.namespace)}"
    if _JWS.fullmatch(text.strip()):
        return f"{opening} verify={quoteattr(content)}/>".encode()
    data = content.replace("]]>", "]]]]><![CDATA[>")
    return f"{opening}><![CDATA[{data}]]></{_PREFIX}:{carrier.element}>".encode()
