"""The verbs about pathways: begin, write, publish, end."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.adapters.descriptions import parse_description
from tessella.errors import TessellaError
from tessella.stacking import Rule, explain, published_rule, rule_data
from tessella.stacking.language import Where
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require, roles_of
from tessella_web.catalogue.pathways.drafting import Draft, as_rule, clean_draft, problems_of, says_the_same
from tessella_web.catalogue.pathways.models import (
    LONGEST_NAME,
    NamedCredential,
    Pathway,
    PathwayState,
    PathwayVersion,
)
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_PATHWAYS",
    "change",
    "credentials_of",
    "discard",
    "file_of",
    "publish",
    "read_file",
    "start",
    "start_from_example",
    "withdraw",
]

MAX_FILE_BYTES = 256 * 1024
"""Of a rule as a file; the longest published one is below 10 KB."""

MAX_PATHWAYS = 500
"""Of one organisation: more than a university has programmes."""

MAX_REASON = 2000
"""Characters of a reason."""


@transaction.atomic
def start(
    *, by: Person, organisation: Organisation, data: Mapping[str, Any] | None = None, source: str = ""
) -> Pathway:
    """A new rule in work, with what can be used of ``data``; it is the organisation's own, whatever the data say.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``pathways.too-many``.
    """
    require(by, organisation, "rule.edit")
    if organisation.pathways.count() >= MAX_PATHWAYS:
        raise RefusedError(
            _("There are %(limit)s pathways already.") % {"limit": MAX_PATHWAYS},
            code="pathways.too-many",
            hint=_("Discard those that were never published."),
        )
    made = Pathway(organisation=organisation, started_by=by, changed_by=by, started_from=source[:60])
    own = {"id": f"urn:tessella:pathway:{made.id}", "receiver": organisation.name}
    given = clean_draft(data or {}).data
    made.draft = {**given, **own, "decider": given.get("decider") or {"name": organisation.name}}
    made.draft.pop("published", None)
    _write(made)
    made.save()
    _tell("pathway.started", made, by)
    return made


def start_from_example(*, by: Person, organisation: Organisation, name: str) -> Pathway:
    """A new rule in work that begins as one of the examples of the library.

    Raises:
        RefusedError: ``pathways.no-example``; and as `start`.
    """
    try:
        data = parse_description(published_rule(name), name)
    except TessellaError as error:
        raise RefusedError(str(error), code="pathways.no-example", field="name", hint=error.hint) from error
    return start(by=by, organisation=organisation, data=data, source=name)


@transaction.atomic
def change(*, by: Person, pathway: Pathway, data: Mapping[str, Any], revision: int) -> Pathway:
    """Write the draft anew; ``revision`` is the one that was read before.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``pathways.conflict``, somebody else wrote meanwhile; ``pathways.file``, a part is no part of a rule, with its place.
    """
    require(by, pathway.organisation, "rule.edit")
    found = _locked(pathway)
    if found.revision != revision:
        raise RefusedError(
            _("Somebody else changed this rule meanwhile."),
            code="pathways.conflict",
            hint=_("Load the page again, and write your change into what stands there now."),
        )
    draft = clean_draft(data)
    if draft.problems:
        first = draft.problems[0]
        raise RefusedError(f"{first.place}: {first.message}", code=first.code, field=first.place, hint=first.hint)  # fmt: skip
    changed = sorted(
        name
        for name in {*found.draft, *draft.data}
        if found.draft.get(name) != draft.data.get(name)
    )  # fmt: skip
    if changed:
        found.draft, found.changed_by = draft.data, by
        found.revision += 1
        _write(found)
        found.save()
        _tell("pathway.changed", found, by, fields=changed)
    return found


@transaction.atomic
def discard(*, by: Person, pathway: Pathway) -> None:
    """Delete a rule that was never published.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``pathways.published``.
    """
    require(by, pathway.organisation, "rule.edit")
    found = _locked(pathway)
    if found.versions.exists():
        raise RefusedError(
            _("This rule was published; people may have built on it."),
            code="pathways.published",
            hint=_("Withdraw it from a day on; its page stays and says why."),
        )
    _tell("pathway.discarded", found, by)
    found.delete()


@transaction.atomic
def publish(*, by: Person, pathway: Pathway, revision: int | None = None) -> PathwayVersion:
    """The next version: numbered, in force from its first day or today, immutable from now on.

    Args:
        revision: of the draft that somebody looked at; None for whatever stands there.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``pathways.incomplete``, ``stacking.…`` with the first thing that is wrong and its place; ``pathways.receiver``,
            the rule is written in another's name; ``pathways.unchanged``; ``pathways.over``; ``pathways.conflict``; ``pathways.name-taken``; ``accounts.terms``, ``accounts.held``.
    """
    require(by, pathway.organisation, "rule.publish")
    found = _locked(pathway)
    if revision is not None and revision != found.revision:
        raise RefusedError(
            _("Somebody else changed this rule meanwhile."), code="pathways.conflict", hint=_("Read it again before you publish it.")
        )  # fmt: skip
    now = timezone.now()
    last = found.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    rule = _publishable(found, number, timezone.localdate(now))
    data = json.loads(json.dumps(rule_data(rule)))
    if last is not None and last.withdrawn_from is None and says_the_same(found.draft, last.rule):
        raise RefusedError(
            _("Nothing has changed since version %(number)s.") % {"number": last.number},
            code="pathways.unchanged", hint=_("Change what should be different first."),
        )  # fmt: skip
    made = PathwayVersion.objects.create(
        pathway=found, number=number, data=data, title=rule.title[:300], award=rule.award[:300], receiver=rule.receiver[:300],
        words=_words(rule), valid_from=rule.valid_from or timezone.localdate(now), valid_until=rule.valid_until,
        published_at=now, published_by=by, published_by_name=by.name,
        published_by_roles=sorted(str(role) for role in roles_of(by, found.organisation)),
    )  # fmt: skip
    NamedCredential.objects.bulk_create(NamedCredential(version=made, name=name) for name in _named(rule))
    found.state = PathwayState.PUBLISHED
    found.save(update_fields=["state", "changed_at"])
    audit.record(
        "pathway.published", f"pathway-version:{made.id}", actor_id=by.id, organisation=found.organisation_id, facts={"number": number}
    )  # fmt: skip
    return made


@transaction.atomic
def withdraw(*, by: Person, version: PathwayVersion, from_day: dt.date, because: str) -> PathwayVersion:
    """Not in force from that day on; the page stays and says why. What was decided before stays.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``pathways.withdrawn`` already; ``pathways.past-day``; ``pathways.no-reason``.
    """
    require(by, version.pathway.organisation, "rule.publish")
    pathway = _locked(version.pathway)
    found = PathwayVersion.objects.select_related("pathway__organisation").get(pk=version.pk)
    if found.withdrawn_from is not None:
        raise RefusedError(
            _("This version is withdrawn already."),
            code="pathways.withdrawn",
            hint=_("Publish another version if it should be in force again."),
        )
    if from_day < timezone.localdate():
        raise RefusedError(
            _("This day is over; people may have built on the rule since."), code="pathways.past-day", field="from_day",
            hint=_("Choose today or a later day."),
        )  # fmt: skip
    if not because.strip():
        raise RefusedError(
            _("Say why it is withdrawn."), code="pathways.no-reason", field="because",
            hint=_("Everybody who comes to its page reads it."),
        )  # fmt: skip
    found.withdrawn_from, found.withdrawn_because = from_day, because.strip()[:MAX_REASON]
    found.save(update_fields=["withdrawn_from", "withdrawn_because"])
    if not pathway.versions.filter(withdrawn_from__isnull=True).exists():
        pathway.state = PathwayState.WITHDRAWN
        pathway.save(update_fields=["state", "changed_at"])
    audit.record(
        "pathway.withdrawn", f"pathway-version:{found.id}", actor_id=by.id, organisation=pathway.organisation_id,
        facts={"number": found.number, "from": from_day.isoformat()},
    )  # fmt: skip
    return found


def read_file(data: bytes) -> Draft:
    """What a rule file (YAML or JSON) says, as far as it can be used, and what cannot, each with its place.

    Raises:
        RefusedError: ``pathways.too-large``; ``pathways.unreadable`` with line and column; ``pathways.file``, it is no rule at all.
    """
    if len(data) > MAX_FILE_BYTES:
        raise RefusedError(
            _("The file is larger than %(limit)s KB.") % {"limit": MAX_FILE_BYTES // 1024}, code="pathways.too-large", field="file",
            hint=_("A rule is some lines of text; send the rule alone."),
        )  # fmt: skip
    try:
        found = parse_description(data)
    except TessellaError as error:
        where = f" ({error.place})" if error.place else ""
        raise RefusedError(f"{error.message}{where}", code="pathways.unreadable", field="file", hint=error.hint) from error  # fmt: skip
    if not isinstance(found, Mapping):
        raise RefusedError(
            _("This file holds no rule: a rule is a mapping of field names to values."), code="pathways.file", field="file",
            hint=_("Download one of the examples and change it."),
        )  # fmt: skip
    return clean_draft(found)


def file_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The rule as it goes into a file: in the order of the language, without what says nothing."""
    order = [one.encode_name for one in msgspec.structs.fields(Rule)]
    return {name: data[name] for name in order if name in data}


def _publishable(pathway: Pathway, number: int, today: dt.date) -> Rule:
    own = pathway.organisation.name
    problems = problems_of(pathway.draft)
    if problems:
        first = problems[0]
        more = " " + _("%(count)s more things are wrong.") % {"count": len(problems) - 1} if len(problems) > 1 else ""  # fmt: skip
        hint = first.hint + more
        if first.code == "stacking.rule":
            raise RefusedError(first.message, code="pathways.incomplete", field=first.place, hint=hint)
        raise RefusedError(first.message, code=first.code, field=first.place, hint=hint)
    rule = msgspec.structs.replace(as_rule(pathway.draft), version=str(number), published=True)
    if " ".join(rule.receiver.split()) != " ".join(own.split()):
        raise RefusedError(
            _("This rule is written in the name of %(receiver)s, and you work in %(own)s.") % {"receiver": rule.receiver, "own": own},
            code="pathways.receiver", field="receiver", hint=_("Write %(own)s, or have the other organisation publish it.") % {"own": own},
        )  # fmt: skip
    if rule.valid_until is not None and rule.valid_until < today:
        raise RefusedError(
            _("The last day on which it is in force is over."), code="pathways.over", field="valid_until",
            hint=_("Choose a later day, or none."),
        )  # fmt: skip
    others = PathwayVersion.objects.exclude(pathway=pathway).filter(data__id=rule.id)
    if others.exists():
        raise RefusedError(
            _("Another published rule has the identifier %(id)s.") % {"id": rule.id}, code="pathways.name-taken", field="id",
            hint=_("Give yours one of its own under “For programs”."),
        )  # fmt: skip
    return rule


def _words(rule: Rule) -> str:
    return " ".join((rule.title, rule.award, rule.receiver, rule.about, *explain(rule))).casefold()[:20_000]


def _named(rule: Rule) -> list[str]:
    names = (" ".join(name.split()).casefold()[:LONGEST_NAME] for name in credentials_of(rule))
    return list(dict.fromkeys(filter(None, names)))


def credentials_of(rule: Rule) -> list[str]:
    """The micro-credentials that the rule names, wherever it says that they count."""
    listed: list[Any] = [*rule.conditions, *rule.amounts, *rule.outcomes, *rule.parts]
    listed += [slot for group in rule.all_groups for slot in group.slots]
    wheres: list[Where] = [*(one.where for one in listed), *rule.categories.values()]
    return [name for where in wheres for name in _credentials(where)]


def _credentials(where: Where) -> list[str]:
    return [*where.credential, *(name for one in where.any_of for name in _credentials(one))]


def _write(pathway: Pathway) -> None:
    pathway.title = str(pathway.draft.get("title", ""))[:300]


def _locked(pathway: Pathway) -> Pathway:
    return Pathway.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pathway.pk)


def _tell(verb: str, pathway: Pathway, by: Person, **facts: object) -> None:
    audit.record(
        verb, f"pathway:{pathway.id}", actor_id=by.id, organisation=pathway.organisation_id, facts=facts
    )
