"""The exception tree of the library.

::

    TessellaError
    ├── InputError            what was given cannot be used
    │   ├── DecodeError       not the syntax it should be (JSON, YAML, PNG, JWS, XLSX …)
    │   ├── LimitError        larger, deeper or costlier than a named limit
    │   ├── SchemaError       readable, but a field is missing, misplaced or of the wrong type
    │   └── VocabularyError   a code or URI that the named list does not have
    ├── UnsupportedError      a known thing that this version does not do
    ├── CanonicalError        the bytes to sign cannot be determined safely
    ├── KeyMaterialError      a key, DID or certificate is unusable or does not fit
    ├── SealError             a seal cannot be made or does not hold
    ├── AccessError           a fetch was refused by policy, or failed
    ├── StateError            the action does not fit the present state (already issued, locked …)
    ├── ConfigError           the set-up is wrong
    └── VerificationError     ``Report.require()`` on a report that did not pass

Every error has a stable ``code`` (documented, tested), a message of one sentence, and where they are
known: ``got``, ``expected``, ``hint`` (the remedy) and ``place`` (file, row, field).
No exception of another library crosses a public function.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AccessError",
    "CanonicalError",
    "ConfigError",
    "DecodeError",
    "InputError",
    "KeyMaterialError",
    "LimitError",
    "SchemaError",
    "SealError",
    "StateError",
    "TessellaError",
    "UnsupportedError",
    "VerificationError",
    "VocabularyError",
]


class TessellaError(Exception):
    """Base of all errors of the library.

    Args:
        message: one sentence for a person; no secrets, no personal data.
        code: overrides the class's stable code with a finer one (``input.duplicate-key``).
        got, expected: what was found and what would be right, for machines and logs.
        hint: the remedy, one sentence.
        place: where: a file name, ``row 7, column "birth date"`` or a JSON path.
    """

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        got: object = None,
        expected: object = None,
        hint: str = "",
        place: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.got = got
        self.expected = expected
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        remedy = f" {self.hint}" if self.hint else ""
        return f"{where}{self.message}{remedy}"

    def as_dict(self) -> dict[str, str]:
        """The error as one flat JSON object (RFC 9457 members where they exist)."""
        result = {"code": self.code, "title": self.message}
        for name in ("place", "hint"):
            if value := getattr(self, name):
                result[name] = value
        for name in ("got", "expected"):
            if (value := getattr(self, name)) is not None:
                result[name] = str(value)
        return result


class InputError(TessellaError):
    """What was given cannot be used."""

    default_code = "input"


class DecodeError(InputError):
    """Not the syntax it should be (JSON, YAML, PNG, JWS, XLSX …)."""

    default_code = "input.decode"


class LimitError(InputError):
    """Larger, deeper or costlier than a named limit."""

    default_code = "input.limit"


class SchemaError(InputError):
    """Readable, but a field is missing, misplaced or of the wrong type."""

    default_code = "input.schema"


class VocabularyError(InputError):
    """A code or URI that the named list does not have."""

    default_code = "input.vocabulary"


class UnsupportedError(TessellaError):
    """A known thing that this version does not do."""

    default_code = "unsupported"


class CanonicalError(TessellaError):
    """The bytes to sign cannot be determined safely."""

    default_code = "canonical"


class KeyMaterialError(TessellaError):
    """A key, DID or certificate is unusable or does not fit."""

    default_code = "key"


class SealError(TessellaError):
    """A seal cannot be made or does not hold."""

    default_code = "seal"


class AccessError(TessellaError):
    """A fetch or file was refused by policy, or failed."""

    default_code = "access"


class StateError(TessellaError):
    """The action does not fit the present state (already issued, locked …)."""

    default_code = "state"


class ConfigError(TessellaError):
    """The set-up is wrong."""

    default_code = "config"


class VerificationError(TessellaError):
    """``Report.require()`` on a report that did not pass."""

    default_code = "verification"
