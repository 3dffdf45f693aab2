"""A document statement by statement, for suites that sign each one apart and show only some.

The statements are the canonical N-Quads. What is selected in the document (a copy with parts left out) is found again
among them by the objects that it is made of: each object without an id is a blank node, and the walk tells which.
So there is no need to give them names and take these away again ("skolemise", VC-DI-ECDSA 1.0 §3.4.5–3.4.9).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tessella.canonical import jsonld
from tessella.canonical.compiled import ActiveContext, Decline, Engine, Record, engine_for
from tessella.canonical.contexts import ContextStore, default_contexts
from tessella.canonical.nquads import Quad, serialize
from tessella.canonical.rdfc import Digest, first_degree_hashes, issue_labels, rdfc10
from tessella.canonical.walk import Walk
from tessella.errors import CanonicalError
from tessella.text import say

__all__ = ["Origin", "Statements", "no_selection", "statements"]


NODE, GRAPH = -1, -2

Origin = tuple[int, int]
"""The ``id()`` of a JSON object or array, and what of it: `NODE` the object itself, `GRAPH` the graph it is in, else
the cell of the list with that index."""


class Statements:
    """The statements of one document.

    ``labels``: blank node → canonical label, both with ``_:``. ``origins``: where blank nodes come from, as `Origin` →
    node; None when the document went the general way, which does not tell.
    """

    __slots__ = ("_lines", "_quads", "labels", "origins")

    def __init__(
        self,
        lines: list[str],
        quads: list[Quad],
        labels: Mapping[str, str],
        origins: Mapping[Origin, str] | None,
    ) -> None:
        self._lines = lines
        self._quads = quads
        self.labels = labels
        self.origins = origins

    def written(self, names: Mapping[str, str]) -> list[str]:
        """Every statement as one line with its newline, in code point order, under these names of blank nodes.

        Raises:
            CanonicalError: ``canonical.selection``, a blank node has no name.
        """
        try:
            named = {
                serialize((names[s] if s[0] == "_" else s, p, names[o] if o[0] == "_" else o,
                           names[g] if g[:1] == "_" else g))
                for s, p, o, g in self._quads
            }  # fmt: skip
        except KeyError as error:
            raise no_selection() from error
        return sorted(named.union(self._lines))


def statements(
    document: dict[str, Any], *, digest: Digest = "sha256", contexts: ContextStore | None = None
) -> Statements:
    """The statements of a document, in safe mode; the same that `canonicalize` writes.

    No two objects of the document may be the same one in memory if ``origins`` is to be used.

    Raises:
        CanonicalError, LimitError: as `canonicalize`.
    """
    store = contexts or default_contexts()
    try:
        walk = _Traced(engine_for(store), digest)
        walk.node(document, walk.initial, "")
    except Decline:
        quads = list(dict.fromkeys(jsonld.to_quads(document, store)))
        return Statements([], quads, rdfc10(quads, digest=digest).labels, None)
    quads = list(dict.fromkeys(walk.quads))
    labels = issue_labels(quads, first_degree_hashes(quads, digest), digest=digest)
    return Statements(walk.lines, quads, labels, walk.origins)


class _Traced(Walk):
    """A walk that notes which object became which blank node, and so looks at every part anew."""

    __slots__ = ("initial", "origins")

    def __init__(self, engine: Engine, digest: Digest) -> None:
        super().__init__(engine, digest)
        self.initial = engine.initial
        self.origins: dict[Origin, str] = {}

    def node(self, element: dict[str, Any], active: ActiveContext, graph: str) -> str:
        subject = super().node(element, active, graph)
        if subject[0] == "_":
            self.origins[id(element), NODE] = subject
        if graph:
            self.origins[id(element), GRAPH] = graph
        return subject

    def rdf_list(self, subject: str, record: Record, value: Any, active: ActiveContext, graph: str) -> None:
        super().rdf_list(subject, record, value, active, graph)
        if type(value) is list:  # its cells are the latest blank nodes
            count = sum(item is not None for item in value)
            for index in range(count):
                self.origins[id(value), index] = f"_:{self._blank - count + index}"

    def part(self, item: dict[str, Any], active: ActiveContext) -> str:
        return self.node(item, active, "")


def no_selection() -> CanonicalError:
    """The error for a part of a document whose statements cannot be told apart from the others."""
    return CanonicalError(
        say("The chosen part cannot be shown alone: it says something only together with what is left out."),
        code="canonical.selection",
        hint=say("Choose the whole element that it belongs to."),
    )
