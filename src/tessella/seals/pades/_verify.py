"""Reading and verifying PAdES seals."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tessella.errors import LimitError
from tessella.seals.pades._reading import MAX_PDF_BYTES
from tessella.seals.pades._results import PadesDocument, PadesResult
from tessella.seals.pades._syntax import damaged
from tessella.text import say
from tessella.verdicts import Verdict

__all__ = ["looks_sealed", "parse", "verify"]

_TRACES = re.compile(rb"/ByteRange|/SubFilter[\0\t\n\f\r ]*/(?:ETSI|adbe)\.")
"""What stands openly in every sealed PDF: it cannot be packed away, since it says where the bytes around it are."""


def looks_sealed(data: bytes) -> bool:
    """Whether a PDF has anything in it that sealed ones have; nothing is read or verified."""
    return _TRACES.search(data) is not None


def parse(data: bytes) -> PadesDocument:
    """Read a PDF and find its seals; nothing is verified. A PDF without any is a document without names.

    Raises:
        DecodeError: ``container.pdf`` damaged, cut off or no PDF.
        UnsupportedError: ``container.encrypted``.
        LimitError: larger or costlier than a named limit.
    """
    if len(data) > MAX_PDF_BYTES:
        raise LimitError(
            say("The PDF or a part of it has %(got)s bytes; the limit is %(limit)s.",
                got=len(data), limit=MAX_PDF_BYTES),
            code="container.size",
            got=len(data),
            expected=MAX_PDF_BYTES,
            hint=say("Ask for a smaller file."),
        )  # fmt: skip
    if b"%PDF-" not in data[:1024]:
        raise damaged()
    if not looks_sealed(data):
        return PadesDocument(data=data)
    from tessella.seals.pades._revisions import Revisions

    revisions = Revisions(data)
    fields = revisions.fields()
    return PadesDocument(
        data=data,
        names=tuple(one.name for one in fields),
        removed=revisions.removed(),
        fields=fields,
        revisions=revisions,
    )


def verify(document: PadesDocument | bytes, *, certificates: Sequence[bytes] = ()) -> PadesResult:
    """Verify every seal and every time stamp, over the bytes as they stand in the file, and what was added after them.

    ``certificates`` (DER) help where a time stamp does not bring its own. Says nothing about whether a certificate or a
    time-stamping authority is trusted, nor about revocation: that is ``trust``. No network.

    Raises:
        DecodeError, UnsupportedError, LimitError: what was given cannot be read (see `parse`).
    """
    if not isinstance(document, PadesDocument):
        document = parse(document)
    if document.revisions is None:
        return PadesResult(verdict=Verdict.NOT_APPLICABLE)
    from tessella.seals.pades._checking import checked

    return checked(document, certificates)
