"""The official CSV download of ESCO as files: an occupation with its skills, the labels of all skills, and the hierarchy.

Names of files and columns are ESCO's own (versions 1.0.8 to 1.2). Reading all skills of one language takes about a second.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes
from tessella.errors import DecodeError, InputError
from tessella.guidance.gap import Need, Occupation, Relations
from tessella.text import say

__all__ = ["EscoFolder", "read_occupation", "read_skills"]

MAX_TABLE_BYTES = 256 * 1024 * 1024
"""The largest table (relations of occupations and skills) has about 25 MB, skills with descriptions 12 MB a language."""

_VERSION = re.compile(r"v\.?\s?(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)", re.I)


class EscoFolder(msgspec.Struct, frozen=True, kw_only=True):
    """The skills of a download: by URI the labels (the preferred one first), and the hierarchy."""

    labels: Mapping[str, tuple[str, ...]]
    relations: Relations
    version: str


def read_skills(folder: Path, *, language: str = "en", version: str = "") -> EscoFolder:
    """The skills and the hierarchy.

    Raises:
        AccessError, LimitError: a file cannot be read.
        DecodeError: ``guidance.esco``: it is no table of ESCO.
    """
    labels = {
        row["conceptUri"]: (row["preferredLabel"], *filter(None, (row.get("altLabels") or "").splitlines()))
        for row in _rows(folder, f"skills_{language}.csv", ("conceptUri", "preferredLabel"))
    }
    broader: dict[str, list[str]] = {}
    for name in _present(folder, "broaderRelationsSkillPillar"):
        for row in _rows(folder, name, ("conceptUri", "broaderUri")):
            broader.setdefault(row["conceptUri"], []).append(row["broaderUri"])
    return EscoFolder(
        labels=labels, relations=Relations(broader), version=version or _version(folder) or say("not stated")
    )


def read_occupation(name: str, folder: Path, skills: EscoFolder, *, language: str = "en") -> Occupation:
    """The occupation with this URI or this label (preferred or other, in any case of letters).

    Raises:
        InputError: ``guidance.no-occupation``: there is none, or several are called so.
        AccessError, LimitError, DecodeError: as for `read_skills`.
    """
    wanted = " ".join(name.split()).casefold()
    found: dict[str, str] = {}
    for row in _rows(folder, f"occupations_{language}.csv", ("conceptUri", "preferredLabel")):
        names = (row["conceptUri"], row["preferredLabel"], *(row.get("altLabels") or "").splitlines())
        if wanted in {one.strip().casefold() for one in names}:
            found[row["conceptUri"]] = row["preferredLabel"]
    if len(found) != 1:
        raise InputError(
            say("%(count)s occupations are called “%(name)s”.", count=len(found), name=name), code="guidance.no-occupation",
            expected="; ".join(f"{title} <{uri}>" for uri, title in list(found.items())[:5]) or None, place=str(folder),
            hint=say("Give the occupation's URI, or its name as ESCO has it in this language."),
        )  # fmt: skip
    uri, title = next(iter(found.items()))
    needs = [
        Need(skill=row["skillUri"], title=skills.labels.get(row["skillUri"], ("",))[0], is_essential=row["relationType"] == "essential")
        for table in _present(folder, "occupationSkillRelations")
        for row in _rows(folder, table, ("occupationUri", "relationType", "skillUri"))
        if row["occupationUri"] == uri
    ]  # fmt: skip
    needs.sort(key=lambda need: (not need.is_essential, need.name.casefold()))
    official = uri.startswith("http://data.europa.eu/esco/")
    return Occupation(
        id=uri, title=title, needs=tuple(needs), version=skills.version, language=language,
        classification="ESCO" if official else say("A list in the form of ESCO"),
    )  # fmt: skip


def _present(folder: Path, start: str) -> list[str]:
    """The tables with this name, with or without a language in it; one of several languages is enough, they hold no words."""
    return sorted(one.name for one in folder.glob(f"{start}*.csv"))[:1]


def _version(folder: Path) -> str:
    found = _VERSION.search(folder.resolve().name)
    return found.group(1) if found else ""


def _rows(folder: Path, name: str, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    data = read_bytes(folder / name, max_bytes=MAX_TABLE_BYTES)
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = [one for one in columns if one not in (rows.fieldnames or ())]
        if missing:
            raise _no_table(name, say("it has no column %(name)s", name=missing[0]))
        yield from ({key: (value or "").strip() for key, value in row.items() if isinstance(key, str)} for row in rows)  # fmt: skip
    except (csv.Error, UnicodeDecodeError, AttributeError) as error:
        raise _no_table(name, str(error)) from error


def _no_table(name: str, why: str) -> DecodeError:
    return DecodeError(
        say("%(name)s is no table of ESCO: %(why)s.", name=name, why=why[:200]), code="guidance.esco", place=name,
        hint=say("Give the folder of the official CSV download as it is."),
    )  # fmt: skip
