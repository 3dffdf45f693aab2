"""Answering a verifier who wants to see that an attestation is the holder's: with a key that is kept here for them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.seals import sd_jwt
from tessella_web.accounts.holderkeys import domain as holderkeys
from tessella_web.accounts.holderkeys.models import HolderKey
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.wallet.domain.rights import own
from tessella_web.credentials.wallet.models import Item

__all__ = ["Choosable", "choosable", "key_for", "present"]


class Choosable(msgspec.Struct, frozen=True, kw_only=True):
    """A claim that may be shown or kept back, and what it says, shortly."""

    name: str
    says: str


def key_for(item: Item) -> HolderKey | None:
    """The key kept here that an attestation is bound to."""
    thumbprint = item.facts.get("bound_to")
    return HolderKey.objects.filter(holder=item.holder_id, thumbprint=thumbprint).exclude(wrapped="").first() if thumbprint else None  # fmt: skip


def choosable(item: Item) -> list[Choosable]:
    """The claims at the top of an attestation that its holder may show or keep back."""
    token = _token(item)
    claims, paths = sd_jwt.claims_of(token)
    names = dict.fromkeys(str(path[0]) for path in paths if path)
    return [Choosable(name=one, says=_short(claims.get(one))) for one in names]


def _short(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else f"{text[:79]}…"


def present(*, by: Person, item: Item, claims: Sequence[str], audience: str, nonce: str) -> str:
    """A presentation for one verifier and one request, with these claims and no others.

    It says that this platform keeps the key (``act``): a verifier reports it.

    Raises:
        FreshSignInError: who it is was not shown lately.
        RefusedError: ``wallet.not-yours``; ``wallet.no-key``, it is bound to no key that is kept here; ``wallet.presentation``.
    """
    own(by, item.holder_id)
    key = key_for(item)
    if key is None:
        raise RefusedError(
            _("It is bound to no key that is kept here."), code="wallet.no-key",
            hint=_("Present it from the wallet that has its key."),
        )  # fmt: skip
    signer = holderkeys.open_key(by=by, key=key, purpose=f"presentation:item:{item.id}")
    try:
        return sd_jwt.present(
            _token(item), [(one,) for one in claims], holder=signer, audience=audience, nonce=nonce, at=timezone.now(),
            custodian=settings.BASE_URL,
        )  # fmt: skip
    except TessellaError as error:
        raise RefusedError(error.message, code="wallet.presentation", hint=error.hint) from error


def _token(item: Item) -> sd_jwt.SdJwt:
    try:
        return sd_jwt.parse(default_storage.open(item.file).read())
    except TessellaError as error:
        raise RefusedError(error.message, code="wallet.presentation", hint=error.hint) from error
