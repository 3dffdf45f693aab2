"""Verdicts, checks, findings and the one report object.

Four verdicts, as in ETSI EN 319 102-1 with one more for checks that have no object:
``passed``, ``failed``, ``indeterminate`` (could not be established: the explanation says what is missing)
and ``not_applicable``. Never a bare boolean. Empty is not success: a report in which no required check
gave a verdict is ``indeterminate``.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any

import msgspec

from tessella.errors import VerificationError
from tessella.text import say

__all__ = ["Check", "Finding", "Report", "Severity", "Verdict", "combine"]


class Verdict(enum.StrEnum):
    """The outcome of one check or of a whole report."""

    PASSED = "passed"
    FAILED = "failed"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not_applicable"


class Severity(enum.StrEnum):
    """How much a finding weighs: an error makes a record incomplete, the others inform."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """The overall verdict: failed beats indeterminate beats passed; not applicable never counts.

    Nothing that counts gives ``indeterminate``: empty is not success.
    """
    seen = set(verdicts)
    for verdict in (Verdict.FAILED, Verdict.INDETERMINATE, Verdict.PASSED):
        if verdict in seen:
            return verdict
    return Verdict.INDETERMINATE


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered step of a verification and its outcome.

    ``explanation`` says what was found, in one or two plain sentences; ``meaning`` what that means for
    the reader; ``evidence`` holds the facts behind it (JSON values only); ``notes`` name tolerated quirks.
    """

    id: str
    verdict: Verdict
    explanation: str
    title: str = ""
    meaning: str = ""
    clause: str = ""
    required: bool = False
    evidence: dict[str, Any] = {}
    notes: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One finding of a completeness or conformance check.

    ``element`` is the standard's name of what the finding is about; ``place`` where in the input
    (a JSON path, a row); ``clause`` the text that demands it.
    """

    rule: str
    severity: Severity
    element: str
    message: str
    remedy: str = ""
    clause: str = ""
    place: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a verification found: one input, one verdict, all checks.

    ``verdict`` is decided by the checks that the policy requires; the others inform. ``subject`` holds the
    few facts a reader needs first (title, issuer, dates; the holder's name only when it is in the credential).
    ``children`` are the reports on credentials found inside (a picture, a presentation, a ZIP).
    """

    input: str
    format: str
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    policy: str = ""
    at: dt.datetime | None = None
    subject: dict[str, Any] = {}
    children: tuple[Report, ...] = ()

    def check(self, id: str) -> Check | None:
        """The check with this id, or None."""
        return next((check for check in self.checks if check.id == id), None)

    def require(self) -> Report:
        """Return self when the verdict is ``passed``.

        Raises:
            VerificationError: otherwise, with the explanations of the checks that decided.
        """
        if self.verdict is Verdict.PASSED:
            return self
        reasons = [
            check.explanation for check in self.checks if check.required and check.verdict is self.verdict
        ]
        raise VerificationError(
            say("%(input)s did not pass verification.", input=self.input),
            code=f"verification.{self.verdict}",
            got=str(self.verdict),
            expected=str(Verdict.PASSED),
            hint=" ".join(reasons),
        )

    def as_json(self) -> bytes:
        """The report as one line of JSON (UTF-8)."""
        return msgspec.json.encode(self)
