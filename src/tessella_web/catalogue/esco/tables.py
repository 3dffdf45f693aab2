"""Reading the CSV files of the official download.

The names of files and columns are ESCO's own (download in CSV, versions 1.0.8 to 1.2): ``skills_<language>.csv``,
``occupations_<language>.csv``, ``skillGroups_…``, ``ISCOGroups_…``, ``skillsHierarchy_…``, ``occupationSkillRelations…``,
``skillSkillRelations…``, ``broaderRelations…Pillar…``. Files it does not know are left aside.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from tessella_web.catalogue.esco.models import Kind, LinkKind
from tessella_web.catalogue.esco.rows import ConceptRow, LabelRow, LinkRow, Row
from tessella_web.common.errors import RefusedError

__all__ = ["MAX_ROWS", "is_known", "language_of", "rank", "read_table"]

MAX_ROWS = 3_000_000
"""Rows of one file; the longest of ESCO has 130,000."""

MAX_FIELD = 1 << 20
"""Characters of one field; descriptions have a few thousand."""

_NAME = re.compile(r"(?P<table>[A-Za-z]+?)(?:_(?P<language>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?))?\.csv", re.I)
_LEVELS = 4

_Reader = Callable[[Mapping[str, str], str], Iterator[Row]]


def _concept(kind: str) -> _Reader:
    def read(row: Mapping[str, str], language: str) -> Iterator[Row]:
        uri = row["conceptUri"].strip()
        skill_type = (
            "knowledge" if row.get("skillType") == "knowledge" else "skill" if kind == Kind.SKILL else ""
        )
        yield ConceptRow(uri, kind, skill_type, row.get("reuseLevel") or "", row.get("code") or "")
        others = [
            one.strip()
            for name in ("altLabels", "hiddenLabels")
            for one in (row.get(name) or "").splitlines()
        ]
        yield LabelRow(uri, language, row["preferredLabel"].strip(), tuple(filter(None, others)))

    return read


def _needs(row: Mapping[str, str], language: str) -> Iterator[Row]:
    source = row.get("occupationUri") or row.get("originalSkillUri") or ""
    target = row.get("skillUri") or row.get("relatedSkillUri") or ""
    kind = LinkKind.ESSENTIAL if row.get("relationType") == LinkKind.ESSENTIAL else LinkKind.OPTIONAL
    yield LinkRow(kind, source.strip(), target.strip())


def _broader(row: Mapping[str, str], language: str) -> Iterator[Row]:
    yield LinkRow(LinkKind.BROADER, row["conceptUri"].strip(), row["broaderUri"].strip())


def _hierarchy(row: Mapping[str, str], language: str) -> Iterator[Row]:
    """A row names a skill group of each level down to one."""
    above = ""
    for level in range(_LEVELS):
        uri = (row.get(f"Level {level} URI") or "").strip()
        if not uri:
            return
        yield ConceptRow(uri, Kind.SKILL_GROUP, code=row.get(f"Level {level} code") or "")
        if name := (row.get(f"Level {level} preferred term") or "").strip():
            yield LabelRow(uri, language, name)
        if above:
            yield LinkRow(LinkKind.BROADER, uri, above)
        above = uri


class _Table(NamedTuple):
    """When to read a table (concepts before relations), the columns it cannot do without, and how to read a row."""

    turn: int
    columns: tuple[str, ...]
    read: _Reader


_NAMED, _RELATED = ("conceptUri", "preferredLabel"), ("relationType",)
_TABLES = {
    "skillshierarchy": _Table(0, ("Level 0 URI",), _hierarchy),
    "skillgroups": _Table(1, _NAMED, _concept(Kind.SKILL_GROUP)),
    "iscogroups": _Table(1, _NAMED, _concept(Kind.OCCUPATION_GROUP)),
    "skills": _Table(1, _NAMED, _concept(Kind.SKILL)),
    "occupations": _Table(1, _NAMED, _concept(Kind.OCCUPATION)),
    "occupationskillrelations": _Table(2, _RELATED, _needs),
    "skillskillrelations": _Table(2, _RELATED, _needs),
    "broaderrelationsskillpillar": _Table(2, ("conceptUri", "broaderUri"), _broader),
    "broaderrelationsoccpillar": _Table(2, ("conceptUri", "broaderUri"), _broader),
}
"""By file name in small letters."""


def is_known(name: str) -> bool:
    """Whether the file is a table of ESCO that is of use here."""
    return _table_of(name) in _TABLES


def rank(name: str) -> int:
    """The turn of a file: concepts come before relations."""
    return _TABLES[_table_of(name)].turn if is_known(name) else 1


def language_of(name: str) -> str:
    """The language in a file's name; English when it has none."""
    found = _NAME.fullmatch(name)
    return (found["language"] or "en").lower() if found else "en"


def read_table(name: str, stream: IO[bytes]) -> Iterator[Row]:
    """The rows of a table.

    Raises:
        RefusedError: ``esco.table``: it is no table of ESCO, is not in UTF-8, or has too many rows.
    """
    csv.field_size_limit(MAX_FIELD)
    table, language = _TABLES[_table_of(name)], language_of(name)
    try:
        rows = csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig", newline=""))
        for column in table.columns:
            if column not in (rows.fieldnames or ()):
                raise _refused(name, _("it has no column %(name)s") % {"name": column})
        for number, row in enumerate(rows):
            if number >= MAX_ROWS:
                raise _refused(name, _("it has more than %(most)s rows") % {"most": MAX_ROWS})
            yield from table.read(row, language)
    except (csv.Error, UnicodeDecodeError, AttributeError) as error:
        raise _refused(name, str(error)) from error


def _table_of(name: str) -> str:
    found = _NAME.fullmatch(name)
    return found["table"].lower() if found else ""


def _refused(name: str, why: str) -> RefusedError:
    return RefusedError(
        _("%(name)s is no table of ESCO: %(why)s.") % {"name": name, "why": why[:200]},
        code="esco.table", hint=_("Give the files of the official CSV download as they are."),
    )  # fmt: skip
