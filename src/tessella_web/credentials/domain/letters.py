"""What the mails say, made when they leave: to learners in their language, to staff in the organisation's."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tessella.text import pick
from tessella_web.accounts.models import Membership, Role
from tessella_web.common.mailing import envelope, first_known_language
from tessella_web.credentials.models import Award, Batch, Mail, MailKind

__all__ = ["message"]


def message(mail: Mail, *, key: str, connection: BaseEmailBackend) -> EmailMessage | None:
    """The mail as it leaves; None when there is nobody to send it to. ``key`` is the secret of the claim link."""
    if mail.award is not None:
        learner = mail.award.learner
        languages = (learner.language, mail.award.organisation.language)
        with translation.override(first_known_language(*languages)):
            return envelope(mail, connection, learner.email, *_to_learner(mail, mail.award, key))
    if mail.batch is not None:
        to = _staff_of(mail.batch)
        with translation.override(first_known_language(mail.batch.organisation.language)):
            return envelope(mail, connection, to, *_to_staff(mail.batch)) if to else None
    return None


def _to_learner(mail: Mail, award: Award, key: str) -> tuple[str, str]:
    language = translation.get_language() or "en"
    record = award.version.record()
    what = " ".join(pick(record.title, (language,)).split())
    facts = {
        "name": award.learner.display_name,
        "who": award.organisation.name,
        "what": what,
        "address": f"{settings.BASE_URL}{reverse('award-claim', args=[award.id])}?key={key}",
        "public": settings.BASE_URL + reverse("award", args=[award.id]),
        "until": date_format(award.claim_until) if award.claim_until else "",
    }
    mark = _("TEST: ") if award.is_test else ""
    if mail.kind == MailKind.REMINDER:
        subject = _("Still waiting for you: %(what)s") % facts
        opening = (
            _(
                "Hello %(name)s,\n\nsome time ago %(who)s has awarded you:\n%(what)s\n\nYou have not taken it yet."
            )
            % facts
        )
    else:
        subject = _("Your award: %(what)s") % facts
        opening = _("Hello %(name)s,\n\n%(who)s has awarded you:\n%(what)s") % facts
    return mark + subject, "\n\n".join(
        [opening, _link(facts), _("You can keep the files, and show them to anybody who can check them: at\n%(public)s\nor with any program that reads digital credentials.\n\nIf this is not for you, ignore this mail.") % facts]
    )  # fmt: skip


def _link(facts: Mapping[str, str]) -> str:
    if facts["until"]:
        return _("This link gives it to you. It works once, until %(until)s:\n%(address)s") % facts
    return _("This link gives it to you. It works once:\n%(address)s") % facts


def _to_staff(batch: Batch) -> tuple[str, str]:
    count = Award.objects.filter(row__batch=batch, is_claim_over=True, claimed_at__isnull=True).count()
    facts = {
        "count": count,
        "what": " ".join(batch.version.title.split()),
        "address": settings.BASE_URL + reverse("batch", args=[batch.organisation.slug, batch.id]),
    }
    subject = ngettext(
        "%(count)s person has not taken the award: %(what)s", "%(count)s people have not taken their award: %(what)s", count
    )  # fmt: skip
    body = _(
        "The links to these awards have ended:\n%(what)s\n\nThe awards stay valid. Here you see whose they are, correct addresses, "
        "and send new links to all of them with one click:\n%(address)s"
    )
    return subject % facts, body % facts


def _staff_of(batch: Batch) -> str:
    """Who prepared it, while they work there; else an owner."""
    working = Membership.objects.filter(organisation=batch.organisation_id).select_related("person")
    if batch.prepared_by_id and working.filter(person=batch.prepared_by_id).exists():
        return batch.prepared_by.email if batch.prepared_by else ""
    owner = working.filter(role=Role.OWNER).order_by("pk").first()
    return owner.person.email if owner else ""
