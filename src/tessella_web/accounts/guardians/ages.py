"""The ages of `ages.toml`."""

from __future__ import annotations

import datetime as dt
import functools
import tomllib
from importlib.resources import files

import msgspec

from tessella import typed

__all__ = ["Ages", "Standing", "ages_in", "countries", "standing"]


class Ages(msgspec.Struct, frozen=True):
    """From which age somebody agrees alone, from which age they are of age, by which law, and who else says so (empty: nobody was found)."""

    age: int
    of_age: int
    law: str
    source: str = ""


class Standing(msgspec.Struct, frozen=True):
    """What follows from a day of birth. ``of_age_in``: the first day of the month in which they come of age; None: they are."""

    needs_guardian: bool
    of_age_in: dt.date | None


@functools.cache
def _table() -> tuple[Ages, dict[str, Ages]]:
    data = tomllib.loads(files(__package__).joinpath("ages.toml").read_text("utf-8"))
    return typed.convert(data["default"], Ages), typed.convert(data["countries"], dict[str, Ages])


def ages_in(country: str) -> Ages:
    """The ages in a country (ISO 3166-1 alpha-3); those of the Regulation where nothing is known."""
    default, known = _table()
    return known.get(country, default)


def countries() -> tuple[str, ...]:
    """The countries whose ages are known."""
    return tuple(sorted(_table()[1]))


def standing(born_on: dt.date, country: str, on: dt.date) -> Standing:
    """What somebody may on a day. The day of birth is looked at here and goes no further."""
    ages = ages_in(country)
    if _age(born_on, on) >= ages.of_age:
        return Standing(needs_guardian=False, of_age_in=None)
    return Standing(
        needs_guardian=_age(born_on, on) < ages.age,
        of_age_in=dt.date(born_on.year + ages.of_age, born_on.month, 1),
    )


def _age(born_on: dt.date, on: dt.date) -> int:
    """Full years; whoever was born on 29 February has the birthday on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
