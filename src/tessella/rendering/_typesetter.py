"""Typst as a function: a template of ours and plain data in, a document out.

Data travels beside the template as JSON (``sys.inputs``) and is never part of the markup, so no text can act as
a command. The compiler and the fonts are kept for the thread: the second document costs a fraction of the first.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import typst

from tessella.errors import SchemaError
from tessella.rendering.fonts import font_families, font_folders
from tessella.text import say

__all__ = ["PdfStandard", "typeset"]

PdfStandard = Literal["a-3a", "ua-1"]

_own = threading.local()


@functools.cache
def _template(name: str) -> bytes:
    return importlib.resources.files(__package__).joinpath(name).read_bytes()


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(path) for path in font_folders()],
    )


def _compiler() -> typst.Compiler:
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    compiler: typst.Compiler = _own.compiler
    return compiler


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    format: Literal["pdf", "svg", "png"],
    standards: Sequence[PdfStandard] = (),
    timestamp: dt.datetime | None = None,
    ppi: float | None = None,
) -> bytes:
    """The template (a file of this package) filled with the data; equal arguments give equal bytes.

    Raises:
        SchemaError: ``rendering.typesetting`` when the compiler refuses the data, such as a damaged picture.
    """
    fonts = {"serif": font_families(serif=True), "sans": font_families(serif=False)}
    try:
        result = _compiler().compile(
            _template(template),
            format=format,
            sys_inputs={"data": msgspec.json.encode({**data, "fonts": fonts}).decode()},
            pdf_standards=list(standards),
            timestamp=timestamp.replace(microsecond=0) if timestamp else None,  # a PDF's dates have seconds
            ppi=ppi,
        )
    except typst.TypstError as error:
        raise SchemaError(
            say("The document could not be set: %(reason)s.", reason=str(error).rstrip(".")),
            code="rendering.typesetting",
            hint=say("Leave out the picture or the attachment that the message names, or replace it."),
        ) from error
    if not isinstance(result, bytes):
        raise SchemaError(
            say("The document does not fit on one page."), code="rendering.typesetting", got=template
        )
    return result
