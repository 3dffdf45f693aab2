"""Comments stay, as nobody's: what somebody said about a draft belongs to the discussion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.parts import Leaver, Part, Stay
from tessella_web.catalogue.consultation.models import PublicComment
from tessella_web.catalogue.models import Answer, Comment, QualityReview

__all__ = ["PART"]


def _forget(leaver: Leaver) -> Mapping[str, int]:
    """Public comments know no account: those that bear the very name are taken for the person's."""
    person = leaver.person
    named = PublicComment.objects.exclude(name="").filter(name__iexact=person.name.strip())
    return {
        "public-comments": named.update(name="", may_show_name=False),
        "comments": Comment.objects.filter(person=person).count()
        + Answer.objects.filter(person=person).count(),
    }


def _stays(leaver: Leaver) -> Sequence[Stay]:
    decided = QualityReview.objects.filter(decided_by=leaver.person).select_related(
        "description__organisation"
    )
    names = sorted({one.description.organisation.name for one in decided})
    return [Stay(what=_("your name under the quality reviews that you decided"), who=name) for name in names]


PART = Part(
    forget=_forget,
    stays=_stays,
    labels={
        "public-comments": _("Public comments that bear nobody's name now"),
        "comments": _("Answers and comments in reviews that are nobody's now"),
    },
    keeps=frozenset({"catalogue.QualityReview.decided_by_name"}),
)
