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
    assert (done.code, "It says: vct," in done.errors) == (2, True)
    assert "Traceback" not in done.errors


@pytest.fixture
def listed(run: Run, tmp_path: Path) -> Callable[..., Path]:
    """One attestation with a published status."""

    def issue(*options: str) -> Path:
        run("example", "--copy-to", ".")
        (tmp_path / "one.csv").write_text("Full name\nOna Canary\n", encoding="utf-8")
        run("keys", "create", "badges")
        done = run(
            "issue", "data-ethics.yaml", "one.csv", "--formats", "attestation",
            "--status-url", "https://university.example/status", *options,
        )  # fmt: skip
        assert done.code == 0, done.errors
        return next((tmp_path / "out" / "attestation").iterdir())

    return issue


def status_of(run: Run, file: Path) -> str:
    (report,) = run("verify", "--json", "--published", "out/status", file).lines
    return str(next(check["verdict"] for check in report["checks"] if check["id"] == "status"))


def test_attestation_is_revoked_by_its_path(run: Run, listed: Callable[..., Path]) -> None:
    file = listed()
    assert status_of(run, file) == "passed"
    assert run("revoke", file, "--json").lines[0]["status"] == "revoked"
    assert status_of(run, file) == "failed"
    assert run("status", file, "--lift").code == 2


def test_attestation_is_suspended_and_lifted(run: Run, listed: Callable[..., Path]) -> None:
    file = listed("--suspendable")
    name = f"attestation/{file.name}"
    assert run("revoke", name, "--suspend", "--json").lines[0]["status"] == "suspended"
    assert status_of(run, file) == "failed"
    assert run("status", name, "--lift", "--json").lines[0]["status"] == "active"
    assert status_of(run, file) == "passed"


def test_status_list_of_another_issuer_is_not_believed(
    run: Run, listed: Callable[..., Path], tmp_path: Path
) -> None:
    file = listed()
    published = tmp_path / "out" / "status" / "token-revocation.jwt"
    own = published.read_bytes()
    run("keys", "create", "stranger", "--keys", "elsewhere")
    published.unlink()
    assert run("status", "--renew", "--keys", "elsewhere").code == 0
    assert status_of(run, file) == "indeterminate"
    published.write_bytes(own)
    assert status_of(run, file) == "passed"


def test_renewed_list_is_sealed_by_the_key_of_its_issuer(run: Run, listed: Callable[..., Path]) -> None:
    file = listed()
    run("keys", "create", "other")
    assert run("status", "--renew").code == 0
    assert status_of(run, file) == "passed"


def test_attestation_is_bound_to_the_wallet_key_and_presented_with_it(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    run("keys", "create", "wallet", "--algorithm", "ES256", "--keys", "pocket")
    did = run("keys", "export", "wallet", "--as", "did", "--keys", "pocket").output.strip()
    (tmp_path / "one.csv").write_text(f"Full name,Wallet key\nOna Canary,{did}\nBo Li,\n", encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "attestation", "--json")
    assert done.lines[0]["unbound"] == 1
    mine, other = sorted((tmp_path / "out" / "attestation").iterdir())
    asked = ("--audience", "https://employer.example", "--nonce", "n-17")
    show = ("--claim", "learning_outcomes", "--holder-key", "wallet", "--keys", "pocket")
    assert run("disclose", mine, *show, *asked, "--out", "shown.sd-jwt").code == 0
    assert run("disclose", other, *show, *asked).code == 2
    by_itself = run("disclose", mine, "--claim", "learning_outcomes", "--keys", "pocket", *asked)
    assert (by_itself.code, by_itself.output.strip().endswith("~")) == (0, False)
    assert run("disclose", mine, "--claim", "learning_outcomes", *asked).code == 2
    assert (
        run("disclose", mine, "--claim", "learning_outcomes", "--keys", "pocket", "--nonce", "n-17").code == 2
    )
    assert run("verify", "shown.sd-jwt", *asked).code == 0
    assert (
        run("verify", "shown.sd-jwt", "--audience", "https://employer.example", "--challenge", "n-18").code
        == 1
    )
    assert run("verify", mine, *asked).code == 1
    assert run("verify", "shown.sd-jwt", "--nonce", "n-17").code == 3


def test_own_type_is_published_and_enforced(run: Run, token: Path, tmp_path: Path) -> None:
    asked = (
        "issue",
        "data-ethics.yaml",
        "one.csv",
        "--formats",
        "attestation",
        "--out",
        "own",
        "--attestation-type",
    )
    assert run(*asked, "http://university.example/types/award").code == 2
    done = run(*asked, "https://university.example/types/award")
    assert (done.code, "own/attestation-type.json, unchanged" in done.errors) == (0, True)
    verify = ("verify", "own/attestation", "--published", "own", "--json")
    assert [report["verdict"] for report in run(*verify).lines] == ["passed"]
    published = tmp_path / "own" / "attestation-type.json"
    published.write_bytes(published.read_bytes().replace(b"{", b"{ ", 1))
    assert [report["verdict"] for report in run(*verify).lines] == ["failed"]
