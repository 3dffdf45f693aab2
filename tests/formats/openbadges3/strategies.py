"""Records of every shape that the field map calls carried, made from the structs' own types."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from tessella.model import Award, AwardStatus, Image, Learner, MicroCredential, Organisation, StackTarget
from tessella.model._shape import Shape, field_shapes
from tessella.model.base import Part
from tessella.vocabulary import Concept, code_list, code_lists

words = st.text(
    st.characters(categories=("L", "N", "P", "Zs"), max_codepoint=0xFFFF), min_size=1, max_size=12
).filter(lambda text: text == text.strip())
languages = st.sampled_from(["en", "de", "el", "pt-BR", "sr-Latn"])
texts = st.dictionaries(languages, words, min_size=1, max_size=3)
iris = st.uuids().map(lambda uuid: f"urn:uuid:{uuid}")
dates = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
instants = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
foreign = st.builds(
    lambda n, labels: Concept(
        uri=f"urn:example:skill:{n}", scheme="urn:example:skill", code=str(n), labels=labels
    ),
    st.integers(0, 99),
    texts,
)

NEVER = {
    "logo": None,  # pictures of organisations other than the issuer are not carried
    "cost": None,
    "research": (),
    "birth_date_stated": "",
    "citizenship": (),
    "gender": "",
    "extra": {},
}
FIXED = {
    (MicroCredential, "id"): iris,
    (Organisation, "id"): iris,
    (StackTarget, "id"): iris,
    (Learner, "id"): iris,
    (Award, "id"): iris,
    (AwardStatus, "type"): st.just("BitstringStatusListEntry"),
    (AwardStatus, "list_url"): iris,
}


def concepts(list_name: str) -> st.SearchStrategy[Concept]:
    if list_name not in code_lists():
        return foreign
    return st.sampled_from(code_list(list_name).concepts) | foreign


def value_of(struct: type[Part], name: str, shape: Shape) -> st.SearchStrategy[Any]:
    core = shape.core
    if (struct, name) in FIXED:
        return FIXED[struct, name]
    if shape.is_text:
        return texts
    if shape.is_concept:
        return concepts(shape.concepts)
    if shape.is_part:
        return parts(core)
    if isinstance(core, type) and issubclass(core, enum.StrEnum):
        return st.sampled_from(core)
    known: dict[type, st.SearchStrategy[Any]] = {
        str: words,
        bool: st.booleans(),
        int: st.integers(0, 10**6),
        Decimal: st.decimals(0, 10**12, places=8),
        dt.date: dates,
        dt.datetime: instants,
        Image: st.none(),
    }
    return known[core]


@st.composite
def parts(draw: st.DrawFn, struct: type[Part]) -> Any:
    """A struct with its required fields and some of the others."""
    fields: dict[str, Any] = {}
    shapes = field_shapes(struct)
    for field in msgspec.structs.fields(struct):
        if field.name in NEVER or field.name not in shapes:
            continue
        if not field.required and not draw(st.booleans()):
            continue
        shape = shapes[field.name]
        value = value_of(struct, field.name, shape)
        fields[field.name] = draw(st.lists(value, max_size=2).map(tuple) if shape.many else value)
    return struct(**fields)


@st.composite
def awards(draw: st.DrawFn) -> Award:
    """An award as a provider would make it: with id, title, awarding body and a named learner."""
    award: Award = draw(parts(Award))
    micro = award.micro_credential
    language = draw(languages)
    micro = msgspec.structs.replace(
        micro,
        id=draw(iris),
        language=language,
        title={**micro.title, language: draw(words)},
        awarding_bodies=(draw(parts(Organisation)), *micro.awarding_bodies[:1]),
    )
    learner = msgspec.structs.replace(
        award.learner,
        full_name=draw(words),
        language="",
        address={},
        national_id=None,
        identifiers=tuple(
            msgspec.structs.replace(
                one, country=None, scheme=draw(st.sampled_from(["", "esi", "studentID", "userName"]))
            )
            for one in award.learner.identifiers
        ),
    )
    return msgspec.structs.replace(
        award, id="urn:uuid:3f0c6e2e-0d3b-4a52-8f5c-3a3a6f2b1c01", micro_credential=micro, learner=learner
    )
