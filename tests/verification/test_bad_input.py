"""Hostile and broken files: each gets a clear answer, none raises, none passes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from tessella.containers import bake_svg
from tessella.errors import DecodeError, SchemaError, TessellaError, UnsupportedError
from tessella.seals import jose, sd_jwt
from tessella.verdicts import Verdict
from tessella.verification import (
    PROOF_ONLY,
    Surroundings,
    open_credentials,
    read_credential,
    verify,
    verify_many,
)
from tests.verification.support import AT, KEY, OTHER, badge, check, found, proved, sealed, text, verdict

GOOD = sealed()
TOKEN = jose.sign_vc_jwt(badge(), KEY)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def deep(levels: int) -> bytes:
    return b'{"@context": ' + b"[" * levels + b"]" * levels + b"}"


BROKEN: dict[str, tuple[str, bytes | str, str]] = {
    # what: (verdict, the file, the code in the evidence)
    "empty": ("failed", b"", "container.empty"),
    "space": ("failed", b" \n ", "container.empty"),
    "truncated JSON": ("failed", GOOD[:-50], "input.decode"),
    "truncated token": ("failed", TOKEN[:200].encode(), "input.decode.jws"),
    "text": ("failed", b"Dear Sir or Madam", "input.decode.credential"),
    "a link": ("indeterminate", b"https://ribeira.example/badge.json", "unsupported.container"),
    "SD-JWT without type": ("failed", b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA~", "input.schema.credential"),
    "SD-JWT of another type": (
        "indeterminate",
        sd_jwt.issue({"vct": "urn:example:library-card", "iss": "https://l.example"}, KEY).encode(),
        "unsupported.format",
    ),
    "XML": ("indeterminate", b"<elmo/>", "unsupported.container"),
    "nested too deep": ("failed", deep(5000), "input.depth"),
    "nested deep": ("failed", deep(100), "input.depth"),
    "not UTF-8": ("failed", GOOD.replace(b"terraced", "terrassé".encode("latin-1")), "input.encoding"),
    "half a character in text": ("failed", "\ud800", "input.encoding"),
    "half a character": ("failed", GOOD.replace(b"terraced", b"terr\\ud800"), ""),
    "repeated key": ("failed", GOOD.replace(b'"name":', b'"name": "x", "name":', 1), "input.duplicate-key"),
    "NaN": ("failed", GOOD.replace(b'"Water-wise viticulture"', b"NaN", 1), "input.decode"),
    "other JSON": ("failed", b'{"hello": "world"}', ""),
    "binary": ("failed", bytes(range(256)) * 4, "container.unknown"),
    "too large": ("failed", b'{"@context": "' + b"x" * 10_000_001 + b'"}', "input.size"),
    "other credential": (
        "indeterminate",
        b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential", "X"]}',
        "unsupported.format",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_gets_a_reason(name: str) -> None:
    expected, data, code = BROKEN[name]
    report = check(data)
    one = found(report, "format")
    assert (str(one.verdict), one.required) == (expected, True)
    assert one.explanation
    assert code in str(one.evidence.get("code", ""))
    assert check(data, policy=PROOF_ONLY).verdict is not Verdict.PASSED


def test_broken_rules_are_told_rather_than_that_it_cannot_be_read() -> None:
    report = check(text(badge(type=["VerifiableCredential", "OtherCredential"])))
    assert found(report, "format").explanation.startswith("The file breaks the rules of an Open Badge 3.0")


def test_list_of_what_is_no_credential_fails() -> None:
    report = check(b"[1, 2, 3]")
    assert (str(report.verdict), len(report.children)) == ("failed", 3)


def test_byte_order_mark_and_utf_16_are_read_with_a_note() -> None:
    for data in (b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16")):
        report = check(data)
        assert report.verdict is Verdict.PASSED
        assert len(found(report, "format").notes) == 1


def test_space_around_a_file_is_harmless() -> None:
    assert check(b"\n " + GOOD + b"\n").verdict is Verdict.PASSED
    assert check(f"  {TOKEN}\n").verdict is Verdict.PASSED


def test_picture_with_one_credential_gives_its_report() -> None:
    baked = bake_svg(SVG, GOOD)
    report = check(baked)
    assert (str(report.verdict), report.children) == ("passed", ())
    assert report.subject["where"]


def test_archive_gives_one_report_each_and_the_worst_verdict() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good.json", GOOD)
        archive.writestr("token.jwt", TOKEN)
        archive.writestr("bad.json", GOOD.replace(b"terraced", b"terrific"))
        archive.writestr("broken.json", GOOD[:-9])
    report = verify(buffer.getvalue(), name="class.zip", surroundings=Surroundings(at=AT))
    assert {child.input: str(child.verdict) for child in report.children} == {
        "class.zip > good.json": "passed",
        "class.zip > token.jwt": "passed",
        "class.zip > bad.json": "failed",
        "class.zip > broken.json": "failed",
    }
    assert (str(report.verdict), report.format) == ("failed", "collection")
    verdicts = {one.id: str(one.verdict) for one in report.checks}
    assert (verdicts["format"], verdicts["seal"], verdicts["validity"]) == ("failed", "failed", "passed")
    assert verdicts["status"] == "not_applicable"
    assert found(report, "seal").explanation.startswith("1 of 3 credentials. class.zip > bad.json: ")


def test_presentation_is_opened_and_its_holder_left_open() -> None:
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiablePresentation",
        "verifiableCredential": [proved(badge())],
    }
    report = check(text(presentation))
    assert (str(report.verdict), verdict(report, "holder")) == ("passed", "indeterminate")
    assert verdict(check(GOOD), "holder") == "not_applicable"


def test_many_files_are_verified_one_by_one() -> None:
    opened: list[int] = []

    def files() -> Any:
        for number in range(3):
            opened.append(number)
            yield f"{number}.json", GOOD

    reports = verify_many(files(), surroundings=Surroundings(at=AT))
    assert opened == []
    assert next(reports).input == "0.json"
    assert opened == [0]
    assert [one.input for one in reports] == ["1.json", "2.json"]


def test_reading_gives_the_record_without_judging_the_seal() -> None:
    opened = read_credential(GOOD.replace(b"terraced", b"terrific"), "badge.json")
    assert (opened.name, opened.format, opened.sealed) == ("badge.json", "openbadges3", "data-integrity")
    assert opened.award is not None
    assert opened.award.micro_credential.title == {"en": "Water-wise viticulture"}
    assert opened.problem is None


def test_reading_the_first_of_several_says_so() -> None:
    both = text([proved(badge()), proved(badge(OTHER), OTHER)])
    assert len(open_credentials(both)) == 2
    assert read_credential(both).notes[0] == "The file holds 2 credentials; this is one of them."


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", DecodeError),
        (b"hello", DecodeError),
        (b"https://ribeira.example/badge.json", UnsupportedError),
        (b'{"hello": 1}', SchemaError),
        (b'{"@context": [], "type": ["VerifiableCredential"]}', UnsupportedError),
        ("\udfff", DecodeError),
    ],
)
def test_reading_what_is_no_credential_raises(data: bytes | str, error: type[TessellaError]) -> None:
    with pytest.raises(error):
        read_credential(data)


def test_picture_without_a_credential_is_told_so() -> None:
    report = check(SVG)
    assert found(report, "format").evidence["code"] == "container.no-credential"
