"""Time stamps at issuing and seals that are renewed, with a time-stamping authority on this machine."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tessella.seals import jades
from tests.cli.support import Result
from tests.seals.longterm import crl
from tests.support import shared
from tests.trust.pki import DAY, Authority, TimestampAuthority
from tests.tsa import Answer, serving, stamping

Run = Callable[..., Result]


class Clock(NamedTuple):
    """A time-stamping authority, its address and the certificate to trust it by."""

    url: str
    authority: TimestampAuthority
    anchor: Path


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def authority(days: int) -> TimestampAuthority:
    start = now() - DAY
    root = Authority("Fjord clocks", start=start, end=start + 9000 * DAY)
    key = ec.generate_private_key(ec.SECP256R1())
    return TimestampAuthority(root, key=key, start=start, end=start + days * DAY)


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Clock]:
    """An authority whose certificate lasts six years."""
    made = authority(6 * 365)
    anchor = tmp_path / "clocks.pem"
    anchor.write_bytes(made.authority.certificate.public_bytes(Encoding.PEM))
    with serving(stamping(made, now)) as url:
        yield Clock(url, made, anchor)


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Path:
    """The example's description, three learners and an e-seal."""
    run("example", "--copy-to", ".")
    assert run("keys", "create", "seal", "--test-seal", "University of Twickel", "--country", "NL").code == 0
    (tmp_path / "three.csv").write_text("Full name\nOna K\nAda L\nGrace H\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def sealed(run: Run, ready: Path) -> list[Path]:
    """Three credentials without time stamps."""
    assert run("issue", "data-ethics.yaml", "three.csv", "--formats", "edc").code == 0
    return sorted((ready / "out" / "edc").iterdir())


def items(path: Path) -> list[str]:
    return [one["kind"] for one in stamps(path)]


def stamps(path: Path) -> list[dict[str, Any]]:
    [one] = jades.verify(path.read_bytes()).require().signatures
    return [{"kind": stamp.kind, "verdict": str(stamp.verdict)} for stamp in one.timestamps]


def statuses(done: Result) -> list[str]:
    return [line["status"] for line in done.lines]


# --- issue --tsa ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["europass", "etsi"])
def test_issue_with_an_authority_seals_with_a_time_stamp(
    run: Run, ready: Path, tsa: Clock, profile: str
) -> None:
    done = run(
        "issue", "data-ethics.yaml", "three.csv", "--formats", "edc", "--jades", profile, "--tsa", tsa.url
    )
    assert done.code == 0, done.errors
    files = sorted((ready / "out" / "edc").iterdir())
    assert [stamps(one) for one in files] == [[{"kind": "sigTst", "verdict": "passed"}]] * 3
    anchors = ("--anchor", "keys/seal.test-ca.pem", "--anchor", tsa.anchor)
    verified = run("verify", "--json", files[0], *anchors)
    verdicts = {check["id"]: check["verdict"] for check in verified.lines[0]["checks"]}
    assert (verified.code, verdicts["timestamp"], verdicts["trust"]) == (0, "passed", "passed")
    later = run("verify", "--json", files[0], *anchors, "--at", f"{now().year + 4}-01-01")
    trust = next(check for check in later.lines[0]["checks"] if check["id"] == "trust")
    assert (trust["verdict"], "a time stamp shows" in str(trust)) == ("passed", True)


def test_authority_may_come_from_the_environment(run: Run, ready: Path, tsa: Clock) -> None:
    done = run(
        "issue", "data-ethics.yaml", "three.csv", "--formats", "edc", settings={"TESSELLA_TSA": tsa.url}
    )
    assert done.code == 0
    assert items(next((ready / "out" / "edc").iterdir())) == ["sigTst"]


def test_authority_that_fails_stops_the_batch_and_the_next_run_goes_on(
    run: Run, ready: Path, tsa: Clock
) -> None:
    """Nothing is issued without the stamp that was asked for, nothing twice, and nothing is lost."""
    answers = iter([stamping(tsa.authority, now)])

    def first_only(question: bytes) -> tuple[int, bytes]:
        answer: Answer | None = next(answers, None)
        return (500, b"") if answer is None else answer(question)

    batch = ("issue", "data-ethics.yaml", "three.csv", "--formats", "edc", "--tsa")
    with serving(first_only) as url:
        stopped = run(*batch, url)
    assert (stopped.code, "gives no time stamp" in stopped.errors) == (2, True)
    assert "What was made so far is kept." in stopped.errors
    (kept,) = (ready / "out" / "edc").iterdir()
    before = kept.read_bytes()
    done = run(*batch, tsa.url, "--json")
    assert (done.code, done.lines[0]["issued"], done.lines[0]["already"]) == (0, 2, 1)
    files = sorted((ready / "out" / "edc").iterdir())
    assert (len(files), kept.read_bytes()) == (3, before)
    assert [items(one) for one in files] == [["sigTst"]] * 3


def test_address_that_is_none_is_refused(run: Run, ready: Path) -> None:
    done = run("issue", "data-ethics.yaml", "three.csv", "--formats", "edc", "--tsa", "tsa.example", "--json")
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "config.tsa")
    assert not (ready / "out" / "edc").exists()


# --- renew ----------------------------------------------------------------------------------------------------


def test_seals_without_time_stamp_are_due_and_then_kept(run: Run, sealed: list[Path], tsa: Clock) -> None:
    before = [json.loads(one.read_bytes()) for one in sealed]
    due = run("renew", "out", "--json")
    assert (due.code, sorted(statuses(due))) == (1, ["due", "due", "due", "skipped"])
    assert {line["reason"] for line in due.lines if line["status"] == "due"} == {"no-timestamp"}
    assert [json.loads(one.read_bytes()) for one in sealed] == before
    renewed = run("renew", *sealed, "--tsa", tsa.url, "--json")
    assert (renewed.code, statuses(renewed)) == (0, ["renewed"] * 3)
    assert renewed.lines[0]["added"] == ["sigTst", "arcTst"]
    for old, path in zip(before, sealed, strict=True):
        new = json.loads(path.read_bytes())
        del new["signatures"][0]["header"]
        assert new == old
    written = [one.read_bytes() for one in sealed]
    again = run("renew", *sealed, "--tsa", tsa.url, "--json")
    assert (again.code, statuses(again)) == (0, ["kept"] * 3)
    assert [one.read_bytes() for one in sealed] == written
    assert again.lines[0]["ends"].startswith(str((now() - DAY + 6 * 365 * DAY).date()))


def test_people_are_told_until_when_there_is_nothing_to_do(run: Run, sealed: list[Path], tsa: Clock) -> None:
    told = run("renew", sealed[0])
    assert (told.code, "! Due" in told.output, "Renew it with --tsa" in told.output) == (1, True, True)
    first = run("renew", sealed[0], "--tsa", tsa.url)
    end = (now() - DAY + 6 * 365 * DAY).date()
    assert (first.code, f"Proven until {end} (sigTst, arcTst)." in first.output) == (0, True)
    assert "so the seal cannot reach B-LT" in first.output
    second = run("renew", sealed[0])
    start = end - 400 * DAY
    assert (second.code, f"Nothing to do until {start}; its evidence ends on {end}" in second.output) == (
        0,
        True,
    )


def test_check_only_tells(run: Run, sealed: list[Path], tsa: Clock) -> None:
    before = sealed[0].read_bytes()
    done = run("renew", sealed[0], "--tsa", tsa.url, "--check", "--json")
    assert (done.code, statuses(done), sealed[0].read_bytes()) == (1, ["due"], before)


def test_renewal_at_once_adds_another_archive_stamp(run: Run, sealed: list[Path], tsa: Clock) -> None:
    for _ in range(3):
        assert run("renew", sealed[0], "--tsa", tsa.url, "--now").code == 0
    assert items(sealed[0]) == ["sigTst", "arcTst", "arcTst", "arcTst"]
    anchors = ("--anchor", "keys/seal.test-ca.pem", "--anchor", tsa.anchor)
    assert run("verify", sealed[0], *anchors).code == 0


def test_renewed_files_go_to_another_folder_when_asked(run: Run, sealed: list[Path], tsa: Clock) -> None:
    before = sealed[0].read_bytes()
    done = run("renew", sealed[0], sealed[0], "--tsa", tsa.url, "--out", "renewed", "--json")
    assert (done.code, statuses(done)) == (1, ["renewed", "failed"])
    assert done.lines[1]["error"]["code"] == "cli.exists"
    target = sealed[0].parents[2] / "renewed" / sealed[0].name
    assert (sealed[0].read_bytes(), items(target)) == (before, ["sigTst", "arcTst"])


def test_good_files_go_on_past_bad_ones(run: Run, sealed: list[Path], tsa: Clock) -> None:
    broken = json.loads(sealed[0].read_bytes())
    broken["payload"] += " "
    sealed[0].write_text(json.dumps(broken))
    missing = sealed[0].with_name("missing.jsonld")
    done = run("renew", sealed[0], missing, sealed[1], "--tsa", tsa.url, "--json")
    assert (done.code, statuses(done)) == (1, ["failed", "failed", "renewed"])
    assert [line["error"]["code"] for line in done.lines[:2]] == ["seal.signature", "access.file"]
    assert json.loads(sealed[0].read_bytes()) == broken


def test_authority_that_is_down_is_asked_for_one_file_only(run: Run, sealed: list[Path]) -> None:
    asked: list[bytes] = []

    def down(question: bytes) -> tuple[int, bytes]:
        asked.append(question)
        return 503, b""

    with serving(down) as url:
        done = run("renew", *sealed, "--tsa", url, "--json")
    assert (done.code, statuses(done), len(asked)) == (1, ["failed"] * 3, 3)
    assert {line["error"]["code"] for line in done.lines} == {"access.tsa"}


@pytest.mark.parametrize("name", ["MC-Annex1", "CertOfPart"])
def test_official_sample_is_renewed_late_and_told_so(run: Run, tmp_path: Path, tsa: Clock, name: str) -> None:
    path = tmp_path / "sample.jsonld"
    shutil.copy(shared(f"edc/official-samples/Sample-{name}-signed.jsonld"), path)
    done = run("renew", path, "--tsa", tsa.url, "--json")
    [line] = done.lines
    assert (done.code, line["status"], line["level"], line["added"]) == (0, "renewed", "B-LTA", ["arcTst"])
    assert items(path) == ["adoTst", "sigTst", "arcTst", "arcTst"]
    assert any(note.startswith("Its evidence had ended on 20") for note in line["notes"])


def test_revocation_list_that_speaks_about_nobody_is_left_out(
    run: Run, sealed: list[Path], tsa: Clock
) -> None:
    folder = sealed[0].parents[2]
    (folder / "clocks.crl").write_bytes(crl(tsa.authority.authority, now()))
    done = run("renew", sealed[0], "--tsa", tsa.url, "--crl", "clocks.crl", "--json")
    assert done.lines[0]["added"] == [
        "sigTst",
        "tstVD",
        "arcTst",
    ]  # it is about the authority of the time stamps
    (folder / "bad.crl").write_bytes(b"no list")
    bad = run("renew", sealed[0], "--tsa", tsa.url, "--crl", "bad.crl", "--json")
    assert (bad.code, bad.lines[0]["error"]["code"]) == (2, "input.decode.revocation")


def test_files_without_such_seals_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("hello")
    done = run("renew", "text.txt", "--json")
    assert (done.code, done.lines[-1]["error"]["code"]) == (2, "cli.no-seal")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run("renew", "empty", "--json").lines[0]["error"]["code"] == "cli.nothing"


def test_sealed_pdf_is_passed_over_and_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"%PDF-1.7\n")
    done = run("renew", "page.pdf", "--json")
    assert (done.code, done.lines[0]["status"]) == (2, "skipped")
    assert done.lines[0]["notes"] == [
        "Seals of PDFs are not renewed. Keep and renew the European Digital Credential beside it."
    ]
