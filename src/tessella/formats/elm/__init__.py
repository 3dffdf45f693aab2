"""European Digital Credentials for Learning: the European Learning Model (ELM) 3.2 as JSON-LD on VCDM 1.1."""

from tessella.formats.elm._tables import PROFILES
from tessella.formats.elm.validation import Violation, validate
from tessella.formats.elm.writing import WRITTEN_PROFILES, SealIdentity, write

__all__ = ["PROFILES", "WRITTEN_PROFILES", "SealIdentity", "Violation", "validate", "write"]
