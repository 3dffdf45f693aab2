"""``make fuzz``: mutate every format and seal, and count what the verification makes of it.

    python -m tests.fuzz [--mutants N] [--seed S] [--only NAME …] [--findings FOLDER]

The same seed gives the same mutations of the same files; keys, identifiers and times differ from run to run. Exits 1 when a
mutant was accepted with changes or an exception left the library; those mutants are kept in the folder of findings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.corpus import build
from tests.fuzz.judging import Outcome
from tests.fuzz.running import run

MUTANTS = 10_000
"""Mutants of each file of an award; a tenth of that of each published document and of PDFs, which take long."""


def main() -> int:
    """Print the table; the exit code says whether anything bad was found."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Mutate every format and verify.")
    parser.add_argument("--mutants", type=int, default=MUTANTS)
    parser.add_argument("--seed", default="tessella")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    options = parser.parse_args()
    bad = total = 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = build(Path(folder))
        for one in run(corpus, seed=options.seed, count=options.mutants, only=options.only):
            count = sum(one.outcomes.values())
            total += count
            print(f"{one.name}: {count} mutants, longest {one.longest * 1000:.0f} ms ({one.longest_by})")
            for outcome in Outcome:
                if one.outcomes[outcome]:
                    print(f"    {one.outcomes[outcome]:7} {outcome}")
            for cause, number in one.causes.most_common():
                print(f"            {number:5} {cause}")
            for number, (mutation, detail, data) in enumerate(one.findings):
                bad += 1
                options.findings.mkdir(parents=True, exist_ok=True)
                stem = options.findings / f"{one.name.replace(': ', '-').replace(' ', '-')}-{number}"
                stem.with_suffix(".mutant").write_bytes(data)
                stem.with_suffix(".txt").write_text(f"{mutation}\n{detail}\n")
            sys.stdout.flush()
    print(f"{total} mutants, {bad} findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
