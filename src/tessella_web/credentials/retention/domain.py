"""Saying how long things are kept, and erasing what is kept no longer: the only code that changes either."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.issuing.classlist import ClassListEntry
from tessella.model import Learner
from tessella_web.accounts.leaving.parts import delete_file
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.activities.models import Participant
from tessella_web.credentials.assessment.models import Enrolment, Evidence, OutcomeRecord, State
from tessella_web.credentials.models import Award, AwardState, Mail, Row, StatusChange
from tessella_web.credentials.retention.models import FileErased, RetentionPolicy

__all__ = ["erase_due", "erase_enrolments", "erase_files", "set_policy", "tidy"]

NOBODY = "—"
"""Where a name stood."""

LOOK_EVERY_S, LOOKED = 3600, "retention-looked"

AWARDS_AT_ONCE = 100
"""Files erased in one transaction; the next sweep takes the next."""

LONGEST_YEARS, LONGEST_MONTHS = 99, 120
"""A register office's and a court's terms; longer is not a term."""


@transaction.atomic
def set_policy(
    *, by: Person, organisation: Organisation, award_years: int, evidence_months: int, why: str = ""
) -> RetentionPolicy:
    """Publish how long things are kept. A shorter time also counts for what was awarded before.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``retention.years``, ``retention.months``.
    """
    require(by, organisation, "organisation.manage")
    if not 1 <= award_years <= LONGEST_YEARS:
        raise RefusedError(
            _("That is no length of time for a file."), code="retention.years", field="award_years",
            hint=_("Between 1 and %(most)s years.") % {"most": LONGEST_YEARS},
        )  # fmt: skip
    if not 1 <= evidence_months <= LONGEST_MONTHS:
        raise RefusedError(
            _("That is no length of time for evidence."), code="retention.months", field="evidence_months",
            hint=_("Between 1 and %(most)s months.") % {"most": LONGEST_MONTHS},
        )  # fmt: skip
    made, _new = RetentionPolicy.objects.update_or_create(
        organisation=organisation,
        defaults={"award_years": award_years, "evidence_months": evidence_months, "why": why.strip()},
    )
    audit.record(
        "organisation.retention", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
        facts={"award_years": award_years, "evidence_months": evidence_months},
    )  # fmt: skip
    return made


def erase_due() -> int:
    """Erase what is kept no longer by each organisation's rule; how much. An award that its holder keeps in a wallet here stays theirs."""
    now, done = timezone.now(), 0
    policies = {one.organisation_id: one for one in RetentionPolicy.objects.all()}
    default = RetentionPolicy()
    done += _erase_due(policies.values(), now)
    with_default = Organisation.objects.exclude(pk__in=policies)
    done += _erase_files(with_default, default, now) + _erase_evidence(with_default, default, now)
    return done


def tidy() -> bool:
    """`erase_due`, once an hour: days are what counts, and it looks through all awards. Goes on at once while there is something."""
    if not cache.add(LOOKED, True, timeout=LOOK_EVERY_S):
        return False
    if erase_due() == 0:
        return False
    cache.delete(LOOKED)
    return True


def _erase_due(policies: Iterable[RetentionPolicy], now: dt.datetime) -> int:
    done = 0
    for one in policies:
        whose = Organisation.objects.filter(pk=one.organisation_id)
        done += _erase_files(whose, one, now) + _erase_evidence(whose, one, now)
    return done


def _erase_files(whose: QuerySet[Organisation], policy: RetentionPolicy, now: dt.datetime) -> int:
    old = Award.objects.filter(
        organisation__in=whose, holder=None, file_erased=None, issued_at__lt=now - _years(policy.award_years)
    ).exclude(state=AwardState.PLANNED)
    found = [
        one for one in old.order_by("issued_at")[:AWARDS_AT_ONCE] if policy.ends(one.issued_at) <= now.date()
    ]
    return erase_files(found)


def _years(count: int) -> dt.timedelta:
    """A little less than so many years: the day itself is asked of the policy."""
    return dt.timedelta(days=365 * count)


@transaction.atomic
def erase_files(awards: Iterable[Award]) -> int:
    """Erase all that the issuer knows of these people; what was awarded, when, and whether it stands is kept and stays public."""
    now, done = timezone.now(), 0
    for award in awards:
        award.entry = _nobodys(award.read())
        award.person, award.addressed = f"erased {award.id}", ""
        award.save(update_fields=["entry", "person", "addressed"])
        row = award.row
        Row.objects.filter(pk=row.pk).update(
            entry=_nobodys(row.read()) if row.entry else None, person="", problems=[]
        )
        for copy in award.copies.exclude(file=""):
            delete_file(copy.file)
        award.copies.update(file="", size=0)
        Mail.objects.filter(award=award).delete()
        StatusChange.objects.filter(award=award).update(reason="")
        erase_enrolments(Enrolment.objects.filter(row=row))
        Participant.objects.filter(batch=row.batch_id, row=row.number).update(
            name="", email="", language="", person="", problem=""
        )
        FileErased.objects.create(award=award, at=now)
        audit.record("award.file-erased", f"award:{award.id}", organisation=award.organisation_id)
        done += 1
    return done


def _nobodys(entry: ClassListEntry) -> object:
    blank = ClassListEntry(
        row=entry.row, key="", learner=Learner(full_name=NOBODY), awarded_on=entry.awarded_on
    )
    return msgspec.to_builtins(blank)


@transaction.atomic
def erase_enrolments(enrolments: Iterable[Enrolment]) -> int:
    """Erase who they were, what they needed and handed in, and what was noted of them; how many."""
    found = [one.pk for one in enrolments]
    erase_evidence(found)
    OutcomeRecord.objects.filter(enrolment__in=found).update(note="", identity_check="", grade="")
    Enrolment.objects.filter(pk__in=found).update(
        person=None, given_name="", family_name=NOBODY, email="", birth_date=None, language="", student_id="",
        motivation="", accommodations="", reason="",
    )  # fmt: skip
    return len(found)


def erase_evidence(enrolments: Iterable[str]) -> int:
    """Delete what was handed in with these enrolments; how many pieces."""
    pieces = Evidence.objects.filter(enrolment__in=list(enrolments))
    for path in pieces.values_list("file", flat=True):
        delete_file(path)
    return int(pieces.delete()[0])


@transaction.atomic
def _erase_evidence(whose: QuerySet[Organisation], policy: RetentionPolicy, now: dt.datetime) -> int:
    """Evidence that was decided upon, and whole enrolments that came to nothing, when their time is over."""
    since = now - dt.timedelta(days=30 * policy.evidence_months)
    over = Enrolment.objects.filter(organisation__in=whose, decided_at__lt=since)
    assessed = over.exclude(state__in=[State.APPLIED, State.ACCEPTED, State.ENROLLED])
    done = erase_evidence(assessed.filter(evidence__isnull=False).values_list("pk", flat=True).distinct())
    nothing = over.filter(state__in=[State.DECLINED, State.WITHDRAWN], row=None).exclude(family_name=NOBODY)
    return done + erase_enrolments(nothing[:AWARDS_AT_ONCE])
