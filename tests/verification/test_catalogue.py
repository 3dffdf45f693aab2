"""The checks are documented, numbered and complete, and the report keeps its shape."""

from __future__ import annotations

import json

from tessella.verdicts import Verdict
from tessella.verification import CHECK_IDS, CHECKS, POLICIES, checks_markdown
from tests.support import ROOT
from tests.verification.support import check, sealed


def test_reference_page_is_what_the_code_says() -> None:
    page = (ROOT / "docs" / "reference" / "checks.md").read_text(encoding="utf-8")
    assert page == checks_markdown()


def test_checks_are_numbered_in_order_and_ids_are_stable() -> None:
    assert [kind.number for kind in CHECKS] == list(range(1, 14))
    assert CHECK_IDS == (
        "format", "seal", "binding", "key-status", "validity", "status",
        "trust", "registry", "timestamp", "completeness", "audit", "holder", "page",
    )  # fmt: skip


def test_every_check_says_what_each_verdict_means() -> None:
    for kind in CHECKS:
        assert set(kind.meaning) == set(Verdict)
        assert kind.title.endswith("?")


def test_every_policy_and_check_is_on_the_reference_page() -> None:
    page = checks_markdown()
    assert all(f"`{name}`" in page for name in POLICIES)
    assert all(f". `{id}`: " in page for id in CHECK_IDS)


def test_every_check_of_a_report_explains_itself() -> None:
    for one in check(sealed()).checks:
        assert one.explanation and one.meaning and one.title


def test_report_as_json_has_the_shape_that_others_script_against() -> None:
    report = json.loads(check(sealed()).as_json())
    assert {"input", "format", "verdict", "checks"} <= set(report)
    assert {"id", "verdict", "explanation"} <= set(report["checks"][0])
    assert report["verdict"] == "passed"
