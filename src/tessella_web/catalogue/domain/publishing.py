"""Publishing a version, and withdrawing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.model import Decision as QualityDecision
from tessella.model import Identifier, MicroCredential, QualityAssurance, QualitySide
from tessella.standard import check
from tessella.verdicts import Severity
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.content import digest_of, loaded, plain, title_of, whole_of
from tessella_web.catalogue.domain._common import cut, locked, note, require_text
from tessella_web.catalogue.models import Decision, Description, QualityReview, Stage, Version
from tessella_web.catalogue.search.domain import index
from tessella_web.common.errors import RefusedError

__all__ = ["REVIEW_SCHEME", "as_if_reviewed", "as_published", "publish", "require_to_publish", "withdraw"]

REVIEW_SCHEME = "urn:tessella:quality-review"
"""Marks the piece of quality assurance that publishing writes into a record: its value is the review's id."""

_INTERNAL_REVIEW = {"en": "Internal quality review", "de": "Interne Qualitätsprüfung"}
_SELF_REVIEW = {
    "en": "Self-review by a one-person organisation",
    "de": "Selbstprüfung einer Organisation, die aus einer Person besteht",
}


@transaction.atomic
def publish(*, description: Description, by: Person) -> Version:
    """The next version: immutable from now on.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``catalogue.unchanged``; ``catalogue.incomplete`` with the first thing missing; ``catalogue.not-approved``: no
            approving review of exactly this content (records that are not micro-credentials need none).
    """
    description = locked(description)
    require(by, description.organisation, "version.publish")
    last = description.versions.order_by("-number").first()
    if last is not None and last.digest == description.digest:
        raise RefusedError(
            _("Nothing has changed since version %(number)s.") % {"number": last.number},
            code="catalogue.unchanged",
            hint=_("Change what should be different first."),
        )
    now = timezone.now()
    record = description.record()
    _require_complete(as_if_reviewed(record, on=now.date()), now.date())
    review = _approval(description) if record.is_micro_credential else None
    number = last.number + 1 if last else 1
    content = as_published(description.content, number=number, on=now.date(), review=review)
    version = Version.objects.create(
        description=description, organisation=description.organisation, number=number, content=content,
        particulars=description.particulars, digest=digest_of(whole_of(content, description.particulars)), title=cut(title_of(record)), record_type=str(record.record_type),
        review=review, published_at=now, published_by=by,
    )  # fmt: skip
    description.content, description.stage = content, Stage.PUBLISHED
    description.save(update_fields=["content", "stage", "changed_at"])
    note("version.published", f"version:{version.id}", by=by, description=description,
         number=number, digest=version.digest, review=review.id if review else "")  # fmt: skip
    index(description)
    return version


def require_to_publish(*, by: Person, description: Description) -> None:
    """Go on only for those who may publish it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, description.organisation, "version.publish")


def as_published(
    content: Mapping[str, Any], *, number: int, on: dt.date, review: QualityReview | None
) -> dict[str, Any]:
    """The content with what publishing adds: number, date, and the review as a piece of internal quality assurance."""
    made = {**content, "version": str(number), "modified_on": on.isoformat()}
    if review is not None and review.decided_at is not None:
        others = [one for one in content.get("quality", ()) if not _is_ours(one)]
        made["quality"] = [*others, {
            "side": "internal",
            "title": _SELF_REVIEW if review.is_self_review else _INTERNAL_REVIEW,
            "decision": "positive",
            "decided_on": review.decided_at.date().isoformat(),
            "identifier": {"value": review.id, "scheme": REVIEW_SCHEME},
            "learners_involved": review.learner_took_part,
        }]  # fmt: skip
    return plain(loaded(made).require())


def as_if_reviewed(record: MicroCredential, *, on: dt.date) -> MicroCredential:
    """The record with the review that publishing will add: what is checked before there is one.

    Other records than micro-credentials need no review and stay as they are.
    """
    if not record.is_micro_credential:
        return record
    review = QualityAssurance(
        side=QualitySide.INTERNAL, title=_INTERNAL_REVIEW, decision=QualityDecision.POSITIVE, decided_on=on,
        identifier=Identifier(value="-", scheme=REVIEW_SCHEME),
    )  # fmt: skip
    return msgspec.structs.replace(record, quality=(*record.quality, review))


@transaction.atomic
def withdraw(*, version: Version, by: Person, because: str) -> Version:
    """Not offered and awarded any more; the page stays and says why. What was awarded stays valid."""
    locked(version.description)
    found = Version.objects.select_related("organisation", "description").get(pk=version.pk)
    require(by, found.organisation, "version.publish")
    if found.is_withdrawn:
        raise RefusedError(
            _("This version is withdrawn already."),
            code="catalogue.withdrawn",
            hint=_("Nothing is left to do."),
        )
    found.withdrawn_because = require_text(because, field="because", code="catalogue.no-reason")
    found.withdrawn_at = timezone.now()
    found.save(update_fields=["withdrawn_at", "withdrawn_because"])
    note(
        "version.withdrawn", f"version:{found.id}", by=by, description=found.description, number=found.number
    )
    index(found.description)
    return found


def _is_ours(quality: Any) -> bool:
    identifier = quality.get("identifier") if isinstance(quality, Mapping) else None
    return isinstance(identifier, Mapping) and identifier.get("scheme") == REVIEW_SCHEME


def _require_complete(record: MicroCredential, on: dt.date) -> None:
    missing = [one for one in check(record, on=on).findings if one.severity is Severity.ERROR]
    if missing:
        raise RefusedError(
            _("%(count)s things are missing for publishing. First: %(first)s")
            % {"count": len(missing), "first": missing[0].message},
            code="catalogue.incomplete",
            hint=missing[0].remedy,
        )


def _approval(description: Description) -> QualityReview:
    found = description.reviews.filter(decision=Decision.APPROVED, digest=description.digest).first()
    if found is None:
        raise RefusedError(
            _("Nobody has approved exactly this content yet."),
            code="catalogue.not-approved",
            hint=_("Hand it in for quality review; a change after the approval needs a new one."),
        )
    return found
