"""A PDF that holds credentials, and whether it is sealed itself."""

from __future__ import annotations

from functools import cached_property

from tessella.errors import TessellaError
from tessella.seals import pades

__all__ = ["NOT_COMPARED", "Carrier"]

NOT_COMPARED = "What is printed or drawn around it was not compared with it."
"""The note on a credential in something that people look at and nobody has sealed."""


class Carrier:
    """A PDF with its own seals: verified when first asked for, and then once for all credentials in it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

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
