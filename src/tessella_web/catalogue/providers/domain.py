"""The verb about what an organisation says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.conf.locale import LANG_INFO
from django.db import transaction
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.providers.models import Policy, Subject
from tessella_web.common import audit
from tessella_web.common.addresses import parts_of
from tessella_web.common.errors import RefusedError

__all__ = ["MAX_TEXT", "MAX_URL", "Written", "require_to_write", "write_policies"]

MAX_TEXT = 6000
"""Characters: two pages; what is longer stands on the organisation's own site."""

MAX_URL = 200
"""Characters of an address, as the column has room for."""


class Written(NamedTuple):
    """What is said about a subject; both empty takes it away."""

    text: str = ""
    url: str = ""


def require_to_write(*, by: Person, organisation: Organisation) -> None:
    """Go on only for those who may.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    require(by, organisation, "organisation.manage")


@transaction.atomic
def write_policies(
    *, by: Person, organisation: Organisation, language: str, policies: Mapping[Subject, Written]
) -> list[Subject]:
    """Say these things in this language; subjects that are left out stay. Returns those that changed.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``providers.language``, ``providers.too-long``, ``providers.url``, with the subject as field.
    """
    require_to_write(by=by, organisation=organisation)
    if language not in LANG_INFO:
        raise RefusedError(
            _("This language is not known here."),
            code="providers.language",
            hint=_("Choose one of the list."),
            field="language",
        )
    before = {one.subject: one for one in Policy.objects.filter(organisation=organisation, language=language)}
    changed = []
    for subject, written in policies.items():
        said = Written(written.text.strip(), written.url.strip())
        _check(subject, said)
        old = before.get(subject)
        if said == (Written(old.text, old.url) if old else Written()):
            continue
        changed.append(subject)
        if any(said):
            Policy.objects.update_or_create(
                organisation=organisation, subject=subject, language=language, defaults=said._asdict()
            )
        elif old:
            old.delete()
    if changed:
        audit.record(
            "providers.policies-written", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
            facts={"language": language, "subjects": [str(one) for one in changed]},
        )  # fmt: skip
    return changed


def _check(subject: Subject, said: Written) -> None:
    if len(said.text) > MAX_TEXT:
        raise RefusedError(
            _("At most %(most)s characters fit here.") % {"most": MAX_TEXT},
            code="providers.too-long", hint=_("Say what matters most, and link the rest."), field=subject.value,
        )  # fmt: skip
    if said.url and (parts_of(said.url).scheme not in ("http", "https") or len(said.url) > MAX_URL):
        raise RefusedError(
            _("This is no address of a page."),
            code="providers.url",
            hint=_("It begins with https://."),
            field=subject.value,
        )
