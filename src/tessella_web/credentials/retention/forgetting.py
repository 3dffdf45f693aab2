"""Awards and enrolments: the issuer's file of an award follows the issuer's published rule, everything else goes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, Stay
from tessella_web.credentials.assessment.models import TAKING_PART, Enrolment, State, Upload
from tessella_web.credentials.models import Award, Mail, MailState
from tessella_web.credentials.retention.domain import erase_enrolments, erase_files
from tessella_web.credentials.retention.models import RetentionPolicy

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    person = leaver.person
    held = list(Award.objects.filter(holder=person).select_related("row"))
    Award.objects.filter(holder=person).update(holder=None, addressed="")
    for award in held:
        _without_address(award)
    Mail.objects.filter(award__in=held, state=MailState.WAITING).update(state=MailState.NEEDLESS)
    Mail.objects.filter(award__in=held).update(remind_at=None)
    today = timezone.localdate()
    over = [one for one in held if RetentionPolicy.of(one.organisation_id).ends(one.issued_at) <= today]
    uploads = Upload.objects.filter(by=person).delete()[0]
    return {
        "awards": len(held),
        "award-files": erase_files(over),
        "enrolments": _withdraw(_unawarded(leaver)),
        "needs": Enrolment.objects.filter(person=person).update(motivation="", accommodations=""),
        "uploads": uploads,
    }


def _withdraw(enrolments: list[Enrolment]) -> int:
    open_ones = Enrolment.objects.filter(
        pk__in=[one.pk for one in enrolments], state__in=[State.APPLIED, *TAKING_PART]
    )
    open_ones.update(state=State.WITHDRAWN)
    return erase_enrolments(enrolments)


def _without_address(award: Award) -> None:
    """No mail leaves any more: the address is not needed."""
    for holder in (award, award.row):
        if not holder.entry:
            continue
        entry = holder.read()
        bare = msgspec.structs.replace(entry, learner=msgspec.structs.replace(entry.learner, email=""))
        holder.entry = msgspec.to_builtins(bare)
        holder.save(update_fields=["entry"])


def _unawarded(leaver: Leaver) -> list[Enrolment]:
    """Those that led to no award. What assessors found without one is of use to nobody but the person."""
    mine = Enrolment.objects.filter(person=leaver.person) | Enrolment.objects.filter(
        person=None, email__in=leaver.addresses
    )
    return [one for one in mine.select_related("row__award") if one.award is None]


def _stays(leaver: Leaver) -> Sequence[Stay]:
    held = Award.objects.filter(holder=leaver.person).select_related("organisation", "version")
    rules = {one.organisation_id: RetentionPolicy.of(one.organisation_id) for one in held}
    return [
        Stay(
            what=_("the file of your award “%(title)s”: name, result and sealed copies") % {"title": one.version.title},
            who=one.organisation.name, until=rules[one.organisation_id].ends(one.issued_at),
        )
        for one in held
    ]  # fmt: skip


PART = Part(
    forget=_forget,
    stays=_stays,
    labels={
        "awards": _("Awards that nobody holds here now; they stay valid"),
        "award-files": _("Of those, files that the issuer keeps no longer"),
        "enrolments": _("Enrolments, with evidence and assessments"),
        "needs": _("Notes on what you need in assessments"),
        "uploads": _("Spreadsheets that waited to be taken over"),
    },
    keeps=frozenset(
        {
            "credentials.Award.entry",
            "credentials.Row.entry",
            "assessment.Enrolment.given_name",
            "assessment.Enrolment.family_name",
            "assessment.Enrolment.email",
            "assessment.OutcomeRecord.by_name",
        }
    ),
)
