"""Reads about keys."""

from __future__ import annotations

from typing import Any

from tessella.keys import KeyRing, KeyStatus
from tessella_web.accounts.keys.domain import did_of
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation

__all__ = ["active_key", "did_document", "key_for_did", "keys_of"]


def keys_of(organisation: Organisation) -> list[OrganisationKey]:
    """All keys, the newest first."""
    return list(OrganisationKey.objects.filter(organisation=organisation))


def active_key(organisation: Organisation, use: KeyUse) -> OrganisationKey | None:
    """The newest key in use: of an organisation that is not established only test keys, of others only real ones."""
    return (
        OrganisationKey.objects.filter(
            organisation=organisation,
            use=use,
            state=KeyStatus.ACTIVE,
            is_test=not organisation.is_established,
        )
        .order_by("-number")
        .first()
    )


def key_for_did(organisation: Organisation, did: str) -> OrganisationKey | None:
    """The newest badge key of a DID that can still sign a status list: in use, or replaced without fault."""
    keys = OrganisationKey.objects.filter(organisation=organisation, use=KeyUse.BADGE).exclude(
        state=KeyStatus.REVOKED
    )
    own = [key for key in keys if key.did == did]
    return next(iter(sorted(own, key=lambda key: (key.is_active, key.number), reverse=True)), None)


def did_document(organisation: Organisation) -> dict[str, Any] | None:
    """What is published at the organisation's did:web, with replaced and revoked keys; None when it has none."""
    did = did_of(organisation)
    if not did:
        return None
    records = tuple(key.public for key in keys_of(organisation) if key.did == did)
    return KeyRing(controller=did, keys=records).did_document()
