"""Asking for a decision, deciding, and dealing with what has fallen: the only code that changes cases."""

from __future__ import annotations

from tessella_web.recognition.stacking.domain.asking import add, ask, prepare, withdraw
from tessella_web.recognition.stacking.domain.cascading import (
    decide_cascade,
    end_due,
    item_changed,
    look_again,
    own_changed,
    tell_overdue,
)
from tessella_web.recognition.stacking.domain.deciding import decide, note_reading, request, state
from tessella_web.recognition.stacking.domain.finishing import erase_due, finish_due
from tessella_web.recognition.stacking.domain.setting import set_award, set_rules

__all__ = [
    "add",
    "ask",
    "decide",
    "decide_cascade",
    "end_due",
    "erase_due",
    "finish_due",
    "item_changed",
    "look_again",
    "note_reading",
    "own_changed",
    "prepare",
    "request",
    "set_award",
    "set_rules",
    "state",
    "tell_overdue",
    "withdraw",
]
