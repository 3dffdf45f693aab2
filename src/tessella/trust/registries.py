"""Issuer registers: lists of known issuers that somebody keeps and a relying party chooses to consult.

Being on one is a statement of that register; not being on one says nothing against an issuer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tessella.canonical import Limits, loads
from tessella.errors import LimitError, SchemaError
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = [
    "MAX_REGISTRY_BYTES",
    "MAX_REGISTRY_ENTRIES",
    "Registry",
    "RegistryEntry",
    "RegistryResult",
    "look_up",
    "read_registry",
]

MAX_REGISTRY_BYTES = 32_000_000
"""A register file. One with every higher-education institution of Europe (5,000) takes about 1 MB."""

MAX_REGISTRY_ENTRIES = 200_000
"""Issuers in one register: all schools of the European Union are about this many."""


class RegistryEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What a register says about one issuer."""

    name: str
    location: str = ""
    url: str = ""


class Registry(msgspec.Struct, frozen=True, kw_only=True):
    """A register: its name, where it is kept, when it was last changed, and its issuers by identifier."""

    name: str
    url: str = ""
    updated: dt.datetime | None = None
    entries: Mapping[str, RegistryEntry] = {}


class RegistryResult(msgspec.Struct, frozen=True, kw_only=True):
    """What the consulted registers say: ``passed`` when one lists the issuer, else ``indeterminate``.

    ``matches`` are the registers that list it, in the order given, with their entry.
    """

    verdict: Verdict
    explanation: str
    matches: tuple[tuple[Registry, RegistryEntry], ...] = ()


def read_registry(data: bytes, *, name: str = "", url: str = "") -> Registry:
    """Read a register: our own JSON shape, or the registry.json of the Digital Credentials Consortium.

    Ours: ``{"name", "url", "updated", "issuers": [{"id", "name", "location", "url"}]}``; theirs:
    ``{"meta": {"updated"}, "registry": {id: {"name", "location", "url"}}}``. ``name`` and ``url`` are what the
    operator calls the register; a file's own ``name`` and ``url`` count only where they are empty.

    Raises:
        DecodeError, LimitError: no JSON, or larger than a named limit.
        SchemaError: neither of the two shapes, an issuer without id or name, one id twice, or no name at all.
    """
    document = loads(data, limits=Limits(max_bytes=MAX_REGISTRY_BYTES))
    if not isinstance(document, dict):
        raise _bad(say("A register is a JSON object."))
    if isinstance(document.get("issuers"), list):
        rows = [(row.get("id") if isinstance(row, dict) else None, row) for row in document["issuers"]]
        updated = document.get("updated")
    elif isinstance(document.get("registry"), dict):
        rows = list(document["registry"].items())
        meta = document.get("meta")
        updated = meta.get("updated") if isinstance(meta, dict) else None
    else:
        raise _bad(say("The register has neither “issuers” nor “registry”."))
    if len(rows) > MAX_REGISTRY_ENTRIES:
        raise LimitError(
            say("The register has %(count)s entries.", count=len(rows)),
            code="input.limit.registry",
            got=len(rows),
            expected=MAX_REGISTRY_ENTRIES,
            hint=say("Split it."),
        )
    title = name or _text(document, "name")
    if not title:
        raise _bad(say("The register has no name."), hint=say("Give it one when reading it."))
    return Registry(
        name=title, url=url or _text(document, "url"), updated=_moment(updated), entries=_entries(rows)
    )


def _entries(rows: Sequence[tuple[Any, Any]]) -> dict[str, RegistryEntry]:
    entries: dict[str, RegistryEntry] = {}
    for number, (identifier, row) in enumerate(rows, start=1):
        place = say("entry %(number)s", number=number)
        if not isinstance(identifier, str) or not identifier.strip() or not isinstance(row, dict):
            raise _bad(say("An entry has no issuer id."), place=place)
        if not (name := _text(row, "name")):
            raise _bad(say("An entry has no name."), place=place)
        if (key := identifier.strip()) in entries:
            raise _bad(say("An issuer stands in the register twice."), place=place, got=key)
        entries[key] = RegistryEntry(name=name, location=_text(row, "location"), url=_text(row, "url"))
    return entries


def look_up(issuer_id: str, registries: Sequence[Registry]) -> RegistryResult:
    """What the registers say about the issuer with this identifier (a DID or URL, compared exactly)."""
    key = issuer_id.strip()
    matches = tuple((one, one.entries[key]) for one in registries if key in one.entries)
    if matches:
        told = " ".join(
            say("In register %(register)s as %(name)s.", register=register.name, name=entry.name)
            for register, entry in matches
        )
        return RegistryResult(verdict=Verdict.PASSED, explanation=told, matches=matches)
    if not registries:
        return RegistryResult(verdict=Verdict.INDETERMINATE, explanation=say("No register was consulted."))
    return RegistryResult(
        verdict=Verdict.INDETERMINATE,
        explanation=say(
            "Not in any register consulted (%(names)s).", names=", ".join(one.name for one in registries)
        ),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _moment(value: object) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _bad(message: str, *, place: str = "", got: object = None, hint: str = "") -> SchemaError:
    return SchemaError(
        message,
        code="input.schema.registry",
        place=place,
        got=got,
        hint=hint or say("Ask the keeper of the register for a valid file."),
    )
