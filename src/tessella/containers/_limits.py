"""What opening a container may cost. Every limit can be named in an error."""

from __future__ import annotations

__all__ = [
    "MAX_DEPTH",
    "MAX_FILE_BYTES",
    "MAX_FOUND",
    "MAX_PIXELS",
    "MAX_RATIO",
    "MAX_TEXT_BYTES",
    "MAX_ZIP_BYTES",
    "MAX_ZIP_MEMBERS",
    "check_size",
]

from tessella.errors import LimitError
from tessella.text import say

MAX_FILE_BYTES = 50_000_000
"""One picture, PDF or archive: a scanned certificate has 1 to 10 MB, a class of 500 sealed credentials 50 MB."""

MAX_TEXT_BYTES = 10_000_000
"""One credential as text; the same as ``tessella.canonical`` parses by default."""

MAX_PIXELS = 40_000_000
"""Pixels of a picture searched for a QR code: a phone takes 12 to 24 megapixels, a page scanned at 600 dpi has 35."""

MAX_ZIP_MEMBERS = 5_000
"""Files in an archive: a graduation at a large university."""

MAX_ZIP_BYTES = 200_000_000
"""All files of an archive together, unpacked."""

MAX_RATIO = 200
"""Unpacked to packed size of one file over a megabyte: repeated JSON packs 20 to 50 times; a bomb 1,000 times."""

MAX_DEPTH = 4
"""Containers within containers: an archive, a PDF in it, a presentation in that, a credential in that."""

MAX_FOUND = 10_000
"""Credentials found in one upload."""


def check_size(data: bytes, limit: int = MAX_FILE_BYTES) -> None:
    """Refuse what is larger than ``limit`` bytes.

    Raises:
        LimitError: ``container.size``.
    """
    if len(data) > limit:
        raise LimitError(
            say("The file has %(got)s bytes; the limit is %(limit)s.", got=len(data), limit=limit),
            code="container.size",
            got=len(data),
            expected=limit,
            hint=say("Split the upload into smaller files."),
        )
