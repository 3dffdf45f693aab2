"""Issuing many: canonicalise the common document once, then only what differs.

A template is a document in which some leaf strings vary. What varies is a literal's text or a whole IRI, so the
shape of the data, and with it every step of JSON-LD, stays the same. Per document there remain (RDFC-1.0
§4.4.3): escaping and checking the values, hashing the blank nodes that a value touches, labelling all of
them anew (labels follow the order of the hashes), and sorting. Whatever does not fit falls back to the
ordinary way, so the bytes are always those of `tessella.canonical.canonicalize`.
"""

from __future__ import annotations

import copy
import enum
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from tessella.canonical.compiled import Decline, engine_for
from tessella.canonical.contexts import ContextStore, default_contexts
from tessella.canonical.document import canonicalize
from tessella.canonical.jcs import jcs
from tessella.canonical.nquads import RDF, Quad, escape, is_iri, serialize, to_bytes
from tessella.canonical.rdfc import Digest, hash_function, masked_lines, quads_of_nodes
from tessella.canonical.walk import is_plain, walk_document
from tessella.errors import CanonicalError
from tessella.text import say

__all__ = ["Kind", "Template"]

_BREAK = "\x01"
"""Separates lines while they are formatted together: no canonical line contains a control character but its
newline."""

_FIXED = (f"<{RDF}type> <", "^^<")
"""What stands before types and datatypes: these choose how other data is read, so they cannot vary."""


class Kind(enum.StrEnum):
    """What varies: the text of a literal, or a whole IRI (an ``id``, or a value that the context makes an IRI)."""

    TEXT = "text"
    IRI = "iri"


class Template:
    """A document whose leaves at some places vary.

    Args:
        document: one complete JSON-LD document; its values at the varying places do not matter.
        variables: JSON pointer (RFC 6901) of a leaf string → its kind.
        digest, contexts: as for `canonicalize`.

    Raises:
        CanonicalError: ``canonical.template`` when the document cannot be a template: a place is missing, is no
            string or not of that kind (types, languages and JSON literals cannot vary), or the document
            uses a feature that only the general way handles. Issue such documents one by one.
    """

    def __init__(
        self,
        document: dict[str, Any],
        variables: Mapping[str, Kind],
        *,
        digest: Digest = "sha256",
        contexts: ContextStore | None = None,
    ) -> None:
        self._digest = digest
        self._contexts = store = contexts or default_contexts()
        self._document = copy.deepcopy(document)
        self._kinds = dict(variables)
        self._paths = {pointer: _path(pointer) for pointer in variables}
        marked = copy.deepcopy(document)
        mark = _unused_mark(document)
        markers = [f"{mark}{index}." for index in range(len(self._kinds))]
        for marker, pointer in zip(markers, self._kinds, strict=True):
            _put(marked, self._paths[pointer], marker, pointer)
        self._names = {f"v{index}": pointer for index, pointer in enumerate(self._kinds)}
        self._prefixes = frozenset(_keys_of_contexts(document, store))
        self._slots = re.compile(f"{re.escape(mark)}([0-9]+)\\.")
        try:
            walk = walk_document(engine_for(store), marked, digest)
        except Decline as error:
            raise _unfit(say("The document uses a feature that a template does not handle.")) from error
        walk.unfold()
        self._check_markers([*walk.lines, *map(serialize, walk.quads)])
        self._compile(walk.lines, list(dict.fromkeys(walk.quads)), hash_function(digest))
        self._json = self._pieces(orjson.dumps(marked).decode())
        self._jcs = self._pieces(jcs(marked).decode())

    # Compiling

    def _check_markers(self, lines: list[str]) -> None:
        """Each variable is in the data, and everywhere as the whole of a literal or IRI of its kind."""
        seen: set[int] = set()
        delimiters = {Kind.TEXT: ('"', '"'), Kind.IRI: ("<", ">")}
        kinds = list(self._kinds.values())
        for line in lines:
            for match in self._slots.finditer(line):
                index = int(match[1])
                if (line[match.start() - 1], line[match.end()]) != delimiters[kinds[index]]:
                    raise _unfit(say("%(place)s is not of the given kind.", place=list(self._kinds)[index]))
                if line.endswith(_FIXED, 0, match.start()):
                    raise _unfit(say("%(place)s cannot vary.", place=list(self._kinds)[index]))
                seen.add(index)
        for index, pointer in enumerate(self._kinds):
            if index not in seen:
                raise _unfit(say("%(place)s cannot vary.", place=pointer))

    def _format(self, lines: Iterable[str]) -> str:
        """A %-format for lines with markers (``%(v0)s``) and blank nodes (``%(b0)s``, already in place)."""
        return _BREAK.join(self._slots.sub(r"%(v\1)s", line) for line in lines)

    def _compile(self, lines: list[str], quads: list[Quad], function: Callable[[bytes], Any]) -> None:
        self._hash = function
        by_node = quads_of_nodes(quads)
        placeholders = {node: f"%(b{index})s" for index, node in enumerate(by_node)}
        self._constant_hashes: list[tuple[str, str]] = []
        self._varying_hashes: list[tuple[str, str]] = []
        for index, (node, its_quads) in enumerate(by_node.items()):
            masked = sorted(masked_lines(node, its_quads))
            if any(map(self._slots.search, masked)):
                self._varying_hashes.append((self._format(map(_percent, masked)), f"b{index}"))
            else:
                self._constant_hashes.append((function(to_bytes("".join(masked))).hexdigest(), f"b{index}"))
        self._lines = sorted({line for line in lines if not self._slots.search(line)})
        varying = [_percent(line) for line in lines if self._slots.search(line)]
        for subject, predicate, object_, graph in quads:
            terms = (
                placeholders.get(term) or _percent(term) for term in (subject, predicate, object_, graph)
            )
            varying.append(serialize(tuple(terms)))  # type: ignore[arg-type]  # four terms
        self._varying = self._format(varying)

    def _pieces(self, text: str) -> list[str]:
        """The text between the markers, and at odd places the index of each variable."""
        return self._slots.split(text)

    # Using

    def document(self, values: Mapping[str, str]) -> dict[str, Any]:
        """The document with these values (JSON pointer → string), as a new object."""
        self._check_names(values)
        result = copy.deepcopy(self._document)
        for pointer, path in self._paths.items():
            _put(result, path, values[pointer], pointer)
        return result

    def canonical(self, values: Mapping[str, str]) -> bytes:
        """The canonical N-Quads of the document with these values; the same bytes as `canonicalize` gives.

        Raises:
            CanonicalError: ``canonical.template`` for missing or additional names or a value that is no string;
                else as `canonicalize`.
        """
        self._check_names(values)
        fields: dict[str, str] = {}
        for name, pointer in self._names.items():
            value = values[pointer]
            if self._kinds[pointer] is Kind.TEXT:
                fields[name] = value if is_plain(value) else escape(value)
            elif self._is_whole_iri(value):
                fields[name] = value
            else:
                return self._in_full(values)
        hashes = self._constant_hashes.copy()
        for template, node in self._varying_hashes:
            lines = (template % fields).split(_BREAK)
            lines.sort()
            hashes.append((self._hash(to_bytes("".join(lines))).hexdigest(), node))
        if len({hashed for hashed, _ in hashes}) != len(hashes):  # look-alikes: the whole algorithm
            return self._in_full(values)
        hashes.sort()
        for index, (_, node) in enumerate(hashes):
            fields[node] = f"_:c14n{index}"
        result = self._lines + (self._varying % fields).split(_BREAK) if self._varying else self._lines.copy()
        result.sort()
        return to_bytes("".join(dict.fromkeys(result)))

    def _in_full(self, values: Mapping[str, str]) -> bytes:
        return canonicalize(self.document(values), digest=self._digest, contexts=self._contexts)

    def json(self, values: Mapping[str, str]) -> bytes:
        """The document with these values as JSON (UTF-8, no spaces, keys in the order of the document)."""
        return self._fill(self._json, values)

    def jcs(self, values: Mapping[str, str]) -> bytes:
        """The document with these values in canonical JSON (RFC 8785)."""
        return self._fill(self._jcs, values)

    def _fill(self, pieces: list[str], values: Mapping[str, str]) -> bytes:
        self._check_names(values)
        try:
            texts = [orjson.dumps(values[pointer])[1:-1].decode() for pointer in self._names.values()]
        except TypeError:  # a lone surrogate; the other writer has the words for it
            return jcs(self.document(values))
        filled = pieces.copy()
        for place in range(1, len(pieces), 2):
            filled[place] = texts[int(pieces[place])]
        return "".join(filled).encode()

    def _is_whole_iri(self, value: str) -> bool:
        """Whether the value is an absolute IRI that no context of the document takes for a compact one."""
        if not is_iri(value):
            return False
        prefix, _, suffix = value.partition(":")
        return suffix.startswith("//") or prefix not in self._prefixes

    def _check_names(self, values: Mapping[str, str]) -> None:
        if values.keys() != self._kinds.keys():
            wrong = sorted(values.keys() ^ self._kinds.keys())
            raise _unfit(say("Values are missing or not foreseen: %(places)s.", places=", ".join(wrong)))
        for pointer, value in values.items():
            if type(value) is not str:
                raise _unfit(say("The value for %(place)s is no text.", place=pointer))


def _unfit(reason: str) -> CanonicalError:
    return CanonicalError(reason, code="canonical.template", hint=say("Issue the documents one by one."))


def _percent(text: str) -> str:
    """The text as it stands in a %-format."""
    return text.replace("%", "%%")


def _path(pointer: str) -> tuple[str, ...]:
    """A JSON pointer as its steps (RFC 6901 §4)."""
    if not pointer.startswith("/"):
        raise _unfit(say("%(place)s is not a JSON pointer to a leaf.", place=pointer))
    path = tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
    if "@context" in path:
        raise _unfit(say("%(place)s cannot vary.", place=pointer))
    return path


def _put(document: Any, path: tuple[str, ...], value: str, pointer: str) -> None:
    """Replace the leaf string at a path."""
    try:
        for step in path[:-1]:
            document = document[int(step) if type(document) is list else step]
        last: Any = int(path[-1]) if type(document) is list else path[-1]
        if type(document[last]) is not str:
            raise TypeError(pointer)
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise _unfit(say("There is no text at %(place)s.", place=pointer)) from error
    document[last] = value


def _unused_mark(document: dict[str, Any]) -> str:
    """The start of a marker that does not occur in the document; with a number and a dot it is an absolute IRI."""
    try:
        text = orjson.dumps(document)
    except TypeError as error:
        raise _unfit(say("The document is not JSON.")) from error
    number = 0
    while f"x-slot-{number}:".encode() in text:
        number += 1
    return f"x-slot-{number}:"


def _keys_of_contexts(value: Any, store: ContextStore) -> set[str]:
    """All keys of all contexts that a document names or holds: everything that could be a term or a prefix."""
    found: set[str] = set()
    todo = [(value, False)]
    while todo:
        value, inside = todo.pop()
        if isinstance(value, dict):
            if inside:
                found.update(value)
            todo += [(item, inside or key == "@context") for key, item in value.items()]
        elif isinstance(value, list):
            todo += [(item, inside) for item in value]
        elif inside and isinstance(value, str) and value in store and value not in found:
            found.add(value)
            todo.append((store.document(value), False))
    return found
