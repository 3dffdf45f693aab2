"""What opening a container may cost. Every limit can be named in an error."""

from __future__ import annotations

__all__ = [
    "MAX_DEPTH",
    "MAX_FILE_BYTES",
    "MAX_FOUND",
    "MAX_MAILS",
    "MAX_MAIL_PARTS",
    "MAX_MAIL_WORK",
    "MAX_OPENED_BYTES",
    "MAX_PARTS",
    "MAX_PIXELS",
    "MAX_RATIO",
    "MAX_TEXT_BYTES",
    "MAX_ZIP_BYTES",
    "MAX_ZIP_MEMBERS",
    "Budget",
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

MAX_DEPTH = 6
"""Containers within containers: a mail, the mail forwarded in it, an archive, a PDF, a picture, the credential baked into that."""

MAX_FOUND = 10_000
"""Credentials found in one upload."""

MAX_PARTS = 20_000
"""Files looked at in one upload, in whatever they lie: two archives with `MAX_ZIP_MEMBERS` files, each with a picture in it."""

MAX_OPENED_BYTES = 500_000_000
"""All that is unpacked from one upload together: containers within containers must not multiply their own limits."""

MAX_MAIL_PARTS = 500
"""Parts of one mail, those of forwarded mails among them: a digest of a mailing list has some hundred."""

MAX_MAIL_WORK = 5_000_000
"""Lines of a mail times its multipart boundaries, which is what reading it costs: 50 MB of attachments have 700,000 lines and
4 boundaries; five million take two seconds."""

MAX_MAILS = 5_000
"""Mails in one mailbox file: the exported folder of a helpdesk."""


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


class Budget:
    """What opening one upload may cost in all, shared by everything that is found in it, however deep."""

    def __init__(self, *, max_bytes: int = MAX_OPENED_BYTES, max_parts: int = MAX_PARTS) -> None:
        self._bytes, self._parts = max_bytes, max_parts
        self._limits = (max_bytes, max_parts)
        self.spent = False

    def spend(self, size: int, place: str) -> None:
        """Take one part of ``size`` bytes out of the budget.

        Raises:
            LimitError: ``container.budget``, nothing is left; then `spent` is true.
        """
        self._bytes -= size
        self._parts -= 1
        self.spent = self._bytes < 0 or self._parts < 0
        if self.spent:
            limit = self._limits[0 if self._bytes < 0 else 1]
            raise LimitError(
                say("All containers in this upload together hold more than is opened at once."),
                code="container.budget",
                expected=limit,
                place=place,
                hint=say("Unpack it and give the files in parts."),
            )
