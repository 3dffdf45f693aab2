"""The badge with selective disclosure: issued, verified, and shown in part in the learner's own words."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tessella.issuing.disclosure import badge_elements, disclose_badge
from tessella.verification import Surroundings, verify
from tests.cli.support import Result

Run = Callable[..., Result]


@pytest.fixture
def badge(run: Run, tmp_path: Path) -> Path:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text(
        "Given name,Family name,E-mail,Grade\nOna,Canary,canary@example.org,9\n", encoding="utf-8"
    )
    run("keys", "create", "badges", "--algorithm", "ES256")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge-sd")
    assert done.code == 0, done.output + done.errors
    (file,) = (tmp_path / "out" / "openbadge-sd").iterdir()
    assert file.name.endswith(".badge-sd.json")
    return file


def verdict(run: Run, file: Path | str, check: str = "") -> str:
    (report,) = run("verify", "--json", file).lines
    if not check:
        return str(report["verdict"])
    return next(str(one["verdict"]) for one in report["checks"] if one["id"] == check)


def test_the_whole_badge_verifies_and_warns_its_holder(run: Run, badge: Path) -> None:
    (report,) = run("verify", "--json", badge).lines
    seal = next(one for one in report["checks"] if one["id"] == "seal")
    assert (report["verdict"], len(seal["notes"])) == ("passed", 1)


def test_a_selection_shows_what_was_chosen_and_verifies(run: Run, badge: Path, tmp_path: Path) -> None:
    done = run(
        "disclose", badge, "--reveal", "assessment_grade", "--reveal", "family_name", "--out", "a.json"
    )
    assert done.code == 0, done.errors
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    shown = json.loads(text)
    subject = shown["credentialSubject"]
    assert [one["value"] for one in subject["result"]] == ["9"]
    assert [one["identityHash"] for one in subject["identifier"]] == ["Canary"]
    assert "Ona" not in text
    assert set(subject["achievement"]) == {
        "id", "type", "achievementType", "name", "description", "criteria", "inLanguage", "version",
    }  # fmt: skip
    assert verdict(run, "a.json") == "passed"
    (tmp_path / "b.json").write_text(text.replace('"9"', '"10"'), encoding="utf-8")
    assert verdict(run, "b.json", "seal") == "failed"


def test_a_badge_of_which_nobody_is_named_still_verifies(run: Run, badge: Path, tmp_path: Path) -> None:
    run("disclose", badge, "--claim", "date_of_issuance", "--out", "least.json")
    assert "Canary" not in (tmp_path / "least.json").read_text(encoding="utf-8")
    assert verdict(run, "least.json") == "passed"
    assert verdict(run, "least.json", "format") == "passed"
    assert verdict(run, "least.json", "completeness") == "indeterminate"  # the whole has everything
    assert verdict(run, badge, "completeness") == "passed"


def test_the_list_says_what_may_be_kept_back(run: Run, badge: Path) -> None:
    listed = {row["claim"]: row["can_be_withheld"] for row in run("disclose", badge, "--json").lines[0]}
    assert [listed[name] for name in ("assessment_grade", "family_name", "learning_outcomes")] == [True] * 3
    assert [listed[name] for name in ("validFrom", "name", "criteria")] == [False] * 3
    assert "in part" in run("disclose", badge).output  # the title in other languages may be kept back


def test_every_listed_claim_can_be_shown_alone(badge: Path) -> None:
    document = json.loads(badge.read_text(encoding="utf-8"))
    for element in badge_elements(document):
        shown = disclose_badge(document, [element.name])
        report = verify(shown, surroundings=Surroundings(at=dt.datetime.now(dt.UTC)))
        assert str(report.verdict) == "passed", element.name


@pytest.mark.parametrize(
    "options",
    [
        ("--claim", "nonsense"),
        ("--claim", "/nothing/there"),
        ("--claim", "assessment_grade", "--holder-key", "badges"),
    ],
)
def test_what_cannot_be_shown_is_a_clear_error(run: Run, badge: Path, options: tuple[str, ...]) -> None:
    done = run("disclose", badge, *options)
    assert done.code == 2
    assert "Traceback" not in done.errors


def test_another_badge_is_a_clear_error(run: Run, badge: Path, tmp_path: Path) -> None:
    run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge", "--out", "other")
    (file,) = (tmp_path / "other" / "openbadge").iterdir()
    done = run("disclose", file)
    assert done.code == 2
    assert "selective disclosure" in done.errors


def test_a_key_of_another_kind_is_a_clear_error(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna Canary\n", encoding="utf-8")
    run("keys", "create", "badges")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge-sd")
    assert done.code == 2
    assert "--algorithm ES256" in done.errors
    everything = run("issue", "data-ethics.yaml", "one.csv")
    assert everything.code == 0
    assert not (tmp_path / "out" / "openbadge-sd").exists()


def test_a_second_key_of_the_same_did_is_found(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna Canary\n", encoding="utf-8")
    run("keys", "create", "p256", "--algorithm", "ES256", "--did-web", "twickel.example")
    run("keys", "create", "badges", "--did-web", "twickel.example")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,openbadge-sd")
    assert done.code == 0, done.errors
    made = {
        name: json.loads(next((tmp_path / "out" / name).iterdir()).read_text(encoding="utf-8"))
        for name in ("openbadge", "openbadge-sd")
    }
    assert made["openbadge"]["issuer"]["id"] == made["openbadge-sd"]["issuer"]["id"]
    assert made["openbadge-sd"]["proof"]["cryptosuite"] == "ecdsa-sd-2023"
