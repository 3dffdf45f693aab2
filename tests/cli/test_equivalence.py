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


@pytest.fixture
def hosted(run: Run, tmp_path: Path) -> list[str]:
    """Two learners' hosted Open Badges 2.0, and the European credential of the first."""
    run("example", "--copy-to", ".")
    for name in ("badges", "seal"):
        run("keys", "create", name, *(("--test-seal", "University of Twickel") if name == "seal" else ()))
    (tmp_path / "two.csv").write_text("Full name,E-mail\nOna K,ona@post.example\nAda L,ada@post.example\n")
    done = run(
        "issue", "data-ethics.yaml", "two.csv", "--formats", "openbadge2,edc", "--badges-url",
        "https://twickel.example/badges",
    )  # fmt: skip
    assert done.code == 0, done.errors
    return [
        "out/openbadge2/002-ona-k.badge2.png",
        "out/openbadge2/003-ada-l.badge2.png",
        "out/edc/002-ona-k.edc.jsonld",
    ]


def test_badges_of_two_learners_are_not_said_to_be_of_one(run: Run, hosted: list[str]) -> None:
    asked = ("equivalence", *hosted[:2])
    (found,) = run(*asked, "--json").lines
    assert (found["answer"], found["same_learner"]) == ("equal", False)
    assert "Whether they are about the same learner cannot be told from these files." in run(*asked).output


def test_hosted_badge_is_compared_with_what_it_links(run: Run, hosted: list[str], tmp_path: Path) -> None:
    asked = ("equivalence", hosted[0], hosted[2], "--published", "out", "--json")
    elements = {one["element"]: one["answer"] for one in run(*asked).lines[0]["elements"]}
    assert (elements["title"], elements["awarding-body"], elements["learner"]) == ("equal",) * 3
    (linked,) = (tmp_path / "out" / "badges" / "b").glob("*.json")
    linked.write_text(linked.read_text().replace("Data ethics in practice", "Data ethics in theory"))
    done = run(*asked)
    wrong = [one["element"] for one in done.lines[0]["elements"] if one["answer"] == "contradictory"]
    assert (done.code, wrong) == (1, ["title"])


@pytest.mark.parametrize(
    ("target", "kind"), [("edc", "European Digital Credential"), ("openbadge", "Open Badge")]
)
def test_of_a_certificate_the_credential_is_converted_that_says_most(
    batch: Path, run: Run, target: str, kind: str
) -> None:
    (report,) = run("convert", copy(batch, "pdf", "005"), "--to", target, "--json").lines
    assert report["from"] == {"edc": "edc", "openbadge": "openbadges3"}[target]
    assert "The file holds 2 credentials; this is a" in report["notes"][0] and kind in report["notes"][0]
    assert [one for one in report["losses"] if "hash" in one["reason"] and target == "edc"] == []
