"""What a check answers, before the catalogue gives it title, meaning and clause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tessella.errors import TessellaError
from tessella.verdicts import Verdict

__all__ = ["Outcome", "explain"]


class Outcome(NamedTuple):
    """The verdict of one check with what was found; ``meaning`` only where it is finer than the catalogue's.

    With ``decides`` the verdict counts whatever the policy requires.
    """

    verdict: Verdict
    explanation: str
    evidence: Mapping[str, Any] = {}
    notes: tuple[str, ...] = ()
    meaning: str = ""
    decides: bool = False


def explain(error: TessellaError) -> str:
    """An error as explanation: what is wrong, and the remedy."""
    return f"{error.message} {error.hint}" if error.hint else error.message
