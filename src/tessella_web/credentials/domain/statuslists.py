"""Status lists: places in them, what they say, and the sealed lists that are served.

A list for suspension keeps revocations beside it, with the same places: a copy that can be suspended can be revoked for good as well.
"""

from __future__ import annotations

import datetime as dt
import logging
import zlib
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tessella.errors import TessellaError
from tessella.issuing.publishing import LIST_VALID_DAYS, seal_status_list, seal_token_status_list
from tessella.status import StatusList as Bits
from tessella.status import StatusPurpose
from tessella_web.accounts.keys.queries import key_for_did
from tessella_web.accounts.models import Organisation
from tessella_web.common.errors import DomainError, RefusedError
from tessella_web.credentials.domain.sealers import list_issuer
from tessella_web.credentials.models import AwardState, Copy, StatusList

__all__ = [
    "address",
    "address_of_revocations",
    "allocate",
    "publish",
    "publish_due",
    "served",
    "set_places",
    "suffixes",
]

_REVOCATIONS = "revoked.json"
"""How the address of the revocations beside a list for suspension ends."""

DECOYS = 400
"""Set places that belong to nobody: the number of revocations cannot be read off a published list."""

RENEW_AFTER = dt.timedelta(days=LIST_VALID_DAYS) / 2
"""A list is sealed anew long before it ends, so that a week without an operator does no harm."""


RETRY_AFTER = dt.timedelta(hours=1)
"""When a list is tried again whose key cannot seal: somebody has to do something about the key first."""

CLOCKS_DIFFER = dt.timedelta(minutes=1)
"""A list is valid from a minute before it was sealed: whoever verifies may have a slow clock, or have begun before the list was sealed
for them, and should not be told that it is not valid yet."""

LISTS_AT_ONCE = 100
"""Lists that one call looks at."""

_log = logging.getLogger(__name__)


def suffixes(one: StatusList) -> tuple[str, ...]:
    """How the addresses end at which it is served: the list, and the revocations beside it. A token tells both in one."""
    if one.is_token:
        return ("jwt",)
    return ("json", _REVOCATIONS) if one.purpose == "suspension" else ("json",)


def address(one: StatusList) -> str:
    """Where the list is served."""
    return _address(one, suffixes(one)[0])


def address_of_revocations(one: StatusList) -> str:
    """Where the revocations beside a list for suspension are served; empty where the list tells them itself."""
    return _address(one, _REVOCATIONS) if _REVOCATIONS in suffixes(one) else ""


def _address(one: StatusList, suffix: str) -> str:
    return f"{settings.BASE_URL}/o/{one.organisation.slug}/status/{one.id}.{suffix}"


def served(one: StatusList, suffix: str) -> bytes:
    """What is served there; empty until it is sealed."""
    return bytes(one.sealed_revoked if suffix == _REVOCATIONS else one.sealed)


def allocate(
    organisation: Organisation, *, did: str, purpose: StatusPurpose, is_token: bool, count: int
) -> list[tuple[StatusList, int]]:
    """``count`` random places that no other copy has; within the transaction of the caller."""
    places: list[tuple[StatusList, int]] = []
    while len(places) < count:
        one = _open_list(organisation, did, purpose, is_token)
        bits = _bits(one)
        while len(places) < count and bits.free:
            places.append((one, bits.allocate()))
        one.taken, one.is_full = _packed(bits.taken), not bits.free
        one.save(update_fields=["taken", "is_full"])
    return places


def set_places(copies: Iterable[Copy], state: AwardState) -> list[StatusList]:
    """Have the lists say that the copies are in this state: the lists that have changed; within the caller's transaction.

    A suspension, and its end, are for copies in lists for suspension. What is revoked or replaced stays so.
    """
    places: dict[str, list[int]] = {}
    for copy in copies:
        if copy.status_list_id and copy.status_index is not None:
            places.setdefault(copy.status_list_id, []).append(copy.status_index)
    changed = []
    for one in StatusList.objects.select_for_update().filter(pk__in=places).order_by("pk"):
        is_held = state in (AwardState.VALID, AwardState.SUSPENDED)
        bits = _bits(one) if is_held or one.purpose == "revocation" else _revoked(one)
        for index in places[one.pk]:
            (bits.clear if state == AwardState.VALID else bits.set)(index)
        field = "bits" if bits.purpose == one.purpose else "revoked"
        setattr(one, field, _packed(bits.bits))
        one.is_due = True
        one.save(update_fields=[field, "is_due"])
        changed.append(one)
    return changed


def publish_due() -> int:
    """Seal what says something new, or whose seal ends before long; how many were sealed. Each is sealed by one worker, once."""
    return sum(_publish_if_due(pk) for pk in _due().values_list("pk", flat=True)[:LISTS_AT_ONCE])


def _due() -> QuerySet[StatusList]:
    now = timezone.now()
    found = StatusList.objects.filter(Q(is_due=True) | Q(sealed_at__lt=now - RENEW_AFTER))
    return found.filter(Q(not_before__isnull=True) | Q(not_before__lte=now))


def _publish_if_due(pk: str) -> bool:
    try:
        with transaction.atomic():
            one = _due().select_for_update(skip_locked=True).filter(pk=pk).first()
            if one is None:  # somebody else was quicker
                return False
            publish(one)
    except (DomainError, TessellaError) as error:
        StatusList.objects.filter(pk=pk).update(not_before=timezone.now() + RETRY_AFTER)
        _log.warning("status list %s was not sealed: %s", pk, error.code)
        return False
    return True


@transaction.atomic
def publish(one: StatusList) -> StatusList:
    """Seal the list as it is now, with the revocations beside it, and serve that from here on.

    Raises:
        RefusedError: ``keys.not-active``, the key that its copies name was revoked: they count as untrusted anyway.
    """
    locked = StatusList.objects.select_for_update().select_related("organisation").get(pk=one.pk)
    key = key_for_did(locked.organisation, locked.did)
    if key is None:
        raise RefusedError("", code="keys.not-active")
    issuer = list_issuer(key, purpose=f"status-list:{locked.id}")
    now = timezone.now().replace(microsecond=0)
    at, bits = now - CLOCKS_DIFFER, _bits(locked)
    beside = _revoked(locked) if locked.purpose == "suspension" else None
    if locked.is_token:
        locked.sealed = seal_token_status_list(
            bits, url=address(locked), issuer=issuer, at=at, revocation=beside
        )
    else:
        locked.sealed = seal_status_list(bits, url=address(locked), issuer=issuer, at=at)
        if beside is not None:
            url = address_of_revocations(locked)
            locked.sealed_revoked = seal_status_list(beside, url=url, issuer=issuer, at=at)
    locked.sealed_at, locked.is_due, locked.not_before = now, False, None
    locked.save(update_fields=["sealed", "sealed_revoked", "sealed_at", "is_due", "not_before"])
    return locked


def _open_list(organisation: Organisation, did: str, purpose: StatusPurpose, is_token: bool) -> StatusList:
    wanted = {"organisation": organisation, "did": did, "purpose": purpose, "is_token": is_token}
    open_lists = StatusList.objects.select_for_update().filter(**wanted, is_full=False).order_by("pk")
    found = open_lists.first()
    if found is None:  # one worker makes the list, the others wait for it
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        found = open_lists.first()
    if found is not None:
        return found
    made = Bits(purpose)
    made.add_decoys(DECOYS)  # before any place is given away: a decoy drawn later could hit one
    taken, revoked = made.taken, b""
    if purpose == "suspension":  # revocations have decoys of their own: those of both would be told apart
        beside = Bits("revocation", bits=bytes(len(taken)), taken=taken)
        beside.add_decoys(DECOYS)
        taken, revoked = beside.taken, _packed(beside.bits)
    return StatusList.objects.create(**wanted, bits=_packed(made.bits), revoked=revoked, taken=_packed(taken))


def _bits(one: StatusList) -> Bits:
    purpose: StatusPurpose = "suspension" if one.purpose == "suspension" else "revocation"
    return Bits(purpose, bits=zlib.decompress(one.bits), taken=zlib.decompress(one.taken))


def _revoked(one: StatusList) -> Bits:
    """The revocations beside a list for suspension."""
    return Bits("revocation", bits=zlib.decompress(one.revoked), taken=zlib.decompress(one.taken))


def _packed(data: Sequence[int] | bytes) -> bytes:
    return zlib.compress(bytes(data), 6)
