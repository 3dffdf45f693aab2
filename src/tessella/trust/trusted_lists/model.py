"""What a trusted list says, as data (ETSI TS 119 612)."""

from __future__ import annotations

import datetime as dt
import enum

import msgspec

from tessella.trust.trusted_lists._criteria import Criteria

__all__ = ["ListFacts", "ListedService", "Pointer", "Qualification", "ServiceKind", "ServiceState"]


class ServiceKind(enum.StrEnum):
    """The kinds of service that seals need, by their identifiers in the lists (TS 119 612 §5.5.1)."""

    CERTIFICATES = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
    TIMESTAMPS = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"


class ListFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A list's own words about itself (TS 119 612 §5.3). Times are UTC.

    ``next_update`` is None for a list that is closed and never renewed. ``territory`` is as the lists have it:
    the code of ISO 3166-1, but EL for Greece, UK for the United Kingdom and EU for the list of the lists.
    """

    territory: str
    operator: str
    kind: str
    sequence_number: int
    issued_at: dt.datetime
    next_update: dt.datetime | None
    scheme_uris: tuple[str, ...] = ()

    def expired_at(self, at: dt.datetime) -> bool:
        """Whether a newer list must exist at ``at``: then this one says nothing about the present."""
        return self.next_update is not None and at > self.next_update


class Pointer(msgspec.Struct, frozen=True, kw_only=True):
    """Where a list is published, and the certificates (DER) that may sign it (TS 119 612 §5.3.13)."""

    territory: str
    kind: str
    location: str
    signers: tuple[bytes, ...]


class Qualification(msgspec.Struct, frozen=True, kw_only=True):
    """Qualifiers that the list puts on the certificates that meet the criteria (TS 119 612 §5.5.9.2).

    ``qualifiers`` are the last parts of their URIs: ``QCForESeal``, ``NotQualified`` …
    """

    qualifiers: frozenset[str]
    criteria: Criteria


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    """A service from one moment (UTC) until its next state: the present entry or one of its history.

    ``status`` is the last part of its URI (``granted``, ``withdrawn`` …). ``types`` are the kinds of certificate
    the entry is about: ``esign``, ``eseal``, ``web``. ``unknown`` names a critical extension that is not understood: then
    the state must not be relied on.
    """

    kind: str
    status: str
    since: dt.datetime
    types: frozenset[str] = frozenset()
    qualifications: tuple[Qualification, ...] = ()
    unknown: str = ""


class ListedService(msgspec.Struct, frozen=True, kw_only=True):
    """One trust service with its provider, its certificates (DER) and its states, the latest first.

    ``subjects`` are the holders' names in the certificates (DER), for comparison.
    """

    provider: str
    name: str
    certificates: tuple[bytes, ...]
    subjects: frozenset[bytes]
    states: tuple[ServiceState, ...]

    def state_at(self, at: dt.datetime) -> ServiceState | None:
        """The state at ``at``; None before the first."""
        return next((state for state in self.states if state.since <= at), None)
