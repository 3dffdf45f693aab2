"""The closed language in which rule packs say what must hold.

A predicate is a mapping with one operator. Paths name fields of the record (``outcomes.title``), of the award
(``award.learner.email``), of the seal (``seal.sealed``), or a derived fact (``@hours-per-ects``).

======================  =============================================================================
``present``             one of the paths holds something that is neither empty, zero nor a placeholder
``absent``              none of them does
``true`` / ``false``    the first value at the path is True / is False
``all`` / ``any``       all / any of the predicates hold
``not``                 the predicate does not hold
``within``              every number at ``value`` is in ``min`` … ``max`` (inclusive) or ``above`` … ``below``
``multiple``            every number at ``value`` is a multiple of ``of``
``codes``               every value at ``value`` is one of ``of`` (codes, enum values or strings)
``some``                one of the values at ``value`` is one of ``of``
``known``               every concept at ``value`` is in the code list ``list``
``count``               the number of values at ``value`` is in ``min`` … ``max``
``order``               no date at ``first`` is after a date at ``then`` by more than ``days``
``matches``             every text at ``value`` matches the pattern ``pattern`` entirely
======================  =============================================================================

All but ``present``, ``true``, ``false``, ``some`` and ``count`` hold when there is nothing at the path: an
absent value is the business of the rule that demands it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tessella.errors import ConfigError
from tessella.standard._view import View, all_facts, path_steps
from tessella.text import say
from tessella.vocabulary import Concept, code_list, code_lists

__all__ = ["OPERATORS", "Test", "check_path", "compile_test", "paths_of"]

Test = Callable[[View], bool]

_MOST = Decimal(10) ** 9
"""No workload is larger; beyond the arithmetic context a remainder cannot be computed."""


def check_path(path: str) -> str:
    """The path, if rules may use it.

    Raises:
        ConfigError: it names no field and no derived fact.
    """
    if path.startswith("@"):
        if path[1:] not in all_facts():
            raise ConfigError(
                say("There is no derived fact “%(name)s”.", name=path),
                code="config.rule-fact",
                got=path,
                expected=", ".join(sorted(all_facts())),
                hint=say("Use one of the registered facts."),
            )
    else:
        path_steps(path)
    return path


def _paths(value: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(check_path(path) for path in ([value] if isinstance(value, str) else value))


def _present(value: Any) -> Test:
    paths = _paths(value)
    return lambda view: any(view.present(path) for path in paths)


def _absent(value: Any) -> Test:
    test = _present(value)
    return lambda view: not test(view)


def _truth(value: Any, wanted: bool) -> Test:
    path = check_path(value)
    return lambda view: view.first(path) is wanted


def _all(value: Any) -> Test:
    tests = [compile_test(item) for item in value]
    return lambda view: all(test(view) for test in tests)


def _any(value: Any) -> Test:
    tests = [compile_test(item) for item in value]
    return lambda view: any(test(view) for test in tests)


def _not(value: Any) -> Test:
    test = compile_test(value)
    return lambda view: not test(view)


def _within(value: Any) -> Test:
    path = check_path(value["value"])
    low, high, above, below = (
        None if value.get(name) is None else Decimal(str(value[name]))
        for name in ("min", "max", "above", "below")
    )

    def holds(number: Decimal) -> bool:
        return number.is_finite() and (
            (low is None or number >= low)
            and (high is None or number <= high)
            and (above is None or number > above)
            and (below is None or number < below)
        )

    return lambda view: all(holds(Decimal(number)) for number in view.values(path))


def _multiple(value: Any) -> Test:
    path, step = check_path(value["value"]), Decimal(str(value["of"]))
    return lambda view: all(n.is_finite() and abs(n) < _MOST and n % step == 0 for n in view.values(path))


def _codes(value: Any) -> Test:
    path, wanted = check_path(value["value"]), frozenset(value["of"])
    return lambda view: all(item in wanted for item in view.values(path))


def _some(value: Any) -> Test:
    path, wanted = check_path(value["value"]), frozenset(value["of"])
    return lambda view: any(item in wanted for item in view.values(path))


def _known(value: Any) -> Test:
    path, name = check_path(value["value"]), value["list"]
    if name not in code_lists():
        raise ConfigError(
            say("There is no code list “%(list)s”.", list=name), code="config.rule-list", got=name
        )

    def holds(concept: Concept) -> bool:
        return code_list(name).get(concept.uri) is not None

    return lambda view: all(holds(concept) for concept in view.values(path))


def _count(value: Any) -> Test:
    path, low, high = check_path(value["value"]), value.get("min", 0), value.get("max")
    return lambda view: low <= len(view.values(path)) and (high is None or len(view.values(path)) <= high)


def _day(value: dt.date) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _order(value: Any) -> Test:
    first, then, days = _paths(value["first"]), _paths(value["then"]), value.get("days", 0)

    def holds(view: View) -> bool:
        before = [_day(date) for path in first for date in view.values(path)]
        after = [_day(date) for path in then for date in view.values(path)]
        return not before or not after or (max(before) - min(after)).days <= days

    return holds


def _matches(value: Any) -> Test:
    path, pattern = check_path(value["value"]), re.compile(value["pattern"])
    return lambda view: all(pattern.fullmatch(text) is not None for text in view.values(path))


OPERATORS: Mapping[str, Callable[[Any], Test]] = {
    "present": _present,
    "absent": _absent,
    "true": lambda value: _truth(value, True),
    "false": lambda value: _truth(value, False),
    "all": _all,
    "any": _any,
    "not": _not,
    "within": _within,
    "multiple": _multiple,
    "codes": _codes,
    "some": _some,
    "known": _known,
    "count": _count,
    "order": _order,
    "matches": _matches,
}


def compile_test(spec: Mapping[str, Any]) -> Test:
    """The predicate as a function of a view.

    Raises:
        ConfigError: it does not have exactly one known operator, or an operand is unusable.
    """
    if len(spec) != 1 or next(iter(spec)) not in OPERATORS:
        raise ConfigError(
            say("A predicate has exactly one operator."),
            code="config.rule-operator",
            got=", ".join(spec),
            expected=", ".join(OPERATORS),
            hint=say("Combine several with “all” or “any”."),
        )
    ((operator, operand),) = spec.items()
    try:
        return OPERATORS[operator](operand)
    except (KeyError, TypeError, AttributeError, ArithmeticError, re.error) as error:
        raise ConfigError(
            say("The operand of “%(operator)s” cannot be used.", operator=operator),
            code="config.rule-operand",
            got=operand,
            hint=say("See the table of operators in the rule pack reference."),
        ) from error


def paths_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """The first paths a predicate looks at, to point at a place in the record."""
    ((operator, operand),) = spec.items()
    if operator in ("present", "absent"):
        return (operand,) if isinstance(operand, str) else tuple(operand)
    if operator in ("true", "false"):
        return (operand,)
    if operator in ("all", "any"):
        return tuple(path for item in operand for path in paths_of(item))
    if operator == "not":
        return paths_of(operand)
    value = operand.get("value", operand.get("first"))
    return (value,) if isinstance(value, str) else tuple(value)
