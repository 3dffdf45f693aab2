"""A PDF that holds credentials, and whether it is sealed itself."""

from __future__ import annotations

from functools import cached_property

from tessella.containers import PdfPage, codes_in, pages_of
from tessella.containers.pages import Seen
from tessella.errors import TessellaError
from tessella.seals import pades

__all__ = ["NOT_COMPARED", "Carrier"]

NOT_COMPARED = "What is printed or drawn around it was not compared with it."
"""The note on a credential in something that people look at and nobody has sealed."""


class Carrier:
    """A PDF with its own seals: verified when first asked for, and then once for all credentials in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._seen: Seen = {}

    @property
    def is_sealed(self) -> bool:
        """Whether there is something in it that every seal has; no seal is verified."""
        return pades.looks_sealed(self._data)

    @cached_property
    def result(self) -> pades.PadesResult | TessellaError:
        """What its seals are worth, or why they cannot be read."""
        try:
            return pades.verify(self._data)
        except TessellaError as error:
            return error

    @cached_property
    def pages(self) -> tuple[PdfPage, ...] | TessellaError:
        """What its pages show, or why they cannot be read."""
        return self._read(self._data)

    @cached_property
    def first_pages(self) -> tuple[PdfPage, ...] | None:
        """What its pages showed before it was saved again on top of itself; None when it never was, or that cannot be read."""
        end = self._data.find(_END)
        if end < 0 or not self._data[end + len(_END) :].strip() or _LINEARIZED in self._data[:_HEAD_BYTES]:
            return None
        found = self._read(self._data[: end + len(_END)])
        return found if isinstance(found, tuple) else None

    def _read(self, data: bytes) -> tuple[PdfPage, ...] | TessellaError:
        try:
            return pages_of(data, seen=self._seen)
        except TessellaError as error:
            return error

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The texts of the QR codes on its pages; none when they cannot be read."""
        if isinstance(self.pages, TessellaError):
            return ()
        try:
            return codes_in(self._data, self.pages)
        except TessellaError:
            return ()


_END, _LINEARIZED, _HEAD_BYTES = b"%%EOF", b"/Linearized", 1024
"""The end of a state of the file (ISO 32000-1 §7.5.5), and the mark of files whose first end is not that of a state (Annex F)."""
