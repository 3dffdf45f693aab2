"""The verbs about people and workspaces."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Membership, Organisation, Person, Role, SignInLink
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "establish",
    "found_organisation",
    "give_role",
    "make_sign_in_link",
    "send_sign_in_link",
    "take_role",
    "unestablish",
    "use_sign_in_link",
]

LINK_VALID_MINUTES = 30
"""Long enough to find the mail, short enough that an old one opens nothing."""


@transaction.atomic
def found_organisation(
    *,
    founder: Person,
    name: str,
    slug: str,
    country: str,
    language: str = "en",
    legal_id: str = "",
    website: str = "",
) -> Organisation:
    """A new workspace; whoever founds it owns it."""
    if Organisation.objects.filter(slug=slug).exists():
        raise RefusedError(
            _("This short name is taken."),
            code="accounts.slug-taken",
            hint=_("Choose another."),
            field="slug",
        )
    organisation = Organisation.objects.create(
        name=name, slug=slug, country=country, language=language, legal_id=legal_id, website=website
    )
    Membership.objects.create(person=founder, organisation=organisation, role=Role.OWNER)
    audit.record(
        "organisation.founded",
        f"organisation:{organisation.id}",
        actor_id=founder.id,
        organisation=organisation.id,
    )
    return organisation


@transaction.atomic
def establish(*, organisation: Organisation, by_method: str, legal_id: str = "", actor_id: str = "") -> None:
    """It was shown who stands behind it; ``registers`` decides when. ``legal_id`` is the body's, when it has one."""
    organisation.established_by, organisation.established_at = by_method, timezone.now()
    organisation.legal_id = legal_id
    organisation.save(update_fields=["established_by", "established_at", "legal_id"])
    audit.record(
        "organisation.established",
        f"organisation:{organisation.id}",
        actor_id=actor_id,
        organisation=organisation.id,
        facts={"by": by_method},
    )


@transaction.atomic
def unestablish(*, organisation: Organisation, actor_id: str = "") -> None:
    """What was shown does not hold any more: from now on it issues tests only."""
    organisation.established_by, organisation.established_at = "", None
    organisation.save(update_fields=["established_by", "established_at"])
    audit.record(
        "organisation.unestablished",
        f"organisation:{organisation.id}",
        actor_id=actor_id,
        organisation=organisation.id,
    )


@transaction.atomic
def give_role(*, by: Person, organisation: Organisation, person: Person, role: Role) -> Membership:
    """Give somebody a role; giving it twice changes nothing."""
    require(by, organisation, "organisation.manage")
    membership, made = Membership.objects.get_or_create(person=person, organisation=organisation, role=role)
    if made:
        audit.record(
            "role.given", f"person:{audit.reference_of(person.id)}", actor_id=by.id, organisation=organisation.id,
            facts={"role": str(role)},
        )  # fmt: skip
    return membership


@transaction.atomic
def take_role(*, by: Person, organisation: Organisation, person: Person, role: Role) -> None:
    """Take a role away; an organisation keeps at least one owner."""
    require(by, organisation, "organisation.manage")
    owners = Membership.objects.select_for_update().filter(organisation=organisation, role=Role.OWNER)
    if role is Role.OWNER and not owners.exclude(person=person).exists():
        raise RefusedError(
            _("An organisation needs an owner."),
            code="accounts.last-owner",
            hint=_("Make somebody else owner first."),
        )
    gone, _by_model = Membership.objects.filter(person=person, organisation=organisation, role=role).delete()
    if gone:
        audit.record(
            "role.taken", f"person:{audit.reference_of(person.id)}", actor_id=by.id, organisation=organisation.id,
            facts={"role": str(role)},
        )  # fmt: skip


@transaction.atomic
def make_sign_in_link(*, person: Person) -> str:
    """The secret of a link that signs this person in once, within `LINK_VALID_MINUTES`."""
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        digest=_digest(secret),
        person=person,
        expires_at=timezone.now() + dt.timedelta(minutes=LINK_VALID_MINUTES),
    )
    return secret


def send_sign_in_link(*, email: str, base_url: str) -> None:
    """Mail a link to the person with this address, in the person's language; nothing happens when there is none."""
    person = Person.objects.filter(email=email.lower(), is_active=True).first()
    if person is None:
        return
    address = f"{base_url}{reverse('sign-in-link')}?key={make_sign_in_link(person=person)}"
    with translation.override(person.language):
        send_mail(
            _("Your link to sign in"),
            _("Hello %(name)s,\n\nthis link signs you in once, within %(minutes)s minutes:\n%(address)s\n\n"
              "If you did not ask for it, ignore this mail.")
            % {"name": person.name, "minutes": LINK_VALID_MINUTES, "address": address},
            None,
            [person.email],
        )  # fmt: skip


@transaction.atomic
def use_sign_in_link(*, secret: str) -> Person:
    """The person whom the link signs in; it works once.

    Raises:
        RefusedError: ``accounts.link``, used, too old or never made: not told apart.
    """
    link = (
        SignInLink.objects.select_for_update().select_related("person").filter(digest=_digest(secret)).first()
    )
    if link is None or link.used_at or link.expires_at < timezone.now() or not link.person.is_active:
        raise RefusedError(
            _("This link does not work any more."),
            code="accounts.link",
            hint=_("Ask for a new one: a link works once."),
        )
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return link.person


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
