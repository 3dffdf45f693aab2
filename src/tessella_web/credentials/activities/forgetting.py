"""Lists of events and tasks: whoever put one of the person's addresses on a list is nobody there now."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, delete_file
from tessella_web.credentials.activities.models import Participant, State, Submission

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    places = Participant.objects.filter(email__in=leaver.addresses)
    found = list(places.values_list("pk", flat=True))
    works = Submission.objects.filter(participant__in=found)
    for path in works.values_list("file", flat=True):
        delete_file(path)
    counts = {"places-on-lists": len(found), "works": works.count()}
    works.delete()
    waiting = Participant.objects.filter(pk__in=found, state__in=[State.WAITING, State.CONFIRMED], batch=None)
    waiting.update(state=State.DECLINED)  # nobody is left to whom it could be given
    Participant.objects.filter(pk__in=found).update(name="", email="", language="", person="", problem="")
    return counts


PART = Part(
    forget=_forget,
    labels={"places-on-lists": _("Places on lists of events"), "works": _("Works handed in for tasks")},
)
