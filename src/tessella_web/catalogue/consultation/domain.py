"""Opening a draft for public comment, commenting, answering, closing."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import may, require
from tessella_web.catalogue import particulars
from tessella_web.catalogue.consultation.models import Audience, Consultation, PublicComment
from tessella_web.catalogue.domain import ELEMENTS
from tessella_web.catalogue.models import Description
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "LONGEST_DAYS",
    "MAX_COMMENTS",
    "MOST_AN_HOUR",
    "answer",
    "close",
    "comment",
    "hide",
    "may_manage",
    "open_consultation",
    "require_to_manage",
]

LONGEST_DAYS = 120
"""A round that never ends is not read."""

MOST_AN_HOUR = 6
"""Comments from one place in an hour: somebody who goes through a whole description writes a handful."""

MOST_FROM_ALL_AN_HOUR = 200
"""Comments on one draft in an hour, wherever they come from: more is a flood."""

MAX_COMMENTS = 2000
"""Comments on one draft: more nobody answers."""

MAX_CHARACTERS = 4000

HOUR = dt.timedelta(hours=1)


def may_manage(by: Person, description: Description) -> bool:
    """Whether the person opens, answers and closes."""
    return may(by, description.organisation, "description.submit")


def require_to_manage(*, by: Person, description: Description) -> None:
    """Go on only for those who answer for the description.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, description.organisation, "description.submit")


@transaction.atomic
def open_consultation(
    *, description: Description, by: Person, question: str, until: dt.date, audience: str = Audience.LINK
) -> Consultation:
    """Show the draft as it is now to the public, with a question, until the end of a day.

    Raises:
        RefusedError: ``consultation.open``: one is open; ``consultation.until``; ``consultation.no-question``.
    """
    description = (
        Description.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=description.pk)
    )
    require_to_manage(by=by, description=description)
    if description.consultations.filter(closed_at__isnull=True).exists():
        raise RefusedError(
            _("It is open for comment already."), code="consultation.open", hint=_("Close that round first.")
        )
    today = timezone.now().date()
    if not today <= until <= today + dt.timedelta(days=LONGEST_DAYS):
        raise RefusedError(
            _("The last day has to be between today and %(days)s days from now.") % {"days": LONGEST_DAYS},
            code="consultation.until", hint=_("Two to four weeks are usual."), field="until",
        )  # fmt: skip
    made = Consultation.objects.create(
        description=description, content=description.whole, digest=description.digest, until=until, opened_by=by,
        question=_words(question, field="question", code="consultation.no-question"), audience=Audience(audience),
    )  # fmt: skip
    _note("consultation.opened", made, by=by, audience=str(made.audience))
    return made


@transaction.atomic
def comment(
    *,
    consultation: Consultation,
    text: str,
    element: str = "",
    name: str = "",
    may_show_name: bool = False,
    trap: str = "",
    place: str = "",
) -> PublicComment | None:
    """What anybody says. Nothing is kept when a program filled in the field that people do not see (``trap``).

    Args:
        place: where it comes from, such as a network address; only a keyed digest of it is kept, for some hours.

    Raises:
        RefusedError: ``consultation.closed``, ``consultation.too-many``, ``consultation.no-text``, ``catalogue.element``.
    """
    found = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    now = timezone.now()
    if not found.takes_comments(now.date()):
        raise RefusedError(
            _("The time for comments is over."),
            code="consultation.closed",
            hint=_("What was said and answered stays here."),
        )
    if trap:
        return None
    if element and element not in ELEMENTS | set(particulars.ELEMENTS):
        raise RefusedError(
            _("There is no such element."), code="catalogue.element", hint=_("Choose one."), field="element"
        )
    sender = _sender(place, found, now)
    PublicComment.objects.filter(made_at__lt=now - HOUR).exclude(sender="").update(sender="")
    recent = found.comments.filter(made_at__gte=now - HOUR)
    is_flood = recent.count() >= MOST_FROM_ALL_AN_HOUR or found.comments.count() >= MAX_COMMENTS
    if is_flood or (sender and recent.filter(sender=sender).count() >= MOST_AN_HOUR):
        raise RefusedError(
            _("Too many comments came in a short time."),
            code="consultation.too-many",
            hint=_("Please send yours in an hour."),
        )
    return PublicComment.objects.create(
        consultation=found, element=element, sender=sender, may_show_name=bool(name.strip()) and may_show_name,
        text=_words(text, field="text", code="consultation.no-text"), name=name.strip()[:120],
    )  # fmt: skip


@transaction.atomic
def answer(*, comment: PublicComment, by: Person, text: str) -> PublicComment:
    """What the authors say to it; shown in public. Answering again replaces the answer."""
    found = _locked(comment)
    require_to_manage(by=by, description=found.consultation.description)
    found.answer = _words(text, field="answer", code="consultation.no-text")
    found.answered_by, found.answered_at = by, timezone.now()
    found.save(update_fields=["answer", "answered_by", "answered_at"])
    _note("consultation.answered", found.consultation, by=by, comment=found.id)
    return found


@transaction.atomic
def hide(*, comment: PublicComment, by: Person, because: str) -> PublicComment:
    """Take the words of a comment out of public view; that there was one, and why it is hidden, stays."""
    found = _locked(comment)
    require_to_manage(by=by, description=found.consultation.description)
    found.hidden_because = _words(because, field="because", code="consultation.no-reason")[:300]
    found.hidden_at = timezone.now()
    found.save(update_fields=["hidden_at", "hidden_because"])
    _note("consultation.hidden", found.consultation, by=by, comment=found.id)
    return found


@transaction.atomic
def close(*, consultation: Consultation, by: Person, summary: str = "") -> Consultation:
    """End the round; comments and answers stay readable, and reviewers see them with the summary."""
    found = (
        Consultation.objects.select_for_update(of=("self",))
        .select_related("description__organisation")
        .get(pk=consultation.pk)
    )
    require_to_manage(by=by, description=found.description)
    if found.closed_at is not None:
        raise RefusedError(
            _("This round is closed."),
            code="consultation.closed",
            hint=_("What was said and answered stays here."),
        )
    open_ones = found.comments.filter(answer="", hidden_at__isnull=True).count()
    if open_ones:
        raise RefusedError(
            ngettext("%(count)s comment has no answer yet.", "%(count)s comments have no answer yet.", open_ones) % {"count": open_ones},
            code="consultation.unanswered", hint=_("Answer each, if only with thanks; then close."),
        )  # fmt: skip
    found.closed_at, found.closed_by, found.summary = timezone.now(), by, summary.strip()[:MAX_CHARACTERS]
    found.save(update_fields=["closed_at", "closed_by", "summary"])
    found.comments.exclude(sender="").update(sender="")
    _note("consultation.closed", found, by=by, comments=found.comments.count())
    return found


def _locked(comment: PublicComment) -> PublicComment:
    return (
        PublicComment.objects.select_for_update(of=("self",))
        .select_related("consultation__description__organisation")
        .get(pk=comment.pk)
    )


def _sender(place: str, consultation: Consultation, now: dt.datetime) -> str:
    """A digest that means the same place for one draft on one day, and nothing to anybody else."""
    if not place:
        return ""
    words = f"{consultation.pk} {now.date().isoformat()} {place}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()[:32]


def _words(text: str, *, field: str, code: str) -> str:
    text = text.strip()[:MAX_CHARACTERS]
    if not text:
        raise RefusedError(
            _("This needs a few words."), code=code, hint=_("They stay readable."), field=field
        )
    return text


def _note(verb: str, found: Consultation, *, by: Person, **facts: object) -> None:
    audit.record(
        verb,
        f"consultation:{found.id}",
        actor_id=by.id,
        organisation=found.description.organisation_id,
        facts=facts,
    )
