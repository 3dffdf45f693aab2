"""Quality review: handing in, answering the checklist, commenting, deciding."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Membership, Person, Role
from tessella_web.accounts.peers.queries import is_peer
from tessella_web.accounts.permissions import may, require, roles_of
from tessella_web.catalogue.checklist import checklist, edition_for
from tessella_web.catalogue.domain._common import is_one_person, locked, note, require_text
from tessella_web.catalogue.domain.drafting import ELEMENTS
from tessella_web.catalogue.models import (
    Answer,
    Comment,
    Decision,
    Description,
    QualityReview,
    Stage,
    Standing,
)
from tessella_web.common.errors import NotAllowedError, RefusedError

__all__ = [
    "OUTSIDE",
    "answer",
    "answer_section",
    "ask_for_changes",
    "comment",
    "decide",
    "may_review",
    "reply",
    "require_to_review",
    "require_to_submit",
    "submit_for_review",
    "take_back",
]

OUTSIDE = "outside-peer"
"""Stands for the role of a peer from another organisation who decided."""


@transaction.atomic
def submit_for_review(*, description: Description, by: Person) -> QualityReview:
    """Hand the content over as it is now; nobody changes it until there is a decision or it is taken back.

    It need not be complete: reviewers may help. Publishing is what needs completeness.
    """
    description = locked(description)
    require(by, description.organisation, "description.submit")
    if description.stage == Stage.IN_REVIEW:
        raise RefusedError(
            _("It is in review already."), code="catalogue.in-review", hint=_("Wait for the decision.")
        )
    if description.stage == Stage.PUBLISHED:
        raise RefusedError(
            _("Nothing has changed since it was published."),
            code="catalogue.unchanged", hint=_("Change what should be different first."),
        )  # fmt: skip
    review = QualityReview.objects.create(
        description=description,
        digest=description.digest,
        content=description.whole,
        checklist=edition_for(description.organisation),
        opened_by=by,
    )
    _set_stage(description, Stage.IN_REVIEW)
    note("review.opened", f"review:{review.id}", by=by, description=description, digest=review.digest)
    return review


@transaction.atomic
def take_back(*, review: QualityReview, by: Person) -> None:
    """The authors want to change something before there is a decision."""
    review, description = _open(review)
    require(by, description.organisation, "description.submit")
    _close(review, description, Decision.TAKEN_BACK, Stage.DRAFT, by=by)


@transaction.atomic
def answer(
    *, review: QualityReview, by: Person, question: str, standing: Standing, remark: str = ""
) -> Answer:
    """A reviewer's answer to a question of the checklist; answering again replaces the earlier answer."""
    review, description = _open(review)
    _require_reviewer(by, description, review)
    if question not in {one.id for one in checklist(review.checklist).questions}:
        raise RefusedError(
            _("The checklist has no such question."),
            code="catalogue.question", hint=_("Use the questions of this review."), field="question",
        )  # fmt: skip
    if standing == Standing.NOT_MET and not remark.strip():
        raise RefusedError(
            _("Say what is missing."),
            code="catalogue.no-remark",
            hint=_("The authors need to know."),
            field="remark",
        )
    found, _made = Answer.objects.update_or_create(
        review=review, person=by, question=question,
        defaults={"standing": standing, "remark": remark.strip(),
                  "is_learner": Role.LEARNER in roles_of(by, description.organisation)},
    )  # fmt: skip
    return found


@transaction.atomic
def answer_section(
    *, review: QualityReview, by: Person, answers: Iterable[tuple[str, Standing, str]]
) -> None:
    """Several answers at once: question, standing, remark; all or none."""
    for question, standing, remark in answers:
        answer(review=review, by=by, question=question, standing=standing, remark=remark)


@transaction.atomic
def comment(*, review: QualityReview, by: Person, text: str, element: str = "") -> Comment:
    """Say something about an element, or about the whole when none is named."""
    review, description = _open(review)
    if not _is_outside(by, review):
        require(by, description.organisation, "quality.comment")
    if element and element not in ELEMENTS:
        raise RefusedError(
            _("There is no such element."), code="catalogue.element", hint=_("Choose one."), field="element"
        )
    made = Comment.objects.create(
        review=review,
        person=by,
        element=element,
        text=require_text(text, field="text", code="catalogue.no-text"),
    )
    note("review.commented", f"review:{review.id}", by=by, description=description, element=element)
    return made


@transaction.atomic
def reply(*, comment: Comment, by: Person, text: str) -> Comment:
    """What the authors did about a comment; also after the review, while changes are made."""
    found = (
        Comment.objects.select_for_update(of=("self",))
        .select_related("review__description__organisation")
        .get(pk=comment.pk)
    )
    require(by, found.review.description.organisation, "description.submit")
    found.reply = require_text(text, field="reply", code="catalogue.no-text")
    found.replied_by, found.replied_at = by, timezone.now()
    found.save(update_fields=["reply", "replied_by", "replied_at"])
    note("review.replied", f"review:{found.review_id}", by=by, description=found.review.description)
    return found


@transaction.atomic
def ask_for_changes(*, review: QualityReview, by: Person, text: str) -> None:
    """End this round: the authors work on it and hand it in again."""
    review, description = _open(review)
    _require_reviewer(by, description, review)
    review.evidence = require_text(text, field="evidence", code="catalogue.no-evidence")
    _close(review, description, Decision.CHANGES, Stage.CHANGES_ASKED, by=by)


@transaction.atomic
def decide(
    *, review: QualityReview, by: Person, approve: bool, evidence: str, without_learner: str = ""
) -> QualityReview:
    """Approve exactly this content, or not, and say on what evidence.

    Args:
        without_learner: why no learner representative took part; needed to approve when none did. It is shown in public.

    Raises:
        NotAllowedError: ``catalogue.own-work``: an author decides, and there are others who could.
        RefusedError: ``catalogue.checklist-open``, ``catalogue.not-met``, ``catalogue.no-learner``,
            ``catalogue.no-evidence``, ``catalogue.review-closed``.
    """
    review, description = _open(review)
    _require_reviewer(by, description, review)
    review.is_self_review = _is_author(by, review, description)
    if review.is_self_review and not is_one_person(description):
        raise NotAllowedError(
            _("Nobody decides on their own work."),
            code="catalogue.own-work",
            hint=_("Ask a reviewer who did not write it."),
        )
    review.evidence = require_text(evidence, field="evidence", code="catalogue.no-evidence")
    review.learner_took_part = _learner_took_part(review)
    if approve:
        review.without_learner = without_learner.strip()
        _require_worked_through(review)
    decision = Decision.APPROVED if approve else Decision.REJECTED
    _close(review, description, decision, Stage.APPROVED if approve else Stage.REJECTED, by=by)
    return review


def may_review(*, by: Person, review: QualityReview) -> bool:
    """Whether the person answers the checklist and decides."""
    try:
        _require_reviewer(by, review.description, review)
    except NotAllowedError:
        return False
    return True


def require_to_submit(*, by: Person, description: Description) -> None:
    """Go on only for those who answer for the description in its organisation.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, description.organisation, "description.submit")


def require_to_review(*, by: Person, review: QualityReview) -> None:
    """Go on only for reviewers, while the review is open.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``catalogue.review-closed``.
    """
    _require_reviewer(by, review.description, review)
    _require_open(review)


def _require_open(review: QualityReview) -> None:
    if not review.is_open:
        raise RefusedError(
            _("This review is closed."), code="catalogue.review-closed", hint=_("Look at the decision.")
        )


def _open(review: QualityReview) -> tuple[QualityReview, Description]:
    """The review and its description, both kept from other writers."""
    description = locked(review.description)
    found = QualityReview.objects.select_for_update(of=("self",)).get(pk=review.pk)
    _require_open(found)
    return found, description


def _is_outside(by: Person, review: QualityReview) -> bool:
    """Whether a peer of another organisation was asked to review exactly this."""
    return is_peer(by, f"review:{review.id}")


def _require_reviewer(by: Person, description: Description, review: QualityReview) -> None:
    """Reviewers and learner representatives; a peer from outside who was asked; where there is one person only, that person."""
    if _is_outside(by, review):
        return
    if may(by, description.organisation, "version.publish") and is_one_person(description):
        return
    require(by, description.organisation, "quality.decide")


def _is_author(by: Person, review: QualityReview, description: Description) -> bool:
    """Whether the person wrote on what is reviewed: since the last version, or at all when there is none."""
    last = description.versions.order_by("-number").first()
    edits = description.edits.filter(person=by)
    if last is not None:
        return review.opened_by_id == by.id or edits.filter(last_at__gt=last.published_at).exists()
    return by.id in (review.opened_by_id, description.started_by_id) or edits.exists()


def _learner_took_part(review: QualityReview) -> bool:
    if review.answers.filter(is_learner=True).exists():
        return True
    organisation = review.description.organisation_id
    return review.comments.filter(
        Membership.standing(prefix="person__memberships__"),
        person__memberships__organisation=organisation,
        person__memberships__role=Role.LEARNER,
    ).exists()


def _require_worked_through(review: QualityReview) -> None:
    standings: dict[str, set[str]] = {}
    for question, standing in review.answers.values_list("question", "standing"):
        standings.setdefault(question, set()).add(standing)
    unanswered = [one for one in checklist(review.checklist).questions if one.id not in standings]
    if unanswered:
        raise RefusedError(
            _("%(count)s questions of the checklist have no answer yet.") % {"count": len(unanswered)},
            code="catalogue.checklist-open",
            hint=_("Answer each; “does not apply” is an answer."),
        )
    if any(Standing.NOT_MET in found for found in standings.values()):
        raise RefusedError(
            _("A reviewer found something not met."),
            code="catalogue.not-met",
            hint=_("Ask for changes, or let the reviewer look again."),
        )
    if not (review.learner_took_part or review.is_self_review or review.without_learner):
        raise RefusedError(
            _("No learner representative took part in this review."),
            code="catalogue.no-learner",
            hint=_("Ask one to answer the checklist, or say why none took part; it is shown in public."),
            field="without_learner",
        )


def _close(
    review: QualityReview, description: Description, decision: Decision, stage: Stage, *, by: Person
) -> None:
    roles = sorted(str(one) for one in roles_of(by, description.organisation))
    if _is_outside(by, review):
        roles = [OUTSIDE]
    review.decision, review.decided_at = decision, timezone.now()
    review.decided_by, review.decided_by_name, review.decided_by_roles = by, by.name, roles
    review.save()
    _set_stage(description, stage)
    note(f"review.{decision}", f"review:{review.id}", by=by, description=description,
         digest=review.digest, is_self_review=review.is_self_review)  # fmt: skip


def _set_stage(description: Description, stage: Stage) -> None:
    description.stage = stage
    description.save(update_fields=["stage", "changed_at"])
