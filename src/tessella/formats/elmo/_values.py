"""Values in elements: written so that XML holds them, read leniently with notes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import msgspec
from lxml import etree

from tessella.canonical.strictxml import Element
from tessella.errors import SchemaError
from tessella.formats.elmo._names import XML_LANG, elmo
from tessella.text import Text, say

__all__ = ["Note", "Reading", "add", "add_text", "collapsed", "local", "set_text"]

_SPACE = re.compile(r"[ \t\r\n]+")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?")
_DECIMAL = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd in a file that could be read all the same."""

    code: str
    message: str
    place: str = ""


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(etree.QName(element).localname)


def collapsed(text: str) -> str:
    """The text as ``xs:token`` has it (XML Schema 1.1 part 2 §4.3.6)."""
    return _SPACE.sub(" ", text).strip(" ")


def set_text(element: Element, text: str) -> None:
    """The content of an element.

    Raises:
        SchemaError: ``elmo.character``, XML cannot hold it.
    """
    try:
        element.text = text
    except ValueError as error:
        raise SchemaError(
            say("The text has a character that XML cannot hold."),
            code="elmo.character",
            place=local(element),
            hint=say("Remove control characters from it."),
        ) from error


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """A new child of ELMO's namespace."""
    made = etree.SubElement(parent, elmo(name), attributes)
    if text is not None:
        set_text(made, text)
    return made


def add_text(parent: Element, name: str, text: Text, language: str) -> None:
    """One child for each language, the record's own first."""
    for tag in sorted(text, key=lambda tag: tag != language):
        made = add(parent, name, text[tag])
        if _LANGUAGE.fullmatch(tag):
            made.set(XML_LANG, tag)


class Reading:
    """One pass over a file: elements found by name in whatever version of ELMO it is, and what was odd."""

    def __init__(self, namespace: str) -> None:
        self._prefix = f"{{{namespace}}}"
        self.notes: list[Note] = []

    def each(self, element: Element | None, *names: str) -> Iterator[Element]:
        """Children by path, in order."""
        if element is None:
            return iter(())
        found: Iterator[Element] = element.iterfind("/".join(self._prefix + name for name in names))
        return found

    def one(self, element: Element | None, *names: str) -> Element | None:
        """The first child by path."""
        return next(self.each(element, *names), None)

    def token(self, element: Element | None, *names: str) -> str:
        """The text of a child by path as ``xs:token``; empty when there is none."""
        found = self.one(element, *names) if names else element
        return collapsed(found.text or "") if found is not None else ""

    def text(self, element: Element | None, name: str, language: str = "", *, token: bool = False) -> Text:
        """The children of this name by language; one without a language is in ``language``."""
        made: dict[str, str] = {}
        for one in self.each(element, name):
            value = one.text or ""
            tag = one.get(XML_LANG) or language or "en"
            if not _LANGUAGE.fullmatch(tag) or tag in made:
                self.unusable(one)
            elif value := (collapsed(value) if token else value):
                made[tag] = value
        return made

    def identifiers(self, element: Element | None) -> list[tuple[str, str]]:
        """Types and values of an element's identifiers."""
        found = [
            (collapsed(one.get("type", "")), self.token(one)) for one in self.each(element, "identifier")
        ]
        return [(kind, value) for kind, value in found if value]

    def date(self, element: Element | None, *names: str) -> dt.date | None:
        """An ``xs:date``; its time zone does not count."""
        text = self.token(element, *names)
        try:
            if match := _DATE.fullmatch(text):
                return dt.date.fromisoformat(match[1])
        except ValueError:
            pass
        if text:
            self._odd(element, names)
        return None

    def instant(self, element: Element | None, *names: str) -> dt.datetime | None:
        """An ``xs:dateTime``; without a time zone it is taken as UTC, with a note."""
        text = self.token(element, *names)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            self._odd(element, names)
            return None
        if moment.tzinfo is not None:
            return moment
        message = say("A time without time zone was taken as UTC.")
        self.notes.append(Note(code="elmo.no-time-zone", message=message, place="/".join(names)))
        return moment.replace(tzinfo=dt.UTC)

    def decimal(self, element: Element | None, *names: str) -> Decimal | None:
        """An ``xs:decimal``."""
        text = self.token(element, *names)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        if text:
            self._odd(element, names)
        return None

    def _odd(self, element: Element | None, names: tuple[str, ...]) -> None:
        self.unusable(self.one(element, *names) if names else element)

    def unusable(self, element: Element | None) -> None:
        """Notes that a value was left out."""
        place = local(element) if element is not None else ""
        message = say("The value of “%(place)s” cannot be used and was left out.", place=place)
        self.notes.append(Note(code="elmo.unusable", message=message, place=place))
        return

    def ignored(self, element: Element) -> None:
        """Notes that an element is not known here."""
        message = say("“%(place)s” is not known here and was passed over.", place=local(element))
        self.notes.append(Note(code="elmo.unknown", message=message, place=local(element)))
