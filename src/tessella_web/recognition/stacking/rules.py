"""What happens when both accounts of a person have a case about the same pathway."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.merging.moving import rule_for
from tessella_web.accounts.models import Person
from tessella_web.recognition.stacking.evidence import erase
from tessella_web.recognition.stacking.models import Case, CaseState

__all__: list[str] = []


@rule_for(
    "stacking.Case",
    _(
        "Of two open cases about the same pathway that of the account you are in stays open; the other is withdrawn."
    ),
)
def keep_own_case(row: Case, into: Person) -> None:
    """One open case for each pathway."""
    row.state, row.learner = CaseState.WITHDRAWN, into
    row.save(update_fields=["state", "learner"])
    erase(list(row.parts.select_related("shared__share")))
