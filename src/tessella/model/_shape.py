"""How plain data becomes structs: types taken apart once, shorthands written out, unknown fields kept."""

from __future__ import annotations

import datetime as dt
import functools
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, Union

import msgspec

from tessella.errors import LimitError, VocabularyError
from tessella.model.base import Part, concept_list
from tessella.text import Text, say
from tessella.vocabulary import Concept, code_list, code_lists

__all__ = ["MAX_DEPTH", "Shape", "compact", "expand", "field_shapes"]

MAX_DEPTH = 40
"""Nesting of a description. The record itself is 8 deep; what is deeper is not a description."""


_YAML_TYPES = (dt.date, dt.datetime)


class Shape(typing.NamedTuple):
    """A field's type taken apart: the struct, text or concept at its core, and whether it is a list of them."""

    core: Any
    many: bool = False
    concepts: str = ""

    @property
    def is_text(self) -> bool:
        return self.core is dict

    @property
    def is_concept(self) -> bool:
        return self.core is Concept

    @property
    def is_part(self) -> bool:
        return isinstance(self.core, type) and issubclass(self.core, Part)


def _shape(annotation: Any) -> Shape:
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        inner, marks = annotation.__origin__, concept_list(annotation)
        return _shape(inner)._replace(concepts=marks)
    if origin in (Union, types.UnionType):
        (inner,) = (a for a in typing.get_args(annotation) if a is not type(None))
        return _shape(inner)
    if origin is tuple:
        return _shape(typing.get_args(annotation)[0])._replace(many=True)
    return Shape(dict if annotation == Text else (origin or annotation))


@functools.cache
def field_shapes(struct: type[Part]) -> Mapping[str, Shape]:
    """The shape of each field of a struct, by name (``extra`` left out)."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return {
        field.name: _shape(hints[field.name])
        for field in msgspec.structs.fields(struct)
        if field.name != "extra"
    }


def _concept(value: Any, list_name: str) -> Any:
    """A word or a URI as a full concept; a mapping with a known URI gets its labels."""
    if isinstance(value, str | int):
        text = str(value)
        if list_name not in code_lists():
            if ":" in text:
                return {"uri": text}
            raise VocabularyError(
                say("“%(value)s” needs to be written as a URI here.", value=text),
                got=text,
                hint=say("Write {uri: …, labels: {en: …}}."),
            )
        known = code_list(list_name).get(text)
        if known is None and ":" in text:
            return {"uri": text}
        known = known or code_list(list_name).require(text)
        return msgspec.to_builtins(known)
    return value


def expand(value: Any, shape: Shape, language: str, path: str, errors: dict[str, Exception]) -> Any:
    """Plain data as the struct's converter takes it: shorthands written out, unknown fields moved to ``extra``.

    Code-list errors are collected by path; the value that caused one is left out.
    """
    if path.count(".") + path.count("[") > MAX_DEPTH:
        raise LimitError(say("The description is nested too deeply."), place=path, expected=MAX_DEPTH)
    if value is None:
        return None
    if shape.many:
        items = value if isinstance(value, list | tuple) else [value]
        single = shape._replace(many=False)
        made = [expand(item, single, language, f"{path}[{n}]", errors) for n, item in enumerate(items)]
        return [item for item in made if item is not None]
    if shape.is_text and isinstance(value, str):
        return {language: value}
    if shape.is_concept:
        try:
            return _concept(value, shape.concepts)
        except VocabularyError as error:
            errors[path] = error
            return None
    if shape.is_part:
        return _expand_part(value, shape.core, language, path, errors)
    return value


def _expand_part(
    value: Any, struct: type[Part], language: str, path: str, errors: dict[str, Exception]
) -> Any:
    if isinstance(value, str) and struct.shorthand:
        value = {struct.shorthand: value}
    if not isinstance(value, Mapping):
        return value
    shapes = field_shapes(struct)
    result: dict[str, Any] = {}
    extra: dict[str, Any] = dict(value.get("extra") or {}) if isinstance(value.get("extra"), Mapping) else {}
    for key, item in value.items():
        if key in shapes:
            made = expand(item, shapes[key], language, f"{path}.{key}", errors)
            if made is not None:
                result[key] = made
        elif key != "extra":
            extra[str(key)] = item
    if extra:
        result["extra"] = extra
    return result


def compact(value: Any, shape: Shape, language: str) -> Any:
    """The reverse of `expand`: the shortest plain data that loads to the same struct."""
    if shape.many:
        return [compact(item, shape._replace(many=False), language) for item in value]
    if shape.is_text:
        return value[language] if set(value) == {language} else dict(value)
    if shape.is_concept:
        known = code_list(shape.concepts).get(value.uri) if shape.concepts in code_lists() else None
        return known.code if known and known == value and known.code else msgspec.to_builtins(value)
    if shape.is_part:
        return _compact_part(value, language)
    return msgspec.to_builtins(value, builtin_types=_YAML_TYPES)


def _compact_part(part: Part, language: str) -> Any:
    result: dict[str, Any] = {}
    for field in msgspec.structs.fields(type(part)):
        value = getattr(part, field.name)
        if field.name == "extra" or (value == field.default and not field.required):
            continue
        if not field.required and value in ((), {}):
            continue
        result[field.encode_name] = compact(value, field_shapes(type(part))[field.name], language)
    result.update(part.extra)
    if (
        type(part).shorthand
        and set(result) == {type(part).shorthand}
        and isinstance(result[type(part).shorthand], str)
    ):
        return result[type(part).shorthand]
    return result
