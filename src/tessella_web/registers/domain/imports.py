"""Taking a CSV file into a register: looking it through, taking the good rows over, undoing it.

A row is known by its number in the register, so that handing a file in twice changes nothing. What is known of a body is not
changed by a row; a body that is not known yet is made. Everything made or changed is written down, and undoing leaves alone
what somebody changed since.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.registers.csvfile import IDENTIFIERS, Finding, Parsed, decoded, parsed
from tessella_web.registers.domain.bodies import describe_anew
from tessella_web.registers.models import (
    Body,
    BodyIdentifier,
    BodyKind,
    BodyName,
    EntryChange,
    EntryStatus,
    Import,
    ImportChange,
    ImportKind,
    ImportState,
    QualityReport,
    Register,
    RegisterEntry,
)
from tessella_web.registers.names import plain

__all__ = ["MAX_FINDINGS", "carry_out", "check_file", "undo"]

MAX_FINDINGS = 1_000
"""Findings kept of one file; a file with more is wrong as a whole."""

CHUNK = 500
"""Rows or identifiers in one statement: SQLite takes 32,766 values."""


class _WrongError(Exception):
    """The row is left out."""

    def __init__(self, message: str, hint: str, column: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.column = message, hint, column


class Planned(msgspec.Struct, kw_only=True):
    """What becomes of a good row: ``thing`` is the entry or report as it will be, ``before`` as it was (None: new)."""

    row: Parsed
    thing: Any
    before: dict[str, Any] | None
    bodies: list[Body] = []
    status_change: EntryChange | None = None

    @property
    def action(self) -> str:
        """``new``, ``changed`` or ``unchanged``."""
        if self.before is None:
            return "new"
        return "unchanged" if self.before == _state(self.thing) and not self.status_change else "changed"


def check_file(*, by: Person, register: Register, kind: ImportKind, filename: str, data: bytes) -> Import:
    """Look a file through and keep it with what was found; the register does not change.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.file-size``, ``registers.encoding``, ``registers.csv``, ``registers.columns``,
            ``registers.rows``: nothing of it can be read.
    """
    require(by, register.organisation, "register.import")
    text = decoded(data)
    plan = _Plan(register, kind, text, by)
    return Import.objects.create(
        register=register,
        kind=kind,
        filename=filename[-200:],
        sha256=hashlib.sha256(data).hexdigest(),
        content=text,
        findings=plan.told,
        counts=plan.counts,
        by=by,
    )


@transaction.atomic
def carry_out(*, run: Import, by: Person) -> Import:
    """Take the good rows over, by the state the register has now.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.import-settled``.
    """
    require(by, run.register.organisation, "register.import")
    Register.objects.select_for_update().get(pk=run.register_id)
    run = (
        Import.objects.select_for_update(of=("self",)).select_related("register__organisation").get(pk=run.pk)
    )
    if run.state != ImportState.CHECKED:
        raise _settled()
    plan = _Plan(run.register, ImportKind(run.kind), run.content, by)
    plan.save(run)
    run.state, run.done_at = ImportState.DONE, timezone.now()
    run.findings, run.counts = plan.told, plan.counts
    run.save()
    _tell("register.imported", run, by)
    return run


@transaction.atomic
def undo(*, run: Import, by: Person) -> int:
    """Take back what the import made and changed; the number of things left as they are, since somebody changed them later.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``registers.import-settled``.
    """
    require(by, run.register.organisation, "register.import")
    run = (
        Import.objects.select_for_update(of=("self",)).select_related("register__organisation").get(pk=run.pk)
    )
    if run.state != ImportState.DONE:
        raise _settled()
    left = 0
    changes = list(run.changes.all())
    for model, kind in ((RegisterEntry, ImportKind.ENTRIES), (QualityReport, ImportKind.REPORTS)):
        left += _take_back(model, [one for one in changes if one.kind == kind], changes)
    made = [one.object_id for one in changes if one.kind == "body"]
    for ids in _chunks(made):
        Body.objects.filter(
            pk__in=ids, entries=None, reports=None, reports_written=None, claims=None, relations=None, relations_to=None
        ).delete()  # fmt: skip
    run.state = ImportState.UNDONE
    run.counts = {**run.counts, "left": left}
    run.save(update_fields=["state", "counts"])
    _tell("register.import-undone", run, by)
    return left


class _Plan:
    """The rows of a file against what the register has."""

    def __init__(self, register: Register, kind: ImportKind, text: str, by: Person) -> None:
        self.register, self.kind, self.by = register, kind, by
        self.today = timezone.localdate()
        self.rows, self.findings = parsed(text, kind)
        self.new_bodies: list[Body] = []
        self.new_names: list[BodyName] = []
        self.new_identifiers: list[BodyIdentifier] = []
        self._read_what_there_is()
        self.planned = [one for row in self.rows if row.is_good and (one := self._planned(row))]
        for row in self.rows:
            self.findings += row.findings
        done = Counter(one.action for one in self.planned)
        wrong = sum(not row.is_good for row in self.rows)
        self.counts = {"rows": len(self.rows), "new": done["new"], "changed": done["changed"],
                       "unchanged": done["unchanged"], "wrong": wrong, "findings": len(self.findings)}  # fmt: skip

    @property
    def told(self) -> list[dict[str, Any]]:
        """The findings as they are kept."""
        return [msgspec.to_builtins(one) for one in self.findings[:MAX_FINDINGS]]

    def _read_what_there_is(self) -> None:
        """Known things by number, known bodies by identifier and by name: a query for each `CHUNK`."""
        model: Any = RegisterEntry if self.kind == ImportKind.ENTRIES else QualityReport
        numbers = [str(row.values.get("number", "")) for row in self.rows]
        self.known = {
            one.number: one
            for some in _chunks(numbers)
            for one in model.objects.filter(register=self.register, number__in=some).select_related("body")
        }
        values = [row.values[scheme] for row in self.rows for scheme in IDENTIFIERS if row.values.get(scheme)]
        self.by_identifier: dict[tuple[str, str], Body] = {
            (one.scheme, one.value): one.body
            for some in _chunks(values)
            for one in BodyIdentifier.objects.filter(value__in=some, valid_to__isnull=True).select_related(
                "body"
            )
        }
        names = [
            plain(row.values[name])
            for row in self.rows
            for name in ("name", "agency")
            if row.values.get(name)
        ]
        self.by_name: dict[str, list[Body]] = {}
        for some in _chunks(names):
            for one in Body.objects.filter(plain_name__in=some, is_confirmed=True):
                self.by_name.setdefault(one.plain_name, []).append(one)
        own = Body.objects.filter(is_confirmed=False, entries__register=self.register)
        if self.kind == ImportKind.REPORTS:
            own |= Body.objects.filter(is_confirmed=False, reports_written__register=self.register)
        for one in own.distinct():
            self.by_name.setdefault(one.plain_name, []).append(one)
        self.seen: dict[str, Parsed] = {}

    def _planned(self, row: Parsed) -> Planned | None:
        number = row.values["number"]
        first = self.seen.setdefault(number, row)
        if first is not row:
            self._repeated(row, first)
            return None
        known = self.known.get(number)
        bodies = len(self.new_bodies)
        try:
            body = self._body(row, known)
            plan = self._entry if self.kind == ImportKind.ENTRIES else self._report
            return plan(row, known, body)
        except _WrongError as error:
            self._forget(bodies)
            row.findings.append(
                Finding(row=row.row, column=error.column, value="", message=error.message, hint=error.hint)
            )
            return None

    def _forget(self, count: int) -> None:
        """Bodies of a row that is left out are not made."""
        gone = {one.id for one in self.new_bodies[count:]}
        self.new_bodies = self.new_bodies[:count]
        self.new_names = [one for one in self.new_names if one.body_id not in gone]
        self.new_identifiers = [one for one in self.new_identifiers if one.body_id not in gone]
        self.by_identifier = {key: one for key, one in self.by_identifier.items() if one.id not in gone}
        self.by_name = {key: kept for key, some in self.by_name.items() if (kept := [one for one in some if one.id not in gone])}  # fmt: skip

    def _repeated(self, row: Parsed, first: Parsed) -> None:
        same = {**row.values} == {**first.values} or (
            self.kind == ImportKind.ENTRIES and row.values["name"] == first.values["name"]
        )
        row.findings.append(
            Finding(
                row=row.row, column="number", value=row.values["number"],
                message=_("The number stands in row %(row)s already.") % {"row": first.row},
                hint=_("The first row counts; nothing is to be done.") if same else _("Give each row its own number."),
                stops=not same,
            )
        )  # fmt: skip

    def _body(self, row: Parsed, known: Any) -> Body:
        """The body a row is about: by its identifiers, by the number that is known, by its name when there is one only."""
        identifiers = [(scheme, row.values[scheme]) for scheme in IDENTIFIERS if row.values.get(scheme)]
        matches = {one.id: one for key in identifiers if (one := self.by_identifier.get(key))}
        if len(matches) > 1:
            raise _WrongError(
                _("The identifiers belong to different bodies."), _("Look which of them is right.")
            )
        found = next(iter(matches.values()), None)
        if known is not None:
            if found is not None and found.id != known.body_id:
                raise _WrongError(
                    _("The number is another body's in this register."),
                    _("Look at number and identifiers."),
                )
            return known.body  # type: ignore[no-any-return]
        name = row.values.get("name", "")
        if found is None and name:
            alike = [
                one
                for one in self.by_name.get(plain(name), [])
                if self._could_be(one, row, bool(identifiers))
            ]
            if len(alike) > 1:
                raise _WrongError(_("Several bodies have this name."), _("Add an identifier."))
            found = alike[0] if alike else None
        if found is None and self.kind == ImportKind.REPORTS:
            raise _WrongError(
                _("The body is not known."),
                _("Enter it in a register first, or look at the identifier."),
            )
        if found is not None:
            if name and plain(name) != found.plain_name:
                row.findings.append(
                    Finding(row=row.row, column="name", value=name[:200], stops=False,
                            message=_("The body is known as %(name)s; that stays.") % {"name": found.name},
                            hint=_("If it has been renamed, say so on its page, with the day."))
                )  # fmt: skip
            return found
        return self._new_body(name, row, identifiers)

    @staticmethod
    def _could_be(body: Body, row: Parsed, has_identifiers: bool) -> bool:
        country = row.values.get("country", "")
        return not has_identifiers and (not country or not body.country or body.country == country)

    def _new_body(
        self,
        name: str,
        row: Parsed | None,
        identifiers: Sequence[tuple[str, str]] = (),
        kind: BodyKind = BodyKind.OTHER,
    ) -> Body:
        values = row.values if row else {}
        body = Body(
            name=name[:300], plain_name=plain(name)[:600], kind=values.get("kind", kind), country=values.get("country", ""),
            homepage=values.get("homepage", ""), is_confirmed=self.register.is_accepted,
        )  # fmt: skip
        self.new_bodies.append(body)
        self.new_names.append(BodyName(body=body, name=body.name).prepare())
        for scheme, value in identifiers:
            self.new_identifiers.append(BodyIdentifier(body=body, scheme=scheme, value=value))
            self.by_identifier[scheme, value] = body
        self.by_name.setdefault(body.plain_name, []).append(body)
        return body

    def _entry(self, row: Parsed, known: Any, body: Body) -> Planned:
        values = row.values
        before = _state(known) if known else None
        entry = known or RegisterEntry(
            register=self.register,
            number=values["number"],
            body=body,
            valid_from=values.get("valid_from") or self.today,
        )
        _set(entry, values, ("valid_from", "valid_to", "url", "levels", "fields", "kinds", "programmes"))
        status = values.get("status") or entry.status
        change = None
        if before is None or status != entry.status:
            on = entry.valid_from if before is None and entry.valid_from else self.today
            change = EntryChange(
                entry=entry, status=status, on=on, by=self.by, reason=_("Import") if before else ""
            )
        entry.status = EntryStatus(status)
        return Planned(row=row, thing=entry, before=before, status_change=change)

    def _report(self, row: Parsed, known: Any, body: Body) -> Planned:
        values = row.values
        before = _state(known) if known else None
        alike = self.by_name.get(plain(values["agency"]), [])
        if len(alike) > 1:
            raise _WrongError(_("Several bodies have the agency's name."), _("Rename one of them."), "agency")
        agency = alike[0] if alike else self._new_body(values["agency"], None, kind=BodyKind.AGENCY)
        if agency.id == body.id:
            raise _WrongError(
                _("A report about oneself is internal quality assurance."),
                _("Name another agency."),
                "agency",
            )
        report = known or QualityReport(register=self.register, number=values["number"], body=body)
        report.agency = agency
        _set(
            report,
            values,
            ("decision", "decided_on", "valid_until", "url", "levels", "fields", "kinds", "programmes"),
        )
        return Planned(row=row, thing=report, before=before)

    def save(self, run: Import) -> None:
        """Write it all down, many at once."""
        Body.objects.bulk_create(self.new_bodies, batch_size=CHUNK)
        BodyName.objects.bulk_create(self.new_names, batch_size=CHUNK)
        BodyIdentifier.objects.bulk_create(self.new_identifiers, batch_size=CHUNK)
        if self.register.is_accepted:
            self._confirm()
        model: Any = RegisterEntry if self.kind == ImportKind.ENTRIES else QualityReport
        new = [one for one in self.planned if one.action == "new"]
        changed = [one for one in self.planned if one.action == "changed"]
        model.objects.bulk_create([one.thing for one in new], batch_size=CHUNK)
        if changed:
            model.objects.bulk_update(
                [one.thing for one in changed], _FIELDS[self.kind], batch_size=CHUNK // 5
            )
        history = EntryChange.objects.bulk_create(
            [one.status_change for one in self.planned if one.status_change], batch_size=CHUNK
        )
        notes = [ImportChange(run=run, kind="body", object_id=one.id) for one in self.new_bodies]
        notes += [
            ImportChange(
                run=run, kind=self.kind, object_id=one.thing.id, before=one.before, after=_state(one.thing)
            )
            for one in (*new, *changed)
        ]
        notes += [
            ImportChange(run=run, kind="history", object_id=str(one.pk), after={"entry": one.entry_id})
            for one in history
        ]
        ImportChange.objects.bulk_create(notes, batch_size=CHUNK)

    def _confirm(self) -> None:
        """A body that only somebody without this register's standing described is described anew by this one."""
        fresh = {one.id for one in self.new_bodies}
        for one in self.planned:
            body = one.thing.body
            if body.is_confirmed or body.id in fresh or self.kind != ImportKind.ENTRIES:
                continue
            given = one.row.values
            describe_anew(
                body, name=given["name"], country=given.get("country", ""), homepage=given.get("homepage", "")
            )


_FIELDS = {
    ImportKind.ENTRIES: ["valid_from", "valid_to", "url", "levels", "fields", "kinds", "programmes", "status"],
    ImportKind.REPORTS: [
        "agency", "decision", "decided_on", "valid_until", "url", "levels", "fields", "kinds", "programmes",
    ],
}  # fmt: skip


def _set(thing: Model, values: dict[str, Any], names: Iterable[str]) -> None:
    """What the file has a column for; an empty start stays what it was."""
    for name in names:
        if name in values and not (name == "valid_from" and values[name] is None):
            setattr(thing, name, values[name])


def _state(thing: Any) -> dict[str, Any]:
    """What an import may change, as it is kept for undoing."""
    kind = ImportKind.ENTRIES if isinstance(thing, RegisterEntry) else ImportKind.REPORTS
    names = [f"{one}_id" if one == "agency" else one for one in _FIELDS[kind]]
    found = {name: getattr(thing, name) for name in names}
    return {name: one.isoformat() if isinstance(one, dt.date) else _plain(one) for name, one in found.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else None if value is None else str(value)


def _take_back(model: Any, changes: list[ImportChange], everything: list[ImportChange]) -> int:
    notes = {one.object_id: one for one in changes}
    now: dict[str, Any] = {
        one.id: one for ids in _chunks(list(notes)) for one in model.objects.filter(pk__in=ids)
    }
    same = {id for id, thing in now.items() if _state(thing) == notes[id].after}
    history = [one.object_id for one in everything if one.kind == "history" and one.after["entry"] in same]
    for ids in _chunks(history):
        EntryChange.objects.filter(pk__in=ids).delete()
    made = [id for id in same if notes[id].before is None]
    for ids in _chunks(made):
        model.objects.filter(pk__in=ids).delete()
    restored = [id for id in same if notes[id].before is not None]
    for id in restored:
        model.objects.filter(pk=id).update(**notes[id].before)
    return len(now) - len(same)


def _chunks(values: Sequence[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), CHUNK):
        yield unique[start : start + CHUNK]


def _settled() -> RefusedError:
    return RefusedError(
        _("This was settled meanwhile."),
        code="registers.import-settled",
        hint=_("Look at the page again."),
    )


def _tell(verb: str, run: Import, by: Person) -> None:
    audit.record(
        verb, f"import:{run.id}", actor_id=by.id, organisation=run.register.organisation_id,
        facts={"sha256": run.sha256, **run.counts},
    )  # fmt: skip
