"""The verbs about entry requirements: a provider says what is needed, changes it, takes it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.guidance.entry import EntryRule as Rule
from tessella.guidance.entry import entry_rule_data, load_entry_rules
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.models import Description
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.entry.models import EntryRule

__all__ = ["MOST_RULES", "change", "create", "remove"]

MOST_RULES = 2_000
"""Programmes of one organisation; the largest universities have some 600."""


@transaction.atomic
def create(
    *,
    by: Person,
    organisation: Organisation,
    title: str = "",
    url: str = "",
    source: str = "",
    requirements: Sequence[Any] = (),
    description: Description | None = None,
) -> EntryRule:
    """Say what is needed to enter a programme, or one of the organisation's micro-credentials; it is public at once.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``guidance.entry`` at the field that is wrong; ``guidance.entry-twice``; ``guidance.too-many``.
    """
    require(by, organisation, "offer.edit")
    if description is not None and description.organisation_id != organisation.id:
        raise _wrong("description", _("This micro-credential is not yours."), _("Choose one of your own."))
    if description is not None and EntryRule.objects.filter(description=description).exists():
        raise RefusedError(
            _("What is needed for this is said already."), code="guidance.entry-twice", field="description",
            hint=_("Change what is said."),
        )  # fmt: skip
    if EntryRule.objects.filter(organisation=organisation).count() >= MOST_RULES:
        raise RefusedError(
            _("There are more than %(most)s programmes.") % {"most": MOST_RULES}, code="guidance.too-many",
            hint=_("Take away those that are not offered any more."),
        )  # fmt: skip
    one = EntryRule(organisation=organisation, description=description)
    return _written(
        one, by, {"title": title or (description.title if description else ""), "url": url, "source": source, "requirements": requirements},
        "entry.created",
    )  # fmt: skip


@transaction.atomic
def change(*, by: Person, rule: EntryRule, values: Mapping[str, Any]) -> EntryRule:
    """Say it otherwise; what ``values`` leaves out (``title``, ``url``, ``source``, ``requirements``) stays.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``guidance.entry`` at the field that is wrong.
    """
    require(by, rule.organisation, "offer.edit")
    one = EntryRule.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=rule.pk)
    return _written(one, by, values, "entry.changed")


@transaction.atomic
def remove(*, by: Person, rule: EntryRule) -> None:
    """Say nothing any more; for a micro-credential its description counts again.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, rule.organisation, "offer.edit")
    audit.record("entry.removed", f"entry:{rule.id}", actor_id=by.id, organisation=rule.organisation_id)
    rule.delete()


def _written(one: EntryRule, by: Person, values: Mapping[str, Any], verb: str) -> EntryRule:
    for name in ("title", "url", "source"):
        if name in values:
            setattr(one, name, _text(name, str(values[name] or "")))
    if not one.title:
        raise _wrong("title", _("It has no name."), _("Say what people call the programme."))
    if "requirements" in values:
        one.requirements = _requirements(one, values["requirements"])
    one.changed_by = by
    one.save()
    audit.record(
        verb, f"entry:{one.id}", actor_id=by.id, organisation=one.organisation_id,
        facts={"requirements": len(one.requirements)},
    )  # fmt: skip
    return one


def _text(name: str, value: str) -> str:
    text = " ".join(value.split())
    limit = getattr(EntryRule._meta.get_field(name), "max_length", 0)
    if len(text) > limit:
        raise _wrong(
            name, _("This is longer than %(limit)s characters.") % {"limit": limit}, _("Say it shorter.")
        )
    if name == "url" and text and not _is_address(text):
        raise _wrong(name, _("This is no address of a page."), _("It begins with https://."))
    return text


def _is_address(text: str) -> bool:
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme in ("http", "https") and bool(found.hostname)


def _requirements(one: EntryRule, written: Sequence[Any]) -> list[Any]:
    """As the library reads them, and back as plain data: nothing else is stored."""
    plain = {
        "id": one.id,
        "title": one.title,
        "provider": one.organisation.name,
        "requirements": list(written),
    }
    try:
        (rule,) = load_entry_rules([plain])
    except TessellaError as error:
        raise _wrong("requirements", error.message, error.hint) from error
    return list(
        entry_rule_data(Rule(id="", title="", provider="", requirements=rule.requirements)).get(
            "requirements", ()
        )
    )


def _wrong(field: str, message: str, hint: str) -> RefusedError:
    return RefusedError(message, code="guidance.entry", field=field, hint=hint)
