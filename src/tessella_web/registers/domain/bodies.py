"""Bodies: declaring them, and what changes about them over time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.vocabulary import country as country_named
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import may
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.registers.models import (
    Body,
    BodyIdentifier,
    BodyKind,
    BodyName,
    BodyRelation,
    IdentityReviewer,
    Register,
    RelationKind,
    Scheme,
)
from tessella_web.registers.names import cleaned

__all__ = [
    "add_identifier",
    "add_relation",
    "attach_identifier",
    "describe_anew",
    "end_identifier",
    "end_relation",
    "make_body",
    "may_describe",
    "normalised",
    "rename",
    "require_country",
]

_SPACELESS = frozenset(Scheme) - {Scheme.OTHER, Scheme.DID, Scheme.NATIONAL}
_CAPITALS = frozenset({Scheme.LEGAL, Scheme.VAT, Scheme.DEQAR, Scheme.ETER})
_SMALL = frozenset({Scheme.SCHAC, Scheme.ROR})


def normalised(scheme: str, value: str) -> str:
    """An identifier as it is kept: registers print the same one in several ways."""
    value = "".join(value.split()) if scheme in _SPACELESS else " ".join(value.split())
    if scheme in _CAPITALS:
        return value.upper()
    return value.lower() if scheme in _SMALL else value


def require_country(text: str) -> str:
    """The three letters of the European country list, from any way to write a country; empty stays empty.

    Raises:
        RefusedError: ``registers.country``.
    """
    if not text.strip():
        return ""
    try:
        return country_named(text.strip()).uri.rsplit("/", 1)[-1]
    except TessellaError as error:
        raise RefusedError(
            _("There is no country “%(country)s”.") % {"country": text.strip()},
            code="registers.country",
            hint=_("Write its name in English or its two or three letters."),
            field="country",
        ) from error


@transaction.atomic
def make_body(
    *,
    name: str,
    kind: BodyKind = BodyKind.OTHER,
    country: str = "",
    homepage: str = "",
    identifiers: tuple[tuple[Scheme, str], ...] = (),
    confirmed: bool = False,
    since: dt.date | None = None,
) -> Body:
    """A new body with its present name. Who may is asked by what calls this: a claim, an entry, an import.

    Raises:
        RefusedError: ``registers.no-name``, ``registers.country``, ``registers.identifier-taken``.
    """
    body = Body.objects.create(
        name=_required(name),
        kind=kind,
        country=require_country(country),
        homepage=homepage.strip(),
        is_confirmed=confirmed,
    )
    BodyName.objects.create(body=body, name=body.name, valid_from=since)
    for scheme, value in identifiers:
        attach_identifier(body, scheme, value)
    return body


def describe_anew(body: Body, *, name: str, country: str, homepage: str) -> None:
    """An accepted register says who a body is that others only declared: nothing they said of it stays but its identifiers."""
    body.name, body.country, body.homepage, body.is_confirmed = name[:300], country, homepage, True
    body.save()
    body.names.all().delete()
    BodyName.objects.create(body=body, name=body.name)


def may_describe(person: Person, body: Body) -> bool:
    """Whether somebody may change what is known of a body: identity reviewers, and keepers of accepted registers that list it."""
    if IdentityReviewer.objects.filter(person=person).exists():
        return True
    registers = Register.objects.filter(entries__body=body, may_establish=True).select_related("organisation")
    return any(
        one.is_accepted and may(person, one.organisation, "register.manage") for one in registers.distinct()
    )


@transaction.atomic
def rename(*, body: Body, by: Person, name: str, on: dt.date, language: str = "") -> BodyName:
    """From this day the body has another name; the one before stays as what it was called until the day before.

    Raises:
        NotAllowedError: ``registers.not-yours``.
        RefusedError: ``registers.no-name``, ``registers.date``: the present name began later.
    """
    _require(by, body)
    name = _required(name)
    last = body.names.filter(language=language, valid_to__isnull=True).first()
    if last is not None and last.name == name:
        return last
    if last is not None:
        if (last.valid_from or dt.date.min) >= on:
            raise RefusedError(
                _("The present name began on that day or later."),
                code="registers.date",
                hint=_("Choose a later day."),
                field="on",
            )
        last.valid_to = on - dt.timedelta(days=1)
        last.save(update_fields=["valid_to"])
    made = BodyName.objects.create(body=body, name=name, language=language, valid_from=on)
    if not language:
        body.name = name
        body.save(update_fields=["name", "plain_name"])
    audit.record("body.renamed", f"body:{body.id}", actor_id=by.id, facts={"on": on.isoformat()})
    return made


@transaction.atomic
def add_identifier(
    *, body: Body, by: Person, scheme: Scheme, value: str, since: dt.date | None = None
) -> BodyIdentifier:
    """The body has this identifier from a day on, or since ever.

    Raises:
        NotAllowedError: ``registers.not-yours``.
        RefusedError: ``registers.no-identifier``, ``registers.identifier-taken``.
    """
    _require(by, body)
    made = attach_identifier(body, scheme, value, since)
    audit.record("body.identified", f"body:{body.id}", actor_id=by.id, facts={"scheme": str(scheme)})
    return made


@transaction.atomic
def end_identifier(*, identifier: BodyIdentifier, by: Person, on: dt.date) -> None:
    """The body had this identifier until this day; afterwards another body may have it."""
    _require(by, identifier.body)
    _end(identifier, on)
    audit.record("body.identifier-ended", f"body:{identifier.body_id}", actor_id=by.id, facts={"scheme": identifier.scheme})  # fmt: skip


@transaction.atomic
def add_relation(
    *, body: Body, by: Person, kind: RelationKind, other: Body, since: dt.date | None = None
) -> BodyRelation:
    """The body is part of another, a member of an alliance, or was succeeded by another (then ``since`` is the day).

    Whoever says so must be allowed to describe both: one lends its quality assurance to the other.

    Raises:
        NotAllowedError: ``registers.not-yours``.
        RefusedError: ``registers.relation``, ``registers.date``.
    """
    _require(by, body)
    _require(by, other)
    if body.pk == other.pk:
        raise RefusedError(
            _("A body has no relation to itself."), code="registers.relation", hint=_("Choose another body."), field="other"
        )  # fmt: skip
    if kind == RelationKind.PREDECESSOR_OF and since is None:
        raise RefusedError(
            _("A succession happens on a day."), code="registers.date", hint=_("Say on which."), field="since"
        )
    made, is_new = BodyRelation.objects.get_or_create(body=body, kind=kind, other=other, valid_from=since)
    if is_new:
        audit.record("body.related", f"body:{body.id}", actor_id=by.id, facts={"kind": str(kind), "other": other.id})  # fmt: skip
    return made


@transaction.atomic
def end_relation(*, relation: BodyRelation, by: Person, on: dt.date) -> None:
    """It was so until this day."""
    _require(by, relation.body)
    _end(relation, on)
    audit.record("body.relation-ended", f"body:{relation.body_id}", actor_id=by.id, facts={"kind": relation.kind})  # fmt: skip


def attach_identifier(body: Body, scheme: Scheme, value: str, since: dt.date | None = None) -> BodyIdentifier:
    """As `add_identifier`, for verbs that have asked already who may."""
    value = normalised(scheme, value)
    if not value:
        raise RefusedError(
            _("The identifier is empty."),
            code="registers.no-identifier",
            hint=_("Write it as it is printed."),
            field="value",
        )
    held = BodyIdentifier.objects.filter(scheme=scheme, value=value)
    own = held.filter(body=body, valid_to__isnull=True).first()
    if own is not None:
        return own
    overlapping = Q(valid_to__isnull=True) | (Q(valid_to__gte=since) if since else Q())
    if held.filter(overlapping).exists():
        raise RefusedError(
            _("Another body has the identifier %(value)s.") % {"value": value},
            code="registers.identifier-taken",
            hint=_("Look whether it is the same body; if the identifier moved, end it there first."),
            field="value",
        )
    return BodyIdentifier.objects.create(body=body, scheme=scheme, value=value, valid_from=since)


def _end(thing: BodyIdentifier | BodyRelation, on: dt.date) -> None:
    if thing.valid_from and on < thing.valid_from:
        raise RefusedError(
            _("It cannot end before it began."),
            code="registers.date",
            hint=_("Choose a later day."),
            field="on",
        )
    thing.valid_to = on
    thing.save(update_fields=["valid_to"])


def _required(name: str) -> str:
    name = cleaned(name)
    if not name:
        raise RefusedError(
            _("The name is missing."),
            code="registers.no-name",
            hint=_("Write the official name."),
            field="name",
        )
    return name


def _require(by: Person, body: Body) -> None:
    if not may_describe(by, body):
        raise NotAllowedError(
            _("You may not change what is known of this body."),
            code="registers.not-yours",
            hint=_("Ask the keeper of a register that lists it."),
        )
