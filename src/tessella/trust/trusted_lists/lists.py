"""A set of lists: the list of the lists, verified first, and behind it the lists of the territories, each when it is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tessella.errors import AccessError, SealError, TessellaError
from tessella.keys import certificate_facts
from tessella.text import say
from tessella.trust.trusted_lists._reading import read_facts, read_pointers, read_services
from tessella.trust.trusted_lists._xml import glance, signed_content
from tessella.trust.trusted_lists.model import ListedService, ListFacts, Pointer, ServiceKind

__all__ = ["LIST_OF_LISTS", "MAX_LISTS", "ListRow", "TrustedList", "TrustedLists", "count", "pivots_of"]

LIST_OF_LISTS = "EUlistofthelists"
"""What a list of the lists says it is (the last part of its TSLType)."""

MAX_LISTS = 100
"""Documents looked at in one set: 31 territories, the list of the lists, its pivots, and room to grow."""


class TrustedList(msgspec.Struct, frozen=True, kw_only=True):
    """One list whose signature was checked: its facts, who signed it, and the services for seals and time stamps."""

    facts: ListFacts
    signed_by: str
    services: tuple[ListedService, ...] = ()
    pointers: tuple[Pointer, ...] = ()


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the list of one territory: ``found``, or the ``problem`` for which it is not used."""

    territory: str
    location: str
    found: TrustedList | None = None
    problem: TessellaError | None = None


class TrustedLists:
    """The lists in ``documents`` (by any name, XML), trusted through the list of the lists.

    That one must be signed by one of ``signers`` (certificates in DER, pinned by the caller), or by one whom a *pivot*
    names: an older list of the lists in ``documents`` that was signed by a trusted signer and says who signs from then on.
    A territory's list must be signed by a certificate that the list of the lists names for it, and be about that
    territory. A list that fails is not used, and the others are.

    Nothing is read before it is needed, and each list is verified once. May be shared by threads and sent to other
    processes (there it is verified again).

    Args:
        documents: where the lists come from; read when needed, so it may lead to files.
        signers: who may sign the list of the lists.
        fetched_at: when the copy was made, if that is known.
    """

    def __init__(
        self,
        documents: Mapping[str, bytes],
        signers: Sequence[bytes],
        *,
        fetched_at: dt.datetime | None = None,
    ) -> None:
        self._documents = documents
        self._signers = tuple(signers)
        self.fetched_at = fetched_at
        self._index: dict[str, list[tuple[ListFacts, str]]] | None = None
        self._top: TrustedList | TessellaError | None = None
        self._rows: dict[str, ListRow] = {}

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self._documents, self._signers, self.fetched_at)

    @property
    def top(self) -> TrustedList:
        """The list of the lists, verified.

        Raises:
            TessellaError: there is none, or its signature does not hold; then no list is used.
        """
        if self._top is None:
            try:
                self._top = self._open_top()
            except TessellaError as error:
                self._top = error
        if isinstance(self._top, TessellaError):
            raise self._top
        return self._top

    @property
    def territories(self) -> tuple[str, ...]:
        """The territories that the list of the lists names, in its order."""
        own = self.top.facts.territory
        return tuple(dict.fromkeys(one.territory for one in self.top.pointers if one.territory != own))

    def pointers_to(self, territory: str) -> tuple[Pointer, ...]:
        """Where the list of a territory is published, and by whom it is signed."""
        return tuple(one for one in self.top.pointers if one.territory == territory)

    def row(self, territory: str) -> ListRow:
        """The list of one territory, verified, or why it is not used.

        Raises:
            TessellaError: the list of the lists cannot be used.
        """
        if territory not in self._rows:
            self._rows[territory] = self._open(territory)
        return self._rows[territory]

    def copies(self) -> tuple[ListFacts, ...]:
        """The newest copy of each territory's list by its own words, for the file: nothing is verified for this."""
        found = self._looked_at()
        newest = (
            max((facts for facts, _ in found[one]), key=lambda facts: facts.sequence_number)
            for one in sorted(found)
        )
        return tuple(newest)

    def rows(self, first: Sequence[str] = ()) -> Iterator[ListRow]:
        """The rows of all territories, those in ``first`` before the others; each is verified when its turn comes.

        Raises:
            TessellaError: the list of the lists cannot be used.
        """
        known = self.territories
        for territory in dict.fromkeys((*(one for one in first if one in known), *known)):
            yield self.row(territory)

    def _open(self, territory: str) -> ListRow:
        location = next((one.location for one in self.pointers_to(territory) if one.location), "")
        problem: TessellaError = AccessError(
            say("The copy has no list of this territory."),
            code="access.trusted-list",
            got=territory,
            hint=say("Fetch the lists again."),
        )
        for facts, name in self._named(territory):
            if facts.kind != LIST_OF_LISTS:
                try:
                    found = self.verified(territory, self._documents[name])
                except TessellaError as error:
                    problem = error
                else:
                    return ListRow(territory=territory, location=location, found=found)
        return ListRow(territory=territory, location=location, problem=problem)

    def verified(self, territory: str, data: bytes) -> TrustedList:
        """The list in ``data`` as that of the territory, whether or not it is among the documents.

        Raises:
            SealError: ``seal.trusted-list``, it is not signed as the list of the lists says, or about another territory.
            TessellaError: it cannot be read.
        """
        claimed = read_facts(glance(data))
        if claimed.territory != territory or claimed.kind == LIST_OF_LISTS:
            raise _other(claimed.territory, territory)
        signers = dict.fromkeys(der for one in self.pointers_to(territory) for der in one.signers)
        return _verified(data, tuple(signers), claimed, services=True)

    def _open_top(self) -> TrustedList:
        """The latest list of the lists, and the way to it over its pivots (the oldest first)."""
        tops = [one for found in self._looked_at().values() for one in found if one[0].kind == LIST_OF_LISTS]
        if not tops:
            raise AccessError(
                say("The copy has no list of the lists."),
                code="access.trusted-list",
                hint=say("Fetch the lists again."),
            )
        tops.sort(key=lambda one: one[0].sequence_number)
        (latest, name), trusted = tops[-1], self._signers
        try:
            return _verified(self._documents[name], trusted, latest)
        except SealError as error:
            unsigned = error
        for facts, pivot in tops[:-1]:
            try:
                found = _verified(self._documents[pivot], trusted, facts)
            except TessellaError:
                continue
            own = [one for one in found.pointers if one.territory == facts.territory]
            trusted = tuple(der for one in own for der in one.signers) or trusted
        if trusted == self._signers:
            raise unsigned
        return _verified(self._documents[name], trusted, latest)

    def _named(self, territory: str) -> list[tuple[ListFacts, str]]:
        """The documents that say they are about the territory, the latest first."""
        found = self._looked_at().get(territory, [])
        return sorted(found, key=lambda one: one[0].sequence_number, reverse=True)

    def _looked_at(self) -> dict[str, list[tuple[ListFacts, str]]]:
        """A first look at every document: which territory it says it is about. Damaged ones are left out."""
        if self._index is None:
            index: dict[str, list[tuple[ListFacts, str]]] = {}
            for name in list(self._documents)[:MAX_LISTS]:
                try:
                    facts = read_facts(glance(self._documents[name]))
                except TessellaError:
                    continue
                index.setdefault(facts.territory, []).append((facts, name))
            self._index = index
        return self._index


def _again(
    documents: Mapping[str, bytes], signers: tuple[bytes, ...], fetched_at: dt.datetime | None
) -> TrustedLists:
    return TrustedLists(documents, signers, fetched_at=fetched_at)


def _verified(
    data: bytes, signers: Sequence[bytes], claimed: ListFacts, *, services: bool = False
) -> TrustedList:
    """The list as it was signed.

    Raises:
        SealError: the signature does not hold, or what was signed is another list than it says at first sight.
        TessellaError: it cannot be read.
    """
    root, signer = signed_content(data, signers, claimed.issued_at)
    facts = read_facts(root)
    if facts != claimed:
        raise _other(claimed.territory, facts.territory)
    return TrustedList(
        facts=facts,
        signed_by=certificate_facts(signer).subject,
        services=read_services(root) if services else (),
        pointers=read_pointers(root) if not services else (),
    )


def _other(got: str, expected: str) -> SealError:
    return SealError(
        say("The trusted list is another one than it should be: it is not used."),
        code="seal.trusted-list",
        got=got,
        expected=expected,
        hint=say("Get the list anew from where it is published."),
    )


def pivots_of(data: bytes) -> tuple[str, ...]:
    """The addresses of the older lists of the lists that a list of the lists names, by its own unverified word.

    Raises:
        TessellaError: this is no list.
    """
    uris = read_facts(glance(data)).scheme_uris
    return tuple(dict.fromkeys(one for one in uris if one.endswith(".xml") and one.startswith("https://")))


def count(found: TrustedList, kind: ServiceKind, at: dt.datetime, type: str = "") -> int:
    """How many services of a kind are granted at ``at``; with ``type`` those for such certificates."""
    states = (one.state_at(at) for one in found.services)
    return sum(
        1
        for state in states
        if state is not None and state.kind == kind and state.status == "granted"
        if not type or type in state.types
    )
