"""What an institution says about somebody: legal name and European Student Identifier, kept with its date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from tessella_web.accounts.models import AttestedIdentity, Person
from tessella_web.common import audit

__all__ = ["attest", "attested_claims", "forget_attested", "is_student_id"]

NAME_LENGTH = 200

_STUDENT_ID = re.compile(
    r"urn:schac:personalUniqueCode:int:esi:([a-z0-9.-]+):([A-Za-z0-9._~@+-]+)", re.IGNORECASE
)
"""The European Student Identifier: within the name of the home organisation (a domain) or of a country, a code."""

STUDENT_CLAIMS = (
    "schac_personal_unique_code",
    "schacPersonalUniqueCode",
    "urn:oid:1.3.6.1.4.1.25178.1.2.14",
    "european_student_identifier",
)
"""How providers and the hubs before them name the claim; one value or several."""


def is_student_id(value: str) -> bool:
    """Whether this is a European Student Identifier: also its scope is a domain or a country's code, and its code no e-mail hash."""
    found = _STUDENT_ID.fullmatch(value)
    return bool(found) and found is not None and not found[1].startswith("urn")


def attested_claims(claims: Mapping[str, Any]) -> dict[str, str]:
    """Of the claims of a provider those that are kept."""
    codes = [code for name in STUDENT_CLAIMS for code in _several(claims.get(name))]
    return {
        "issuer": str(claims.get("iss", ""))[:300],
        "given_name": str(claims.get("given_name") or "")[:NAME_LENGTH],
        "family_name": str(claims.get("family_name") or "")[:NAME_LENGTH],
        "student_id": next((code for code in codes if is_student_id(code)), "")[:300],
    }


@transaction.atomic
def attest(*, person: Person, provider: str, claims: Mapping[str, str]) -> AttestedIdentity:
    """Keep what a provider said now; what it said before is replaced, what it does not say any more is gone."""
    found, _made = AttestedIdentity.objects.update_or_create(
        person=person,
        provider=provider,
        defaults={
            "issuer": claims.get("issuer", ""),
            "given_name": claims.get("given_name", ""),
            "family_name": claims.get("family_name", ""),
            "student_id": claims.get("student_id", ""),
            "attested_at": timezone.now(),
        },
    )
    audit.record(
        "identity.attested", f"person:{audit.reference_of(person.id)}", actor_id=person.id,
        facts={
            "provider": provider, "name": bool(found.name), "student_id": bool(found.student_id),
        },
    )  # fmt: skip
    return found


@transaction.atomic
def forget_attested(*, person: Person, provider: str) -> bool:
    """Remove what a provider said; whether there was something."""
    gone = AttestedIdentity.objects.filter(person=person, provider=provider).delete()[0]
    if gone:
        audit.record(
            "identity.forgotten", f"person:{audit.reference_of(person.id)}", actor_id=person.id, facts={"provider": provider}
        )  # fmt: skip
    return bool(gone)


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
