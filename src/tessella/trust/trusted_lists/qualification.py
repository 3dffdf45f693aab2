"""Is it qualified? A certificate against the trusted lists at one moment (ETSI TS 119 615 §4.3 to §4.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from asn1crypto import x509

from tessella.errors import TessellaError
from tessella.keys import CertificateFacts
from tessella.text import say
from tessella.trust._path import PATH_ERRORS, find_path
from tessella.trust.trusted_lists._criteria import matches
from tessella.trust.trusted_lists.lists import TrustedLists
from tessella.trust.trusted_lists.model import ListedService, ListFacts, ServiceKind, ServiceState
from tessella.verdicts import Verdict

__all__ = ["EIDAS_START", "Listing", "look_up_certificate"]

EIDAS_START = dt.datetime(2016, 6, 30, 22, tzinfo=dt.UTC)
"""1 July 2016 in Brussels: from then on Regulation (EU) No 910/2014 applies (its Article 52)."""

_OLD_STATUSES = frozenset(("undersupervision", "supervisionincessation", "accredited"))
"""What counted as granted before that day (TS 119 612 §5.5.4)."""

_COUNTRIES = {"GR": "EL", "GB": "UK"}
"""Countries that the lists call otherwise than ISO 3166-1 does."""

_TYPE_BY_QUALIFIER = {"QCForESig": "esign", "QCForESeal": "eseal", "QCForWSA": "web"}
_ON_DEVICE = frozenset(("QCWithSSCD", "QCWithQSCD", "QCQSCDManagedOnBehalf"))
_NOT_ON_DEVICE = frozenset(("QCNoSSCD", "QCNoQSCD"))


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What the trusted lists say about a certificate.

    ``verdict`` is ``passed`` when it was qualified for what it was used for (seals, or time stamps) at ``at``, ``failed``
    when the lists say that it was not, ``indeterminate`` when they do not tell. What the list said stays here whatever the
    verdict. ``type`` is the kind of qualified certificate (``eseal``, ``esign``, ``web``), ``on_device`` whether its key is in a
    qualified device. ``anchors`` are the certificates (DER) of the service when it may be relied on, else none.
    """

    verdict: Verdict
    explanation: str
    at: dt.datetime
    service: ListedService | None = None
    state: ServiceState | None = None
    facts: ListFacts | None = None
    expired: bool = False
    fetched_at: dt.datetime | None = None
    age: dt.timedelta | None = None
    qualified: bool | None = None
    type: str = ""
    on_device: bool = False
    anchors: tuple[bytes, ...] = ()
    unused: Mapping[str, str] = {}

    def evidence(self) -> dict[str, Any]:
        """The facts as JSON values; times in UTC, ages in whole days. See “Trusted lists in the report” in the reference."""
        told: dict[str, Any] = {"verdict": str(self.verdict), "at": self.at.isoformat()}
        if self.service is not None and self.state is not None:
            told |= {
                "provider": self.service.provider,
                "service": self.service.name,
                "service_type": self.state.kind,
                "status": self.state.status,
                "status_since": self.state.since.isoformat(),
                "qualified": self.qualified,
                "certificate_type": self.type,
                "on_qualified_device": self.on_device,
            }
        if self.facts is not None:
            told["list"] = {
                "territory": self.facts.territory,
                "operator": self.facts.operator,
                "sequence_number": self.facts.sequence_number,
                "issued_at": self.facts.issued_at.isoformat(),
                "next_update": self.facts.next_update.isoformat() if self.facts.next_update else None,
                "age_days": self.age.days if self.age is not None else None,
                "expired": self.expired,
                "fetched_at": self.fetched_at.isoformat() if self.fetched_at else None,
            }
        if self.unused:
            told["unused_lists"] = dict(self.unused)
        return told


class _Found(NamedTuple):
    facts: ListFacts
    services: tuple[ListedService, ...]


class _Standing(NamedTuple):
    """What one entry says about one certificate at one moment; ``qualified`` is None where it does not tell."""

    qualified: bool | None
    type: str = ""
    on_device: bool = False
    reason: str = ""
    granted: bool = True


def look_up_certificate(
    lists: TrustedLists,
    chain: Sequence[x509.Certificate],
    facts: CertificateFacts,
    *,
    at: dt.datetime,
    now: dt.datetime,
    at_proven: bool = False,
    kind: ServiceKind = ServiceKind.CERTIFICATES,
) -> Listing:
    """Whether the first certificate of ``chain`` was qualified for seals (or time stamps) at ``at``.

    A good answer for ``at`` counts when the time is proven, or when the answer is the same for ``now``: a time that rests
    on its own word could have been chosen. A list that has expired by ``now`` gives no certainty, except about a proven time before
    the list was issued. The time of a time stamp is what the listed authority states (TS 119 615 §4.5): it counts as proven.
    """
    at_proven = at_proven or kind is ServiceKind.TIMESTAMPS
    unused: dict[str, str] = {}
    try:
        found = _find(lists, chain, facts, at, kind, unused)
        top = lists.top.facts
    except TessellaError as error:
        told = say("The trusted lists cannot be used: %(reason)s", reason=error.message)
        return Listing(verdict=Verdict.INDETERMINATE, explanation=told, at=at, fetched_at=lists.fetched_at)
    if found is None:
        told = _nobody(unused)
        return Listing(
            verdict=Verdict.INDETERMINATE, explanation=told, at=at, unused=unused, fetched_at=lists.fetched_at
        )
    then = _agreed(found.services, chain[0], facts, at, kind)
    expired = found.facts.expired_at(now) or top.expired_at(now)
    covered = not expired or (at_proven and at <= found.facts.issued_at)
    doubt = ""
    if not covered:
        doubt = say(
            "The list had to be renewed by %(day)s, so it says nothing certain any more; it said: ",
            day=min(one.next_update for one in (found.facts, top) if one.next_update is not None).date(),
        )
    elif not at_proven and at != now:
        today = _agreed(found.services, chain[0], facts, now, kind)
        if (then.granted and not today.granted) or (then.qualified and today[:3] != then[:3]):
            doubt = say("It is otherwise today, and the time of sealing rests on its own word: ")
    service, state = _entry(found.services, at, kind)
    usable = then.granted and not doubt and not state.unknown
    return Listing(
        verdict=Verdict.INDETERMINATE if doubt else _verdict(then, kind),
        explanation=doubt + _told(then, kind, service, state, found.facts, at, at_proven, now),
        at=at,
        service=service,
        state=state,
        facts=found.facts,
        expired=expired,
        fetched_at=lists.fetched_at,
        age=now - found.facts.issued_at,
        qualified=then.qualified,
        type=then.type,
        on_device=then.on_device,
        anchors=tuple(der for one in found.services for der in one.certificates) if usable else (),
        unused=unused,
    )


def _find(
    lists: TrustedLists,
    chain: Sequence[x509.Certificate],
    facts: CertificateFacts,
    at: dt.datetime,
    kind: ServiceKind,
    unused: dict[str, str],
) -> _Found | None:
    """The nearest listed service above the certificate (TS 119 615 §4.3), whatever its status is.

    A time-stamping unit may be listed itself. The lists of the countries named in the chain come first.
    """
    names = [one.issuer.native.get("country_name") for one in chain]
    first = [_COUNTRIES.get(name, name) for name in names if isinstance(name, str)]
    for row in lists.rows(first):
        if row.found is None:
            unused[row.territory] = row.problem.code if row.problem else ""
            continue
        kept = [one for one in row.found.services if any(state.kind == kind for state in one.states)]
        services = tuple(_above(kept, chain, at, itself=kind is ServiceKind.TIMESTAMPS))
        if services:
            return _Found(row.found.facts, services)
    return None


def _above(
    services: Sequence[ListedService], chain: Sequence[x509.Certificate], at: dt.datetime, *, itself: bool
) -> Iterator[ListedService]:
    """The services that vouch for the certificate; whether it was valid at ``at`` is another question."""
    leaf = chain[0].dump()
    when = min(max(at, chain[0].not_valid_before), chain[0].not_valid_after)
    if itself and (same := [one for one in services if leaf in one.certificates]):
        yield from same
        return
    for height, below in enumerate(chain):
        issuer = below.issuer.dump()
        near = [one for one in services if issuer in one.subjects]
        kinds = {one.certificates for one in near}  # entries of one authority share its certificates
        proven = {certificates for certificates in kinds if _leads(chain[: height + 1], certificates, when)}
        if proven:
            yield from (one for one in near if one.certificates in proven)
            return


def _leads(chain: Sequence[x509.Certificate], anchors: Sequence[bytes], at: dt.datetime) -> bool:
    try:
        find_path(chain, [x509.Certificate.load(der) for der in anchors], at)
    except PATH_ERRORS:
        return False
    return True


def _nobody(unused: Mapping[str, str]) -> str:
    if unused:
        return say(
            "No service on the trusted lists issued the certificate; but these lists could not be used: %(names)s.",
            names=", ".join(sorted(unused)),
        )
    return say("No service on the trusted lists issued the certificate.")


def _entry(
    services: Sequence[ListedService], at: dt.datetime, kind: ServiceKind
) -> tuple[ListedService, ServiceState]:
    """The entry to show: one that is granted if there is one, else the first."""
    pairs = [(one, one.state_at(at) or one.states[-1]) for one in services]
    return next((pair for pair in pairs if _granted(pair[1], at, kind)), pairs[0])


def _granted(state: ServiceState | None, at: dt.datetime, kind: ServiceKind) -> bool:
    if state is None or state.kind != kind or state.since > at:
        return False
    return state.status == "granted" or (at < EIDAS_START and state.status in _OLD_STATUSES)


def _agreed(
    services: Sequence[ListedService],
    certificate: x509.Certificate,
    facts: CertificateFacts,
    at: dt.datetime,
    kind: ServiceKind,
) -> _Standing:
    """What the entries for this service say together; when they contradict one another, nothing (TS 119 615 §4.4)."""
    found = {_standing(one, certificate, facts, at, kind) for one in services}
    granted = {one for one in found if one.granted} or found
    positive = {one for one in granted if one.qualified}
    chosen = positive or granted
    if len({one[:3] for one in chosen}) > 1:
        return _Standing(None, reason=say("The entries of the list contradict one another."))
    return min(chosen, key=lambda one: one.reason)


def _standing(
    service: ListedService,
    certificate: x509.Certificate,
    facts: CertificateFacts,
    at: dt.datetime,
    kind: ServiceKind,
) -> _Standing:
    state = service.state_at(at)
    if state is None or not _granted(state, at, kind):
        status = state.status if state is not None else say("not listed yet")
        return _Standing(
            False, reason=say("The service was not granted then (%(status)s).", status=status), granted=False
        )
    if state.unknown:
        return _Standing(None, reason=say("The entry has a critical extension that is not understood."))
    if kind is ServiceKind.TIMESTAMPS:
        return _Standing(True)
    issued = service.state_at(facts.not_before)
    if not _granted(issued, facts.not_before, kind):
        told = say("The service was not granted yet when it issued the certificate.")
        return _Standing(False, reason=told)
    return _qualified(state, certificate, facts)


def _qualified(state: ServiceState, certificate: x509.Certificate, facts: CertificateFacts) -> _Standing:
    """The certificate's own statements, as far as the list does not overrule them (TS 119 615 §4.4)."""
    applies = [(one, matches(one.criteria, certificate)) for one in state.qualifications]
    if any(answer is None for _, answer in applies):
        return _Standing(
            None, reason=say("The list picks certificates by a criterion that is not understood.")
        )
    over = frozenset(name for one, answer in applies if answer for name in one.qualifiers)
    types = {_TYPE_BY_QUALIFIER[name] for name in over if name in _TYPE_BY_QUALIFIER}
    stated = set(facts.qc_types) or {"esign"}  # EN 319 412-5 §4.2.3: without QcType it is for signatures
    if (
        len(types) > 1
        or {"NotQualified", "QCStatement"} <= over
        or (over & _ON_DEVICE and over & _NOT_ON_DEVICE)
    ):
        return _Standing(None, reason=say("The list contradicts itself about the certificate."))
    if "NotQualified" in over:
        return _Standing(False, reason=say("The list says that the certificate is not qualified."))
    if not facts.qc_compliance and "QCStatement" not in over:
        return _Standing(False, reason=say("The certificate does not state that it is a qualified one."))
    chosen = types or stated
    if "QCForLegalPerson" in over and not types:
        chosen = chosen - {"esign"}  # TS 119 615 PRO-4.4.4-12: a legal person does not sign
    covered = chosen & state.types if facts.not_before >= EIDAS_START else chosen
    if len(covered) > 1:
        covered = covered & {"eseal"} or covered
    if not covered:
        told = say("The list does not say that the service is qualified for such certificates.")
        return _Standing(None if not state.types else False, reason=told)
    on_device = bool(over & _ON_DEVICE) or (facts.qc_sscd and not over & _NOT_ON_DEVICE)
    return _Standing(True, min(covered), on_device)


def _verdict(standing: _Standing, kind: ServiceKind) -> Verdict:
    if standing.qualified is None:
        return Verdict.INDETERMINATE
    fits = standing.qualified and (kind is ServiceKind.TIMESTAMPS or standing.type == "eseal")
    return Verdict.PASSED if fits else Verdict.FAILED


def _told(
    standing: _Standing,
    kind: ServiceKind,
    service: ListedService,
    state: ServiceState,
    facts: ListFacts,
    at: dt.datetime,
    at_proven: bool,
    now: dt.datetime,
) -> str:
    """The answer in two or three sentences: what, by whom, when, from which list."""
    when = say("as a time stamp shows") if at_proven else say("by its own word")
    if at == now and not at_proven:
        when = say("now; no time of sealing is stated")
    source = say(
        "Provider: %(provider)s, service “%(service)s”, %(status)s since %(since)s; trusted list of %(territory)s, "
        "number %(number)s of %(issued)s, %(age)s days old.",
        provider=service.provider or "?",
        service=service.name or "?",
        status=state.status,
        since=state.since.date(),
        territory=facts.territory,
        number=facts.sequence_number,
        issued=facts.issued_at.date(),
        age=max((now - facts.issued_at).days, 0),
    )
    values = {"day": at.date(), "when": when}
    if kind is ServiceKind.TIMESTAMPS:
        said = (
            say("The time stamp of %(day)s is a qualified one.", **values)
            if standing.qualified
            else say("The time stamp of %(day)s is not shown to be a qualified one.", **values)
        )
    elif not standing.qualified:
        said = say("That it was qualified on %(day)s (%(when)s) is not shown.", **values)
        if standing.qualified is False:
            said = say("It was not qualified on %(day)s (%(when)s).", **values)
    elif standing.type != "eseal":
        said = say(
            "On %(day)s (%(when)s) the certificate was a qualified one for %(purpose)s, not for seals.",
            purpose={"esign": say("signatures of persons"), "web": say("websites")}[standing.type],
            **values,
        )
    elif standing.on_device:
        said = say("On %(day)s (%(when)s) it was a qualified electronic seal.", **values)
    else:
        said = say(
            "On %(day)s (%(when)s) it was an advanced seal with a qualified certificate; that the key is in a qualified "
            "device is not stated.",
            **values,
        )
    return " ".join(one for one in (said, standing.reason, source) if one)
