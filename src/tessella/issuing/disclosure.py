"""The holder's side of a badge with selective disclosure: what there is to show, by name, and a badge that shows only that.

The names are those that an attestation has for the same thing (the field maps of both formats say which), so that a person
learns one set of words. What an attestation has no word for goes by its name in the badge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from tessella.canonical import ContextStore
from tessella.errors import SchemaError
from tessella.formats import attestation, openbadges3
from tessella.issuing._badges import badge_contexts
from tessella.seals.data_integrity import base_proof_of, derive
from tessella.text import say

__all__ = ["BadgeElement", "badge_elements", "disclose_badge"]

_ACHIEVEMENT = "/credentialSubject/achievement"
_PARENTS = ("", "/credentialSubject", _ACHIEVEMENT)
"""Objects whose members are chosen one by one, the outermost first."""

_ALWAYS = frozenset(("@context", "id", "type", "proof", "credentialSubject", "achievement"))
"""Members that are shown with whatever is chosen, or that others stand for."""

_IDENTIFIERS = "/credentialSubject/identifier"


class BadgeElement(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a badge says, in one or several places.

    ``may_withhold``: the issuer leaves it to the holder whether it is shown; with ``partly`` for some of the places only.
    """

    name: str
    pointers: tuple[str, ...]
    may_withhold: bool
    partly: bool
    value: Any


def badge_elements(document: Mapping[str, Any]) -> tuple[BadgeElement, ...]:
    """Everything that a badge with a base proof says, what is always shown first.

    Raises:
        SealError: ``seal.no-selective-proof``, ``seal.base-proof`` or ``seal.proof-value``.
        LimitError: the proof value is too long.
    """
    _, base = base_proof_of(document)
    named: dict[str, list[str]] = {}
    for pointer in _places(document):
        for name in _names(pointer, document):
            named.setdefault(name, []).append(pointer)
    made = []
    for name, pointers in named.items():
        values = [_at(document, pointer) for pointer in pointers]
        free = [one for one in pointers if not _is_covered(one, base.mandatory_pointers)]
        made.append(
            BadgeElement(
                name=name,
                pointers=tuple(pointers),
                may_withhold=bool(free),
                partly=0 < len(free) < len(pointers),
                value=values[0] if len(values) == 1 else values,
            )
        )
    return tuple(sorted(made, key=lambda one: one.may_withhold))


def disclose_badge(
    document: Mapping[str, Any], names: Iterable[str], *, contexts: ContextStore | None = None
) -> bytes:
    """The badge as JSON with only the named elements, and those the issuer always shows.

    A name may also be a JSON pointer, or a path with dots (``credentialSubject.result.0``).

    Raises:
        SchemaError: ``input.schema.claim-path``, the badge says nothing of that name.
        TessellaError: as `tessella.seals.data_integrity.derive`.
    """
    known = {one.name: one.pointers for one in badge_elements(document)}
    pointers: list[str] = []
    for name in names:
        path = name if name.startswith("/") else "/" + name.replace(".", "/")
        if name in known:
            pointers += known[name]
        elif _at(document, path) is not None:
            pointers.append(path)
        else:
            raise SchemaError(
                say("The badge says nothing under the name “%(name)s”.", name=name[:100]),
                code="input.schema.claim-path",
                place=name[:100],
                hint=say("It says: %(names)s.", names=", ".join(known)),
            )
    shown = derive(document, pointers, contexts=contexts or badge_contexts())
    return msgspec.json.format(msgspec.json.encode(shown.document), indent=1)


def _places(document: Mapping[str, Any]) -> Iterator[str]:
    """The places of what can be chosen; each way of naming the learner by itself."""
    for parent in _PARENTS:
        held = _at(document, parent)
        for member, value in held.items() if isinstance(held, Mapping) else ():
            pointer = f"{parent}/{member.replace('~', '~0').replace('/', '~1')}"
            if pointer == _IDENTIFIERS and isinstance(value, list):
                yield from (f"{pointer}/{index}" for index in range(len(value)))
            elif member not in _ALWAYS:
                yield pointer


def _names(pointer: str, document: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of the attestation for this place, else its own name."""
    if pointer.startswith(_IDENTIFIERS + "/"):
        entry = _at(document, pointer)
        kind = entry.get("identityType") if isinstance(entry, Mapping) else None
        return (_IDENTITY_WORDS.get(str(kind), str(kind)),) if kind else ("identifier",)
    if words := _words().get(pointer):
        return words
    parent, _, member = pointer.rpartition("/")
    return (f"achievement.{member}" if parent == _ACHIEVEMENT and _at(document, f"/{member}") else member,)


_IDENTITY_WORDS: Mapping[str, str] = {
    "name": "full_name",
    "ext:givenName": "given_name",
    "ext:familyName": "family_name",
    "emailAddress": "email",
}
"""Kinds of identifiers (Open Badges 3.0, IdentifierTypeEnum, and our extension's) with the words of an attestation or the record."""


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    """Place in a badge → the claims of an attestation that say the same, by the field maps of both."""
    places = {rule.record: rule.wire for rule in openbadges3.FIELD_MAP}
    claimed = {rule.record for rule in attestation.FIELD_MAP if rule.wire}
    found: dict[str, list[str]] = {}
    for rule in attestation.FIELD_MAP:
        record = rule.record
        while record and record not in places:  # a part of a field that a badge carries as a whole
            record = record.rpartition(".")[0]
            if record in claimed:  # which has its own word: who asks for the assessor does not mean the grade
                record = ""
        for wire in places.get(record, ()):
            pointer = "/" + wire.replace(".", "/")
            for claim in rule.wire:
                if claim not in _ENVELOPE and claim not in found.setdefault(pointer, []):
                    found[pointer].append(claim)
    return {pointer: tuple(claims) for pointer, claims in found.items() if claims}


_ENVELOPE = frozenset(("jti", "sub", "iat", "status"))
"""Claims of an SD-JWT's envelope: no words for people."""


def _at(document: Any, pointer: str) -> Any:
    """What stands at a place, or None."""
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _is_covered(pointer: str, mandatory: Iterable[str]) -> bool:
    return any(pointer == one or pointer.startswith(f"{one}/") for one in mandatory)
