"""A PDF that holds credentials, and whether it is sealed itself."""

from __future__ import annotations

from functools import cached_property

from tessella.errors import TessellaError
from tessella.seals import pades

__all__ = ["Carrier"]


class Carrier:
    """A PDF with its own seals: verified when first asked for, and then once for all credentials in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @property
    def is_sealed(self) -> bool:
        """Whether there is anything in it that a seal has and nothing else; no seal is verified."""
        return b"/ByteRange" in self._data

    @cached_property
    def result(self) -> pades.PadesResult | TessellaError:
        """What its seals are worth, or why they cannot be read."""
        try:
            return pades.verify(self._data)
        except TessellaError as error:
            return error
