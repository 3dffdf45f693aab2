"""Arbitrary records: every field of every struct with plausible and absurd values."""

from __future__ import annotations

import datetime as dt
import enum
import types
import typing
from decimal import Decimal
from typing import Annotated, Any, TypeVar, Union

import msgspec
from hypothesis import strategies as st

from tessella.model.base import Part, concept_list
from tessella.text import Text
from tessella.vocabulary import Concept, code_list, code_lists

__all__ = ["records"]

P = TypeVar("P", bound=Part)

_WORDS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["", "n/a", "P60M", "PT8H", "P", "PT", "Understands x. Applies y", "to", "by the end of the course"]
    ),
)
_TAGS = st.sampled_from(["en", "de", "nl", "es-MX", "fr", "et", "x", ""])
_TIMES = st.datetimes(timezones=st.just(dt.UTC))


def records(struct: type[P]) -> st.SearchStrategy[P]:
    """Any value of a struct of the model."""
    hints = typing.get_type_hints(struct, include_extras=True)
    fields = {
        field.name: _of(hints[field.name])
        for field in msgspec.structs.fields(struct)
        if field.name != "extra"
    }
    return st.builds(struct, **fields)


def _concepts(list_name: str) -> st.SearchStrategy[Concept]:
    foreign = st.builds(
        Concept, uri=_WORDS, labels=st.dictionaries(_TAGS, _WORDS, max_size=2), broader=_WORDS
    )
    if list_name not in code_lists():
        return foreign
    return st.one_of(st.sampled_from(code_list(list_name).concepts[:40]), foreign)


def _of(annotation: Any) -> st.SearchStrategy[Any]:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return (
            _concepts(concept_list(annotation))
            if annotation.__origin__ is Concept
            else _of(annotation.__origin__)
        )
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if a is type(None) else _of(a) for a in typing.get_args(annotation)))
    if origin is tuple:
        return st.lists(_of(typing.get_args(annotation)[0]), max_size=2).map(tuple)
    if annotation == Text:
        return st.dictionaries(_TAGS, _WORDS, max_size=2)
    if annotation is Concept:
        return _concepts("")
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return st.deferred(lambda: records(annotation))
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return st.sampled_from(annotation)
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: _WORDS,
        bool: st.booleans(),
        int: st.integers(),
        bytes: st.binary(max_size=4),
        Decimal: st.decimals(),
        dt.date: st.dates(),
        dt.datetime: _TIMES,
    }
    return simple[annotation]
