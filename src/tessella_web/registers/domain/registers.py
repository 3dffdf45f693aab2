"""Keeping a register: opening it, entering bodies and reports, changing their status, taking snapshots."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.canonical import jcs
from tessella.errors import TessellaError
from tessella.vocabulary import isced_f
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.registers.domain.bodies import describe_anew, make_body, normalised, require_country
from tessella_web.registers.models import (
    Body,
    BodyIdentifier,
    BodyKind,
    Decision,
    EntryChange,
    EntryStatus,
    LearningKind,
    QualityReport,
    Register,
    RegisterEntry,
    Scheme,
    Snapshot,
)
from tessella_web.registers.names import plain
from tessella_web.registers.publication import document

__all__ = [
    "change_status",
    "checked_scope",
    "enter",
    "enter_named",
    "keep_snapshot",
    "open_register",
    "record_report",
    "report_on_entry",
    "take_snapshot",
    "withdraw_report",
]


@transaction.atomic
def open_register(
    *,
    by: Person,
    organisation: Organisation,
    name: str,
    slug: str,
    description: str = "",
    website: str = "",
    is_quality_decision: bool = False,
) -> Register:
    """A new register, public from the start; it counts when it is established who keeps it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.slug-taken``.
    """
    require(by, organisation, "register.manage")
    if Register.objects.filter(slug=slug).exists():
        raise RefusedError(
            _("This short name is taken."),
            code="registers.slug-taken",
            hint=_("Choose another."),
            field="slug",
        )
    register = Register.objects.create(
        organisation=organisation,
        name=name,
        slug=slug,
        description=description,
        website=website,
        is_quality_decision=is_quality_decision,
    )
    _tell("register.opened", register, by)
    return register


@transaction.atomic
def enter(
    *,
    by: Person,
    register: Register,
    body: Body,
    number: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    scope: dict[str, Any] | None = None,
    url: str = "",
) -> RegisterEntry:
    """List a body from a day on.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.number-taken``, ``registers.date``, ``registers.scope``.
    """
    require(by, register.organisation, "register.manage")
    number = _number(number)
    _in_order(valid_from, valid_to)
    if register.entries.filter(number=number).exists():
        raise _taken(number)
    entry = RegisterEntry.objects.create(
        register=register,
        body=body,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
        url=url,
        **checked_scope(scope or {}),
    )
    EntryChange.objects.create(entry=entry, status=EntryStatus.LISTED, on=valid_from, by=by)
    if register.is_accepted and not body.is_confirmed:
        body.is_confirmed = True
        body.save(update_fields=["is_confirmed"])
    _tell("register.entered", register, by, entry=entry.id, body=body.id)
    return entry


@transaction.atomic
def enter_named(
    *,
    by: Person,
    register: Register,
    name: str,
    country: str,
    legal_id: str = "",
    homepage: str = "",
    number: str,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
    scope: dict[str, Any] | None = None,
    url: str = "",
) -> RegisterEntry:
    """List a body by its legal identifier, else by its name where one body of the country has it; one not known is made.

    Raises:
        NotAllowedError, RefusedError: as `enter`; ``registers.ambiguous``: several bodies have the name.
    """
    require(by, register.organisation, "register.manage")
    wanted = normalised(Scheme.LEGAL, legal_id)
    country = require_country(country)
    held = BodyIdentifier.objects.filter(scheme=Scheme.LEGAL, value=wanted, valid_to=None).select_related(
        "body"
    )
    identified = held.first() if wanted else None
    named = Body.objects.filter(plain_name=plain(name), country=country, is_confirmed=True)
    alike = [identified.body] if identified else [] if wanted else list(named[:2])
    if len(alike) > 1:
        raise RefusedError(
            _("Several bodies have this name."), code="registers.ambiguous",
            hint=_("Add the legal identifier."), field="legal_id",
        )  # fmt: skip
    body = (
        alike[0]
        if alike
        else make_body(
            name=name,
            country=country,
            homepage=homepage,
            identifiers=((Scheme.LEGAL, wanted),) if wanted else (),
            confirmed=register.is_accepted,
        )
    )
    if register.is_accepted and not body.is_confirmed:
        describe_anew(body, name=name, country=country, homepage=homepage)
    return enter(
        by=by, register=register, body=body, number=number, valid_from=valid_from, valid_to=valid_to, scope=scope, url=url
    )  # fmt: skip


@transaction.atomic
def report_on_entry(
    *, by: Person, register: Register, entry: str, agency: str, number: str, decision: Decision, **more: Any
) -> QualityReport:
    """A report about the body that stands under a number here, by an agency named as it is known; one not known is made.

    Raises:
        NotAllowedError, RefusedError: as `record_report`; ``registers.no-entry``, ``registers.ambiguous``.
    """
    require(by, register.organisation, "register.manage")
    listed = register.entries.select_related("body").filter(number=entry.strip()).first()
    if listed is None:
        raise RefusedError(
            _("No body stands under this number."), code="registers.no-entry",
            hint=_("Look at the list of entries, or enter the body first."), field="entry",
        )  # fmt: skip
    own = Q(is_confirmed=True) | Q(reports_written__register=register)
    named = list(Body.objects.filter(own, plain_name=plain(agency)).distinct()[:2])
    if len(named) > 1:
        raise RefusedError(
            _("Several bodies have this name."), code="registers.ambiguous",
            hint=_("Import the report with an identifier."), field="agency",
        )  # fmt: skip
    writer = (
        named[0] if named else make_body(name=agency, kind=BodyKind.AGENCY, confirmed=register.is_accepted)
    )
    return record_report(
        by=by, register=register, body=listed.body, agency=writer, number=number, decision=decision, **more
    )


@transaction.atomic
def change_status(
    *, by: Person, entry: RegisterEntry, status: EntryStatus, on: dt.date, reason: str
) -> EntryChange:
    """From a day on the entry has another status; what it was before stays readable.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.no-reason``, ``registers.date``: before the last change; ``registers.unchanged``.
    """
    require(by, entry.register.organisation, "register.manage")
    entry = RegisterEntry.objects.select_for_update(of=("self",)).select_related("register").get(pk=entry.pk)
    last = entry.changes.order_by("-on", "-id").first()
    if status == entry.status:
        raise RefusedError(
            _("That is its status already."),
            code="registers.unchanged",
            hint=_("Choose another."),
            field="status",
        )
    if last is not None and on < last.on:
        raise RefusedError(
            _("The last change of status was on a later day."),
            code="registers.date",
            hint=_("Choose that day or a later one."),
            field="on",
        )
    if not reason.strip():
        raise RefusedError(
            _("Say why."),
            code="registers.no-reason",
            hint=_("It stands in the history of the entry."),
            field="reason",
        )
    change = EntryChange.objects.create(entry=entry, status=status, on=on, reason=reason.strip(), by=by)
    entry.status = status
    entry.save(update_fields=["status"])
    _tell("register.status", entry.register, by, entry=entry.id, status=str(status), on=on.isoformat())
    return change


@transaction.atomic
def record_report(
    *,
    by: Person,
    register: Register,
    body: Body,
    agency: Body,
    number: str,
    decision: Decision,
    decided_on: dt.date,
    valid_until: dt.date | None = None,
    scope: dict[str, Any] | None = None,
    url: str = "",
) -> QualityReport:
    """What an agency decided about a body.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.number-taken``, ``registers.date``, ``registers.scope``, ``registers.own-report``.
    """
    require(by, register.organisation, "register.manage")
    number = _number(number)
    _in_order(decided_on, valid_until)
    if body.pk == agency.pk:
        raise RefusedError(
            _("A report about oneself is internal quality assurance."),
            code="registers.own-report",
            hint=_("Name the agency that is somebody else."),
            field="agency",
        )
    if register.reports.filter(number=number).exists():
        raise _taken(number)
    report = QualityReport.objects.create(
        register=register,
        body=body,
        agency=agency,
        number=number,
        decision=decision,
        decided_on=decided_on,
        valid_until=valid_until,
        url=url,
        **checked_scope(scope or {}),
    )
    _tell("register.reported", register, by, report=report.id, body=body.id, decision=str(decision))
    return report


@transaction.atomic
def withdraw_report(*, by: Person, report: QualityReport, reason: str) -> None:
    """It should not have been here; it stays readable and counts no more.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.no-reason``.
    """
    require(by, report.register.organisation, "register.manage")
    if not reason.strip():
        raise RefusedError(
            _("Say why."), code="registers.no-reason", hint=_("It stays readable."), field="reason"
        )
    report.withdrawn_at, report.withdrawn_reason = timezone.now(), reason.strip()
    report.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    _tell("register.report-withdrawn", report.register, by, report=report.id)


def take_snapshot(*, by: Person, register: Register) -> Snapshot:
    """Keep the register as it is now, hashed; nothing changed since the last one gives that one again.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, register.organisation, "register.manage")
    return keep_snapshot(register=register, by=by)


@transaction.atomic
def keep_snapshot(*, register: Register, by: Person | None = None) -> Snapshot:
    """`take_snapshot` for something that rests on the register as it is now, whoever its keeper is."""
    register = (
        Register.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=register.pk)
    )
    now = timezone.now()
    last = register.snapshots.first()
    content = document(
        register, at=now, number=last.number + 1 if last else 1, previous=last.sha256 if last else ""
    )
    if last is not None:
        again = document(
            register, at=last.taken_at, number=last.number, previous=_previous(register, last), on=now.date()
        )
        if jcs(again).decode() == last.content:
            return last
    canonical = jcs(content)
    snapshot = Snapshot.objects.create(
        register=register,
        number=content["number"],
        taken_by=by,
        taken_at=now,
        content=canonical.decode(),
        sha256=hashlib.sha256(canonical).hexdigest(),
        entries=len(content["entries"]),
    )
    _tell("register.snapshot", register, by, number=snapshot.number, sha256=snapshot.sha256)
    return snapshot


def checked_scope(scope: dict[str, Any]) -> dict[str, list[Any]]:
    """The four lists of a scope, checked, each value once and in order.

    Raises:
        RefusedError: ``registers.scope``.
    """
    levels = [_level(one) for one in scope.get("levels", ())]
    fields = [_field(one) for one in scope.get("fields", ())]
    kinds = [_kind(one) for one in scope.get("kinds", ())]
    programmes = [str(one).strip() for one in scope.get("programmes", ()) if str(one).strip()]
    return {
        "levels": sorted(set(levels)),
        "fields": sorted(set(fields)),
        "kinds": sorted(set(kinds)),
        "programmes": sorted(set(programmes)),
    }


def _level(value: Any) -> int:
    text = str(value).strip()
    if text not in set("12345678"):
        raise _bad_scope(
            _("“%(value)s” is no level.") % {"value": text}, _("Levels are 1 to 8."), field="levels"
        )
    return int(text)


def _field(value: Any) -> str:
    text = str(value).strip()
    try:
        isced_f(text)
    except TessellaError as error:
        raise _bad_scope(
            _("“%(value)s” is no field of study.") % {"value": text},
            _("Write its code with two to four digits, with the zero in front: 06, 061, 0613."),
            field="fields",
        ) from error
    if not text.isascii() or not text.isdigit():
        raise _bad_scope(
            _("“%(value)s” is no code of a field of study.") % {"value": text},
            _("Write the digits only: 06, 061, 0613."),
            field="fields",
        )
    return text


def _kind(value: Any) -> str:
    text = str(value).strip()
    if text not in LearningKind.values:
        raise _bad_scope(
            _("“%(value)s” is no kind of learning.") % {"value": text},
            _("Write one of: %(kinds)s.") % {"kinds": ", ".join(LearningKind.values)},
            field="kinds",
        )
    return text


def _bad_scope(message: str, hint: str, *, field: str) -> RefusedError:
    return RefusedError(message, code="registers.scope", hint=hint, field=field)


def _number(number: str) -> str:
    number = number.strip()
    if not number:
        raise RefusedError(
            _("The number is missing."),
            code="registers.no-number",
            hint=_("Write the one that the register uses."),
            field="number",
        )
    return number


def _in_order(first: dt.date, last: dt.date | None) -> None:
    if last is not None and last < first:
        raise RefusedError(
            _("It ends before it begins."),
            code="registers.date",
            hint=_("Look at the two days."),
            field="valid_to",
        )


def _taken(number: str) -> RefusedError:
    return RefusedError(
        _("The number %(number)s stands in this register already.") % {"number": number},
        code="registers.number-taken",
        hint=_("Look at that entry."),
        field="number",
    )


def _previous(register: Register, last: Snapshot) -> str:
    before = register.snapshots.filter(number=last.number - 1).first()
    return before.sha256 if before else ""


def _tell(verb: str, register: Register, by: Person | None, **facts: object) -> None:
    audit.record(
        verb, f"register:{register.id}", actor_id=by.id if by else "",
        organisation=register.organisation_id, facts=facts,
    )  # fmt: skip
