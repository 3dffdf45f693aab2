"""Web addresses: which host they belong to, and for which of them an issuer's profile speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

__all__ = ["host_of", "in_scope", "is_web"]


def is_web(address: str) -> bool:
    """Whether it is the address of something on the web."""
    return address.startswith(("https://", "http://")) and host_of(address)[0] != ""


def host_of(address: str) -> tuple[str, int | None]:
    """Host and port; nothing for what is no web address."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None


def in_scope(address: str, issuer_id: str, profile: Mapping[str, Any]) -> bool:
    """Whether the issuer's profile speaks for assertions at an address (Open Badges 2.0, VerificationObject).

    Without ``startsWith`` and ``allowedOrigins`` those of the profile's own host. Prefixes are compared by host and by path,
    so that ``https://a.example`` does not cover ``https://a.example.evil.example``; addresses that climb up are refused.
    """
    stated = profile.get("verification")
    policy: Mapping[str, Any] = stated if isinstance(stated, Mapping) else {}
    starts, origins = _strings(policy.get("startsWith")), _strings(policy.get("allowedOrigins"))
    if not is_web(address) or "/.." in urlsplit(address).path.lower().replace("%2e", "."):
        return False
    if not starts and not origins:
        return host_of(address) == host_of(issuer_id)
    allowed = [host_of(one if "://" in one else f"https://{one}") for one in origins]
    return (not starts or any(_covers(one, address) for one in starts)) and (
        not origins or host_of(address) in allowed
    )


def _covers(start: str, address: str) -> bool:
    return is_web(start) and host_of(start) == host_of(address) and address.startswith(start)


def _strings(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str) and one]
