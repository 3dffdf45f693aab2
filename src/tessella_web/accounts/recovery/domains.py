"""Which addresses end when somebody leaves an institution: known from what organisations and the operator have entered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from allauth.socialaccount import app_settings as institutions
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.accounts.recovery.models import MailDomain
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["MOST_DOMAINS", "institutional", "set_mail_domains"]

MOST_DOMAINS = 50
"""Faculties with domains of their own."""

_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")


def institutional(addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that are an institution's.

    Their domain, or one above it, is listed by an organisation here, is that of an organisation's website, or belongs to an institution
    at which people sign in. Three queries at most, however many addresses.
    """
    by_address = {one: _above(one.rpartition("@")[2].lower()) for one in addresses}
    wanted = {domain for above in by_address.values() for domain in above}
    known = _known(wanted) if wanted else frozenset()
    return frozenset(one for one, above in by_address.items() if known & above)


@transaction.atomic
def set_mail_domains(*, by: Person, organisation: Organisation, domains: Iterable[str]) -> list[str]:
    """Say in which domains the organisation gives addresses to people.

    Raises:
        RefusedError: ``recovery.domain``, one is no domain; ``recovery.domains``, too many.
    """
    require(by, organisation, "organisation.manage")
    wanted = sorted({one.strip().lower().removeprefix("@") for one in domains if one.strip()})
    wrong = next((one for one in wanted if not _DOMAIN.fullmatch(one)), None)
    if wrong is not None:
        raise RefusedError(
            _("“%(domain)s” is no mail domain.") % {"domain": wrong},
            code="recovery.domain", field="domains", hint=_("Write what stands behind the @, such as student.example.org."),
        )  # fmt: skip
    if len(wanted) > MOST_DOMAINS:
        raise RefusedError(
            _("Too many domains."), code="recovery.domains", field="domains",
            hint=_("A domain stands for all below it: %(most)s are enough.") % {"most": MOST_DOMAINS},
        )  # fmt: skip
    organisation.mail_domains.all().delete()
    MailDomain.objects.bulk_create(MailDomain(organisation=organisation, domain=one) for one in wanted)
    audit.record(
        "organisation.mail-domains", f"organisation:{organisation.id}", actor_id=by.id,
        organisation=organisation.id, facts={"domains": wanted},
    )  # fmt: skip
    return wanted


def _above(domain: str) -> frozenset[str]:
    """The domain and those above it, without the top one."""
    parts = domain.split(".")
    return frozenset(".".join(parts[at:]) for at in range(len(parts) - 1))


def _known(wanted: set[str]) -> frozenset[str]:
    """Of these domains those that are some institution's."""
    found = set(MailDomain.objects.filter(domain__in=wanted).values_list("domain", flat=True))
    for app in institutions.PROVIDERS["openid_connect"]["APPS"]:
        found |= wanted & set(app["settings"]["domains"])
    starts = Q()
    for domain in wanted:
        for start in ("https://", "https://www.", "http://", "http://www."):
            starts |= Q(website__istartswith=start + domain)
    for website in Organisation.objects.filter(starts).values_list("website", flat=True):
        found.add((urlsplit(website).hostname or "").removeprefix("www."))
    return frozenset(found & wanted)
