"""How often somebody may do something, and who that is: counted in the cache, so that all processes that share it count together."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

__all__ = ["client_address", "is_over", "is_proxy"]


def is_over(scope: str, who: str, *, most: int, per_s: int) -> bool:
    """Count one more by ``who`` (an address, a session: kept as a hash only); whether that is over ``most`` in ``per_s`` seconds.

    Windows are fixed: at the border of two, twice as much may pass. Without a cache that processes share, each counts alone.
    """
    window = int(timezone.now().timestamp()) // per_s
    hashed = salted_hmac("common.limits", f"{scope} {who}", algorithm="sha256").hexdigest()[:32]
    key = f"limit:{scope}:{window}:{hashed}"
    cache.add(key, 0, timeout=per_s * 2)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # the cache dropped it in between: it is full, which is no reason to refuse
        return False


def client_address(request: HttpRequest) -> str:
    """Who asks: the peer, or what the last of our own proxies says about whom it passes on. IPv6 by its /64: one household."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if is_proxy(request):
        address = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or address
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)


def is_proxy(request: HttpRequest) -> bool:
    """Whether the request came through a proxy of ours, whose word about the client is believed."""
    try:
        peer = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:  # a socket of this machine
        return True
    return any(peer in network for network in settings.PROXIES)
