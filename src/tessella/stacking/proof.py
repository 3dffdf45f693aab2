"""The proof file: what was decided, about what, and the grounds, as JSON for a checker that knows nothing of the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from tessella.errors import DecodeError
from tessella.stacking.engine import Change, Evaluation
from tessella.stacking.items import Item, checked, item_data
from tessella.stacking.language import Rule
from tessella.stacking.loading import rule_data
from tessella.stacking.solving import Found
from tessella.text import say

__all__ = ["PROOF_VERSION", "as_proved", "changes_since", "proof_of"]

PROOF_VERSION = "tessella-stacking-proof/1"
"""What a proof file says it is; a change that old checkers would misread gets a new number."""


def proof_of(evaluation: Evaluation, rule: Rule, items: Iterable[Item]) -> dict[str, Any]:
    """The proof of an evaluation of this rule and these items, as plain data for JSON.

    Holds a SHA-256 of the rule and of each item (over JSON with sorted keys), not their content: a proof can be kept without personal
    data. What is proved: *met* by the selection; *missing* by refutations with and without the credentials that cannot count; *cannot
    count* by a refutation and the selection that would do if they could; *unknown* by the selection that would do and
    the refutation of what is sure.
    """
    return {
        "proof": PROOF_VERSION,
        "rule": {"id": rule.id, "version": rule.version, "sha256": _digest(rule_data(rule))},
        "items": [{"id": item.id, "sha256": _digest(item_data(item))} for item in checked(items)],
        "on": evaluation.on.isoformat(),
        "outcome": evaluation.outcome.value,
        "sure": _found(evaluation.sure),
        "possible": _found(evaluation.possible),
        "lenient": _found(evaluation.lenient),
    }


def changes_since(
    proof: Mapping[str, Any], evaluation: Evaluation, items: Iterable[Item]
) -> tuple[Change, ...]:
    """What is different now from what a proof was made of: the answer, the rule, and the credentials.

    Raises:
        DecodeError: ``stacking.proof``, it is no proof of a known version.
    """
    try:
        before = {str(one["id"]): str(one["sha256"]) for one in proof["items"]}
        listed = [str(one["id"]) for one in proof["items"]]
        counted = {listed[n] for n in (proof["sure"] or proof["possible"]).get("counted", ())}
        outcome, version = str(proof["outcome"]), str(proof["rule"]["version"])
        known = proof["proof"] == PROOF_VERSION
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise _no_proof() from error
    if not known:
        raise _no_proof()
    told: list[str] = []
    if outcome != evaluation.outcome:
        told.append(
            say("The answer was “%(old)s” and is now “%(new)s”.", old=outcome, new=evaluation.outcome)
        )
    if version != evaluation.version:
        told.append(
            say("The rule changed from version %(old)s to %(new)s.", old=version, new=evaluation.version)
        )
    now = {one.id: one for one in checked(items)}
    reasons = {one.item: one.reason for one in evaluation.cannot_count}
    for id, digest in before.items():
        if id not in now:
            told.append(say("“%(title)s” is not there any more.", title=id))
        elif id in counted and id in reasons:
            told.append(
                say("“%(title)s” can no longer count: %(reason)s", title=now[id].name, reason=reasons[id])
            )
        elif digest != _digest(item_data(now[id])):
            told.append(say("What is known of “%(title)s” has changed.", title=now[id].name))
    told += [say("“%(title)s” is new.", title=one.name) for id, one in now.items() if id not in before]
    return tuple(Change(message=text) for text in told)


def as_proved(proof: Any, items: Iterable[Item]) -> tuple[Item, ...]:
    """The items with the standing that the proof was made of, where nothing else of them differs.

    A digest covers what was known of the seal and revocation then. Who checks the proof later knows that, or something newer.
    """
    listed = proof.get("items") if isinstance(proof, Mapping) else None
    digests = (
        {one.get("sha256") for one in listed if isinstance(one, Mapping)}
        if isinstance(listed, list)
        else set()
    )
    return tuple(
        next(
            (
                made
                for status in (item.status, "valid", "unverified")
                if _digest(item_data(made := msgspec.structs.replace(item, status=status))) in digests
            ),
            item,
        )
        for item in checked(items)
    )


def _no_proof() -> DecodeError:
    return DecodeError(
        say("This is not a stacking proof of a known version."),
        code="stacking.proof",
        hint=say("Give the file that tessella stack check --proof wrote."),
    )


def _found(found: Found) -> dict[str, Any]:
    if found.counted is not None:
        return {"counted": list(found.counted), "filled": found.filled}
    return {"refutation": found.refutation} if found.refutation is not None else {}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
