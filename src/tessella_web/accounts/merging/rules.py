"""What accounts and signing in have only one of."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.merging.moving import check_first, rule_for
from tessella_web.accounts.models import AttestedIdentity, Membership, Person
from tessella_web.common.errors import RefusedError

__all__: list[str] = []


@rule_for(
    "accounts.Membership",
    _("A role that you have in one organisation with both accounts stays, for the longer of both times."),
)
def keep_longer(row: Membership, into: Person) -> None:
    """The role that lasts longer, and that is limited less."""
    held = Membership.objects.get(person=into, organisation=row.organisation_id, role=row.role)
    held.until = max(held.until, row.until) if held.until and row.until else None
    held.only = sorted({*held.only, *row.only}) if held.only and row.only else []
    held.is_delegated = held.is_delegated and row.is_delegated
    held.save()
    row.delete()


@rule_for(
    "accounts.AttestedIdentity",
    _("Of what an institution said about you with both accounts, the newer stays."),
)
def keep_newer(row: AttestedIdentity, into: Person) -> None:
    """What the institution said last."""
    held = AttestedIdentity.objects.get(person=into, provider=row.provider)
    if held.attested_at >= row.attested_at:
        row.delete()
        return
    held.delete()
    row.person = into
    row.save()


@rule_for("account.EmailAddress")
def one_first(row: EmailAddress, into: Person) -> None:
    """The remaining account keeps its first address; an address that both have noted is one."""
    held = EmailAddress.objects.filter(user=into, email=row.email).first()
    if held is not None:
        verified = row.verified or held.verified
        row.delete()
        EmailAddress.objects.filter(pk=held.pk).update(verified=verified)
        return
    row.user, row.primary = into, False
    row.save()


@rule_for(
    "mfa.Authenticator",
    _("Each account has an app for codes: that of the account you are in stays, with its recovery codes."),
)
def keep_own_app(row: Authenticator, into: Person) -> None:
    """The app of the account that stays, and its recovery codes; passkeys never clash."""
    row.delete()


@rule_for("carrying.CarriedFile")
@rule_for("wallet.Item", _("What lies in both wallets stays once."))
def keep_one(row: Any, into: Person) -> None:
    """The same bytes with the same checksum: one is enough."""
    file = row.file
    row.delete()
    if file:
        transaction.on_commit(lambda: default_storage.delete(file))


@rule_for(
    "catalogue.Answer",
    _(
        "Where you answered a question of a quality review with both accounts, the second answer stays without a name."
    ),
)
def leave_nameless(row: Any, into: Person) -> None:
    """What a review was told is not changed; nobody counts as two."""
    row.person = None
    row.save(update_fields=["person"])


@rule_for("registers.IdentityReviewer")
def keep_own(row: Any, into: Person) -> None:
    """Somebody looks at identities once."""
    row.delete()


@rule_for("carrying.Carried")
def keep_one_record(row: Any, into: Person) -> None:
    """The same record of the same archive: one is enough."""
    row.delete()


@rule_for("noticing.Wishes", _("Which mails you want is as in the account you are in."))
def keep_own_wishes(row: Any, into: Person) -> None:
    """As the account that stays has it."""
    row.delete()


@check_first
def nobody_leaves(into: Person, other: Person) -> None:
    """An account that is about to be erased takes nothing in and goes nowhere."""
    if Departure.objects.filter(person__in=[into, other]).exists():
        raise RefusedError(
            gettext("One of the accounts is about to be erased."),
            code="merging.leaving", hint=gettext("Take that back first, under “Leave”."),
        )  # fmt: skip
