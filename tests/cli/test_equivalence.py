"""``tessella equivalence`` and the losses that ``tessella convert`` prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result

Run = Callable[..., Result]


def copy(batch: Path, folder: str, number: str) -> Path:
    (found,) = (batch / folder).glob(f"{number}-*")
    return found


def test_formats_of_one_award_say_the_same(batch: Path, run: Run) -> None:
    files = [copy(batch, folder, "005") for folder in ("edc", "openbadge", "openbadge-jwt", "elmo", "png")]
    done = run("equivalence", *files)
    assert (done.code, done.output.count("They say the same")) == (0, 4)
    assert "The seals were not looked at" in done.errors


def test_awards_of_two_learners_contradict_each_other(batch: Path, run: Run) -> None:
    done = run("equivalence", copy(batch, "edc", "005"), copy(batch, "openbadge", "009"), "--json")
    (found,) = done.lines
    assert (done.code, found["answer"], found["seals_checked"]) == (1, "contradictory", False)
    wrong = [one["element"] for one in found["elements"] if one["answer"] == "contradictory"]
    assert "learner" in wrong and "title" not in wrong


def test_changed_title_stands_side_by_side(batch: Path, run: Run, tmp_path: Path) -> None:
    sealed = copy(batch, "openbadge", "005")
    forged = tmp_path / "forged.json"
    forged.write_text(sealed.read_text().replace("Data ethics in practice", "Data ethics in theory"))
    done = run("equivalence", sealed, forged)
    assert done.code == 1
    assert "1: Data ethics in practice" in done.output
    assert "2: Data ethics in theory" in done.output


def test_credentials_in_one_pdf_are_compared_with_each_other(batch: Path, run: Run) -> None:
    done = run("equivalence", copy(batch, "pdf", "005"), "--json")
    assert done.code == 0
    assert [(one["left"]["format"], one["right"]["format"]) for one in done.lines] == [("openbadges3", "edc")]


def test_one_credential_cannot_be_compared(batch: Path, run: Run) -> None:
    done = run("equivalence", copy(batch, "openbadge", "005"), "--json")
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "cli.equivalence")


@pytest.mark.parametrize("target", ["edc", "elmo"])
def test_converting_a_badge_says_that_only_hashes_are_known(batch: Path, run: Run, target: str) -> None:
    done = run("convert", copy(batch, "openbadge", "005"), "--to", target, "--json")
    hashes = [one["record"] for one in done.lines[0]["losses"] if "hash" in one["reason"]]
    assert hashes == ["learner.identifiers[0]", "learner.identifiers[1]"]
    assert "not known to this version" not in done.output


def test_converting_a_badge_to_a_badge_keeps_the_hashes(batch: Path, run: Run) -> None:
    done = run("convert", copy(batch, "openbadge", "005"), "--to", "openbadge", "--json")
    assert [one["record"] for one in done.lines[0]["losses"]] == ["learner.identifiers", "status"]


def test_converted_file_says_the_same(batch: Path, run: Run, tmp_path: Path) -> None:
    sealed = copy(batch, "edc", "005")
    for target in ("openbadge", "attestation", "elmo", "edc"):
        made = tmp_path / f"made.{target}"
        assert run("convert", sealed, "--to", target, "--out", made).code == 0
        assert run("equivalence", sealed, made).code == 0, target
