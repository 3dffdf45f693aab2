"""All benchmarks, one after the other: ``make bench``."""

from __future__ import annotations

import sys

from benchmarks import (
    archive_bench,
    canonical_bench,
    catalogue_plan,
    catalogue_search,
    elm_bench,
    esco_search,
    pades_bench,
    peers_bench,
    plan_bench,
    sd_jwt_bench,
    selective_bench,
    sign_bench,
    verify_bench,
    verify_burst,
    web_batch,
)

BENCHMARKS = (
    ("Canonicalisation", canonical_bench.main),
    ("Sealing", sign_bench.main),
    ("Sealing PDFs", pades_bench.main),
    ("Verification", verify_bench.main),
    ("Verification of attestations", sd_jwt_bench.main),
    ("Verification beside other software", peers_bench.main),
    ("Selective disclosure in badges", selective_bench.main),
    ("Verification of archives by two processes", archive_bench.main),
    ("European Digital Credentials: constraints", elm_bench.main),
    ("Searching skills while one types", esco_search.main),
    ("Plans over a catalogue of offers", plan_bench.main),
    ("A batch on the platform", web_batch.main),
    ("A burst on the verifier's page", verify_burst.main),
    ("Searching the catalogue", catalogue_search.apart),
    ("Plans and rules on the platform", catalogue_plan.apart),
)


def main() -> int:
    for title, run in BENCHMARKS:
        print(f"\n{title}\n{'-' * len(title)}", flush=True)
        run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
