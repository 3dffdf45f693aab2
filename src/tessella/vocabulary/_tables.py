"""The data files: one JSON table per code list, read from the package once and only when asked for."""

from __future__ import annotations

import functools
from importlib import resources

import msgspec

from tessella import typed

__all__ = ["Names", "Row", "Table", "index", "read_names", "read_table", "tables_by_base", "tables_by_scheme"]


class Row(msgspec.Struct, frozen=True, array_like=True):
    """One line of a table.

    ``tail`` completes the table's base to the concept's URI (empty: the code does; with a colon: it is the whole
    URI). ``label`` is the English label, or labels by language. ``broader`` is a code of the same table.
    ``facts`` are what the list's helpers need to know beyond the concept (``{"eqf": "6"}``).
    """

    code: str
    tail: str = ""
    label: str | dict[str, str] = ""
    broader: str = ""
    aliases: tuple[str, ...] = ()
    facts: dict[str, str] = {}


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A data file.

    ``bare`` names further members, by authority code, for which the source has no label. ``cut`` says how a
    broader concept's code follows from a code: at this separator, or character by character when it is empty.
    ``names`` says that there is a file of names in more languages.
    """

    list: str
    title: str
    scheme: str
    base: str
    source: str
    licence: str
    snapshot: str
    concepts: tuple[Row, ...]
    note: str = ""
    bare: str = ""
    cut: str | None = None
    names: bool = False


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of customary names, by language and code; from a source other than the list itself."""

    list: str
    source: str
    licence: str
    names: dict[str, dict[str, str]]
    note: str = ""


def _read(name: str) -> bytes:
    return resources.files("tessella.vocabulary").joinpath("data", f"{name}.json").read_bytes()


@functools.cache
def index() -> dict[str, tuple[tuple[str, str], ...]]:
    """Of every list, by name: its schemes' URIs, each with the base of its concepts' URIs."""
    return typed.decode(_read("index"), dict[str, tuple[tuple[str, str], ...]])


@functools.cache
def tables_by_scheme() -> dict[str, str]:
    """The list's name by its schemes' URIs."""
    return {scheme: name for name, schemes in index().items() for scheme, _ in schemes}


@functools.cache
def tables_by_base() -> dict[str, str]:
    """The list's name by the bases of its concepts' URIs."""
    return {base: name for name, schemes in index().items() for _, base in schemes}


def read_table(name: str) -> Table:
    """The table of a list in the index."""
    return typed.decode(_read(name), Table)


def read_names(name: str) -> Names:
    """The names in more languages of a list whose table says that it has them."""
    return typed.decode(_read(f"names/{name}"), Names)
