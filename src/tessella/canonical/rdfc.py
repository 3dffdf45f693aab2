"""RDF Dataset Canonicalization, RDFC-1.0 (W3C Recommendation, 21 May 2024), with SHA-256 or SHA-384.

Step numbers are those of the Recommendation: §4.4 the algorithm, §4.6 Hash First Degree Quads, §4.7 Hash
Related Blank Node, §4.8 Hash N-Degree Quads. Related blank nodes are kept as a list: a node that occurs
twice at the same place counts twice (the reading that the implementations share).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations
from typing import Literal

import msgspec

from tessella.canonical.nquads import Quad, serialize, to_bytes
from tessella.errors import LimitError, UnsupportedError
from tessella.text import say

__all__ = [
    "MAX_WORK",
    "Canonical",
    "Digest",
    "first_degree_hashes",
    "hash_function",
    "issue_labels",
    "masked_lines",
    "quads_of_nodes",
    "rdfc10",
]

Digest = Literal["sha256", "sha384"]
"""The digests that RDFC-1.0 may use."""

MAX_WORK = 50_000
"""Work budget of one canonicalisation: visits to blank nodes that look alike. Credentials need none or a few
dozen, the hardest of the official test graphs 6,168; a poison graph (ten nodes, all related to one another)
needs millions. 50,000 take about a tenth of a second."""

_HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {"sha256": hashlib.sha256, "sha384": hashlib.sha384}

_PREFIX = "_:c14n"


class Canonical(msgspec.Struct, frozen=True):
    """A canonicalised dataset: its N-Quads and, per blank node label of the input, the canonical label.

    Labels are written with ``_:``.
    """

    nquads: bytes
    labels: dict[str, str]


def hash_function(digest: Digest) -> Callable[[bytes], hashlib._Hash]:
    """The hash function of that name.

    Raises:
        UnsupportedError: RDFC-1.0 is not used with it.
    """
    function = _HASHES.get(digest)
    if function is None:
        raise UnsupportedError(
            say("The digest %(digest)s is not supported.", digest=digest),
            code="unsupported.digest",
            got=digest,
            expected="sha256, sha384",
        )
    return function


def rdfc10(quads: Iterable[Quad], *, digest: Digest = "sha256", max_work: int = MAX_WORK) -> Canonical:
    """The canonical form of a dataset.

    Equal (isomorphic) datasets give equal bytes. Quads that occur twice count once.

    Raises:
        LimitError: ``canonical.budget`` when the graph needs more work than ``max_work`` allows.
        UnsupportedError: an unknown digest.
    """
    distinct = list(dict.fromkeys(quads))
    # §4.4.3 steps 2 to 5: a label for each blank node
    labels = issue_labels(distinct, first_degree_hashes(distinct, digest), digest=digest, max_work=max_work)
    # steps 6 and 7: relabel and write in code point order
    lines = sorted(
        serialize((labels.get(s, s), predicate, labels.get(o, o), labels.get(g, g)))
        for s, predicate, o, g in distinct
    )
    return Canonical(to_bytes("".join(lines)), labels)


def quads_of_nodes(quads: Iterable[Quad]) -> dict[str, list[Quad]]:
    """§4.4.3 step 2: the quads in which each blank node occurs, each quad once."""
    result: dict[str, list[Quad]] = {}
    for quad in quads:
        subject, _, object_, graph = quad
        if subject[0] == "_":
            result.setdefault(subject, []).append(quad)
        if object_[0] == "_" and object_ != subject:
            result.setdefault(object_, []).append(quad)
        if graph and graph[0] == "_" and graph != subject and graph != object_:
            result.setdefault(graph, []).append(quad)
    return result


def first_degree_hashes(quads: Iterable[Quad], digest: Digest) -> dict[str, str]:
    """§4.6 Hash First Degree Quads, for every blank node of distinct ``quads``."""
    algorithm = hash_function(digest)
    return {
        node: algorithm(to_bytes("".join(sorted(masked_lines(node, its_quads))))).hexdigest()
        for node, its_quads in quads_of_nodes(quads).items()
    }


def masked_lines(node: str, quads: Iterable[Quad]) -> list[str]:
    """§4.6.3 step 3: a node's quads, with itself as ``_:a`` and every other blank node as ``_:z``."""
    lines = []
    for subject, predicate, object_, graph in quads:
        if subject[0] == "_":
            subject = "_:a" if subject == node else "_:z"
        if object_[0] == "_":
            object_ = "_:a" if object_ == node else "_:z"
        if graph and graph[0] == "_":
            graph = "_:a" if graph == node else "_:z"
        lines.append(serialize((subject, predicate, object_, graph)))
    return lines


def issue_labels(
    quads: Sequence[Quad], first_degree: dict[str, str], *, digest: Digest, max_work: int = MAX_WORK
) -> dict[str, str]:
    """§4.4.3 steps 3 to 5: the canonical label of each blank node in ``first_degree``.

    Only the quads that hold blank nodes matter.

    Raises:
        LimitError: ``canonical.budget``.
    """
    by_hash = sorted((hashed, node) for node, hashed in first_degree.items())
    if len(set(first_degree.values())) == len(by_hash):  # step 4 alone labels all
        return {node: f"{_PREFIX}{index}" for index, (_, node) in enumerate(by_hash)}
    try:
        return _Canonicalizer(quads, first_degree, digest, max_work).run()
    except RecursionError as error:
        raise _over_budget() from error


def _over_budget() -> LimitError:
    return LimitError(
        say("The data has too many unnamed parts that look alike to be put in order."),
        code="canonical.budget",
        hint=say("Give the repeated parts an id."),
    )


def _orders(nodes: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The permutations, each once: a node stands there once for every quad that leads to it (all those of its graph), and
    exchanging it with itself changes nothing. In the order of their first appearance among all permutations.
    """
    if len(set(nodes)) == len(nodes):
        yield from permutations(nodes)
        return
    for place, first in enumerate(nodes):
        if first not in nodes[:place]:
            for rest in _orders([*nodes[:place], *nodes[place + 1 :]]):
                yield (first, *rest)


class _Issuer:
    """Identifier issuer (§4.3): issues labels in order and remembers them."""

    __slots__ = ("issued", "prefix")

    def __init__(self, prefix: str, issued: dict[str, str] | None = None) -> None:
        self.prefix = prefix
        self.issued = issued if issued is not None else {}

    def issue(self, node: str) -> str:
        """§4.5 Issue Identifier."""
        label = self.issued.get(node)
        if label is None:
            label = self.issued[node] = f"{self.prefix}{len(self.issued)}"
        return label

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, dict(self.issued))


class _Canonicalizer:
    """The canonicalisation state (§4.3): quads per blank node, their hashes, the canonical issuer."""

    def __init__(
        self, quads: Iterable[Quad], first_degree: dict[str, str], digest: Digest, max_work: int
    ) -> None:
        self.hash = hash_function(digest)
        self.work = max_work
        self.issuer = _Issuer(_PREFIX)
        self.of_node = quads_of_nodes(quads)
        self.first_degree = first_degree

    def digest(self, text: str) -> str:
        return self.hash(to_bytes(text)).hexdigest()

    def run(self) -> dict[str, str]:
        # §4.4.3 step 3: blank nodes by the hash of their first degree quads
        by_hash: dict[str, list[str]] = {}
        for node, hashed in self.first_degree.items():
            by_hash.setdefault(hashed, []).append(node)
        # step 4: nodes with a hash of their own get their label, in the order of the hashes
        for hashed in sorted(by_hash):
            if len(by_hash[hashed]) == 1:
                self.issuer.issue(by_hash.pop(hashed)[0])
        # step 5: the others are told apart by what is around them
        for hashed in sorted(by_hash):
            results: list[tuple[str, _Issuer]] = []
            for node in by_hash[hashed]:  # 5.2
                if node not in self.issuer.issued:
                    temporary = _Issuer("_:b")
                    temporary.issue(node)
                    results.append(self.hash_n_degree(node, temporary))
            for _, issuer in sorted(results, key=lambda result: result[0]):  # 5.3
                for node in issuer.issued:
                    self.issuer.issue(node)
        return self.issuer.issued

    def hash_related(self, related: str, quad: Quad, issuer: _Issuer, position: str) -> str:
        """§4.7: the hash of a blank node seen from a neighbour."""
        predicate = "" if position == "g" else quad[1]  # steps 1, 2
        known = self.issuer.issued.get(related) or issuer.issued.get(related)  # step 3
        return self.digest(position + predicate + (known or self.first_degree[related]))

    def related_by_hash(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        """§4.8.3 steps 1 to 3: Hₙ, the related nodes under the hash that each has from here."""
        result: dict[str, list[str]] = {}
        for quad in self.of_node[node]:
            for related, position in ((quad[0], "s"), (quad[2], "o"), (quad[3], "g")):
                if related.startswith("_:") and related != node:
                    self.spend(1)
                    hashed = self.hash_related(related, quad, issuer, position)
                    result.setdefault(hashed, []).append(related)
        return result

    def hash_n_degree(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        """§4.8: the hash of a node by the shortest path through its neighbourhood, and the labels it gives."""
        related_by_hash = self.related_by_hash(node, issuer)
        data = ""  # step 4
        for hashed in sorted(related_by_hash):  # step 5
            data += hashed  # 5.1
            chosen_path = ""  # 5.2
            chosen_issuer: _Issuer | None = None  # 5.3
            for permutation in _orders(related_by_hash[hashed]):  # 5.4
                walked = self.walk(permutation, issuer.copy(), chosen_path)
                if walked is not None and (not chosen_path or walked[0] < chosen_path):  # 5.4.6
                    chosen_path, chosen_issuer = walked
            data += chosen_path  # 5.5
            if chosen_issuer is not None:
                issuer = chosen_issuer  # 5.6
        return self.digest(data), issuer  # step 6

    def walk(self, permutation: Sequence[str], issuer: _Issuer, best: str) -> tuple[str, _Issuer] | None:
        """§4.8.3 steps 5.4.1 to 5.4.5: the path of one permutation; None once it cannot beat ``best``."""
        path = ""  # 5.4.2
        recursion: list[str] = []  # 5.4.3
        for related in permutation:  # 5.4.4
            self.spend(1)
            if related in self.issuer.issued:  # 5.4.4.1
                path += self.issuer.issued[related]
            else:  # 5.4.4.2
                if related not in issuer.issued:
                    recursion.append(related)
                path += issuer.issue(related)
            if best and len(path) >= len(best) and path > best:  # 5.4.4.3
                return None
        for related in recursion:  # 5.4.5
            hashed, result = self.hash_n_degree(related, issuer)  # 5.4.5.1
            path += issuer.issue(related)  # 5.4.5.2
            path += f"<{hashed}>"  # 5.4.5.3
            issuer = result  # 5.4.5.4
            if best and len(path) >= len(best) and path > best:  # 5.4.5.5
                return None
        return path, issuer

    def spend(self, amount: int) -> None:
        self.work -= amount
        if self.work < 0:
            raise _over_budget()
