"""Blank nodes of a walk, hashed and written a node at a time.

Most blank nodes are *leaves*: in the default graph, and next to no other blank node. All lines of which a leaf is the
subject are consecutive in the result, in an order that its label does not change; so they are sorted once and the
label is joined in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tessella.canonical.nquads import Quad, serialize, to_bytes
from tessella.canonical.rdfc import Digest, hash_function, masked_lines, quads_of_nodes

__all__ = ["Blanks", "Leaf", "blanks_of"]


class Leaf(NamedTuple):
    """One leaf: its first-degree hash (RDFC-1.0 §4.6) and its quads as text.

    ``references`` are ``subject predicate`` with a space behind, of the quads whose object it is; ``bodies`` an empty
    text, then what follows the label in each quad whose subject it is, sorted.
    """

    hashed: str
    references: tuple[str, ...]
    bodies: tuple[str, ...]

    def write(self, chunks: list[str], label: str) -> None:
        """Add the leaf's lines under this label: one chunk for those that start with it."""
        for reference in self.references:
            chunks.append(f"{reference}{label} .\n")
        if len(self.bodies) > 1:
            chunks.append(label.join(self.bodies))


class Blanks(NamedTuple):
    """All blank nodes of some quads: the leaves; the hashes of the others, and the quads that hold those."""

    leaves: tuple[Leaf, ...]
    others: dict[str, str]
    quads: tuple[Quad, ...]

    def hashes(self) -> list[str]:
        """All first-degree hashes."""
        return [*(leaf.hashed for leaf in self.leaves), *self.others.values()]

    def write(self, chunks: list[str], labels: dict[str, str]) -> None:
        """Add all lines; ``labels``: first-degree hash → canonical label."""
        for leaf in self.leaves:
            leaf.write(chunks, labels[leaf.hashed])
        if self.quads:
            own = {node: labels[hashed] for node, hashed in self.others.items()}
            chunks += [
                serialize((own.get(s, s), p, own.get(o, o), own.get(g, g))) for s, p, o, g in self.quads
            ]


def blanks_of(quads: Iterable[Quad], digest: Digest) -> Blanks:
    """The blank nodes of quads that each hold at least one; quads may be repeated."""
    function = hash_function(digest)
    tangled = {
        term
        for subject, _, object_, graph in quads
        if graph or (subject[0] == "_" and object_[0] == "_")
        for term in (subject, object_, graph)
        if term[:1] == "_"
    }
    references: dict[str, set[str]] = {}
    bodies: dict[str, set[str]] = {}
    rest = []
    for quad in quads:
        subject, predicate, object_, graph = quad
        if graph or subject in tangled or object_ in tangled:
            rest.append(quad)
        elif subject[0] == "_":
            bodies.setdefault(subject, set()).add(f" {predicate} {object_} .\n")
        else:
            references.setdefault(object_, set()).add(f"{subject} {predicate} ")
    leaves = []
    for node in references.keys() | bodies.keys():
        its_references = sorted(references.get(node, ()))
        its_bodies = ("", *sorted(bodies.get(node, ())))
        # "<" sorts before "_": first the lines that refer to the node
        masked = "".join([f"{reference}_:a .\n" for reference in its_references]) + "_:a".join(its_bodies)
        leaves.append(Leaf(function(to_bytes(masked)).hexdigest(), tuple(its_references), its_bodies))
    others = {
        node: function(to_bytes("".join(sorted(masked_lines(node, its_quads))))).hexdigest()
        for node, its_quads in quads_of_nodes(dict.fromkeys(rest)).items()
    }
    return Blanks(tuple(leaves), others, tuple(dict.fromkeys(rest)))
