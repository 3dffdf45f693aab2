"""The profiles there are, and which one a set of claims follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tessella.formats.attestation._eudi import EUDI
from tessella.formats.attestation._rulebook import RULEBOOK
from tessella.formats.attestation.profile import Profile

__all__ = ["EUDI", "PROFILES", "RULEBOOK", "detect", "profile_of"]

PROFILES: tuple[Profile, ...] = (EUDI, RULEBOOK)
"""All profiles, the default one first."""


def profile_of(claims: Mapping[str, Any]) -> Profile | None:
    """The profile that the claims say they follow: by ``vct``, or by one of ``aka_vcts``; else None."""
    others = claims.get("aka_vcts")
    types = [claims.get("vct"), *(others if isinstance(others, list) else ())]
    return next((profile for name in types for profile in PROFILES if profile.vct == name), None)


def detect(claims: Any) -> bool:
    """Whether a JSON value is the (processed) claims of a micro-credential attestation."""
    return isinstance(claims, Mapping) and profile_of(claims) is not None
