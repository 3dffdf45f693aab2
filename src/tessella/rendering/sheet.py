"""A sheet of paper for somebody without a mail address: what was awarded, how anybody checks it, and, under a fold, how its owner takes
it into a wallet later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from tessella.errors import LimitError, SchemaError
from tessella.model import RecordType
from tessella.rendering._mosaic import tile_shapes
from tessella.rendering._shapes import SIDE, svg_shapes
from tessella.rendering._typesetter import typeset
from tessella.rendering._wording import date_words, type_name
from tessella.rendering.facts import TileFacts, tile_alt
from tessella.rendering.fonts import clean, require_glyphs
from tessella.text import say

__all__ = ["MAX_SHEETS", "SheetFacts", "sheets"]

MAX_SHEETS = 500
"""Pages of one document: more is a print shop's, and its PDF is opened slowly."""

_LONGEST = 160
"""Characters of a name or a title that have room."""


class SheetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on one sheet.

    ``code`` is typed at ``address``, and the QR code ``qr`` (SVG) leads there, too. ``claim_code`` is typed at ``claim_address`` by the owner
    only. Both are short enough to be read to somebody on the telephone.
    """

    title: str
    awarded_by: str
    name: str
    record_type: RecordType
    awarded_on: dt.date | None
    tile: TileFacts
    address: str
    code: str
    qr: str
    claim_address: str
    claim_code: str
    is_test: bool = False


def sheets(facts: Sequence[SheetFacts], *, made_at: dt.datetime, language: str = "en") -> bytes:
    """One page for each (A4, PDF/UA-1), in the language of the active translation; ``language`` is its tag.

    Raises:
        SchemaError: ``rendering.no-sheets``; ``rendering.missing-glyph``, with whose sheet it is; ``rendering.typesetting``.
        LimitError: ``rendering.sheets``, more than `MAX_SHEETS`.
    """
    if not facts:
        raise SchemaError(
            say("There is no sheet to print."),
            code="rendering.no-sheets",
            hint=say("Choose at least one award."),
        )
    if len(facts) > MAX_SHEETS:
        raise LimitError(
            say("These are more sheets than one document takes."),
            code="rendering.sheets", got=len(facts), expected=MAX_SHEETS, hint=say("Print them in parts."),
        )  # fmt: skip
    payload = {
        "title": say("Sheets to hand out"),
        "author": facts[0].awarded_by,
        "lang": language.split("-")[0].lower(),
        "sheets": [_sheet(number, one) for number, one in enumerate(facts, 1)],
    }
    return typeset("sheet.typ", payload, format="pdf", standards=("ua-1",), timestamp=made_at)


def _sheet(number: int, facts: SheetFacts) -> dict[str, object]:
    texts = {
        "by": _short(facts.awarded_by),
        "lead": type_name(facts.record_type),
        "name": _short(facts.name),
        "what": _short(facts.title),
        "when": say("awarded on %(date)s", date=date_words(facts.awarded_on)) if facts.awarded_on else "",
        "warning": say("A test: this sheet proves nothing") if facts.is_test else "",
    }
    for place, text in texts.items():
        require_glyphs(text, place=f"{number}.{place}")
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:g} {w:g}" width="{w:g}" height="{w:g}">{body}</svg>'
    return {
        **texts,
        "tile": frame.format(w=SIDE, body=svg_shapes(tile_shapes(facts.tile))),
        "tile_alt": tile_alt(facts.tile),
        "qr": facts.qr,
        "qr_alt": say("QR code of the page where this sheet is checked"),
        "address": facts.address,
        "code": facts.code,
        "claim": facts.claim_code,
        "claim_address": facts.claim_address,
        "words": _words(),
    }


def _words() -> dict[str, str]:
    return {
        "check_title": say("Is this genuine?"),
        "check": say(
            "Anybody can check it, without an account: scan the code, or open this address and type the letters and digits below. What is shown there must be what stands above."
        ),
        "code": say("Code of this sheet"),
        "fold": say("Fold here and close it: what is below is for its owner only"),
        "claim_title": say("It is yours"),
        "claim": say(
            "You need nothing more than this sheet. If you want it in a telephone or a computer one day, open this address and type both codes:"
        ),
        "claim_code": say("Code to take it"),
        "once": say(
            "It works once. If the sheet gets lost, whoever awarded it prints a new one, and this code ends."
        ),
    }


def _short(text: str) -> str:
    text = clean(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
