"""The awards that a larger one is combined from: achievements of their own, both ways (ELM ``hasPart``)."""

from __future__ import annotations

from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.elm._nodes import OWN_URI, Workshop, day, several
from tessella.formats.elm._reading_record import credits_of
from tessella.formats.elm._views import View
from tessella.model import AwardedPart
from tessella.text import say

__all__ = ["part_achieved", "read_part"]

_AWARD, _DIGEST, _PART = "Award", "SHA-256", "Part"
MAX_NESTED = 8
"""Parts of parts: a badge in a certificate in a diploma in a degree is four. What is below stays as it was read."""

_SCHEMES = frozenset((_AWARD, _DIGEST, _PART))


def part_achieved(shop: Workshop, part: AwardedPart, number: int) -> dict[str, Any]:
    """A part as a learning achievement: ELM asks for its title and for who awarded it.

    Raises:
        SchemaError: ``input.schema.elm-required``, the part names nobody who awarded it, or has no title.
    """
    bodies = [node for body in part.awarded_by if (node := shop.agent(body))]
    if not bodies:
        raise SchemaError(
            say("A part in a European Digital Credential names who awarded it."),
            code="input.schema.elm-required",
            place=f"parts[{number}].awarded_by",
            hint=say("Give the organisation that awarded the part."),
        )
    title = shop.required_text(part.title, f"parts[{number}].title")
    level = shop.concept(part.eqf, "Qualification", "eqfLevel") if part.eqf else None
    return shop.node(
        "part",
        "LearningAchievement",
        identifier=several(
            [
                shop.named(_AWARD, part.id),
                shop.named(_DIGEST, part.sha256),
                *(shop.named(_PART, one) for one in part.contains),
            ]
        ),
        title=title,
        awardedBy=shop.node(
            "awardingProcess",
            "AwardingProcess",
            awardingBody=several(bodies),
            awardingDate=day(part.awarded_on),
        ),
        creditReceived=several(map(shop.credit, part.credits)),
        specifiedBy=shop.node(
            "qualification" if level else "learningAchievementSpec",
            "Qualification" if level else "LearningAchievementSpecification",
            uri=part.credential,
            title=title,
            eqfLevel=level,
        )
        if part.credential or level
        else None,
    )


def read_part(view: View) -> AwardedPart:
    """A part of anybody's credential; what else it says stays in ``extra``."""
    return _read(view, MAX_NESTED)


def _read(view: View, depth: int) -> AwardedPart:
    identifiers = view.identifiers()
    by_scheme = {one.scheme: one.value for one in reversed(identifiers)}
    others = [one for one in identifiers if one.scheme not in _SCHEMES]
    if others:
        view.put_back("identifier", view.data["identifier"])
    process, spec = view.node("awardedBy"), view.node("specifiedBy")
    title = view.text("title")
    made = AwardedPart(
        id=by_scheme.get(_AWARD) or view.own_id or next((one.value for one in others), ""),
        credential=_credential(spec) if spec else "",
        title=title,
        awarded_by=tuple(body.organisation() for body in process.nodes("awardingBody")) if process else (),
        awarded_on=process.day("awardingDate") if process else None,
        credits=credits_of(view, "creditReceived"),
        eqf=spec.concept("eqfLevel") if spec else None,
        sha256=by_scheme.get(_DIGEST, ""),
        contains=(*(one.value for one in identifiers if one.scheme == _PART), *_nested(view, depth)),
    )
    if spec and spec.data.get("title") == view.data.get("title"):
        spec.values("title")
    left = {key: found.left() for key, found in (("awardedBy", process), ("specifiedBy", spec)) if found}
    extra = {**view.left(), **{key: value for key, value in left.items() if value}}
    return msgspec.structs.replace(made, extra=extra)


def _credential(spec: View) -> str:
    identifiers = spec.identifiers()
    own = next((one.value for one in identifiers if one.scheme == OWN_URI), "")
    if any(one.scheme != OWN_URI for one in identifiers):
        spec.put_back("identifier", spec.data["identifier"])
    return own or spec.own_id


def _nested(view: View, depth: int) -> list[str]:
    """The ids of what a part is made of itself, where its issuer wrote that out."""
    below = [_read(one, depth - 1) for one in view.nodes("hasPart")] if depth else []
    return [name for one in below for name in (one.id, *one.contains) if name]
