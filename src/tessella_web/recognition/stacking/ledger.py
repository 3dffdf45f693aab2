"""What stands on what: which awards a credential counts towards already, and whether an award would stand on itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tessella_web.catalogue.models import Version
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import AwardState
from tessella_web.recognition.stacking.models import Case, CaseState, Part, PartName

__all__ = ["made_of", "require_no_loop", "standing_on", "uses_elsewhere"]

DEEPEST = 20
"""Levels of awards on awards; qualifications have three."""


def _standing() -> Q:
    """Parts on which a decision rests whose award was not taken back."""
    return Q(part__counts=True, part__replaced_at=None, part__case__state=CaseState.GRANTED) & ~Q(
        part__case__award__state=AwardState.REVOKED
    )


def uses_elsewhere(case: Case, parts: Sequence[Part]) -> Mapping[str, tuple[str, ...]]:
    """By id of a part the awards that it counts towards in other cases. Another organisation's award is not named: it is the learner's to tell."""
    found: dict[str, list[str]] = {one.id: [] for one in parts}
    by_name: dict[str, list[str]] = {}
    for part in parts:
        for name in part.names.all():
            by_name.setdefault(name.name, []).append(part.id)
    uses = (
        PartName.objects.filter(_standing(), name__in=by_name)
        .exclude(part__case=case)
        .select_related("part__case__version")
    )
    for one in uses:
        other = one.part.case
        words = (
            other.version.award
            if other.organisation_id == case.organisation_id
            else _("an award of another organisation")
        )
        for id in by_name[one.name]:
            found[id].append(words)
    return {id: tuple(dict.fromkeys(words)) for id, words in found.items()}


def made_of(parts: Sequence[Part]) -> Mapping[str, tuple[str, ...]]:
    """By id of a part the names of what it is made of, where that was decided here."""
    found: dict[str, list[str]] = {one.id: [] for one in parts}
    by_award: dict[str, list[str]] = {}
    for part in parts:
        if part.own_id:
            by_award.setdefault(part.own_id, []).append(part.id)
    names = PartName.objects.filter(_standing(), part__case__award__in=by_award)
    for award, name in names.values_list("part__case__award", "name"):
        for id in by_award[award]:
            found[id].append(name)
    return {id: tuple(names) for id, names in found.items()}


def standing_on(parts: Iterable[Part]) -> QuerySet[Case]:
    """The cases whose awards these parts are."""
    ids = [one.own_id for one in parts if one.own_id]
    return Case.objects.filter(award__in=ids, state=CaseState.GRANTED)


def require_no_loop(version: Version, parts: Sequence[Part]) -> None:
    """Go on only if none of the parts is, or stands on, an award of the same micro-credential.

    Raises:
        RefusedError: ``stacking.loop``, with the cycle.
    """
    ours = str(version.content.get("id", ""))
    level: list[tuple[Part, tuple[str, ...]]] = [(one, (version.title, one.title)) for one in parts]
    for _deeper in range(DEEPEST):
        for part, way in level:
            contains = {part.facts.get("credential"), *part.listed.get("contains", ())}
            own = part.own is not None and part.own.version.description_id == version.description_id
            if own or (ours and ours in contains):
                raise RefusedError(
                    _("The award would stand on itself: %(cycle)s.") % {"cycle": " → ".join((*way, version.title))},
                    code="stacking.loop", hint=_("Leave that credential out, or award something else."),
                )  # fmt: skip
        ways = {part.own_id: way for part, way in level if part.own_id}
        below = Part.objects.filter(
            case__award__in=ways, case__state=CaseState.GRANTED, counts=True, replaced_at=None
        ).select_related("own__version", "case")
        level = [(one, (*ways[str(one.case.award_id)], one.title)) for one in below]
        if not level:
            return
