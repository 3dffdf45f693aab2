"""Lists for somebody who leaves are erased, whoever made them; lists somebody made stay with the clients, without the counsellor's name."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part
from tessella_web.guidance.options.models import OptionList

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    person = leaver.person
    made = OptionList.objects.filter(counsellor=person)
    drafts = made.filter(sent_at=None)
    counts = {"option-lists-made": made.count()}
    drafts.delete()
    made.update(counsellor=None, client_name="")
    own = OptionList.objects.filter(Q(client=person) | Q(email__in=leaver.addresses))
    counts["option-lists"] = own.count()
    own.delete()
    return counts


PART = Part(
    forget=_forget,
    labels={
        "option-lists": _("Options that counsellors put together for you"),
        "option-lists-made": _("Options that you put together for clients"),
    },
)
