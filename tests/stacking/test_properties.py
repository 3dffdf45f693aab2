"""Engine, checker and brute force agree, and nothing that is not known is ever taken for yes or no."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import json
import operator
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tessella.stacking import (
    Evaluation,
    Item,
    Outcome,
    Rule,
    evaluate,
    explain,
    item_data,
    load_rule,
    proof_of,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.stacking.items import checked
from tests.stacking import brute
from tests.stacking.strategies import ON, doubtful, rules, wallets

SLOW = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
THOUSANDS = settings(deadline=None, max_examples=4000, suppress_health_check=list(HealthCheck))


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value))


def proved(evaluation: Evaluation, rule: Rule, items: tuple[Item, ...]) -> tuple[str, ...]:
    proof = plain(proof_of(evaluation, rule, items))
    return check_proof(proof, plain(rule_data(rule)), [plain(item_data(item)) for item in checked(items)])


def agree(rule: Rule | None, items: tuple[Item, ...]) -> None:
    assume(rule is not None)
    found = evaluate(rule, items, on=ON)
    assert found.outcome is not Outcome.UNKNOWN
    assert (found.outcome is Outcome.MET) == brute.met(rule, items, ON)
    assert proved(found, rule, items) == ()
    if found.outcome is not Outcome.MET:
        assert found.missing or found.cannot_count
        assert all(one.message for one in found.missing)


def never_guess(rule: Rule | None, pair: tuple[tuple[Item, ...], tuple[Item, ...]]) -> None:
    assume(rule is not None)
    blank, filled = pair
    found = evaluate(rule, blank, on=ON)
    assert proved(found, rule, blank) == ()
    if found.outcome is Outcome.UNKNOWN:
        assert found.questions
    else:
        assert (found.outcome is Outcome.MET) == brute.met(rule, filled, ON)


@SLOW
@given(rules(), wallets())
def test_engine_checker_and_brute_force_agree(rule: Rule | None, items: tuple[Item, ...]) -> None:
    agree(rule, items)


@SLOW
@given(rules(), doubtful())
def test_unknown_data_never_change_a_certain_answer(
    rule: Rule | None, pair: tuple[tuple[Item, ...], tuple[Item, ...]]
) -> None:
    never_guess(rule, pair)


@pytest.mark.vectors
@THOUSANDS
@given(rules(), wallets())
def test_engine_checker_and_brute_force_agree_thousands(rule: Rule | None, items: tuple[Item, ...]) -> None:
    agree(rule, items)


@pytest.mark.vectors
@THOUSANDS
@given(rules(), doubtful())
def test_unknown_data_never_change_a_certain_answer_thousands(
    rule: Rule | None, pair: tuple[tuple[Item, ...], tuple[Item, ...]]
) -> None:
    never_guess(rule, pair)


@SLOW
@given(rules(), wallets())
def test_rule_round_trips_and_reads_back(rule: Rule | None, items: tuple[Item, ...]) -> None:
    assume(rule is not None)
    assert load_rule(plain(rule_data(rule))) == rule
    assert all(sentence.strip() for sentence in explain(rule))


@SLOW
@given(rules(), wallets(), st.sampled_from(list(Outcome)))
def test_proof_of_another_outcome_is_refused(
    rule: Rule | None, items: tuple[Item, ...], claimed: Outcome
) -> None:
    assume(rule is not None)
    found = evaluate(rule, items, on=ON)
    assume(claimed is not found.outcome)
    proof = plain(proof_of(found, rule, items)) | {"outcome": claimed.value}
    assert len(check_proof(proof, plain(rule_data(rule)), [plain(item_data(i)) for i in checked(items)])) == 1


@SLOW
@given(rules(), wallets(), st.data())
def test_forged_selection_is_refused(rule: Rule | None, items: tuple[Item, ...], data: st.DataObject) -> None:
    """Whatever selection a forger writes for a rule that is not met, the checker finds the fault."""
    assume(rule is not None)
    found = evaluate(rule, items, on=ON)
    assume(found.outcome is not Outcome.MET)
    proof = copy.deepcopy(plain(proof_of(found, rule, items)))
    size = len(proof["items"])
    counted = data.draw(st.lists(st.integers(0, max(0, size - 1)), max_size=size))
    places = [slot.id for group in rule.all_groups for slot in group.slots]
    filled = {place: data.draw(st.integers(0, max(0, size - 1))) for place in places}
    forged = proof | {"outcome": "met", "sure": {"counted": counted, "filled": filled}}
    assert (
        len(check_proof(forged, plain(rule_data(rule)), [plain(item_data(i)) for i in checked(items)])) == 1
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything in a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def tampered(data: st.DataObject, proof: Any) -> Any:
    """The proof with one thing replaced, taken away, doubled, or swapped with another."""
    made = copy.deepcopy(proof)
    paths = [path for path in places(made) if path]
    *steps, last = data.draw(st.sampled_from(paths))
    holder = functools.reduce(operator.getitem, steps, made)
    old = holder[last]
    match data.draw(st.sampled_from(("replace", "remove", "double", "swap", "near"))):
        case "replace":
            holder[last] = data.draw(anything | st.sampled_from(list(Outcome)).map(str))
        case "remove":
            del holder[last]
        case "double" if isinstance(holder, list):
            holder.append(old)
        case "swap":
            *others, other = data.draw(st.sampled_from(paths))
            holder[last] = copy.deepcopy(functools.reduce(operator.getitem, others, proof)[other])
        case _:
            if type(old) is int:
                holder[last] = old + data.draw(st.sampled_from((-1, 1)))
            elif isinstance(old, str):
                holder[last] = old[:-1] + data.draw(st.sampled_from("0123456789abcdef"))
            elif isinstance(old, list):
                holder[last] = data.draw(st.permutations(old))
    return made


def says_nothing_false(rule: Rule | None, items: tuple[Item, ...], data: st.DataObject) -> None:
    """A tampered proof is refused, or what it says is true all the same: about this rule, these items, the day that it names."""
    assume(rule is not None)
    original = plain(proof_of(evaluate(rule, items, on=ON), rule, items))
    proof = tampered(data, original)
    given = [plain(item_data(one)) for one in checked(items)]
    if check_proof(proof, plain(rule_data(rule)), given) == ():
        day = dt.date.fromisoformat(proof["on"])
        assert proof["outcome"] == evaluate(rule, items, on=day).outcome
        assert proof["rule"] == original["rule"]
        assert sorted(map(str, proof["items"])) == sorted(map(str, original["items"]))


@SLOW
@given(rules(), wallets(), st.data())
def test_a_tampered_proof_says_nothing_false(
    rule: Rule | None, items: tuple[Item, ...], data: st.DataObject
) -> None:
    says_nothing_false(rule, items, data)


@pytest.mark.vectors
@THOUSANDS
@given(rules(), wallets(), st.data())
def test_thousands_of_tampered_proofs_say_nothing_false(
    rule: Rule | None, items: tuple[Item, ...], data: st.DataObject
) -> None:
    says_nothing_false(rule, items, data)


@SLOW
@given(
    rules(),
    wallets(),
    st.sampled_from(("proof", "rule", "items", "on", "outcome", "sure", "possible", "lenient")),
    anything,
)
def test_checker_never_raises(rule: Rule | None, items: tuple[Item, ...], name: str, value: object) -> None:
    assume(rule is not None)
    proof = plain(proof_of(evaluate(rule, items, on=ON), rule, items)) | {name: value}
    check_proof(proof, plain(rule_data(rule)), [plain(item_data(i)) for i in checked(items)])
