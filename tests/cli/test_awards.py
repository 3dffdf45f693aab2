"""Awards that are not the plain case: joint, sealed by another, expiring, and records of other types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result

Run = Callable[..., Result]

JOINT = """  - name: {en: "Politécnico de Beiramar (fictitious)"}
    legal_id: NTRPT-55555555
    places: PT
technical_issuer:
  name: {en: "EduSeal Services (fictitious)"}
  legal_id: NTRBE-12121212
  places: BE
valid_for_months: 1
fields:"""


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Path:
    """The example's description, one learner, a badge key and the e-seal of the technical issuer."""
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    seal = ("--test-seal", "EduSeal Services (fictitious)", "--country", "BE", "--legal-id", "NTRBE-12121212")
    assert run("keys", "create", "seal", *seal).code == 0
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    return tmp_path


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "data-ethics.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_joint_award_sealed_by_mandate_expires_and_still_binds(run: Run, ready: Path) -> None:
    rewrite(ready, "fields:", JOINT)
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "edc,openbadge")
    assert done.code == 0, done.errors
    (edc,) = (ready / "out" / "edc").iterdir()
    anchored = ("verify", "--json", edc, "--anchor", "keys/seal.test-ca.pem")
    now = run(*anchored)
    verdicts = {check["id"]: check["verdict"] for check in now.lines[0]["checks"]}
    assert (now.code, verdicts["binding"], verdicts["completeness"]) == (0, "passed", "passed")
    findings = run("check", "--json", edc).lines[0]["findings"]
    assert [one["rule"] for one in findings if one["rule"] == "EU-04-issuer-without-mandate"] == []
    shown = run("show", edc, *(ready / "out" / "openbadge").iterdir()).output
    for words in ("Twickel", "Beiramar", "Netherlands", "Portugal", "Issued on its behalf by EduSeal"):
        assert shown.count(words) >= 2
    later = run(*anchored, "--at", "2999-01-01")
    assert (later.code, later.lines[0]["verdict"]) == (1, "failed")


@pytest.mark.parametrize("type", ["membership", "participation", "motivation", "contribution", "achievement"])
def test_other_records_are_never_shown_as_micro_credentials(run: Run, ready: Path, type: str) -> None:
    rewrite(ready, "type: short-learning-programme", f"record_type: {type}")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "edc,openbadge,pdf")
    assert done.code == 0, done.errors
    files = sorted(path for path in (ready / "out").rglob("002-*"))
    checked = run("verify", "--json", *files, "--anchor", "keys/seal.test-ca.pem")
    assert (checked.code, [line["verdict"] for line in checked.lines]) == (0, ["passed"] * 3)
    completeness = [c for c in checked.lines[0]["checks"] if c["id"] == "completeness"]
    assert completeness[0]["verdict"] == "not_applicable"
    for file in files:
        answer = run("check", "--json", file).lines[0]
        assert (answer["profile"], answer["complete"]) == ("other-record", True), (file, answer["findings"])
        shown = json.dumps(run("show", "--json", file).lines[0]["sections"])
        assert "European standard" not in shown


def test_without_any_key_nothing_is_awarded(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    done = run("issue", "data-ethics.yaml", "class-list.xlsx")
    assert (done.code, (tmp_path / "out").exists()) == (2, False)
    assert (
        done.errors
        == "✗ There is no key with a DID to seal with. Create one with: tessella keys create badges\n"
    )


def test_status_lists_that_no_key_can_seal_stop_the_batch_before_it_begins(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "seal", "--test-seal", "University of Twickel")
    asked = ("issue", "data-ethics.yaml", "class-list.xlsx", "--formats", "edc")
    done = run(*asked, "--status-url", "https://twickel.example/status")
    assert (done.code, (tmp_path / "out").exists()) == (2, False)
    assert "The status lists could not be sealed. There is no key with a DID" in done.errors
