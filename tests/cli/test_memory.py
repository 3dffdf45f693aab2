"""Memory does not grow with the number of files."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from tessella.cli._archive import answers
from tessella.cli.verify import surroundings
from tessella.issuing.sealing import seal
from tessella.verdicts import Verdict
from tessella.verification import PROOF_ONLY
from tests.issuing.support import AT, award, issuer

FILES = 3000
WARM = 500
"""After so many files every cache has what it will hold."""

ALLOWED_BYTES = 400_000
"""Far less than the 2,500 further files (8 MB) or their reports would take."""


def test_verifying_a_folder_takes_no_more_memory_for_more_files(tmp_path: Path) -> None:
    good = seal(award(), issuer(), "openbadge-jwt", at=AT)
    for number in range(FILES):
        changed = good[:-20] + b"%020d" % number
        (tmp_path / f"{number:04d}.jwt").write_bytes(changed if number % 2 else good)
    around = surroundings(at=AT)
    reports = answers([str(tmp_path)], PROOF_ONLY, lambda: around, lambda report: report.verdict)
    tracemalloc.start()
    try:
        verdicts = {next(reports)[1] for _ in range(WARM)}
        warm, _ = tracemalloc.get_traced_memory()
        rest = sum(1 for _ in reports)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert verdicts == {Verdict.PASSED, Verdict.FAILED}
    assert rest == FILES - WARM
    assert after - warm < ALLOWED_BYTES
