"""The terms that an organisation accepts before it publishes or awards: versioned texts, and who accepted which when.

A new version is one more entry of `TERMS`; from ``binding_from`` on, organisations that have not accepted it publish and award
nothing new until an owner does. What was published and awarded before stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella_web.accounts.models import Organisation, Person, TermsAcceptance
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["TERMS", "Terms", "acceptances", "binding", "has_accepted", "record_acceptance"]


class Terms(NamedTuple):
    """One version: points with a title and a text."""

    version: str
    binding_from: dt.date
    points: Sequence[tuple[Any, Any]]


TERMS = (
    Terms(
        "1",
        dt.date(2026, 11, 1),
        (
            (
                gettext_lazy("You say what is true"),
                gettext_lazy(
                    "What you describe, publish and award is true as far as you know, and you correct what turns out to be wrong. You call a record a micro-credential only when it was assessed and went through your quality assurance."
                ),
            ),
            (
                gettext_lazy("You act for yourselves"),
                gettext_lazy(
                    "You act for the body that you name, with its knowledge. You use no name, logo or seal of somebody else, and nothing that could be taken for theirs."
                ),
            ),
            (
                gettext_lazy("You protect learners' data"),
                gettext_lazy(
                    "You are the controller of the personal data of your learners (GDPR, article 4). You enter only what an award needs, you have a legal basis for it, and you answer when learners ask. Whoever runs this installation processes the data for you and only as you say. Needs for support in assessment never go into a credential."
                ),
            ),
            (
                gettext_lazy("Awards belong to their learners"),
                gettext_lazy(
                    "Learners get their credentials without a fee of this platform and keep them if you leave. You withdraw an award only with a reason that you would give to the learner, and you have a way to complain."
                ),
            ),
            (
                gettext_lazy("You guard your seal"),
                gettext_lazy(
                    "Keys and seals are used by the people you name for it. You revoke a key at once when somebody else may have had it."
                ),
            ),
            (
                gettext_lazy("What happens otherwise"),
                gettext_lazy(
                    "Whoever runs this installation can hold an organisation back that breaks these terms; it is told why, and can answer. Awards already made stay verifiable."
                ),
            ),
        ),
    ),
)
"""All versions, the oldest first."""


def binding(on: dt.date | None = None) -> Terms:
    """The version that binds on a day."""
    day = on or timezone.localdate()
    return next((one for one in reversed(TERMS) if one.binding_from <= day), TERMS[0])


def has_accepted(organisation: Organisation) -> bool:
    """Whether the organisation accepted the version that binds now."""
    return organisation.terms.filter(version=binding().version).exists()


def acceptances(organisation: Organisation) -> Sequence[TermsAcceptance]:
    """Who accepted which version when, the newest first."""
    return list(organisation.terms.select_related("person").order_by("-accepted_at"))


@transaction.atomic
def record_acceptance(*, by: Person, organisation: Organisation, version: str) -> TermsAcceptance:
    """An owner said yes to a version; saying it twice changes nothing. Callers check who may (`domain.accept_terms`).

    Raises:
        RefusedError: ``accounts.terms-version``: there is a newer one, or none of this name.
    """
    if version != binding().version:
        raise RefusedError(
            _("These terms are not the ones that apply now."),
            code="accounts.terms-version",
            hint=_("Read the present ones and accept those."),
        )
    found, made = TermsAcceptance.objects.get_or_create(
        organisation=organisation, version=version, defaults={"person": by}
    )
    if made:
        audit.record(
            "terms.accepted", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
            facts={"version": version},
        )  # fmt: skip
    return found
