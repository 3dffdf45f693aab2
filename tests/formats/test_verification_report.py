"""Verification reports: sealed, read again, and refused when anything in them was changed."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tessella.canonical import jcs
from tessella.errors import SchemaError
from tessella.formats import verification_report as reports
from tessella.keys import PrivateKey
from tessella.rendering import ReportedCheck, ReportedCredential, report_text, verification_pdf
from tessella.seals.data_integrity import add_proof
from tessella.verdicts import Report, Verdict
from tessella.verification import Surroundings, verify

AT = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
KEY = PrivateKey.generate("Ed25519")
KEY = KEY.with_verification_method(KEY.public_key.did_key_url)
AROUND = Surroundings(at=AT)
FOUND = verify(b"{}", name="diploma.json", surroundings=AROUND)


def verification(report: Report = FOUND) -> reports.Verification:
    return reports.Verification(
        verdict=report.verdict,
        file=reports.VerifiedFile(name="diploma.json", sha256="0" * 64, size=2),
        as_of=AT,
        checked_at=AT,
        policy={"name": "default"},
        software=reports.Software(name="tessella", version="0"),
        sources=reports.Sources(registers=(reports.Register(name="Register of Utopia", updated=AT),)),
        report=report,
        notice="It contains personal data.",
    )


def sealed() -> dict[str, Any]:
    document = reports.build(
        verification(), id="urn:uuid:1", issuer=KEY.public_key.did_key, name="Credentials of Utopia"
    )
    return add_proof(document, KEY, cryptosuite="eddsa-jcs-2022", created=AT)


def test_a_sealed_report_is_genuine_whatever_it_reports() -> None:
    report = verify(jcs(sealed()), surroundings=AROUND)
    assert (report.verdict, report.format, FOUND.verdict) == (
        Verdict.PASSED, "verification-report", Verdict.FAILED,
    )  # fmt: skip
    told = ("title", "reported_verdict", "reported_sha256", "issuer")
    assert [report.subject[name] for name in told] == [
        "Verification report on diploma.json: Failed", "failed", "0" * 64, "Credentials of Utopia",
    ]  # fmt: skip


def test_a_report_is_read_as_it_was_written() -> None:
    assert reports.read(sealed()) == verification()


def _verdict(document: dict[str, Any]) -> None:
    document["credentialSubject"]["verdict"] = "passed"


def _digest(document: dict[str, Any]) -> None:
    document["credentialSubject"]["file"]["sha256"] = "1" * 64


def _check(document: dict[str, Any]) -> None:
    document["credentialSubject"]["report"]["checks"][0]["verdict"] = "passed"


def _day(document: dict[str, Any]) -> None:
    document["validFrom"] = "2026-05-03T12:00:00Z"


@pytest.mark.parametrize("change", [_verdict, _digest, _check, _day])
def test_a_changed_report_fails(change: Callable[[dict[str, Any]], None]) -> None:
    document = sealed()
    change(document)
    report = verify(jcs(document), surroundings=AROUND)
    seal = report.check("seal")
    assert seal is not None
    assert (report.verdict, seal.verdict) == (Verdict.FAILED, Verdict.FAILED)


def test_what_is_wrong_with_a_report_is_named_with_its_place() -> None:
    document = sealed()
    document["credentialSubject"]["file"]["sha256"] = "ABC"
    document["credentialSubject"]["verdict"] = "passed"
    assert [(one.constraint, one.path) for one in reports.validate(document)] == [
        ("digest", "$.credentialSubject.file.sha256"), ("verdict", "$.credentialSubject.verdict"),
    ]  # fmt: skip
    del document["credentialSubject"]["policy"]
    assert [one.constraint for one in reports.validate(document)] == ["structure"]
    with pytest.raises(SchemaError) as caught:
        reports.read(document)
    assert caught.value.code == "input.schema.verification-report"


def pdf(**changes: Any) -> bytes:
    view = report_text(FOUND)
    checks = tuple(ReportedCheck(view=one, evidence=(("key", "z" * 900),)) for one in view.checks)
    facts = {
        "file": "diploma.json", "verdict": view.verdict, "word": view.word, "headline": view.headline,
        "rows": (("SHA-256", "0" * 64),), "notices": ("It contains personal data.",), "made_at": AT,
        "credentials": (ReportedCredential(title="A", verdict=view.verdict, word=view.word, checks=checks),),
        "attachments": {"report.json": msgspec.json.encode(sealed())},
    }  # fmt: skip
    return verification_pdf(**(facts | changes))


def test_the_pdf_carries_the_sealed_data() -> None:
    report = verify(pdf(), name="report.pdf", surroundings=AROUND)
    assert (report.verdict, report.format) == (Verdict.PASSED, "verification-report")


def test_the_pdf_says_what_was_found_and_that_it_is_personal() -> None:
    from pyhanko.pdf_utils.reader import PdfFileReader

    made = pdf()
    assert made == pdf()
    root = PdfFileReader(io.BytesIO(made)).root
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("en", True)


def test_no_text_of_a_file_keeps_its_report_from_being_made() -> None:
    hostile = '#eval("1")\u202e \U0010fffe \x00 \ud83d \U0001f600' + "x" * 10_000
    view = report_text(FOUND)
    made = pdf(
        file=hostile,
        headline=hostile,
        rows=((hostile, hostile),),
        credentials=(
            ReportedCredential(title=hostile, verdict=view.verdict, word="", facts=((hostile, hostile),)),
        )
        * 100,
    )
    assert made[:5] == b"%PDF-"
