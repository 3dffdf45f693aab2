"""Making, using and destroying keys kept for people: each asks who it is anew, and each is audited.

Whoever has such a key is not alone in having it: what it signs says so, see ADR 0035.
"""

from __future__ import annotations

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import AccessError, KeyMaterialError
from tessella.keys import PrivateKey, new_key_record
from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.holderkeys.models import HolderKey
from tessella_web.accounts.keys.keychain import AnyKey, keychain
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["ALGORITHM", "destroy", "make", "open_key", "rewrap"]

ALGORITHM = "ES256"
"""What attestations for the European wallet are bound to (HAIP 1.0 §8)."""

MOST_KEYS = 20
"""Keys of one person: one for each wallet they ever had elsewhere would be fewer."""


@transaction.atomic
def make(*, by: Person, name: str) -> HolderKey:
    """A new key, kept here for the person.

    Raises:
        FreshSignInError: who it is was not shown lately.
        RefusedError: ``holderkeys.too-many``; ``keys.locked``.
    """
    require_fresh_sign_in()
    if HolderKey.objects.filter(holder=by).exclude(wrapped="").count() >= MOST_KEYS:
        raise RefusedError(
            _("You have many keys already."), code="holderkeys.too-many", field="name", hint=_("Destroy one that you do not need.")
        )  # fmt: skip
    key = PrivateKey.generate(ALGORITHM)
    made = HolderKey(holder=by, name=name.strip()[:80] or _("My key"), thumbprint=key.public_key.thumbprint)
    made.record = msgspec.to_builtins(new_key_record(key, id=made.id, name="", created=timezone.now()))
    try:
        current = keychain().current
        made.kek, made.wrapped = current.id, current.wrap(key, bound_to=made.bound_to).decode()
    except (AccessError, KeyMaterialError) as error:
        raise RefusedError(error.message, code="keys.locked", hint=error.hint) from error
    made.save(force_insert=True)
    audit.record("holder-key.created", f"holder-key:{made.id}", actor_id=by.id)
    return made


def open_key(*, by: Person, key: HolderKey, purpose: str) -> PrivateKey:
    """The private part, for one use that the audit trail tells.

    Args:
        purpose: what it is used for, such as ``presentation:item:Xk3…``; never a name.

    Raises:
        FreshSignInError: who it is was not shown lately.
        RefusedError: ``wallet.not-yours``; ``holderkeys.destroyed``; ``keys.locked``.
    """
    require_fresh_sign_in()
    _own(by, key)
    if not key.is_usable:
        raise RefusedError(
            _("This key was destroyed."), code="holderkeys.destroyed",
            hint=_("Ask who awarded it for a new attestation, bound to a key that you have."),
        )  # fmt: skip
    opened = _opened(key)
    with transaction.atomic():
        HolderKey.objects.filter(pk=key.pk).update(used_at=timezone.now())
        audit.record("holder-key.used", f"holder-key:{key.id}", actor_id=by.id, facts={"purpose": purpose})
    return opened


@transaction.atomic
def destroy(*, by: Person, key: HolderKey) -> None:
    """Destroy the private part for good; what is bound to it can be read and shared, but nobody can present it as its holder any more.

    Raises:
        FreshSignInError: who it is was not shown lately.
        RefusedError: ``wallet.not-yours``.
    """
    require_fresh_sign_in()
    _own(by, key)
    HolderKey.objects.filter(pk=key.pk).update(wrapped="")
    audit.record("holder-key.destroyed", f"holder-key:{key.id}", actor_id=by.id)


def rewrap(current: AnyKey) -> int:
    """Wrap every key anew, within the transaction of a rotation; how many.

    Raises:
        RefusedError: ``keys.locked``.
    """
    found = list(HolderKey.objects.exclude(kek=current.id).exclude(wrapped=""))
    for key in found:
        key.wrapped = current.wrap(_opened(key), bound_to=key.bound_to).decode()
        key.kek = current.id
    HolderKey.objects.bulk_update(found, ["wrapped", "kek"], batch_size=100)
    return len(found)


def _own(by: Person, key: HolderKey) -> None:
    if key.holder_id != by.id:
        raise RefusedError(
            _("This is not your key."), code="wallet.not-yours", hint=_("Choose from what you have.")
        )


def _opened(key: HolderKey) -> PrivateKey:
    try:
        kek = keychain().find(key.kek)
        if kek is not None:
            return kek.unwrap(key.wrapped.encode(), bound_to=key.bound_to)
    except (AccessError, KeyMaterialError):
        pass  # told like a key-encryption key that is not there: the remedy is the same
    raise RefusedError(
        _("The key “%(name)s” cannot be opened here.") % {"name": key},
        code="keys.locked",
        hint=_("The operator has to restore the key-encryption key."),
    )
