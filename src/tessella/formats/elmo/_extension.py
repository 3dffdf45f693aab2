"""Parts of the record as XML of our own, both ways, by the types of their fields.

An element has the name of its field in camel case. Lists hold ``item`` elements, texts a ``text`` for each language; a value that is
absent although ELMO's own elements suggest one is an element with ``nil="true"``. A concept of a list that is known is its URI alone.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from lxml import etree

from tessella.canonical.strictxml import Element
from tessella.formats.elmo._names import EXTENSION_NAMESPACE, XML_LANG
from tessella.formats.elmo._values import Reading, set_text
from tessella.model import Image
from tessella.model._shape import Shape, field_shapes
from tessella.model.base import Part
from tessella.model.fieldmap import says_something
from tessella.vocabulary import Concept, by_uri

__all__ = ["extension_tag", "read_fields", "read_part", "write_fields", "write_part"]

_CONCEPT = {
    name: Shape(dict if name == "labels" else str) for name in ("uri", "scheme", "code", "labels", "broader")
}


def extension_tag(name: str) -> str:
    """The tag of a field."""
    first, *others = name.split("_")
    return f"{{{EXTENSION_NAMESPACE}}}{first}{''.join(one.title() for one in others)}"


_ITEM, _TEXT = extension_tag("item"), extension_tag("text")


def write_fields(parent: Element, part: Part, names: Iterable[str]) -> None:
    """These fields of a part as elements, whatever they hold."""
    shapes = field_shapes(type(part))
    for name in names:
        _write(etree.SubElement(parent, extension_tag(name)), getattr(part, name), shapes[name])


def write_part(parent: Element, part: Part) -> None:
    """All fields of a part that say something."""
    write_fields(
        parent,
        part,
        (
            name
            for name, shape in field_shapes(type(part)).items()
            if shape.core is not Image and says_something(part, name)
        ),
    )


def _write(element: Element, value: Any, shape: Shape) -> None:
    if value is None:
        element.set("nil", "true")
    elif shape.many:
        for one in value:
            _write(etree.SubElement(element, _ITEM), one, shape._replace(many=False))
    elif shape.is_text:
        for language, text in value.items():
            made = etree.SubElement(element, _TEXT)
            set_text(made, text)
            made.set(XML_LANG, language)
    elif shape.is_concept:
        _write_concept(element, value)
    elif shape.is_part:
        write_part(element, value)
    else:
        set_text(element, _written(value))


def _write_concept(element: Element, concept: Concept) -> None:
    whole = by_uri(concept.uri) != concept
    for name, shape in _CONCEPT.items():
        value = getattr(concept, name)
        if value and (whole or name == "uri"):
            _write(etree.SubElement(element, extension_tag(name)), value, shape)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def read_fields(element: Element, struct: type[Part], reading: Reading) -> dict[str, Any]:
    """The fields of a part that the element has; what cannot be used is left out with a note."""
    shapes = field_shapes(struct)
    tags = {extension_tag(name): name for name in shapes}
    optional = {field.name for field in msgspec.structs.fields(struct) if field.default is None}
    found: dict[str, Any] = {}
    for child in element.iterchildren("*"):
        name = tags.get(child.tag)
        if name is None or name in found:
            reading.ignored(child)
        elif child.get("nil") != "true":
            value = _read(child, shapes[name], reading)
            if value is not None:
                found[name] = value
        elif name in optional:
            found[name] = None
        else:
            reading.unusable(child)
    return found


def read_part(element: Element, struct: type[Part], reading: Reading) -> Any:
    """A part, or None with a note when a field that it needs is missing."""
    try:
        return struct(**read_fields(element, struct, reading))
    except TypeError:
        reading.unusable(element)
        return None


def _read(element: Element, shape: Shape, reading: Reading) -> Any:
    if shape.many:
        one = shape._replace(many=False)
        items = [_read(item, one, reading) for item in element.iterchildren(_ITEM)]
        return tuple(item for item in items if item is not None)
    if shape.is_text:
        return {text.get(XML_LANG, ""): text.text or "" for text in element.iterchildren(_TEXT)}
    if shape.is_concept:
        return _read_concept(element, reading)
    if shape.is_part:
        return read_part(element, shape.core, reading)
    try:
        return _READERS[shape.core](element.text or "")
    except KeyError:
        return _enumerated(element, shape.core, reading)
    except (ValueError, ArithmeticError):
        reading.unusable(element)
        return None


def _read_concept(element: Element, reading: Reading) -> Concept | None:
    """The list's own concept when its list is known: its meaning is the list's, whatever else stands here."""
    stated = {
        name: _read(child, shape, reading)
        for name, shape in _CONCEPT.items()
        if (child := element.find(extension_tag(name))) is not None
    }
    if not stated.get("uri"):
        reading.unusable(element)
        return None
    return by_uri(stated["uri"]) or Concept(**stated)


def _enumerated(element: Element, core: Any, reading: Reading) -> Any:
    if isinstance(core, type) and issubclass(core, enum.Enum):
        try:
            return core(element.text or "")
        except ValueError:
            pass
    reading.unusable(element)
    return None


def _boolean(text: str) -> bool:
    return text == "true" if text in ("true", "false") else _refuse(text)


def _instant(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else _refuse(text)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    return number if number.is_finite() else _refuse(text)


def _refuse(text: str) -> Any:
    raise ValueError(text)


_READERS: Mapping[Any, Callable[[str], Any]] = {
    str: str,
    bool: _boolean,
    int: int,
    Decimal: _decimal,
    dt.date: dt.date.fromisoformat,
    dt.datetime: _instant,
}
