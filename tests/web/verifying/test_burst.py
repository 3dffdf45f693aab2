"""A burst against the real server: nothing is lost, everybody gets a turn, and whoever only reads is not kept waiting."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.verify_burst import burst, serving

COUNT, AT_ONCE, PILE = 12, 10, 6

LONGEST_READ_S = 10.0
"""A hundred times what it takes: a machine that tests other things at the same time is slow."""


def test_a_burst_loses_nothing_and_stays_fair(tmp_path: Path) -> None:
    with serving(tmp_path, COUNT) as (address, files, claims):
        found = burst(address, files, claims, AT_ONCE, PILE)
    assert (found.verdicts, found.claims, found.pile) == (
        Counter({"indeterminate": COUNT}), Counter({302: COUNT}), PILE,
    )  # fmt: skip
    assert found.read
    assert found.slowest_read < LONGEST_READ_S
