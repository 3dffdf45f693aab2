"""Plans: from a wallet, a rule and a catalogue of offers to the shortest, cheapest or soonest way. Needs ``ortools`` (the extra ``plan``).

``load_offers`` reads offers, ``plan`` finds the best plan and says what the solver proved, ``trade_off`` several of which none is better in
both, ``differences`` tells what a what-if question changes.
"""

from tessella.stacking.planning.answers import Answer, LeftOut, Plan, Reached, Step, differences
from tessella.stacking.planning.offers import Objective, Offer, Requirement, Wishes, load_offers
from tessella.stacking.planning.planner import plan, trade_off

__all__ = [
    "Answer",
    "LeftOut",
    "Objective",
    "Offer",
    "Plan",
    "Reached",
    "Requirement",
    "Step",
    "Wishes",
    "differences",
    "load_offers",
    "plan",
    "trade_off",
]
