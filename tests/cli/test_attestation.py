"""The attestation for wallets: issued, verified, and shown in part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result

Run = Callable[..., Result]


@pytest.fixture
def token(run: Run, tmp_path: Path) -> Path:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name,E-mail\nOna Canary,canary@example.org\n", encoding="utf-8")
    run("keys", "create", "badges")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "attestation")
    assert done.code == 0, done.output + done.errors
    return next((tmp_path / "out" / "attestation").iterdir())


def test_attestation_verifies_and_breaks_when_changed(run: Run, token: Path, tmp_path: Path) -> None:
    done = run("verify", "--json", token)
    (report,) = done.lines
    assert (done.code, report["format"], report["verdict"]) == (0, "attestation", "passed")
    text = token.read_text()
    (tmp_path / "bad.sd-jwt").write_text(text.replace(".", ".A", 1))
    assert run("verify", "bad.sd-jwt").code == 1


def test_disclosure_shows_the_chosen_claims_only(run: Run, token: Path, tmp_path: Path) -> None:
    listed = {row["claim"]: row["can_be_withheld"] for row in run("disclose", token, "--json").lines[0]}
    assert listed["learning_outcomes"] is True
    assert listed["achievement_title"] is False
    done = run("disclose", token, "--claim", "learning_outcomes", "--out", "shown.sd-jwt")
    assert done.code == 0, done.errors
    again = run("disclose", "shown.sd-jwt", "--json").lines[0]
    names = {row["claim"] for row in again}
    assert "learning_outcomes" in names
    assert not names & {"family_name", "given_name", "learner_identification", "assessment_grade"}
    assert "Canary" not in run("verify", "--json", "shown.sd-jwt").output
    assert run("verify", "shown.sd-jwt").code == 0


def test_unknown_claim_is_a_clear_error(run: Run, token: Path) -> None:
    done = run("disclose", token, "--claim", "nonsense")
    assert done.code == 2
    assert "Traceback" not in done.errors
