"""What a wallet opens: everything in the catalogue and every programme, tested against what somebody holds."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence

from django.db.models import Count, Max, QuerySet

from tessella.guidance.entry import EntryRule as Rule
from tessella.guidance.entry import Opened, from_prerequisites, opens
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.search.snapshot import Head
from tessella_web.credentials.wallet.entries import Entry, entries_of
from tessella_web.guidance.catalogue import shelf
from tessella_web.guidance.entry.models import EntryRule
from tessella_web.guidance.skills.queries import items_of

__all__ = ["opened", "rules", "rules_of"]


def rules_of(organisation: Organisation) -> QuerySet[EntryRule]:
    """What an organisation says is needed."""
    return EntryRule.objects.filter(organisation=organisation).select_related("organisation", "description")


def opened(
    person: Person, *, languages: tuple[str, ...], on: dt.date
) -> tuple[tuple[Opened, ...], dict[str, Entry]]:
    """Every rule with its answer, the nearest first, and the entries of the wallet by key. A constant number of queries.

    What somebody holds already is left out: it need not be opened.
    """
    entries = entries_of(person, languages)
    had = {
        one.award.version.description_id for one in entries if one.award is not None and one.state != "failed"
    }
    asked = [one for one in rules(languages) if one.id not in had]
    found = opens(items_of(entries, languages), asked, on=on)
    return found, {one.key: one for one in entries}


def rules(languages: Sequence[str]) -> tuple[Rule, ...]:
    """What is needed for everything listed, as its provider says it, else as its description does; and for other programmes.

    ``id`` is the description's for what is listed, so that it has a page here; for the others it is the rule's.
    """
    state = EntryRule.objects.aggregate(last=Max("changed_at"), count=Count("pk"))
    return _rules(shelf().head, state["last"], state["count"], tuple(languages))


@functools.lru_cache(maxsize=8)
def _rules(head: Head, last: dt.datetime | None, count: int, languages: tuple[str, ...]) -> tuple[Rule, ...]:
    """Once for each change, in each process and language."""
    listed = shelf().listed
    said = list(EntryRule.objects.select_related("organisation"))
    own = {one.description_id: one for one in said if one.description_id}
    made = []
    for one in listed.values():
        rule = own.get(one.description)
        title = one.called(languages)
        if rule is not None:
            stated = rule.rule()
            made.append(
                Rule(
                    id=one.description, title=title, provider=one.provider, requirements=stated.requirements,
                    source=rule.source, url=rule.url,
                )
            )  # fmt: skip
        else:
            made.append(
                from_prerequisites(
                    one.needed, id=one.description, title=title, provider=one.provider,
                    language=languages[0] if languages else one.language,
                )
            )  # fmt: skip
    return (*made, *(one.rule() for one in said if one.description_id is None))
