"""Whether an institution says that somebody has shown a second factor there, and where that counts.

The operator decides for each institution which words of it count: values of ``amr`` (RFC 8176) or ``acr`` (OpenID Connect Core 2). None
count unless they are named. Only the signed ID token is asked, and only with ``auth_time``: a sign-in of this morning that the institution
remembers is no second factor of now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest

from tessella_web.accounts.models import Person

__all__ = ["LEEWAY_S", "SHOWN_AT", "asking", "asserted_at", "institutions_of"]

LEEWAY_S = 60
"""How far the institution's clock may be off."""

SHOWN_AT = "second_factor_at"
"""Under this name it travels from the ID token to the session; what a claim of this name says is overwritten."""


def asserted_at(
    claims: Mapping[str, Any], counting: Mapping[str, Sequence[str]], *, now: float
) -> float | None:
    """When the second factor was shown, in seconds since 1970; None when nothing that counts is said.

    Args:
        claims: of the ID token, whose signature was checked.
        counting: by ``amr`` and ``acr`` the values that count at this institution.
    """
    methods = claims.get("amr")
    said = isinstance(methods, list) and any(one in counting.get("amr", ()) for one in methods)
    if not said and claims.get("acr") not in counting.get("acr", ()):
        return None
    at = claims.get("auth_time")
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 < at <= now + LEEWAY_S:
        return None
    return min(float(at), now)


def asking(counting: Mapping[str, Sequence[str]], *, anew: bool) -> dict[str, str]:
    """What the institution is asked besides (Core 3.1.2.1): which ``acr`` is wished for; ``anew``: to ask the person now."""
    asked = {"acr_values": " ".join(counting.get("acr", ()))} if counting.get("acr") else {}
    return {**asked, **({"max_age": "0"} if anew else {})}


def institutions_of(request: HttpRequest, person: Person) -> Sequence[tuple[str, str]]:
    """Id and name of the connected institutions whose word counts as a second factor."""
    connected = set(SocialAccount.objects.filter(user=person).values_list("provider", flat=True))
    found = (one.app for one in get_adapter(request).list_providers(request))
    return [
        (app.provider_id, app.name)
        for app in found
        if app.provider_id in connected and any(app.settings.get("second_factor", {}).values())
    ]
