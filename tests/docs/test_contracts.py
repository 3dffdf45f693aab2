"""The two JSON contracts: what is printed has the fields that the page documents, no more and no fewer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.support import Result, tessella
from tests.docs.pages import DOCS

PAGE = (DOCS / "how-to" / "scripting.md").read_text(encoding="utf-8")


def documented(heading: str) -> dict[str, str]:
    """The fields in the table below a heading, with their types."""
    section = PAGE.partition(f"### {heading}\n")[2].partition("\n##")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section, re.M))


TYPES = {"string": str, "boolean": bool, "array": list, "object": dict}


def assert_as_documented(value: dict[str, Any], heading: str, *, absent: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    fields = documented(heading)
    assert set(value) == set(fields) - absent
    assert [name for name in value if not isinstance(value[name], TYPES[fields[name]])] == []


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract")
    (folder / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    (folder / "noise.json").write_text("{", encoding="utf-8")
    for arguments in (
        ["example", "--copy-to", "."],
        ["keys", "create", "badges"],
        ["issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,png"],
        ["new", "gaps.yaml", "--no-input"],
    ):
        assert tessella(*arguments, cwd=folder).code == 0
    return folder


@pytest.fixture
def run(batch: Path) -> Callable[..., Result]:
    return lambda *arguments: tessella(*arguments, cwd=batch)


def test_verify_prints_what_is_documented(run: Callable[..., Result]) -> None:
    done = run("verify", "--json", "out/openbadge", "noise.json", "nothing.json")
    assert (done.code, len(done.lines)) == (1, 3)
    for report in done.lines:
        assert_as_documented(report, "The report")
        for check in report["checks"]:
            assert_as_documented(check, "The check")
    assert [report["verdict"] for report in done.lines] == ["passed", "failed", "indeterminate"]


def test_every_check_id_and_subject_is_documented(run: Callable[..., Result]) -> None:
    (report,) = run("verify", "--json", "out/openbadge").lines
    row = next(line for line in PAGE.splitlines() if line.startswith("| `id` | string | stable: `format`"))
    assert [check["id"] for check in report["checks"]] == re.findall(r"`([a-z-]+)`", row)[1:]
    subject = next(line for line in PAGE.splitlines() if line.startswith("| `subject`"))
    assert set(report["subject"]) <= set(re.findall(r"`(\w+)`", subject))


def test_verify_gives_children_for_a_collection(run: Callable[..., Result], batch: Path) -> None:
    files = sorted((batch / "out" / "openbadge").iterdir()) + sorted((batch / "out" / "openbadge").iterdir())
    (batch / "two.json").write_text(
        json.dumps([json.loads(file.read_text(encoding="utf-8")) for file in files]), encoding="utf-8"
    )
    (report,) = run("verify", "--json", "two.json").lines
    assert_as_documented(report, "The report")
    assert (report["format"], len(report["children"])) == ("collection", 2)
    for child in report["children"]:
        assert_as_documented(child, "The report")


def test_check_prints_what_is_documented(run: Callable[..., Result]) -> None:
    done = run(
        "check",
        "--json",
        "data-ethics.yaml",
        "gaps.yaml",
        "out/openbadge",
        "nothing.yaml",
        "--profile",
        "eu-2022",
    )
    complete, gaps, badge, nothing = done.lines
    assert done.code == 1
    for answer in (complete, gaps, badge):
        assert_as_documented(answer, "The answer")
        for element in answer["elements"]:
            assert_as_documented(element, "The element")
    assert_as_documented(nothing, "The answer", absent={"format", "packs", "elements"})
    for finding in (*gaps["findings"], *nothing["findings"]):
        assert_as_documented(finding, "The finding")
    assert [one["complete"] for one in done.lines] == [True, False, True, False]
    assert complete["findings"] == []


def test_statuses_of_elements_are_documented() -> None:
    from tessella.standard import ElementStatus

    row = next(line for line in PAGE.splitlines() if line.startswith("| `status` | string | `present`"))
    assert re.findall(r"`([a-z-]+)`", row)[1:] == [str(status) for status in ElementStatus]
