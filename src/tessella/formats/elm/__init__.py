"""European Digital Credentials for Learning: the European Learning Model (ELM) 3.2 as JSON-LD on VCDM 1.1."""

from tessella.formats.elm._tables import PROFILES
from tessella.formats.elm.validation import Violation, validate

__all__ = ["PROFILES", "Violation", "validate"]
