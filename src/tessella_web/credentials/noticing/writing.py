"""What the mail about a change says: to the holder, in their language; nothing about a person in the subject."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella.text import pick
from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.credentials.noticing.models import Kind, Notice

__all__ = ["request"]


@writes("notice")
def request(letter: Letter) -> Draft | None:
    """None when it was read meanwhile, or the person has left."""
    notice = (
        Notice.objects.select_related("holder", "award__version", "award__organisation", "item")
        .filter(pk=letter.about, read_at__isnull=True)
        .first()
    )
    if notice is None:
        return None
    return Draft(notice.holder.email, (notice.holder.language,), lambda: _words(notice))


def _words(notice: Notice) -> tuple[str, str]:
    title, who = _names(notice)
    values = {
        "what": title,
        "who": who or "–",
        "happened": str(Kind(notice.kind).label),
        "day": date_format(notice.day) if notice.day else "",
        "address": settings.BASE_URL + reverse("wallet-entry", args=[notice.key]),
        "wishes": settings.BASE_URL + reverse("wallet-notices"),
    }
    if notice.kind == Kind.ENDING:
        subject = _("Something in your wallet ends soon")
        said = _("In your wallet is:\n%(what)s\n%(who)s\n\nOthers may rely on it until %(day)s. What you learned does not end. Ask who awarded it whether it can be renewed.") % values  # fmt: skip
    else:
        subject = _("Something changed in your wallet")
        said = _("In your wallet is:\n%(what)s\n%(who)s\n\nWhat changed: %(happened)s. Whoever checks it from now on sees that, too.") % values  # fmt: skip
    end = _("What it means, and what you can do:\n%(address)s\n\nIf you do not want such mails, say so here:\n%(wishes)s") % values  # fmt: skip
    return subject, f"{said}\n\n{end}"


def _names(notice: Notice) -> tuple[str, str]:
    if notice.award is not None:
        title = pick(notice.award.version.record().title, (notice.holder.language, "en"))
        return " ".join(title.split()), notice.award.organisation.name
    facts = notice.item.facts if notice.item else {}
    return " ".join(str(facts.get("title", "")).split()), str(facts.get("issuer", ""))
