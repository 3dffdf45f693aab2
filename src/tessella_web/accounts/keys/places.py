"""Keys that the operator assigned to organisations: in tokens, at signing services. Their PINs and access tokens are the operator's.

The file (``TESSELLA_SIGNERS``) is YAML: by name the short name of the organisation, and where the key is, as for the command line::

    twickel-eseal:
      organisation: twickel
      pkcs11: "pkcs11:token=Seals;object=eseal?module-path=/usr/lib/…/module.so"
      pin_file: /run/secrets/pin
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from tessella.adapters.outside import OutsideSigner
from tessella.adapters.signers import KeyPlace, open_signer
from tessella.errors import TessellaError
from tessella.keys import PrivateKey
from tessella_web.accounts.keys.models import KeyKind
from tessella_web.accounts.models import Organisation
from tessella_web.common.errors import RefusedError

__all__ = ["assigned", "kind_of", "opened"]

_open: dict[KeyPlace, PrivateKey | OutsideSigner] = {}
_lock = threading.Lock()


def assigned(organisation: Organisation) -> Mapping[str, KeyPlace]:
    """What the operator assigned to an organisation, by name."""
    return {
        name: one.place for name, one in settings.SIGNERS.items() if one.organisation == organisation.slug
    }


def kind_of(place: KeyPlace) -> KeyKind:
    """Where such a key is."""
    return KeyKind.SERVICE if place.remote else KeyKind.TOKEN if place.pkcs11 else KeyKind.UPLOADED


def opened(organisation: Organisation, name: str) -> PrivateKey | OutsideSigner:
    """The key under a name, opened once for this process; a key that was lost meanwhile is looked for with its next use.

    Raises:
        RefusedError: ``keys.not-assigned``; ``keys.away``, the token or the service cannot be reached or refuses.
    """
    place = assigned(organisation).get(name)
    if place is None:
        raise RefusedError(
            _("No key “%(name)s” is assigned to this organisation.") % {"name": name},
            code="keys.not-assigned",
            hint=_("Ask the operator of this installation to assign it."),
            field="place",
        )
    with _lock:
        if place not in _open:
            try:
                _open[place] = open_signer(place)
            except TessellaError as error:
                raise RefusedError(error.message, code="keys.away", hint=error.hint, field="place") from error
        return _open[place]
