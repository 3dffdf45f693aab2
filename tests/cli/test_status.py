"""Withdrawing awards: which copies, and with which key the lists are sealed anew."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result

Run = Callable[..., Result]
VERIFY = ("verify", "--json", "--published", "out/status")


@pytest.fixture
def files(run: Run, tmp_path: Path) -> list[str]:
    """One award as badge and as VC-JWT, of the issuer at a domain."""
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    assert run("keys", "create", "web", "--did-web", "university.example").code == 0
    done = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,openbadge-jwt",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    assert done.code == 0, done.errors
    _publish_key(run, tmp_path, "web")
    return sorted(path.relative_to(tmp_path).as_posix() for path in (tmp_path / "out").rglob("002-*"))


def _publish_key(run: Run, folder: Path, id: str) -> None:
    document = run("keys", "export", id, "--as", "did-document").output
    (folder / "out" / "status" / "did.json").write_text(document, encoding="utf-8")


def _verdicts(run: Run, files: list[str]) -> list[str]:
    return [report["verdict"] for report in run(*VERIFY, *files).lines]


def test_revoke_all_copies_from_one_of_them(run: Run, files: list[str]) -> None:
    assert _verdicts(run, files) == ["passed", "passed"]
    done = run("revoke", files[0].removeprefix("out/"), "--all-copies", "--json")
    assert [line["status"] for line in done.lines] == ["revoked", "revoked"]
    assert _verdicts(run, files) == ["failed", "failed"]


def test_revoke_seals_with_a_key_of_the_lists_issuer_not_the_newest(run: Run, files: list[str]) -> None:
    run("keys", "create", "other")
    assert run("revoke", files[0].removeprefix("out/")).code == 0
    assert _verdicts(run, files) == ["failed", "passed"]


def test_revoke_after_rotation_seals_with_the_new_key(run: Run, files: list[str], tmp_path: Path) -> None:
    assert run("keys", "rotate", "web", "web-2").code == 0
    _publish_key(run, tmp_path, "web-2")
    assert run("revoke", files[0].removeprefix("out/")).code == 0
    assert _verdicts(run, files) == ["failed", "passed"]


def test_revoke_without_the_issuers_key_changes_nothing(run: Run, files: list[str]) -> None:
    run("keys", "create", "other", "--keys", "elsewhere")
    done = run("revoke", files[0].removeprefix("out/"), "--keys", "elsewhere")
    assert (done.code, "did:web:university.example" in done.errors) == (2, True)
    assert run("status", files[0].removeprefix("out/"), "--json").lines[0]["status"] == "active"


def test_suspension_is_lifted(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "badges")
    run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge", "--suspendable",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    file = "openbadge/002-ona-k.badge.json"
    states = [
        run(*change, file, "--json").lines[0]["status"]
        for change in (("revoke", "--suspend"), ("status",), ("status", "--lift"), ("status",), ("revoke",))
    ]
    assert states == ["suspended", "suspended", "active", "active", "revoked"]
    lifted = run("status", "--lift", file)
    assert (lifted.code, "A revocation is final" in lifted.errors) == (2, True)


def test_what_is_suspendable_says_both_and_is_revoked_for_good(run: Run, tmp_path: Path) -> None:
    """Badges and attestations; a European Digital Credential names its revocation only, and that is said."""
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "web", "--did-web", "university.example")
    run("keys", "create", "seal", "--test-seal", "University of Twickel")
    issued = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,attestation,edc", "--suspendable",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    assert issued.code == 0, issued.errors
    _publish_key(run, tmp_path, "web")
    badge, token, edc = (f"out/{name}" for name in (
        "openbadge/002-ona-k.badge.json", "attestation/002-ona-k.sd-jwt", "edc/002-ona-k.edc.jsonld",
    ))  # fmt: skip
    statuses = json.loads((tmp_path / badge).read_text())["credentialStatus"]
    assert [one["statusPurpose"] for one in statuses] == ["revocation", "suspension"]
    assert len({one["statusListIndex"] for one in statuses}) == 1

    def found() -> list[str]:
        reports = run(*VERIFY, badge, token, edc).lines
        return [
            next(check["verdict"] for check in report["checks"] if check["id"] == "status")
            for report in reports
        ]

    assert found()[:2] == ["passed", "passed"]
    done = run("revoke", badge, "--suspend", "--all-copies")
    assert (done.code, "it can be revoked only: European Digital Credential" in done.errors) == (0, True)
    assert found()[:2] == ["failed", "failed"]
    assert run("revoke", edc, "--suspend").code == 2
    assert run("status", badge, "--lift", "--all-copies").code == 0
    assert found()[:2] == ["passed", "passed"]
    done = run("revoke", badge, "--all-copies", "--json")
    assert [line["status"] for line in done.lines] == ["revoked"] * 3
    assert found() == ["failed"] * 3


def test_issuing_again_publishes_the_lists_anew(run: Run, files: list[str], tmp_path: Path) -> None:
    published = tmp_path / "out" / "status" / "revocation.json"
    published.unlink()
    again = (
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,openbadge-jwt",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    assert run(*again).code == 0
    assert _verdicts(run, files) == ["passed", "passed"]


def test_copy_whose_file_is_gone_still_has_a_status(run: Run, files: list[str], tmp_path: Path) -> None:
    id = run("status", files[0].removeprefix("out/"), "--json").lines[0]["credential"]
    (tmp_path / files[0]).unlink()
    (line,) = run("status", id, "--json").lines
    assert (line["credential"], line["file"], line["status"]) == (id, None, "active")


def test_lists_are_renewed_unchanged(run: Run, files: list[str], tmp_path: Path) -> None:
    published = tmp_path / "out" / "status" / "revocation.json"
    assert run("revoke", files[0].removeprefix("out/")).code == 0
    before = json.loads(published.read_text(encoding="utf-8"))
    time.sleep(1.1)  # times in a list have seconds
    done = run("status", "--renew", "--json")
    assert (done.code, done.lines) == (0, [{"published": ["out/status/revocation.json"]}])
    after = json.loads(published.read_text(encoding="utf-8"))
    assert after["validUntil"] > before["validUntil"]
    assert after["credentialSubject"] == before["credentialSubject"]
    assert _verdicts(run, files) == ["failed", "passed"]


def test_status_without_a_name_is_a_clear_error(run: Run, files: list[str]) -> None:
    done = run("status")
    assert (done.code, "not in the ledger" in done.errors) == (2, True)


def test_certificate_and_elmo_say_how_they_are_withdrawn(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "badges")
    run("keys", "create", "seal", "--test-seal", "University of Twickel")
    issued = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge,elmo,pdf",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    assert issued.code == 0, issued.errors
    done = run("revoke", "out/pdf/002-ona-k.pdf")
    assert (done.code, "or all copies of the award with --all-copies" in done.errors) == (2, True)
    assert run("revoke", "out/elmo/002-ona-k.elmo.xml").code == 2
    done = run("revoke", "out/pdf/002-ona-k.pdf", "--all-copies")
    assert done.code == 0
    assert "Unchanged, since no status is published for it: ELMO (EMREX)" in done.errors


def test_certificate_made_alone_is_revoked_by_itself(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    run("keys", "create", "badges")
    run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "pdf",
        "--status-url", "https://university.example/status",
    )  # fmt: skip
    file = "out/pdf/002-ona-k.pdf"
    assert _verdicts(run, [file]) == ["passed"]
    assert run("revoke", file).code == 0
    assert _verdicts(run, [file]) == ["failed"]
