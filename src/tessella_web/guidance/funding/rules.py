"""When accounts are merged: the answers that were kept last stay."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.merging.moving import rule_for
from tessella_web.accounts.models import Person
from tessella_web.guidance.funding.models import KeptFacts

__all__: list[str] = []


@rule_for(
    "funding.KeptFacts",
    _("Of what you kept about yourself for funding with both accounts, the newer stays."),
)
def keep_newer(row: KeptFacts, into: Person) -> None:
    """What was said last."""
    held = KeptFacts.objects.get(person=into)
    if held.kept_at >= row.kept_at:
        row.delete()
        return
    held.delete()
    row.person = into
    row.save(update_fields=["person"])
