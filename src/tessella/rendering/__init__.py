"""Pictures and words for people: the tile, the certificate, a credential in plain words, a report to read.

Everything is made from its arguments alone, so equal records give equal bytes; nothing here seals, reads the
clock or opens files other than the fonts and templates that come with the packages.
"""

from tessella.rendering._palette import Pigment, pigment
from tessella.rendering.certificate import SealerFacts, certificate
from tessella.rendering.facts import TileFacts, tile_alt, tile_facts
from tessella.rendering.fonts import missing_glyphs, require_glyphs
from tessella.rendering.portfolio import PortfolioEntry, portfolio_pdf
from tessella.rendering.printed import (
    PrintedValue,
    certificate_labels,
    printed_dates,
    printed_values,
    supplement_headings,
    supplement_rows,
)
from tessella.rendering.report import CheckView, ReportView, VerdictWords, report_text, verdict_words
from tessella.rendering.sheet import MAX_SHEETS, SheetFacts, sheets
from tessella.rendering.style import CertificateStyle, Edition, Signatory, edition_in, readable_colour
from tessella.rendering.tile import tile_png, tile_svg
from tessella.rendering.verification import ReportedCheck, ReportedCredential, verification_pdf
from tessella.rendering.words import Row, Section, plain_words

__all__ = [
    "MAX_SHEETS",
    "CertificateStyle",
    "CheckView",
    "Edition",
    "Pigment",
    "PortfolioEntry",
    "PrintedValue",
    "ReportView",
    "ReportedCheck",
    "ReportedCredential",
    "Row",
    "SealerFacts",
    "Section",
    "SheetFacts",
    "Signatory",
    "TileFacts",
    "VerdictWords",
    "certificate",
    "certificate_labels",
    "edition_in",
    "missing_glyphs",
    "pigment",
    "plain_words",
    "portfolio_pdf",
    "printed_dates",
    "printed_values",
    "readable_colour",
    "report_text",
    "require_glyphs",
    "sheets",
    "supplement_headings",
    "supplement_rows",
    "tile_alt",
    "tile_facts",
    "tile_png",
    "tile_svg",
    "verdict_words",
    "verification_pdf",
]
