"""What a profile of the attestation is: one row for each claim, from which writer, reader, rules and documentation come."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tessella.model import Award, MicroCredential, Organisation
from tessella.text import Text, pick

__all__ = ["KINDS", "ClaimRule", "Found", "Profile", "Writing"]


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What a claim is written from."""

    award: Award
    issuer: Organisation
    issued_at: dt.datetime

    @property
    def micro(self) -> MicroCredential:
        return self.award.micro_credential

    @property
    def body(self) -> Organisation:
        """The (first) awarding body; the issuer where none is named."""
        return next(iter(self.micro.awarding_bodies), self.issuer)

    def text(self, text: Text) -> str:
        """The text in the record's language."""
        return pick(text, (self.micro.language,)).strip()


Found = Mapping[str, Any]
"""What a claim says about the record: dotted path → value. A path into a list means its first item."""


class ClaimRule(msgspec.Struct, frozen=True, kw_only=True):
    """One claim of a profile.

    ``kind`` is a name in `KINDS`. ``write`` gives the value, or None for no claim; ``read`` takes a value of that kind and
    the language of its texts, and gives None when it cannot be used. ``record`` names the fields it carries; ``full`` says
    that they come back unchanged, else ``note`` says why not. ``withheld`` means that the holder may withhold the
    claim, ``elements`` each of its elements. ``matching`` marks what only serves to match the holder.
    """

    claim: str
    kind: str
    label: str
    record: tuple[str, ...]
    write: Callable[[Writing], Any]
    read: Callable[[Any, str], Found | None]
    note: str = ""
    full: bool = False
    element: str = ""
    mandatory: bool = False
    withheld: bool = True
    elements: bool = False
    matching: bool = False
    remedy: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A type of attestation. ``vct`` is its SD-JWT VC type; ``constants`` are claims that are the same in all of them."""

    name: str
    vct: str
    title: str
    description: str
    clause: str
    rules: tuple[ClaimRule, ...]
    constants: Mapping[str, Any] = {}

    def rule(self, claim: str) -> ClaimRule | None:
        """The row of a claim, or None."""
        return next((rule for rule in self.rules if rule.claim == claim), None)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_date(value: Any) -> bool:
    """A full date; a date and time is tolerated, the day counts."""
    try:
        return isinstance(value, str) and bool(dt.datetime.fromisoformat(value))
    except ValueError:
        return False


def _is_country(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Z]{2}", value) is not None


KINDS: Mapping[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "date": _is_date,
    "country": _is_country,
    "integer": lambda value: type(value) is int,
    "boolean": lambda value: type(value) is bool,
    "texts": lambda value: isinstance(value, list) and bool(value) and all(map(_is_text, value)),
    "workload": lambda value: (
        isinstance(value, dict) and _is_number(value.get("value")) and _is_text(value.get("unit"))
    ),
    "texts by name": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
}
"""Kind → whether a JSON value is of it."""
