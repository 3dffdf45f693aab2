"""PAdES seals (ETSI EN 319 142-1) on PDF documents.

Sealing appends one update to the file: our own writer, fast enough for batches, which leaves PDF/A-3 and PDF/UA-1 what they
are. Verifying takes any PDF: the signature over the exact bytes, what was added after it, time stamps and validation data; the
structure is read by pyHanko, which is loaded when a PDF has a seal. Whom to trust is for ``trust``.
"""

from tessella.seals._timestamps import TimestampResult
from tessella.seals.pades._reading import MAX_PDF_BYTES
from tessella.seals.pades._results import Changes, Extras, PadesDocument, PadesResult, SignatureResult
from tessella.seals.pades._seal import seal
from tessella.seals.pades._verify import looks_sealed, parse, verify

__all__ = [
    "MAX_PDF_BYTES",
    "Changes",
    "Extras",
    "PadesDocument",
    "PadesResult",
    "SignatureResult",
    "TimestampResult",
    "looks_sealed",
    "parse",
    "seal",
    "verify",
]
