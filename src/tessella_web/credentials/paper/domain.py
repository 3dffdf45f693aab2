"""Printing sheets, checking them, and taking an award with one: the only code that changes sheets."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import segno
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.rendering import MAX_SHEETS, SheetFacts, sheets, tile_facts
from tessella.text import pick
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.domain import claiming
from tessella_web.credentials.domain.outbox import claim_key
from tessella_web.credentials.models import Award, AwardState, Batch
from tessella_web.credentials.paper.codes import check_code, claim_code, digest_of, is_same, plain
from tessella_web.credentials.paper.models import Sheet

__all__ = ["MOST_WRONG", "claim", "find", "print_award", "print_batch", "without_address"]

MOST_WRONG = 10
"""Wrong codes for one sheet: then its owner asks for a new one."""

STANDING = (AwardState.VALID, AwardState.SUSPENDED)


def without_address(batch: Batch) -> list[Award]:
    """The awards of a batch whose people have no mail address, in the order of the list."""
    found = (
        Award.objects.filter(row__batch=batch, state__in=STANDING)
        .select_related("row")
        .order_by("row__number")
    )
    return [one for one in found if not one.learner.email]


def print_batch(*, by: Person, batch: Batch, everybody: bool = False, part: int = 1) -> bytes:
    """The sheets of a batch as one PDF: of those without an address, or of everybody; ``part`` counts documents of `MAX_SHEETS` pages.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``paper.nobody``, there is nobody to print for; ``paper.cannot-print``, with what is in the way.
    """
    require(by, batch.organisation, "batch.prepare")
    chosen = (
        list(Award.objects.filter(row__batch=batch, state__in=STANDING).order_by("row__number"))
        if everybody
        else without_address(batch)
    )
    chosen = chosen[(part - 1) * MAX_SHEETS : part * MAX_SHEETS]
    if not chosen:
        raise RefusedError(
            _("Nobody of this list needs a sheet."),
            code="paper.nobody",
            hint=_("Everybody has a mail address."),
        )
    return _printed(by, batch.organisation, chosen)


@transaction.atomic
def print_award(*, by: Person, award: Award, is_lost: bool = False) -> bytes:
    """The sheet of one award; ``is_lost``: the code on the earlier one, by which it could be taken, ends.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``paper.state``, the award does not stand; ``paper.cannot-print``.
    """
    require(by, award.organisation, "batch.prepare")
    if award.state not in STANDING:
        raise RefusedError(
            _("The award is: %(state)s.") % {"state": award.get_state_display()}, code="paper.state",
            hint=_("Print the sheet of the award that replaced it."),
        )  # fmt: skip
    if is_lost:
        sheet = Sheet.objects.select_for_update().filter(award=award).first()
        if sheet is not None:
            sheet.round, sheet.wrong, sheet.used_at = sheet.round + 1, 0, None
            sheet.claim = digest_of(claim_code(award.id, sheet.round))
            sheet.save()
    return _printed(by, award.organisation, [award])


def _printed(by: Person, organisation: Organisation, awards: Sequence[Award]) -> bytes:
    now = timezone.now()
    with transaction.atomic():
        Sheet.objects.bulk_create(
            [
                Sheet(
                    award=one,
                    code=digest_of(check_code(one.id)),
                    claim=digest_of(claim_code(one.id, 1)),
                    printed_at=now,
                )
                for one in awards
            ],
            ignore_conflicts=True,
        )
        rounds = dict(Sheet.objects.filter(award__in=awards).values_list("award", "round"))
        facts = [_facts(one, rounds[one.id]) for one in _with_versions(awards)]
        for one in awards:
            audit.record(
                "award.sheet-printed", f"award:{one.id}", actor_id=by.id, organisation=organisation.id
            )
    try:
        return sheets(facts, made_at=now, language=get_language() or "en")
    except TessellaError as error:
        raise RefusedError(error.message, code="paper.cannot-print", hint=error.hint) from error


def _with_versions(awards: Iterable[Award]) -> list[Award]:
    order = [one.id for one in awards]
    found = Award.objects.select_related("organisation", "version").in_bulk(order)
    return [found[one] for one in order]


def _facts(award: Award, round: int) -> SheetFacts:
    record = award.version.record()
    code = check_code(award.id)
    address = settings.BASE_URL + reverse("sheet", args=[plain(code)])
    picture = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        picture, kind="svg", border=0, dark="#16202a", xmldecl=False, svgns=True, omitsize=False
    )
    return SheetFacts(
        title=pick(record.title, (get_language() or "en", record.language)), awarded_by=award.organisation.name,
        name=award.learner.display_name, record_type=record.record_type, awarded_on=award.awarded_on, tile=tile_facts(record),
        address=settings.BASE_URL + reverse("sheet-check"), code=code, qr=picture.getvalue().decode(),
        claim_address=settings.BASE_URL + reverse("sheet-claim"), claim_code=claim_code(award.id, round), is_test=award.is_test,
    )  # fmt: skip


def find(code: str) -> Award | None:
    """The award whose sheet has this code; None when there is none."""
    found = (
        Sheet.objects.filter(code=digest_of(code))
        .select_related("award__organisation", "award__version")
        .first()
    )
    return found.award if found else None


def claim(*, code: str, claim_code: str, person: Person | None = None) -> Award:
    """Take the award with both codes of its sheet; it works once. Callers slow down whoever tries (`common.limits`).

    Raises:
        RefusedError: ``paper.codes``: one of them is wrong, used, or was replaced: not told apart.
    """
    with transaction.atomic():
        sheet = Sheet.objects.select_for_update().filter(code=digest_of(code)).select_related("award").first()
        is_right = (
            sheet is not None
            and sheet.wrong < MOST_WRONG
            and sheet.used_at is None
            and is_same(sheet.claim, claim_code)
        )
        if sheet is not None and not is_right:
            Sheet.objects.filter(pk=sheet.pk).update(wrong=sheet.wrong + 1)
    if sheet is None or not is_right:
        raise _refused()
    with transaction.atomic():
        try:
            award = claiming.claim(award=sheet.award, key=claim_key(sheet.award), person=person)
        except RefusedError as error:
            raise _refused() from error
        Sheet.objects.filter(pk=sheet.pk).update(used_at=timezone.now())
    return award


def _refused() -> RefusedError:
    return RefusedError(
        _("These codes do not work."), code="paper.codes", field="claim_code",
        hint=_("Compare them with the sheet. The lower one works once; whoever awarded it prints you a new sheet."),
    )  # fmt: skip
