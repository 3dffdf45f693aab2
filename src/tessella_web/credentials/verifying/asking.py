"""The report alone, under a policy that the asker chooses: for programs. Nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.errors import ConfigError
from tessella.verdicts import Report
from tessella.verification import POLICIES, verify
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.links import anonymous, linked
from tessella_web.credentials.verifying.slots import SLOTS
from tessella_web.credentials.verifying.surroundings import around

__all__ = ["report_under"]


def report_under(
    data: bytes,
    *,
    name: str,
    languages: tuple[str, ...],
    at: dt.datetime | None = None,
    policy: str = "default",
    required: Sequence[str] = (),
) -> Report:
    """The library's report on a file, a text or a link.

    A link to something here is followed without a network, and of an award nothing about the person is told; other servers are asked
    only where the operator allows it.

    Args:
        at: as of this instant; now when left out.
        policy: one of the library's.
        required: ids of checks that decide besides.

    Raises:
        BusyError: too many verify at this moment.
        RefusedError: ``verify.policy``, there is no such policy or check; what `linked` refuses.
    """
    chosen = POLICIES.get(policy)
    if chosen is None:
        raise RefusedError(
            _("There is no policy “%(name)s”.") % {"name": policy}, code="verify.policy", field="policy",
            hint=_("Use one of: %(names)s.") % {"names": ", ".join(POLICIES)},
        )  # fmt: skip
    try:
        chosen = msgspec.structs.replace(chosen, required=tuple(dict.fromkeys((*chosen.required, *required))))
    except ConfigError as error:
        raise RefusedError(error.message, code="verify.policy", hint=error.hint, field="required") from error
    behind = linked(data)
    with SLOTS.turn():
        found = verify(
            behind.data if behind else data,
            name=name,
            policy=chosen,
            surroundings=around(at or timezone.now(), languages),
        )
    return anonymous(found) if behind and behind.is_anonymous else found
