"""Stacking: whether credentials combine into a larger one by a published rule, with a proof.

``load_rule`` reads a rule, ``item_of`` takes from an award what rules ask about, ``evaluate`` answers *met* (if the decider decides so),
*missing* (how much of what), *cannot count* (which rule, why) or *unknown* (which data, ask whom). ``proof_of`` makes a file that
``tessella.stacking.checker`` verifies without anything of this package. Knows no seals, keys or formats.
"""

from tessella.stacking.awarding import Combined, combine, part_from
from tessella.stacking.engine import (
    CannotCount,
    Change,
    Counted,
    Evaluation,
    Filled,
    Missing,
    Outcome,
    Question,
    changes,
    evaluate,
)
from tessella.stacking.explaining import explain
from tessella.stacking.items import Item, item_data, item_of, load_items
from tessella.stacking.language import Rule
from tessella.stacking.loading import load_rule, published_rule, published_rules, rule_data
from tessella.stacking.proof import as_proved, changes_since, proof_of

__all__ = [
    "CannotCount",
    "Change",
    "Combined",
    "Counted",
    "Evaluation",
    "Filled",
    "Item",
    "Missing",
    "Outcome",
    "Question",
    "Rule",
    "as_proved",
    "changes",
    "changes_since",
    "combine",
    "evaluate",
    "explain",
    "item_data",
    "item_of",
    "load_items",
    "load_rule",
    "part_from",
    "proof_of",
    "published_rule",
    "published_rules",
    "rule_data",
]
