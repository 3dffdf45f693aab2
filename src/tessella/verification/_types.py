"""Type metadata of SD-JWT VC: what the publisher of a type says of it, and whether the credential keeps to it (§6, §7, §9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tessella.canonical import Limits, loads
from tessella.errors import AccessError, SchemaError, TessellaError
from tessella.formats import attestation
from tessella.seals import sd_jwt
from tessella.text import say
from tessella.verdicts import Verdict
from tessella.verification._outcome import Outcome, explain

if TYPE_CHECKING:
    from tessella.verification._case import Case

__all__ = ["broken_rules", "check_type", "read_types"]

MAX_TYPE_BYTES = 200_000
"""Type metadata: a hundred claims in ten languages take half of this."""

MAX_EXTENDED = 8
"""Types that extend one another; national profiles of a European type of a sector are three."""

_LIMITS = Limits(max_bytes=MAX_TYPE_BYTES)
_SD = ("always", "allowed", "never")

Path = tuple[str | int | None, ...]


def check_type(case: Case, outcome: Outcome) -> Outcome:
    """``outcome`` of the check *format*, unless the type's metadata say otherwise; what could not be had is noted."""
    claims, around = case.document, case.around
    vct = claims.get("vct")
    needed = "vct#integrity" in claims or (isinstance(vct, str) and vct.startswith("https://"))
    if around.fetcher is None and not needed:
        return outcome

    def fetch(url: str) -> bytes:
        return around.fetch(url, max_bytes=MAX_TYPE_BYTES, accept="application/json").body

    try:
        types = read_types(claims, fetch)
        broken = list(broken_rules(types, case.envelope.sealed.processed))
    except AccessError as error:
        note = say("The description of its type was not looked at. %(reason)s", reason=error.message)
        return outcome._replace(notes=(*outcome.notes, note)) if needed else outcome
    except TessellaError as error:
        return Outcome(
            Verdict.FAILED, explain(error), {**outcome.evidence, "code": error.code}, outcome.notes
        )
    if broken:
        told = say("It does not keep to the description of its type: %(first)s", first=broken[0])
        return Outcome(Verdict.FAILED, told, {**outcome.evidence, "type": broken}, outcome.notes)
    names = [str(one["vct"]) for one in types]
    note = say("It keeps to the description that %(type)s has of itself.", type=", ".join(names))
    evidence = {**outcome.evidence, "types": names, "type_name": _name(types, around.languages)}
    return outcome._replace(evidence=evidence, notes=(*outcome.notes, note))


def read_types(claims: Mapping[str, Any], fetch: Callable[[str], bytes]) -> tuple[Mapping[str, Any], ...]:
    """The metadata of the credential's type, then those of the types that it extends.

    Each document is the one that was meant (``vct#integrity``, ``extends#integrity``) and is about the type that named it.

    Raises:
        SchemaError: ``attestation.integrity``; ``attestation.type-metadata``, another type's, or types that extend
            each other in a circle or too far.
        AccessError: as ``fetch``. DecodeError, LimitError: no strict JSON.
    """
    found: list[Mapping[str, Any]] = []
    vct, stated = claims.get("vct"), claims.get("vct#integrity")
    while True:
        if not isinstance(vct, str) or not vct or any(one["vct"] == vct for one in found):
            raise _unusable(say("The type names no type, or extends itself."), vct)
        if len(found) == MAX_EXTENDED:
            raise _unusable(say("More than %(limit)s types extend each other.", limit=MAX_EXTENDED), vct)
        data = fetch(vct)
        if stated is not None:
            attestation.check_integrity(data, stated if isinstance(stated, str) else "")
        document = loads(data, limits=_LIMITS)
        if not isinstance(document, dict) or document.get("vct") != vct:
            raise _unusable(say("What was found is the description of another type."), vct)
        found.append(document)
        if "extends" not in document:
            return tuple(found)
        vct, stated = document["extends"], document.get("extends#integrity")


def broken_rules(types: tuple[Mapping[str, Any], ...], processed: sd_jwt.Processed) -> Iterator[str]:
    """Rules for claims that the credential breaks; those of an extended type hold for what extends it (§6.4).

    A claim that the holder withholds is not missing: whether it is there is told only where it must stand in the open, or
    nothing is withheld.

    Raises:
        SchemaError: ``attestation.type-metadata``, rules that cannot be read.
    """
    hidden = {one.path for one in processed.disclosed}
    for rule in (rule for one in types for rule in _rules(one)):
        path, sd = tuple(rule["path"]), rule.get("sd", "allowed")
        places = list(_selected(processed.claims, path))
        for place in places:
            if sd == "always" and place not in hidden:
                yield say("The holder must be able to withhold %(place)s.", place=_shown(place))
            if sd == "never" and place in hidden:
                yield say("%(place)s must stand in the open.", place=_shown(place))
        seen = sd == "never" or not processed.withheld
        if rule.get("mandatory") is True and not places and seen and None not in path:
            yield say("%(place)s is missing.", place=_shown(path))


def _rules(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    rules = document.get("claims", [])
    for rule in rules if isinstance(rules, list) else [None]:
        if (
            not isinstance(rule, dict)
            or not _is_path(rule.get("path"))
            or rule.get("sd", "allowed") not in _SD
        ):
            raise _unusable(say("The description of the type has rules that cannot be read."), rule)
        yield rule


def _is_path(path: Any) -> bool:
    steps = path if isinstance(path, list) else []
    return bool(steps) and all(type(one) in (str, int, type(None)) for one in steps)


def _selected(value: Any, path: Path, here: Path = ()) -> Iterator[Path]:
    """The places in the claims that a claim path selects (§9.1)."""
    if not path:
        yield here
        return
    step, *rest = path
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        yield from _selected(value[step], tuple(rest), (*here, step))
    elif isinstance(value, list) and not isinstance(step, str):
        for index in range(len(value)) if step is None else [step] if 0 <= step < len(value) else []:
            yield from _selected(value[index], tuple(rest), (*here, index))


def _shown(path: Path) -> str:
    return "$" + "".join(
        f".{step}" if isinstance(step, str) else "[*]" if step is None else f"[{step}]" for step in path
    )


def _name(types: tuple[Mapping[str, Any], ...], languages: tuple[str, ...]) -> str:
    """What people call the type, in the first of the languages that it has a name in (§8)."""
    shown = {
        row.get("locale"): row.get("name")
        for one in reversed(types)
        for row in (one.get("display") if isinstance(one.get("display"), list) else [])
        if isinstance(row, dict)
    }
    wanted = (shown.get(language) for language in languages)
    return str(next(filter(None, wanted), types[0].get("name", "")))


def _unusable(message: str, got: object) -> SchemaError:
    return SchemaError(
        message,
        code="attestation.type-metadata",
        got=str(got)[:200],
        hint=say("Tell whoever publishes the type; it cannot be checked as it is."),
    )
