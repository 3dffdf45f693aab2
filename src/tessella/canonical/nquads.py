"""N-Quads: terms, quads, reading and the canonical way of writing (RDF 1.1 N-Quads; RDFC-1.0 Appendix A).

A term is a string in canonical N-Quads syntax (``<iri>``, ``_:label``, ``"literal"@en``), so writing a
quad is joining strings and comparing terms is comparing strings. A quad is a tuple of subject, predicate,
object and graph; the graph of the default graph is the empty string.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tessella.errors import CanonicalError, DecodeError
from tessella.text import say

__all__ = [
    "RDF",
    "XSD",
    "Quad",
    "escape",
    "is_iri",
    "is_language",
    "literal",
    "parse_nquads",
    "serialize",
    "serialize_nquads",
    "to_bytes",
]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

Quad = tuple[str, str, str, str]
"""Subject, predicate, object, graph (``""``: the default graph), each in canonical N-Quads syntax."""

_NAMED_ESCAPES = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}

# What must be escaped: ECHAR for seven characters; UCHAR for the other control characters, DEL and what is no
# Char of XML 1.1 (RDFC-1.0 Appendix A).
_escape = re.compile('[\x00-\x1f"\\\\\x7f\ufffe\uffff]').sub

# IRIREF of N-Quads, starting with a scheme (RFC 3986 §3.1): absolute, and nothing that would need an escape.
is_iri = re.compile('[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\\\^`]*\\Z').match
"""Truthy for an absolute IRI that can be written between angle brackets."""

is_language = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*\Z").match
"""Truthy for a well-formed language tag (RFC 5646, the shape that JSON-LD asks for)."""


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    return _NAMED_ESCAPES.get(character) or f"\\u{ord(character):04X}"


def escape(text: str) -> str:
    """The text as it stands between the quotes of a canonical literal."""
    return _escape(_escaped, text)


def literal(text: str, *, datatype: str = "", language: str = "") -> str:
    """A literal in canonical syntax; ``datatype`` is an IRI (none for ``xsd:string``)."""
    quoted = f'"{escape(text)}"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^<{datatype}>" if datatype and datatype != XSD + "string" else quoted


def serialize(quad: Quad) -> str:
    """The quad as one canonical line, with its newline."""
    subject, predicate, object_, graph = quad
    return f"{subject} {predicate} {object_} {graph} .\n" if graph else f"{subject} {predicate} {object_} .\n"


def serialize_nquads(quads: Iterable[Quad]) -> bytes:
    """The quads as N-Quads in UTF-8: canonical lines, each once, in code point order."""
    return to_bytes("".join(sorted({serialize(quad) for quad in quads})))


def to_bytes(text: str) -> bytes:
    """The text in UTF-8.

    Raises:
        CanonicalError: ``canonical.text`` for a lone surrogate.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(
            say("A text contains half a character (a lone surrogate)."),
            code="canonical.text",
            hint=say("Remove or repair the broken character."),
        ) from error


_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IRI = rf'<((?:[^\x00-\x20<>"{{}}|^`\\]|{_UCHAR})*)>'
_BLANK = r"(_:[\w:](?:[\w.\-·:]*[\w\-·:])?)"
_LITERAL = (
    rf'"((?:[^"\\\n\r]|\\[tbnrf"\'\\]|{_UCHAR})*)"'
    rf"(?:\^\^{_IRI}|@([a-zA-Z]+(?:-[a-zA-Z0-9]+)*))?"
)
_LINE = re.compile(
    rf"[ \t]*(?:{_IRI}|{_BLANK})[ \t]*{_IRI}[ \t]*(?:{_IRI}|{_BLANK}|{_LITERAL})"
    rf"[ \t]*(?:{_IRI}|{_BLANK})?[ \t]*\.[ \t]*(?:#.*)?\Z"
)
_EMPTY = re.compile(r"[ \t]*(?:#.*)?\Z")
_ESCAPED = re.compile(rf"{_UCHAR}|\\[tbnrf\"'\\]")
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(
        lambda match: _NAMED[match[0][1]] if len(match[0]) == 2 else chr(int(match[0][2:], 16)), text
    )


def _iri(text: str) -> str:
    iri = _unescape(text)
    if not is_iri(iri):
        raise ValueError(iri)
    return f"<{iri}>"


def parse_nquads(data: bytes | str) -> list[Quad]:
    """Read an N-Quads document; every term comes out in canonical syntax, repeated quads stay repeated.

    Raises:
        DecodeError: not N-Quads; ``place`` names the line.
    """
    try:
        text = data if isinstance(data, str) else data.decode()
    except UnicodeDecodeError as error:
        raise DecodeError(say("The N-Quads are not UTF-8."), code="input.encoding") from error
    quads = []
    for number, line in enumerate(re.split(r"[\r\n]+", text), start=1):
        if _EMPTY.match(line):
            continue
        try:
            quads.append(_parse_line(line))
        except (ValueError, OverflowError) as error:
            raise DecodeError(
                say("This line is not N-Quads."), code="input.n-quads", got=line[:80], place=f"line {number}"
            ) from error
    return quads


def _parse_line(line: str) -> Quad:
    match = _LINE.match(line)
    if not match:
        raise ValueError(line)
    subject, subject_blank, predicate, object_, object_blank, text, datatype, language, graph, graph_blank = (
        match.groups()
    )
    if text is not None:
        written = literal(
            _unescape(text), datatype=_iri(datatype)[1:-1] if datatype else "", language=language or ""
        )
    else:
        written = object_blank or _iri(object_)
    return (
        subject_blank or _iri(subject),
        _iri(predicate),
        written,
        graph_blank or (_iri(graph) if graph is not None else ""),
    )
