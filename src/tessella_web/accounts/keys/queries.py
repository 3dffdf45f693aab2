"""Reads about keys."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from tessella.keys import KeyRing, KeyStatus
from tessella_web.accounts.keys.domain import did_of
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation

__all__ = [
    "active_key",
    "did_document",
    "ending_soon",
    "issuer_profile",
    "key_for_did",
    "keys_of",
    "names_another_body",
]

PROFILE_CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)

WARN_DAYS = 60
"""A certificate that ends within this is warned of: providers take weeks to make the next."""


def keys_of(organisation: Organisation) -> list[OrganisationKey]:
    """All keys, the newest first."""
    return list(OrganisationKey.objects.filter(organisation=organisation))


def active_key(organisation: Organisation, use: KeyUse) -> OrganisationKey | None:
    """The newest key in use: of an organisation that is not established only test keys, of others only real ones.

    A certificate that has ended seals no more.
    """
    found = OrganisationKey.objects.filter(
        organisation=organisation,
        use=use,
        state=KeyStatus.ACTIVE,
        is_test=not organisation.is_established,
    ).order_by("-number")
    now = timezone.now()
    return next((key for key in found if not key.ended(now)), None)


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


def issuer_profile(organisation: Organisation) -> dict[str, Any] | None:
    """The organisation as an Open Badges 3.0 profile, under the DID that issues its badges; None when it has none."""
    did = did_of(organisation)
    if not did:
        return None
    profile: dict[str, Any] = {
        "@context": list(PROFILE_CONTEXTS),
        "id": did,
        "type": ["Profile"],
        "name": organisation.name,
    }
    if organisation.website:
        profile["url"] = organisation.website
    if organisation.legal_id:
        profile["otherIdentifier"] = [
            {
                "type": "IdentifierEntry",
                "identifier": organisation.legal_id,
                "identifierType": "ext:organizationIdentifier",
            }
        ]
    return profile


def ending_soon(key: OrganisationKey, at: dt.datetime) -> bool:
    """Whether its certificate ends within `WARN_DAYS`, or has ended."""
    return key.is_active and key.ended(at + dt.timedelta(days=WARN_DAYS))


def names_another_body(key: OrganisationKey, organisation: Organisation) -> str:
    """Whom the certificate names, when that is by its identifier not the organisation; else empty."""
    facts = next(iter(key.certificates), None)
    if facts is None or key.is_test or not organisation.legal_id or not facts.organization_identifier:
        return ""
    same = facts.organization_identifier.upper() == organisation.legal_id.upper()
    return "" if same else f"{facts.organization or facts.common_name} ({facts.organization_identifier})"
