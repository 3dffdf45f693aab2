"""Rules in words: sentences, what a new version says otherwise, places as a table, periods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tessella.stacking import Rule, explain
from tessella.stacking.explaining import where_words
from tessella.stacking.language import Where
from tessella_web.catalogue.models import Version
from tessella_web.catalogue.pathways.drafting import read_back
from tessella_web.catalogue.pathways.models import Pathway, PathwayVersion

__all__ = ["Differences", "GroupShown", "differences", "groups_of", "period", "sentences", "verb_words"]

_VERBS: Mapping[str, Any] = {
    "pathway.started": gettext_lazy("began it"),
    "pathway.changed": gettext_lazy("changed it"),
    "pathway.published": gettext_lazy("published a version"),
    "pathway.withdrawn": gettext_lazy("withdrew a version"),
}


class Differences(NamedTuple):
    """Sentences that a version says and the one before does not, and the other way round."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]


class SlotShown(NamedTuple):
    """A place: what it is called, what fits, and published micro-credentials that its rule names."""

    title: str
    what: str
    fits: tuple[Version, ...]


class GroupShown(NamedTuple):
    """Places that belong together, and how many of them are needed."""

    title: str
    needed: int
    slots: tuple[SlotShown, ...]

    @property
    def takes_all(self) -> bool:
        """Whether every place must be filled."""
        return self.needed == len(self.slots)


def sentences(pathway: Pathway) -> tuple[str, ...]:
    """The draft as far as it is written, as its next version will read."""
    return read_back(pathway.draft, number=pathway.versions.count() + 1)


def verb_words(verb: str) -> Any:
    """What somebody did to a pathway."""
    return _VERBS.get(verb, verb)


def differences(before: Rule, after: Rule) -> Differences:
    """What a new version says otherwise; the first sentence, which names the version, is left out."""
    old, new = explain(before)[1:], explain(after)[1:]
    titles = ((before.title, before.award), (after.title, after.award))
    named = [_("“%(title)s” leads to: %(award)s.") % {"title": title, "award": award} for title, award in titles]  # fmt: skip
    old, new = (named[0], *old), (named[1], *new)
    return Differences(tuple(one for one in new if one not in old), tuple(one for one in old if one not in new))  # fmt: skip


def groups_of(rule: Rule, named: Mapping[str, Version]) -> list[GroupShown]:
    """The places of a rule, group by group; the final piece is a group of its own."""
    return [
        GroupShown(
            group.title or group.id,
            group.needed,
            tuple(
                SlotShown(slot.title or slot.id, where_words(slot.where) or _("anything"), tuple(_fits(slot.where, named)))
                for slot in group.slots
            ),
        )
        for group in rule.all_groups
    ]  # fmt: skip


def _fits(where: Where, named: Mapping[str, Version]) -> Iterable[Version]:
    names = [" ".join(name.split()).casefold() for one in (where, *where.any_of) for name in one.credential]
    return dict.fromkeys(named[name] for name in names if name in named)


def period(version: PathwayVersion) -> str:
    """From when until when it is in force."""
    first = date_format(version.valid_from)
    if version.last_day is None:
        return _("from %(first)s, without an end") % {"first": first}
    if version.last_day < version.valid_from:
        return _("never in force: withdrawn before its first day")
    return _("%(first)s to %(last)s") % {"first": first, "last": date_format(version.last_day)}
