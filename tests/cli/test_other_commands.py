"""The other commands: their results, their exit codes and their one-sentence errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result, tessella
from tests.support import shared

Run = Callable[..., Result]


def test_example_run_again_issues_nothing_twice_and_names_the_broken_rows(batch: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in batch.rglob("*.jsonld")}
    done = tessella("example", "--out", "out", cwd=batch.parent)
    assert done.code == 0, done.output + done.errors
    assert "0 awarded · 24 awarded before" in done.output
    assert {path: path.stat().st_mtime_ns for path in batch.rglob("*.jsonld")} == before
    assert "row 24, D, “Date of birth”" in done.output
    assert "row 29" in done.output
    assert "already stands in row 7" in done.output


def test_check_contract(run: Run, batch: Path) -> None:
    run("example", "--copy-to", ".")
    done = run("check", "--json", "data-ethics.yaml", "--profile", "eu-2022")
    (answer,) = done.lines
    assert (done.code, answer["complete"], answer["profile"]) == (0, True, "eu-2022")
    official = shared("edc/official-samples/Sample-MC-Annex1-signed.jsonld")
    done = run("check", "--json", official, "--profile", "eu-2022")
    (answer,) = done.lines
    assert (done.code, answer["complete"], answer["input"]) == (1, False, str(official))
    for finding in answer["findings"]:
        assert finding.keys() >= {"rule", "severity", "element", "message", "remedy", "clause"}
        assert finding["severity"] in {"error", "warning", "info"}
    text = json.dumps(answer["findings"])
    assert "uality assurance" in text
    assert "P60M" in text
    assert "month" in text


def test_check_names_unusable_and_unknown_fields(run: Run, tmp_path: Path) -> None:
    (tmp_path / "d.yaml").write_text(
        "title: X\nworkload: {hours: many}\nparticipation: {modes: onlin}\ncolour: red\n"
    )
    done = run("check", "--json", "d.yaml")
    rules = {(f["rule"], f.get("place")) for f in done.lines[0]["findings"] if f["rule"].startswith("INPUT")}
    assert rules == {
        ("INPUT-unusable-field", "participation.modes[0]"),
        ("INPUT-unusable-field", "workload.hours"),
        ("INPUT-unknown-field", "colour"),
    }
    assert done.code == 1


def test_new_writes_a_description_to_edit(run: Run, tmp_path: Path) -> None:
    options = [
        "--title",
        "Bike repair",
        "--organisation",
        "Velo",
        "--country",
        "LT",
        "--hours",
        "30",
        "--mode",
        "on-site",
    ]
    done = run("new", "bike.yaml", *options, "--assessment", "practical-assessment", "--no-input")
    assert done.code == 0, done.errors
    text = (tmp_path / "bike.yaml").read_text(encoding="utf-8")
    assert "# All learning time in hours" in text
    assert run("check", "bike.yaml").code == 1
    assert run("new", "bike.yaml", "--no-input").code == 2


def test_issue_refuses_an_incomplete_description(run: Run) -> None:
    run("example", "--copy-to", ".")
    run("new", "empty.yaml", "--no-input")
    done = run("issue", "empty.yaml", "class-list.xlsx")
    assert done.code == 2
    assert "tessella check" in done.errors


def test_issue_revoke_and_verify(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name,E-mail\nOna K,ona@example.org\n", encoding="utf-8")
    assert run("keys", "create", "badges").code == 0
    issued = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,openbadge-jwt,png",
        "--status-url", "https://university.example/status", "--json",
    )  # fmt: skip
    assert (issued.code, issued.lines[0]["issued"]) == (0, 1), issued.errors
    files = [str(path.relative_to(tmp_path)) for path in sorted((tmp_path / "out").rglob("002-*"))]
    assert len(files) == 3
    verify = ("verify", "--json", "--published", "out/status")
    assert run(*verify, *files).code == 0
    assert run("status", "openbadge/002-ona-k.badge.json", "--json").lines[0]["status"] == "active"
    revoked = run("revoke", "out/openbadge/002-ona-k.badge.json")  # the path, as the shell completes it
    assert revoked.code == 0, revoked.errors
    done = run(*verify, *files)
    states = {report["input"].split("/")[1]: report["verdict"] for report in done.lines}
    assert states == {"openbadge": "failed", "openbadge-jwt": "passed", "png": "passed"}
    assert done.code == 1
    assert run("status", "openbadge/002-ona-k.badge.json", "--json").lines[0]["status"] == "revoked"
    assert run("status", "nothing").code == 2


def test_compromised_key_fails_what_it_sealed(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "badges")
    run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge")
    file = next((tmp_path / "out" / "openbadge").iterdir())
    assert run("verify", file, "--keys", "keys").code == 0
    assert run("keys", "rotate", "badges", "badges-2").code == 0
    assert run("verify", file, "--keys", "keys").code == 0
    assert run("keys", "revoke", "badges", "--compromised-at", "2020-01-01").code == 0
    done = run("verify", "--json", file, "--keys", "keys", "--policy", "full")
    verdicts = {check["id"]: check["verdict"] for check in done.lines[0]["checks"]}
    assert verdicts["key-status"] == "failed"
    assert run("verify", file, "--keys", "keys").code == 1


def test_show_says_it_in_plain_words(run: Run, batch: Path) -> None:
    done = run("show", sorted((batch / "edc").iterdir())[0])
    assert done.code == 0, done.errors
    for words in ("Sanne de Vries", "Data ethics in practice", "84 hours", "Netherlands"):
        assert words in done.output


@pytest.mark.parametrize("source", ["edc", "openbadge"])
@pytest.mark.parametrize("target", ["edc", "openbadge", "description"])
def test_convert_reports_what_is_lost(run: Run, batch: Path, source: str, target: str) -> None:
    file = sorted((batch / source).iterdir())[0]
    done = run("convert", file, "--to", target, "--json", "--out", "made")
    (report,) = done.lines
    assert (done.code, report["from"] != "", report["to"]) == (0, True, target)
    assert all(loss["reason"] for loss in report["losses"])


def test_vocabulary_finds_and_suggests(run: Run) -> None:
    assert "written" in run("vocabulary", "assessment", "written exam").output
    assert run("vocabulary", "nonsense").code == 2
    assert run("vocabulary", "mode", "zzzzz").code == 1


def test_keys_without_password_is_a_clear_error(run: Run) -> None:
    done = run("keys", "create", "badges", password=None)
    assert done.code == 2
    assert "TESSELLA_PASSWORD" in done.errors
    assert "Traceback" not in done.errors


def test_every_command_has_help(run: Run) -> None:
    top = run("--help")
    assert top.code == 0
    for command in (
        "new",
        "check",
        "keys",
        "issue",
        "verify",
        "show",
        "convert",
        "revoke",
        "status",
        "vocabulary",
    ):
        assert command in top.output
        assert run(command, "--help").code == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_written_for_each_shell(run: Run, shell: str) -> None:
    done = run(settings={"_TESSELLA_COMPLETE": f"source_{shell}"})
    assert (done.code, "_TESSELLA_COMPLETE=complete_" in done.output) == (0, True), done.errors


def test_completion_answers_commands_and_options(run: Run) -> None:
    words = {"_TESSELLA_COMPLETE": "complete_bash", "COMP_WORDS": "tessella v", "COMP_CWORD": "1"}
    assert set(run(settings=words).output.split()) == {"verify", "vocabulary"}
    words = {**words, "COMP_WORDS": "tessella verify --pol", "COMP_CWORD": "2"}
    assert run(settings=words).output.split() == ["--policy"]


def test_every_command_prints_json(run: Run) -> None:
    commands = ("new", "check", "issue", "verify", "show", "convert", "revoke", "status", "vocabulary")
    keys = (("keys", name) for name in ("create", "list", "export", "rotate", "revoke"))
    for command in (*((name,) for name in commands), *keys):
        assert "--json" in run(*command, "--help").output, command


def test_new_and_keys_export_answer_in_json(run: Run, tmp_path: Path) -> None:
    (made,) = run("new", "bike.yaml", "--json").lines
    assert (made["file"], made["complete"], made["missing"] > 0) == ("bike.yaml", False, True)
    wrong = run("new", "other.yaml", "--no-input", "--hours", "many")
    assert (wrong.code, "many" in wrong.errors, (tmp_path / "other.yaml").exists()) == (2, True, False)
    run("keys", "create", "badges", "--did-web", "u.example")
    forms = ("did", "did-document", "jwk", "multikey", "pem", "certificates")
    values = {
        form: run("keys", "export", "badges", "--as", form, "--json").lines[0]["value"] for form in forms
    }
    assert (values["did"], values["did-document"]["id"]) == ("did:web:u.example", "did:web:u.example")
    assert values["pem"].startswith("-----BEGIN PUBLIC KEY-----\n")
    plain = run("keys", "export", "badges", "--as", "pem").output
    assert plain == values["pem"]


def test_issue_takes_cryptosuite_and_jades_profile(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "badges")
    run("keys", "create", "seal", "--test-seal", "University of Twickel", "--legal-id", "NTRNL-99999990")
    options = ("--cryptosuite", "eddsa-jcs-2022", "--jades", "etsi", "--formats", "edc,openbadge")
    assert run("issue", "data-ethics.yaml", "one.csv", *options).code == 0
    badge = json.loads(next((tmp_path / "out/openbadge").iterdir()).read_bytes())
    assert badge["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    done = run("verify", "--json", "out/edc", "out/openbadge", "--anchor", "keys/seal.test-ca.pem")
    assert (done.code, [report["verdict"] for report in done.lines]) == (0, ["passed", "passed"])
    wrong = run("issue", "data-ethics.yaml", "one.csv", "--cryptosuite", "none", "--out", "other")
    assert wrong.code == 2
    assert "eddsa-rdfc-2022" in wrong.errors


def test_check_says_what_only_verification_can_tell(run: Run, batch: Path) -> None:
    file = sorted((batch / "openbadge").iterdir())[0]
    done = run("check", "--json", "--profile", "ehea-2022", file)
    (answer,) = done.lines
    severities = {finding["severity"] for finding in answer["findings"]}
    rules = [finding["rule"] for finding in answer["findings"] if finding["severity"] == "warning"]
    assert (done.code, answer["complete"], "error" in severities) == (1, False, False)
    assert "INPUT-not-checked" in rules
