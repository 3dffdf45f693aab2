"""The baseline level of a signature, and what keeps it from one (TS 119 182-1 V1.2.1 §6.3).

Departing from these rules makes no seal false: they are told beside the verdict.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from tessella.errors import KeyMaterialError
from tessella.keys import certificate_facts
from tessella.seals._timestamps import TimestampResult
from tessella.seals.jades._etsi import Extras, Item
from tessella.seals.jades._revocation import is_self_issued, speaks_about
from tessella.text import say
from tessella.verdicts import Finding, Severity, Verdict

__all__ = ["IAT_SINCE", "Level", "departures", "level_of"]

Level = Literal["B-B", "B-T", "B-LT", "B-LTA", ""]

IAT_SINCE = dt.datetime(2025, 7, 15, tzinfo=dt.UTC)
"""From then on the claimed time is ``iat``; ``sigT`` counts in older signatures only (§5.1.11)."""

_REFERENCES = frozenset(("x5t#S256", "x5t#o", "sigX5ts"))
_TYPES = ("jose", "jose+json")
_OLD_ITEMS = frozenset(("xRefs", "rRefs", "axRefs", "arRefs", "sigRTst", "rfsTst"))


class Facts(NamedTuple):
    """What the rules look at."""

    header: Mapping[str, Any]
    items: Sequence[Item]
    time: dt.datetime | None

    def containers(self, name: str) -> list[Mapping[str, Any]]:
        """The values of the items with this name that are objects."""
        return [one.value for one in self.items if one.name == name and isinstance(one.value, Mapping)]


class _Rule(NamedTuple):
    id: str
    clause: str
    element: str
    message: str
    broken: Callable[[Facts], bool]


def _tokens(container: Mapping[str, Any]) -> int:
    tokens = container.get("tstTokens")
    return len(tokens) if isinstance(tokens, list) else 0


_RULES: tuple[_Rule, ...] = (
    _Rule(
        "jades.time",
        "§5.1.11, §5.2.1",
        "iat",
        "The time of signing is stated once, as “iat” or in older signatures as “sigT”.",
        lambda facts: facts.time is None or {"iat", "sigT"} <= facts.header.keys(),
    ),
    _Rule(
        "jades.iat",
        "§5.1.11",
        "iat",
        "Since 15 July 2025 the time of signing is stated as “iat”.",
        lambda facts: "iat" not in facts.header and facts.time is not None and facts.time >= IAT_SINCE,
    ),
    _Rule(
        "jades.certificate-reference",
        "§5.1.7, §5.2.2",
        "x5t#S256",
        "Exactly one of “x5t#S256”, “x5t#o” and “sigX5ts” names the certificate.",
        lambda facts: len(_REFERENCES & facts.header.keys()) != 1,
    ),
    _Rule(
        "jades.x5t",
        "§5.1.6",
        "x5t",
        "“x5t” rests on SHA-1 and is not used.",
        lambda facts: "x5t" in facts.header,
    ),
    _Rule(
        "jades.typ",
        "§5.1.3",
        "typ",
        "“typ” is “jose” or “jose+json”.",
        lambda facts: "typ" in facts.header and facts.header["typ"] not in _TYPES,
    ),
    _Rule(
        "jades.cty",
        "§5.1.3",
        "cty",
        "“cty” is not used where “sigD” tells the types of what was sealed.",
        lambda facts: "cty" in facts.header and "sigD" in facts.header,
    ),
    _Rule(
        "jades.canon-alg",
        "§5.2.6, §5.3.4",
        "canonAlg",
        "Only archive time stamps name a canonicalisation.",
        lambda facts: any(
            isinstance(one, Mapping) and "canonAlg" in one
            for one in (facts.header.get("adoTst"), *facts.containers("sigTst"))
        ),
    ),
)
"""Rules for every level."""

_RULES_T: tuple[_Rule, ...] = (
    _Rule(
        "jades.sigtst",
        "§6.3 c",
        "sigTst",
        "Each “sigTst” holds exactly one time stamp.",
        lambda facts: any(_tokens(one) != 1 for one in facts.containers("sigTst")),
    ),
)
"""Rules from B-T on."""

_RULES_LT: tuple[_Rule, ...] = (
    _Rule(
        "jades.references",
        "§6.3",
        "xRefs",
        "References to validation data do not stand beside the data itself.",
        lambda facts: any(one.name in _OLD_ITEMS for one in facts.items),
    ),
)
"""Rules from B-LT on."""


def departures(facts: Facts) -> tuple[Finding, ...]:
    """The rules of baseline signatures that this one breaks."""
    return tuple(_finding(rule) for rule in (*_RULES, *_RULES_T, *_RULES_LT) if rule.broken(facts))


def _finding(rule: _Rule) -> Finding:
    return Finding(
        rule=rule.id,
        severity=Severity.WARNING,
        element=rule.element,
        message=say(rule.message),
        clause=f"ETSI TS 119 182-1 {rule.clause}",
    )


def level_of(
    facts: Facts, chain: Sequence[bytes], stamps: Sequence[TimestampResult], extras: Extras
) -> Level:
    """The highest level whose rules are kept and whose evidence holds; for a signature that holds."""
    if any(rule.broken(facts) for rule in _RULES):
        return ""
    end = _end(chain)
    in_time = [
        one
        for one in stamps
        if one.kind == "sigTst" and one.verdict is Verdict.PASSED and one.time is not None and one.time <= end
    ]
    if not in_time or any(rule.broken(facts) for rule in _RULES_T):
        return "B-B"
    if any(rule.broken(facts) for rule in _RULES_LT) or not _can_be_validated(chain, extras):
        return "B-T"
    archived = [one for one in stamps if one.kind == "arcTst"]
    return "B-LTA" if archived and all(one.verdict is Verdict.PASSED for one in archived) else "B-LT"


def _end(chain: Sequence[bytes]) -> dt.datetime:
    """When the sealer's certificate expires: a time stamp of later proves nothing about when it was used."""
    try:
        return certificate_facts(chain[0]).not_after
    except KeyMaterialError:
        return dt.datetime.max.replace(tzinfo=dt.UTC)


def _can_be_validated(chain: Sequence[bytes], extras: Extras) -> bool:
    """Whether the sealer's certificate can be validated from the file alone (but for the anchor)."""
    issued = len(chain) > 1 or bool(extras.certificates)
    known = speaks_about(chain[0], extras.crls, extras.ocsps)
    return issued and bool(known) and not is_self_issued(chain[0])
