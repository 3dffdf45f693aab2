"""Bad input, end to end: each kind gets a clear answer and its exit code, none a traceback, and the good ones go on."""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from tessella.canonical import default_contexts
from tessella.formats import openbadges3
from tessella.keys import PrivateKey
from tessella.seals.data_integrity import add_proof
from tests.cli.support import Result
from tests.issuing.support import AT, award, issuer

Run = Callable[..., Result]
KEY = PrivateKey.generate("Ed25519")
KEY = KEY.with_verification_method(KEY.public_key.did_key_url)
CONTEXTS = default_contexts().with_context(openbadges3.EXTENSION_CONTEXT_URL, openbadges3.extension_context())


def badge(**changes: Any) -> dict[str, Any]:
    document = openbadges3.write(
        award(), credential_id="urn:uuid:00000000-0000-4000-8000-0000000000aa", issued_at=AT,
        issuer=issuer().organisation, issuer_id=KEY.public_key.did_key_url.partition("#")[0],
        salt="salt of the tests", status=None,
    )  # fmt: skip
    return {**document, **changes}


def sealed(**changes: Any) -> bytes:
    proved = add_proof(badge(**changes), KEY, cryptosuite="eddsa-rdfc-2022", created=AT, contexts=CONTEXTS)
    return msgspec.json.encode(proved)


def rewritten(**changes: Any) -> bytes:
    """A sealed badge whose proof says something else."""
    document = json.loads(sealed())
    document["proof"].update(changes)
    return msgspec.json.encode(document)


OTHER_KEY = PrivateKey.generate("Ed25519").public_key.did_key_url
GOOD = sealed()

CREDENTIALS: Mapping[str, tuple[Callable[[], bytes], str, str, str]] = {
    # what: (the file, verdict, the check that says so, words of its explanation)
    "truncated": (lambda: GOOD[:-40], "failed", "format", "JSON"),
    "oversized": (lambda: b'{"a": "' + b"x" * 70_000_000 + b'"}', "failed", "format", "larger than 64 MB"),
    "deeply nested": (lambda: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "failed", "format", "nests too deep"),
    "wrong encoding": (
        lambda: GOOD.replace(b"University", "Université".encode("latin-1")), "failed", "format", "UTF-8",
    ),
    "duplicate keys": (lambda: GOOD.replace(b'"name":', b'"name":"x","name":', 1), "failed", "format", "twice"),
    "unknown context": (
        lambda: msgspec.json.encode(
            {**json.loads(GOOD), "@context": [*json.loads(GOOD)["@context"], "https://unknown.example/v1"]}
        ),
        "indeterminate", "seal", "https://unknown.example/v1",
    ),
    "expired": (
        lambda: sealed(validFrom="2020-01-01T00:00:00Z", validUntil="2021-01-01T00:00:00Z"),
        "failed", "validity", "2021",
    ),
    "not yet valid": (lambda: sealed(validFrom="2999-01-01T00:00:00Z"), "failed", "validity", "2999"),
    "wrong key": (lambda: rewritten(verificationMethod=OTHER_KEY), "failed", "seal", ""),
    "changed seal": (
        lambda: GOOD.replace(b'"proofValue":"z', b'"proofValue":"z2', 1), "failed", "seal", "",
    ),
    "unknown DID method": (
        lambda: rewritten(verificationMethod="did:plc:abc#key-1"), "indeterminate", "seal", "did:plc",
    ),
    "not a time": (lambda: sealed(validFrom="yesterday"), "failed", "format", ""),
    "no seal": (lambda: msgspec.json.encode(badge()), "failed", "seal", ""),
    "empty list": (lambda: b"[]", "failed", "format", ""),
    "a description": (lambda: b"title: X\n", "failed", "format", ""),
}  # fmt: skip


def test_each_bad_credential_gets_a_reason_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    names = {f"{number:02d}.json": name for number, name in enumerate(CREDENTIALS)}
    for file, name in names.items():
        (tmp_path / file).write_bytes(CREDENTIALS[name][0]())
    (tmp_path / "good.json").write_bytes(GOOD)
    done = run("verify", "--json", "--at", "2026-11-21", *names, "good.json")
    *bad, good = done.lines
    assert (done.code, len(bad), good["verdict"], done.errors) == (1, len(names), "passed", "")
    for report in bad:
        name = names[report["input"]]
        _, verdict, check, words = CREDENTIALS[name]
        said = {one["id"]: one for one in report["checks"]}
        assert (name, report["verdict"], said[check]["verdict"]) == (name, verdict, verdict)
        assert said[check]["required"]
        assert words in said[check]["explanation"]
    people = run("verify", "--at", "2026-11-21", *names)
    assert (people.code, people.errors) == (1, "")


@pytest.mark.parametrize("name", ["unknown context", "unknown DID method"])
def test_what_cannot_be_established_exits_3(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "bad.json").write_bytes(CREDENTIALS[name][0]())
    assert run("verify", "--at", "2026-11-21", "bad.json").code == 3


def test_byte_order_mark_passes_with_a_note(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bom.json").write_bytes(b"\xef\xbb\xbf" + GOOD)
    done = run("verify", "--json", "bom.json")
    notes = next(check["notes"] for check in done.lines[0]["checks"] if check["id"] == "format")
    assert (done.code, "byte order mark" in notes[0]) == (0, True)


def test_times_before_and_after_a_validity(run: Run, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(
        sealed(validFrom="2026-11-21T00:00:00Z", validUntil="2026-11-23T00:00:00Z")
    )
    codes = [run("verify", "b.json", "--at", day).code for day in ("2026-11-20", "2026-11-22", "2026-11-24")]
    assert codes == [1, 0, 1]


DESCRIPTIONS: Mapping[str, tuple[str | bytes, str]] = {
    "truncated.json": ('{"title": "X", "outcomes": [', "neither valid YAML nor JSON"),
    "alias-bomb.yaml": ("a: &a [x, x]\nb: &b [*a, *a, *a]\ntitle: [*b, *b]\n", "aliases"),
    "deep.yaml": ("title: " + "[" * 20_000, "nested too deeply"),
    "deep.json": ('{"title":' + "[" * 20_000 + "]" * 20_000 + "}", "nested too deeply"),
    "twice.yaml": ("title: A\ntitle: B\n", "line 2, column 1"),
    "twice.json": ('{"title": "A", "title": "B"}', "duplicate key"),
    "latin.yaml": ("title: José\n".encode("latin-1"), "not UTF-8"),
    "code.yaml": ("title: !!python/object/apply:os.getcwd []\n", "line 1"),
    "large.yaml": ("title: " + "x" * 5_000_000, "larger than 4 MB"),
    "list.yaml": ("- a\n- b\n", "mapping"),
    "text.yaml": ("hello", "mapping"),
}


def test_each_bad_description_gets_a_reason(run: Run, tmp_path: Path) -> None:
    for name, (content, _) in DESCRIPTIONS.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run("check", "--json", *DESCRIPTIONS)
    assert (done.code, done.errors, len(done.lines)) == (1, "", len(DESCRIPTIONS))
    for answer in done.lines:
        (finding,) = answer["findings"]
        assert (answer["complete"], finding["rule"]) == (False, "INPUT-unreadable")
        assert DESCRIPTIONS[answer["input"]][1] in f"{finding['place']}: {finding['message']}"
        assert finding["remedy"]
    issued = run("issue", "deep.yaml", "class.csv", "--json")
    assert (issued.code, issued.lines[0]["error"]["code"]) == (2, "input.yaml")


def workbook(path: Path, rows: list[list[object]], *, merge: str = "") -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    book.save(path)


HEAD: list[object] = ["Full name", "E-mail", "Date of birth"]
BRAM: list[object] = ["Bram de Boer", "bram@example.org", "2001-06-30"]

ROWS: Mapping[str, tuple[list[object], str, str]] = {
    # what: (the row, column, words of the reason)
    "formula without a value": (["Ona K", "ona@example.org", "=TODAY()"], "C", "formula"),
    "merged cells": (["Ona K", "ona@example.org", None], "A", "merged"),
    "no date": (["Ona K", "ona@example.org", "31-31-2001"], "C", "cannot be read as a date"),
    "no name": ([None, "ona@example.org", None], "A", "no name"),
    "too long": (["O" * 600, "ona@example.org", None], "A", "longer than 500"),
    "turned direction": (["Ona \u202eK", "ona@example.org", None], "A", "cannot be printed"),
    "no address": (["Ona K", "ona", None], "B", "e-mail"),
    "twice": (["Bram de Boer", "BRAM@example.org", None], "A", "already stands in row 2"),
    "no glyphs": (["𒀭𒂗𒆤", "enlil@example.org", None], "l", ""),
}


@pytest.fixture
def ready(run: Run) -> None:
    """The description of the example and a key, in the folder."""
    assert run("example", "--copy-to", ".").code == 0
    assert run("keys", "create", "badges").code == 0


def issue(run: Run, class_list: str, formats: str = "openbadge") -> Result:
    return run("issue", "data-ethics.yaml", class_list, "--formats", formats, "--json")


@pytest.mark.usefixtures("ready")
def test_each_bad_row_is_named_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    rows = [HEAD, BRAM, *(row for row, _, _ in ROWS.values()), ["Noor El Amrani", "noor@example.org", None]]
    workbook(tmp_path / "list.xlsx", rows, merge="A4:B4")
    done = issue(run, "list.xlsx", "openbadge,pdf")
    assert (done.code, done.lines[0]["issued"]) == (1, 2), done.output
    problems = {problem["row"]: problem for problem in done.lines[0]["problems"]}
    for number, (name, (_, column, words)) in enumerate(ROWS.items(), start=3):
        assert (name, problems[number]["column"][:1]) == (name, column)
        assert words in problems[number]["message"]
        assert problems[number]["hint"]
    assert problems[11]["code"] == "rendering.missing-glyph"
    assert sorted(path.name[:3] for path in (tmp_path / "out" / "pdf").iterdir()) == ["002", "012"]


@pytest.mark.usefixtures("ready")
def test_formula_in_csv_is_no_name(run: Run, tmp_path: Path) -> None:
    with (tmp_path / "list.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, ["=cmd|' /C calc'!A0", "a@example.org", ""], BRAM])
    done = issue(run, "list.csv")
    assert (done.code, done.lines[0]["issued"], done.lines[0]["problems"][0]["row"]) == (1, 1, 2)


@pytest.mark.usefixtures("ready")
def test_single_column_of_names_is_a_class_list(run: Run, tmp_path: Path) -> None:
    workbook(tmp_path / "list.xlsx", [["Full name"], ["Ona K"], ["Bram de Boer"]])
    done = issue(run, "list.xlsx")
    assert (done.code, done.lines[0]["issued"]) == (0, 2)


def _far(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    sheet["A1048576"] = "x"
    book.save(path)


def _unpacks(path: Path) -> None:
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(520):
            part.write(bytes(1024 * 1024))


LISTS: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "far.xlsx": (_far, "row 1048576"),
    "bomb.xlsx": (_unpacks, "unpacks to more"),
    "million.csv": (
        lambda path: path.write_text("Full name\n" + "".join(f"N{n}\n" for n in range(1_000_000)), "utf-8"),
        "longer than 100000 rows",
    ),
    "truncated.xlsx": (
        lambda path: (workbook(path, [HEAD, BRAM]), path.write_bytes(path.read_bytes()[:2000])),
        "not a spreadsheet",
    ),
    "no-header.xlsx": (lambda path: workbook(path, [["x", "y"], ["1", "2"]]), "No header row"),
    "empty.xlsx": (lambda path: workbook(path, []), "no cells"),
    "latin.csv": (lambda path: path.write_bytes("Full name\nJosé\n".encode("latin-1")), "not UTF-8"),
    "utf16.csv": (lambda path: path.write_bytes("Full name\nJosé\n".encode("utf-16")), "not UTF-8"),
    "text.xlsx": (lambda path: path.write_text("Full name", encoding="utf-8"), "not a spreadsheet"),
    "empty.csv": (lambda path: path.write_bytes(b""), "No header row"),
}


@pytest.mark.usefixtures("ready")
def test_unusable_class_list_is_refused_before_anything_is_issued(run: Run, tmp_path: Path) -> None:
    for name, (make, words) in LISTS.items():
        make(tmp_path / name)
        done = issue(run, name)
        assert (done.code, words in done.lines[0]["error"]["title"]) == (2, True), (name, done.output)
        assert done.lines[0]["error"]["hint"]
        assert name in done.errors
        assert "Traceback" not in done.errors
        assert not (tmp_path / "out" / "openbadge").exists()


def test_folder_of_mixed_junk_is_verified_to_its_end(run: Run, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    (junk / "deeper").mkdir(parents=True)
    (junk / "deeper" / "good.json").write_bytes(GOOD)
    (junk / "noise.bin").write_bytes(bytes(range(256)) * 8)
    (junk / "empty").touch()
    (junk / "lost").symlink_to("nowhere")
    (junk / ".hidden").write_bytes(b"x")
    os.mkfifo(junk / "pipe")
    Path(os.fsdecode(os.fsencode(junk) + b"/name-\xff.json")).write_bytes(b"x")
    done = run("verify", "--json", "junk")
    found = {Path(report["input"]).name: report["verdict"] for report in done.lines}
    assert found == {
        "good.json": "passed",
        "noise.bin": "failed",
        "empty": "failed",
        "lost": "indeterminate",
        "name-\ufffd.json": "failed",
    }
    assert done.code == 1
    for command in ("check", "show"):
        again = run(command, "--json", "junk")
        assert (len(again.lines), "Traceback" in again.errors) == (5, False)


def test_names_that_are_no_files_and_unsafe_addresses_are_not_established(run: Run) -> None:
    addresses = ["https://127.0.0.1/x", "http://example.org/x", "ftp://example.org/x", "https://[::1]/x"]
    done = run("verify", "--json", "a" * 400, "no/such/*.json", *addresses)
    assert (done.code, {report["verdict"] for report in done.lines}) == (3, {"indeterminate"})
    assert [report["input"] for report in done.lines[2:]] == addresses
    assert all("was not fetched" in report["checks"][0]["explanation"] for report in done.lines[2:])


@pytest.mark.parametrize("command", ["verify", "check", "show"])
def test_empty_folder_is_no_success(run: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "empty").mkdir()
    done = run(command, "empty", "--json")
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "cli.nothing")


def test_output_is_utf8_whatever_the_system_says(run: Run, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_bytes(GOOD)
    settings = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    done = run("verify", "--brief", "good.json", settings=settings)
    assert (done.code, done.output.startswith("✓"), done.errors) == (0, True, "")


def test_example_overwrites_nothing_that_was_changed(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    assert run("example", "--copy-to", ".").code == 0
    (tmp_path / "data-ethics.yaml").write_text("title: mine\n", encoding="utf-8")
    assert run("example", "--copy-to", ".").code == 2
    assert (tmp_path / "data-ethics.yaml").read_text(encoding="utf-8") == "title: mine\n"


def test_places_that_cannot_be_written_are_clear_errors(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    (tmp_path / "good.json").write_bytes(GOOD)
    for command in (
        ("example", "--copy-to", "file/x"),
        ("keys", "create", "other", "--keys", "file/keys"),
        ("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge", "--out", "file/out"),
        ("convert", "good.json", "--to", "edc", "--out", "file/edc.json"),
        ("new", "file/x.yaml", "--no-input"),
    ):
        done = run(*command)
        assert (done.code, "Traceback" in done.errors) == (2, False), done.errors
        assert "cannot be" in done.errors
