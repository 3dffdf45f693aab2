"""The contract of ``verify --json``: one object per input and line, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils import generic

from tessella.seals import jades
from tests.cli.support import Result
from tests.seals.pades.support import appended
from tests.support import shared
from tests.verification.test_detached import CREDENTIAL, KEY, START

Run = Callable[..., Result]
REQUIRED = {"id", "verdict", "explanation"}


def options(batch: Path) -> list[str]:
    return ["--anchor", str(batch / "keys" / "seal.test-ca.pem"), "--published", str(batch / "status")]


def one(batch: Path, format: str) -> Path:
    return sorted((batch / format).iterdir())[0]


@pytest.mark.parametrize("format", ["edc", "openbadge", "openbadge-jwt", "png", "pdf"])
def test_what_was_issued_passes(run: Run, batch: Path, format: str) -> None:
    done = run("verify", "--json", *options(batch), one(batch, format))
    (report,) = done.lines
    assert (done.code, report["verdict"]) == (0, "passed"), done.output
    assert report["input"] == str(one(batch, format))
    assert report["format"]
    checks = report["checks"] or [check for child in report["children"] for check in child["checks"]]
    assert all(check.keys() >= REQUIRED for check in checks)
    assert {check["verdict"] for check in checks} <= {"passed", "failed", "indeterminate", "not_applicable"}


def test_without_anchors_the_trust_in_a_seal_is_not_established(run: Run, batch: Path) -> None:
    done = run("verify", "--json", "--published", batch / "status", one(batch, "edc"))
    (report,) = done.lines
    verdicts = {check["id"]: check["verdict"] for check in report["checks"]}
    assert (done.code, report["verdict"], verdicts["trust"], verdicts["seal"]) == (
        3,
        "indeterminate",
        "indeterminate",
        "passed",
    )


@pytest.mark.parametrize("name", ["Sample-MC-Annex1-signed.jsonld", "Sample-CertOfPart-signed.jsonld"])
def test_official_samples_are_intact_but_not_trusted(run: Run, name: str) -> None:
    done = run("verify", "--json", shared(f"edc/official-samples/{name}"))
    (report,) = done.lines
    verdicts = {check["id"]: check["verdict"] for check in report["checks"]}
    assert done.code == 3
    assert (verdicts["seal"], verdicts["timestamp"], verdicts["trust"]) == (
        "passed",
        "passed",
        "indeterminate",
    )


def test_a_changed_file_fails_and_the_others_go_on(run: Run, batch: Path, tmp_path: Path) -> None:
    good = one(batch, "openbadge")
    bad = tmp_path / "bad.json"
    bad.write_bytes(good.read_bytes().replace(b"Data ethics", b"Data esthetics"))
    done = run("verify", "--json", *options(batch), bad, good)
    assert done.code == 1
    assert [report["verdict"] for report in done.lines] == ["failed", "passed"]


def test_folders_patterns_and_standard_input(run: Run, batch: Path) -> None:
    folder = run("verify", "--json", *options(batch), batch / "openbadge-jwt")
    pattern = run("verify", "--json", *options(batch), str(batch / "openbadge-jwt" / "00*.jwt"))
    stdin = run("verify", "--json", *options(batch), "-", stdin=one(batch, "openbadge-jwt").read_bytes())
    assert (folder.code, len(folder.lines)) == (0, 24)
    assert (pattern.code, len(pattern.lines)) == (0, 6)
    assert (stdin.code, stdin.lines[0]["input"]) == (0, "-")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b'{"@context": [', ""),
        (b"\xff\xfe{\x00}\x00", ""),
        (b'\xef\xbb\xbf{"@context": []}', ""),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 200_000, ""),
        (b"\x89PNG\r\n\x1a\n broken", ""),
        (b"%PDF-1.7 broken", ""),
        (b"PK\x03\x04 broken", ""),
        (b"eyJhbGciOiJub25lIn0.e30.", ""),
        (b"just some text", ""),
    ],
)
def test_hostile_and_broken_inputs_fail_with_a_reason(
    run: Run, tmp_path: Path, data: bytes, words: str
) -> None:
    file = tmp_path / "input"
    file.write_bytes(data)
    done = run("verify", "--json", file)
    (report,) = done.lines
    assert (done.code, report["verdict"]) == (1, "failed"), done.output
    assert report["checks"][0]["explanation"]
    assert words in done.output
    assert "Traceback" not in done.errors


def test_missing_file_is_not_established(run: Run) -> None:
    done = run("verify", "--json", "nowhere.json")
    assert (done.code, done.lines[0]["verdict"]) == (3, "indeterminate")


@pytest.mark.parametrize(
    "arguments", [(), ("--policy", "nonsense", "x"), ("--at", "yesterday", "x"), ("--nonsense", "x")]
)
def test_wrong_usage_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("verify", *arguments).code == 2


def test_own_policy_decides(run: Run, batch: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("name: seal only\nrequired: [seal]\n", encoding="utf-8")
    done = run("verify", "--json", "--policy", policy, one(batch, "edc"))
    assert (done.code, done.lines[0]["policy"]) == (0, "seal only")
    policy.write_text("name: empty\nrequired: []\n", encoding="utf-8")
    assert run("verify", "--policy", policy, one(batch, "edc")).code == 2


def test_as_of_before_issue_is_not_yet_valid(run: Run, batch: Path) -> None:
    done = run("verify", "--json", *options(batch), "--at", "2020-01-01", one(batch, "openbadge"))
    verdicts = {check["id"]: check["verdict"] for check in done.lines[0]["checks"]}
    assert (done.code, verdicts["validity"]) == (1, "failed")


def test_report_for_people_names_every_check(run: Run, batch: Path) -> None:
    done = run("verify", *options(batch), one(batch, "edc"))
    assert done.code == 0
    for words in ("Passed", "TEST", "Data ethics in practice"):
        assert words in done.output
    assert json.loads(run("verify", "--json", *options(batch), one(batch, "edc")).output)["checks"]


def test_report_says_that_the_picture_around_was_not_compared(run: Run, batch: Path) -> None:
    done = run("verify", *options(batch), one(batch, "png"))
    assert "What is printed or drawn around it was not compared" in done.output


def test_report_says_who_sealed_the_page_around(run: Run, batch: Path) -> None:
    done = run("verify", "--json", *options(batch), one(batch, "pdf"))
    european, badge = (
        " ".join(note for check in child["checks"] for note in check["notes"])
        for child in sorted(done.lines[0]["children"], key=lambda child: child["format"])
    )
    assert done.code == 0
    assert "The PDF around it is sealed too, by the same certificate" in european
    assert "The PDF around it is sealed by University of Twickel" in badge
    assert "not compared" not in european + badge


def test_certificate_with_other_pages_fails(run: Run, batch: Path, tmp_path: Path) -> None:
    """The files in it are intact; what people read is not."""

    def paint(out: Any) -> None:
        out.add_stream_to_page(0, out.add_object(generic.StreamObject(stream_data=b"BT (Grade 10) Tj ET")))

    path = tmp_path / "painted.pdf"
    path.write_bytes(appended(one(batch, "pdf").read_bytes(), paint))
    done = run("verify", *options(batch), path)
    assert done.code == 1
    assert "The pages were changed after the PDF was sealed" in " ".join(done.output.split())


def test_content_is_given_beside_a_seal_in_a_file_of_its_own(run: Run, tmp_path: Path) -> None:
    (tmp_path / "award.json").write_bytes(CREDENTIAL)
    (tmp_path / "seal.json").write_bytes(
        jades.seal_detached({"https://u.example/a/award.json": CREDENTIAL}, KEY, at=START)
    )
    for given in (tmp_path / "award.json", f"award.json={tmp_path / 'award.json'}"):
        done = run("verify", "--json", "--at", "2027-01-01", "--content", given, tmp_path / "seal.json")
        verdicts = {check["id"]: check["verdict"] for check in done.lines[0]["checks"]}
        assert (done.code, verdicts["seal"], verdicts["format"]) == (3, "passed", "passed")
    done = run("verify", tmp_path / "seal.json")
    assert "Give what it seals beside it" in done.output


W3C = ("vc/w3c-vc-di-eddsa/TestVectors", "vc/w3c-vc-di-ecdsa/TestVectors")
UNKNOWN = {
    "https://www.w3.org/ns/credentials/examples/v2": "vc/contexts/w3c-vc-data-model/credentials/examples/v2",
    "https://w3id.org/citizenship/v4rc1": "vc/contexts/npm/w3id.org_citizenship_v4rc1.json",
}


def test_every_sealed_vector_of_the_w3c_holds_with_the_contexts_it_names(run: Run) -> None:
    vectors = [
        path
        for folder in W3C
        for name in ("signed*.json", "addSignedSDBase.json", "derivedRevealDocument.json")
        for path in sorted(shared(folder).rglob(name))
    ]
    given = [one for url, file in UNKNOWN.items() for one in ("--context", f"{url}={shared(file)}")]
    done = run("verify", "--json", "--policy", "proof-only", *given, *vectors)
    assert [(Path(one["input"]).name, one["verdict"]) for one in done.lines] == [
        (path.name, "passed") for path in vectors
    ]
    assert (done.code, len(vectors)) == (0, 18)
    assert run("verify", "--policy", "proof-only", *vectors).code == 3


@pytest.mark.parametrize(
    "given", ["context.json", "=context.json", "https://www.w3.org/ns/credentials/v2=context.json", "x=list"]
)
def test_context_that_is_none_or_known_is_refused(run: Run, tmp_path: Path, given: str) -> None:
    (tmp_path / "context.json").write_text('{"@context": {}}')
    (tmp_path / "list").write_text("[]")
    done = run("verify", "--context", given, "-", cwd=tmp_path)
    assert (done.code, "URL=FILE" in done.errors) == (2, True), done.errors


def test_brief_is_one_line_each_however_long_the_name(run: Run, tmp_path: Path) -> None:
    path = tmp_path / ("n" * 200 + ".json")
    path.write_text("{}")
    assert len(run("verify", "--brief", path, path).output.splitlines()) == 2


def test_missing_file_is_not_said_to_be_of_an_unknown_format(run: Run, tmp_path: Path) -> None:
    done = run("verify", tmp_path / "nothing.json")
    assert (done.code, "Nothing was read" in done.output, "its format" in done.output) == (3, True, False)
