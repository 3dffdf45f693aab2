"""Words that the pages of guidance share."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from tessella.guidance.entry import Answer
from tessella.guidance.gap import Evidence, Match, Standing
from tessella_web.guidance.skills.models import Method

__all__ = ["ANSWERS", "STANDINGS", "evidence_words"]

STANDINGS: dict[Standing, tuple[str, Any]] = {
    Standing.HELD: ("passed", gettext_lazy("You have it")),
    Standing.NEAR: ("indeterminate", gettext_lazy("Something near it")),
    Standing.PLANNED: ("not_applicable", gettext_lazy("Planned")),
    Standing.MISSING: ("not_applicable", gettext_lazy("Missing")),
}
"""By standing how it is shown: a verdict's icon, and the word."""

ANSWERS: dict[Answer, tuple[str, Any]] = {
    Answer.MET: ("passed", gettext_lazy("Met as published")),
    Answer.IN_WORDS: ("not_applicable", gettext_lazy("In words only")),
    Answer.UNKNOWN: ("indeterminate", gettext_lazy("Not known")),
    Answer.MISSING: ("failed", gettext_lazy("Missing")),
}
"""By answer how it is shown."""

_STRENGTHS = {
    "assessed": gettext_lazy("assessed"), "stated": gettext_lazy("stated; how it was assessed is not said"),
    "lapsed": gettext_lazy("not valid any more"), "planned": gettext_lazy("if you pass it"),
}  # fmt: skip
_MATCHES = {
    Match.NARROWER: gettext_lazy("it says something narrower: %(said)s"),
    Match.BROADER: gettext_lazy("it says something broader: %(said)s"),
    Match.CONFIRMED: gettext_lazy(
        "you said on %(day)s that its words “%(said)s” mean this; the issuer did not"
    ),
}


def evidence_words(one: Evidence, names: dict[str, str], day: str) -> str:
    """What stands behind a piece of evidence, in a few words; ``names`` are skills by URI, ``day`` when it was confirmed, as people write it."""
    words = [str(_STRENGTHS[one.strength])]
    if one.strength in ("assessed", "stated") and not one.is_verified:
        words.append(str(gettext_lazy("not everything about it is established")))
    if one.match in _MATCHES:
        words.append(str(_MATCHES[one.match]) % {"said": names.get(one.said, one.said), "day": day})
    if one.suggested:
        words.append(str(Method(one.suggested).label))
    return ", ".join(words)
