"""How often somebody may do something: counted in the cache, so that all processes that share it count together."""

from __future__ import annotations

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

__all__ = ["is_over"]


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
