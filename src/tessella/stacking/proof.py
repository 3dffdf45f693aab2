"""The proof file: what was decided, about what, and the grounds, as JSON for a checker that knows nothing of the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from tessella.stacking.engine import Evaluation
from tessella.stacking.items import Item, checked, item_data
from tessella.stacking.language import Rule
from tessella.stacking.loading import rule_data
from tessella.stacking.solving import Found

__all__ = ["PROOF_VERSION", "proof_of"]

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


def _found(found: Found) -> dict[str, Any]:
    if found.counted is not None:
        return {"counted": list(found.counted), "filled": found.filled}
    return {"refutation": found.refutation} if found.refutation is not None else {}


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
