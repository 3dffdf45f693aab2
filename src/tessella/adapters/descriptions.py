"""Description files: YAML 1.2 or JSON, read with caps, written for people to edit."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

from tessella.adapters.files import read_bytes
from tessella.errors import DecodeError, LimitError
from tessella.model import Loaded, MicroCredential, describe, load
from tessella.text import say

__all__ = ["MAX_DESCRIPTION_BYTES", "parse_description", "read_description", "write_description"]

MAX_DESCRIPTION_BYTES = 4 * 1024 * 1024  # bytes
"""A rich description in 24 languages is about 100 KB; logos make it larger."""

MAX_DEPTH = 64
"""The deepest description has about ten levels; the parser's time grows with the square of the depth."""


def read_description(path: Path | str) -> Loaded[MicroCredential]:
    """Read a description file; see `tessella.model.load` for what counts as a problem.

    Raises:
        AccessError, LimitError: the file cannot be read or is too large.
        DecodeError: it is neither YAML nor JSON (with line and column).
        SchemaError: it is not a description at all.
    """
    path = Path(path)
    return load(
        parse_description(read_bytes(path, max_bytes=MAX_DESCRIPTION_BYTES), str(path)), place=str(path)
    )


def parse_description(data: bytes, place: str = "") -> Any:
    """The plain data of a description. YAML 1.2 contains JSON, so one parser reads both.

    Aliases are refused (they can grow without bound), as are duplicate keys.

    Raises:
        LimitError: larger than `MAX_DESCRIPTION_BYTES`.
        DecodeError: neither YAML nor JSON (with line and column), or nested too deeply to read.
    """
    if len(data) > MAX_DESCRIPTION_BYTES:
        raise LimitError(
            say("The description is larger than %(limit)s MB.", limit=MAX_DESCRIPTION_BYTES // 1024**2),
            code="input.limit.file-size",
            place=place,
            hint=say("Link large pictures instead of writing them into the file."),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecodeError(
            say("The file is not UTF-8 text."),
            code="input.encoding",
            place=place,
            hint=say("Save it as UTF-8."),
        ) from error
    try:
        _look_through(text, place)
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = (
            say("line %(line)s, column %(column)s", line=mark.line + 1, column=mark.column + 1)
            if mark
            else ""
        )
        raise DecodeError(
            say(
                "The file is neither valid YAML nor JSON: %(reason)s.",
                reason=getattr(error, "problem", None) or "syntax error",
            ),
            code="input.yaml",
            place=", ".join(filter(None, (place, where))),
            hint=say("Check indentation, quotes and doubled fields there."),
        ) from error


def _look_through(text: str, place: str) -> None:
    """Refuse aliases and deep nesting while the text is still a stream of events: both cost the parser dearly."""
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(io.StringIO(text)):
        if isinstance(event, AliasEvent):
            raise DecodeError(
                say("The description uses YAML aliases."),
                code="input.yaml-alias",
                place=place,
                hint=say("Write the repeated part out."),
            )
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise DecodeError(
                say("The file is nested too deeply to be a description."),
                code="input.yaml",
                place=place,
                hint=say("Write the fields as the example has them."),
            )


def write_description(
    record: MicroCredential | Mapping[str, Any], *, comments: Mapping[str, str] | None = None
) -> bytes:
    """The description as YAML, one blank line between top-level fields, a comment above those that have one."""
    plain = describe(record) if isinstance(record, MicroCredential) else dict(record)
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 100
    parts = []
    for key, value in plain.items():
        out = io.StringIO()
        yaml.dump({key: value}, out)
        comment = "".join(f"# {line}\n" for line in (comments or {}).get(key, "").splitlines())
        parts.append(comment + out.getvalue())
    return "\n".join(parts).encode()
