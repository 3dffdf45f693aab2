"""What reading and verifying a sealed PDF gives."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from tessella.errors import SealError, TessellaError
from tessella.seals._timestamps import TimestampResult
from tessella.text import say
from tessella.verdicts import Verdict, combine

__all__ = ["Changes", "Extras", "PadesDocument", "PadesResult", "SignatureResult", "unsealed"]

Changes = Literal["none", "validation-data", "signatures", "form-fields", "other"]
"""What was added after a seal, from harmless to what breaks it."""


_PROVING = (
    "sigTst",
    "arcTst",
)  # time stamps over the seal itself; "arcTst" are those over the whole document


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """Validation data in the document security store, all DER: nothing of it is verified here."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


class PadesDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A PDF read but not verified: its bytes, the names of its signature fields, how many seals were taken out of it."""

    data: bytes
    names: tuple[str, ...] = ()
    removed: int = 0
    fields: tuple[Any, ...] = ()
    revisions: Any = None


class SignatureResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying one seal found.

    ``verdict``: ``passed`` when the signature holds over the bytes it covers, its range leaves out nothing but the signature
    itself, it names its certificate rightly, and nothing but permitted additions follow; ``indeterminate`` when the form is
    not supported or form fields were filled in afterwards (``changes``). Time stamps are judged apart.

    ``coverage``: ``file`` (every byte), ``revision`` (all of an earlier state of the file) or empty (something else: that
    fails). ``changed_parts`` names ``pages`` and ``attachments`` when they are other than the sealed ones. ``signing_time``
    is what the sealer claims (UTC). ``baseline`` is the level of EN 319 142-1 that the form reaches.
    """

    field: str
    verdict: Verdict
    algorithm: str = ""
    certificate_chain: tuple[bytes, ...] = ()
    signing_time: dt.datetime | None = None
    coverage: Literal["file", "revision", ""] = ""
    changes: Changes = "none"
    changed_parts: tuple[str, ...] = ()
    baseline: Literal["B-B", "B-T", "B-LT", "B-LTA", ""] = ""
    timestamps: tuple[TimestampResult, ...] = ()
    extras: Extras = Extras()
    problems: tuple[TessellaError, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def timestamp(self) -> Verdict:
        """All time stamps together; ``not_applicable`` when there is none."""
        if not self.timestamps:
            return Verdict.NOT_APPLICABLE
        return combine(one.verdict for one in self.timestamps)

    @property
    def stamped_at(self) -> dt.datetime | None:
        """The earliest time at which a sound stamp saw this seal (UTC); whether to trust it is open."""
        times = [
            one.time
            for one in self.timestamps
            if one.kind in _PROVING and one.verdict is Verdict.PASSED and one.time is not None
        ]
        return min(times, default=None)


class PadesResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying a PDF found. All seals count: one that fails fails the file.

    Without a seal the verdict is ``not_applicable``, and ``failed`` when there once was one (``removed``).
    """

    verdict: Verdict
    signatures: tuple[SignatureResult, ...] = ()
    removed: int = 0
    problems: tuple[TessellaError, ...] = ()

    def require(self) -> PadesResult:
        """Return self when the verdict is ``passed``.

        Raises:
            TessellaError: the first problem.
        """
        if self.verdict is Verdict.PASSED:
            return self
        raise next(iter(self.problems), unsealed())


def unsealed() -> SealError:
    """The error for a PDF without a seal."""
    return SealError(
        say("The PDF itself has no seal."),
        code="seal.none",
        hint=say("Ask the issuer for the sealed file: anybody can have written this one."),
    )
