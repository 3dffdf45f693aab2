"""Which descriptions of organisations are of one organisation."""

from __future__ import annotations

from tessella.model import Organisation

__all__ = ["same_organisation"]


def same_organisation(one: Organisation, other: Organisation) -> bool:
    """Whether two descriptions have the same id, legal id, registration, or a name in common."""
    return (
        one == other
        or bool(one.id and one.id == other.id)
        or bool(one.legal_id and one.legal_id == other.legal_id)
        or bool(one.registration and one.registration == other.registration)
        or any(other.name.get(tag) == text for tag, text in one.name.items())
    )
