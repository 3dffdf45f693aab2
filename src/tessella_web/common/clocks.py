"""Times as the clocks of a place show them: typed and shown there, stored as instants (UTC)."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils.translation import gettext as _

from tessella_web.common.errors import RefusedError

__all__ = ["local", "moment", "time_zones", "zone_name", "zone_named"]

PLACES = ("Europe/", "Atlantic/", "Africa/", "America/", "Asia/", "Australia/", "Indian/", "Pacific/")


def time_zones() -> list[tuple[str, str]]:
    """Time zones that people live in with their names, Europe's first."""
    known = zoneinfo.available_timezones()
    found = [name for place in PLACES for name in sorted(known) if name.startswith(place)] + ["UTC"]
    return [(name, zone_name(name)) for name in found]


def zone_name(time_zone: str) -> str:
    """As people read it."""
    return (time_zone or "UTC").replace("_", " ")


def zone_named(time_zone: str) -> zoneinfo.ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        RefusedError: ``clocks.time-zone``.
    """
    try:
        return zoneinfo.ZoneInfo(time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder
        raise RefusedError(
            _("There is no such time zone."),
            code="clocks.time-zone", field="time_zone", hint=_("Choose one of the list."),
        ) from error  # fmt: skip


def moment(shown: dt.datetime, time_zone: str, *, field: str = "at") -> dt.datetime:
    """The instant at which the clocks of a time zone show this time; of an hour that comes twice in autumn, the first.

    Args:
        shown: without a time zone of its own.
        field: the field of a form that an error belongs to.

    Raises:
        RefusedError: ``clocks.time-zone``; ``clocks.no-such-time``, the clocks skip it in spring.
    """
    zone = zone_named(time_zone)
    found = shown.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if found.astimezone(zone).replace(tzinfo=None) != shown.replace(tzinfo=None):
        raise RefusedError(
            _("On this day the clocks skip that time."),
            code="clocks.no-such-time", field=field, hint=_("Choose a time an hour earlier or later."),
        )  # fmt: skip
    return found


def local(at: dt.datetime, time_zone: str) -> dt.datetime:
    """What the clocks show at an instant; without a zone of its own, so that no template converts it."""
    return at.astimezone(zoneinfo.ZoneInfo(time_zone or "UTC")).replace(tzinfo=None, fold=0)
