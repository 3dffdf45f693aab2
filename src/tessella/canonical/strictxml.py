"""Strict XML: read without entities, network or document types, within limits, and written in canonical form.

The text is read twice: once by expat, which refuses what expands or costs too much while it reads, then by libxml2,
which builds the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from lxml import etree

from tessella.errors import DecodeError, LimitError
from tessella.text import say

__all__ = [
    "MAX_XML_ATTRIBUTES",
    "MAX_XML_BYTES",
    "MAX_XML_DEPTH",
    "MAX_XML_ELEMENTS",
    "MAX_XML_NAMESPACES",
    "Element",
    "canonical_xml",
    "parse_xml",
    "serialise_xml",
]

Element = Any
"""An element of a tree that `parse_xml` made (lxml comes without types)."""

MAX_XML_BYTES = 10_000_000
"""One document: a transcript with certificates as PDF inside has 0.1 to 3 MB; the same as for JSON."""

MAX_XML_DEPTH = 64
"""Nesting of elements: transcripts nest some 15 deep; libxml2 itself stops at 256."""

MAX_XML_ELEMENTS = 100_000
"""Elements in one document: a transcript of a whole degree has about 3,000."""

MAX_XML_ATTRIBUTES = 32
"""Attributes and namespace declarations of one element: canonical form sorts them."""


MAX_XML_NAMESPACES = 32
"""Namespace declarations in force at one element: canonical form searches them for each element, for each of them (2,000 of them
take minutes); ELMO with extensions has 4."""


class _Refused(Exception):  # noqa: N818  carries an error of ours out of a callback of expat
    """What a callback found, to be raised when expat has stopped."""


class _Counter:
    """The cost of a document, counted while expat reads it."""

    def __init__(self) -> None:
        self._depth = self._elements = 0
        self._declared: list[int] = []
        parser = self._parser = expat.ParserCreate()
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def read(self, data: bytes) -> None:
        try:
            self._parser.Parse(data, True)
        except _Refused as refused:
            raise refused.args[0] from None
        except expat.ExpatError as error:
            got, place = expat.ErrorString(error.code), f"line {error.lineno}"
            raise _not_xml(got, place) from error
        except (LookupError, ValueError) as error:  # an encoding that nobody knows
            raise _not_xml(str(error)) from error

    def _doctype(self, *_: object) -> None:
        raise _Refused(
            DecodeError(
                say("The XML text declares a document type, which is not allowed here."),
                code="input.xml-doctype",
                hint=say("Ask for the file without a document type; none is needed."),
            )
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        declared = sum(one.startswith("xmlns") for one in attributes)
        self._declared.append(declared + (self._declared[-1] if self._declared else 0))
        for got, limit, what in (
            (self._depth, MAX_XML_DEPTH, say("nested elements")),
            (self._elements, MAX_XML_ELEMENTS, say("elements")),
            (self._declared[-1], MAX_XML_NAMESPACES, say("namespaces at one element")),
            (len(attributes), MAX_XML_ATTRIBUTES, say("attributes of one element")),
        ):
            if got > limit:
                message = say("The XML text has more than %(limit)s %(what)s.", limit=limit, what=what)
                raise _Refused(LimitError(message, code="input.xml-cost", got=got, expected=limit))

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._declared.pop()


def parse_xml(data: bytes, *, bare: bool = False) -> Element:
    """The root element of an XML text; ``bare`` drops comments and processing instructions.

    Guarantees: no document type, so no entities but the five of XML; nothing is fetched; within the limits of this module. Texts that
    a comment splits are one text in a bare tree.

    Raises:
        DecodeError: ``input.decode.xml`` not well-formed; ``input.xml-doctype``.
        LimitError: ``input.size``, ``input.xml-cost``.
    """
    if len(data) > MAX_XML_BYTES:
        raise LimitError(
            say(
                "The XML text has %(got)s bytes; the limit is %(limit)s.", got=len(data), limit=MAX_XML_BYTES
            ),
            code="input.size",
            got=len(data),
            expected=MAX_XML_BYTES,
        )
    _Counter().read(data)
    try:
        return etree.fromstring(data, _parser(bare=bare))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise _not_xml(str(error)) from error


def _parser(*, bare: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=bare,
        remove_pis=bare,
    )


def canonical_xml(
    element: Element, *, exclusive: bool = False, comments: bool = False, prefixes: Sequence[str] = ()
) -> bytes:
    """Canonical XML 1.0 of an element, or Exclusive Canonical XML 1.0.

    A root element stands for its whole document (processing instructions before it count). ``prefixes`` are treated as in
    inclusive form (InclusiveNamespaces PrefixList). Below the root the inclusive form does not inherit ``xml:`` attributes: the caller
    makes sure that there are none above.

    Raises:
        DecodeError: ``input.decode.xml``, a namespace that canonical form does not allow (a relative address).
    """
    try:
        if element.getparent() is not None:
            # libxml2 loses default namespaces that are declared above a part; written out and read again, it has its own
            element = etree.fromstring(etree.tostring(element, with_tail=False), _parser())
        made: bytes = etree.tostring(
            element.getroottree(),
            method="c14n",
            exclusive=exclusive,
            with_comments=comments,
            inclusive_ns_prefixes=list(prefixes) or None if exclusive else None,
        )
    except (etree.LxmlError, ValueError) as error:
        raise _not_xml(str(error)) from error
    return made


def serialise_xml(root: Element) -> bytes:
    """The document as UTF-8 with an XML declaration."""
    made: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)
    return made


def _not_xml(got: str, place: str = "") -> DecodeError:
    return DecodeError(
        say("This is not well-formed XML."),
        code="input.decode.xml",
        got=got[:200],
        place=place,
        hint=say("Get the original file again."),
    )
