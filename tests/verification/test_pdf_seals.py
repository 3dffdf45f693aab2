"""PDFs with seals of their own: around credentials, and alone."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from pyhanko.pdf_utils import generic

from tessella.errors import DecodeError
from tessella.keys import PrivateKey
from tessella.seals import jades, pades
from tessella.verdicts import Report, Verdict
from tessella.verification import PROOF_ONLY, read_credential
from tests.seals.pades.support import ROOT, STAMP, appended, certified, foreign
from tests.trust.pki import Authority
from tests.verification.support import AT, SEALED, badge, check, found, proved, sealed, text, verdict

E_SEAL = certified("ES256", organization="Ribeira Institute", identifier="NTRPT-500000000")
PRINTER = certified("ES256", organization="Printing House", identifier="NTRPT-500000001")
STRANGER = certified("ES256", Authority("Nobody's root"), organization="Ribeira Institute")


def page(*credentials: bytes) -> bytes:
    """A PDF that carries credentials."""
    return foreign({f"{number}.json": one for number, one in enumerate(credentials)})


def signed(pdf: bytes, key: PrivateKey = E_SEAL, **options: Any) -> bytes:
    return pades.seal(pdf, key, at=SEALED, **options)


def repainted(pdf: bytes) -> bytes:
    """The pages changed after the seal."""

    def paint(out: Any) -> None:
        shown = out.root["/Pages"]["/Kids"][0]
        shown["/Contents"] = out.add_object(generic.StreamObject(stream_data=b"BT (Grade 10) Tj ET"))
        out.update_container(shown)

    return appended(pdf, paint)


def verified(data: bytes, **options: Any) -> Report:
    return check(data, **{"anchors": (ROOT.der,), **options})


def seal_notes(report: Report) -> str:
    return " ".join(found(report, "seal").notes)


# --- around a credential -----------------------------------------------------------------------------


def test_unsealed_pdf_has_no_seal_to_tell_of() -> None:
    report = verified(page(sealed()))
    assert report.verdict is Verdict.PASSED
    assert found(report, "format").notes == ()
    assert "pdf" not in found(report, "seal").evidence


def test_pdf_sealed_by_the_issuer_is_told() -> None:
    report = verified(signed(page(sealed()), timestamp=STAMP))
    assert report.verdict is Verdict.PASSED
    assert found(report, "format").notes == ()
    assert "sealed by Ribeira Institute, the issuer: what is printed was not changed" in seal_notes(report)
    assert found(report, "seal").evidence["pdf"] == {
        "verdict": "passed",
        "seals": ["PAdES B-T ES256"],
        "sealed_by": ["Ribeira Institute"],
    }


def test_pdf_sealed_by_the_same_certificate_as_the_credential_is_told() -> None:
    credential = jades.seal(text(badge()).decode(), E_SEAL, at=SEALED)
    report = verified(signed(page(credential)), anchors=())
    assert "sealed too, by the same certificate (Ribeira Institute)" in seal_notes(report)


def test_pdf_sealed_by_another_name_is_for_the_reader_to_compare() -> None:
    report = verified(signed(page(sealed()), PRINTER))
    assert report.verdict is Verdict.PASSED
    assert (
        "sealed by Printing House and was not changed since; whether that is the issuer, Ribeira"
        in seal_notes(report)
    )


def test_pdf_sealed_by_somebody_else_is_their_word() -> None:
    issuer = badge()["issuer"] | {"eIDASIdentifier": {"notation": "NTRPT-500000000"}}
    credential = jades.seal(text(badge(issuer=issuer)).decode(), E_SEAL, at=SEALED)
    report = verified(signed(page(credential), PRINTER))
    assert "sealed by Printing House, not by the issuer, Ribeira Institute" in seal_notes(report)


def test_pdf_sealed_by_nobody_known_proves_nothing_in_print() -> None:
    """Anybody can make a certificate in the issuer's name and wrap a genuine credential in another page."""
    report = verified(signed(page(sealed()), STRANGER))
    assert report.verdict is Verdict.PASSED
    assert "nobody that you trust says whose that seal is" in seal_notes(report)


@pytest.mark.parametrize("policy", [{}, {"policy": PROOF_ONLY}], ids=["default", "proof only"])
def test_changed_pages_fail_though_the_credential_is_intact(policy: dict[str, Any]) -> None:
    report = verified(repainted(signed(page(sealed()))), **policy)
    seal = found(report, "seal")
    assert (report.verdict, seal.verdict) == (Verdict.FAILED, Verdict.FAILED)
    assert seal.explanation.startswith(
        "The credential in the PDF is as it was sealed, but not the PDF around it: The pages were changed after the "
        "PDF was sealed; the files in it are as they were."
    )


def test_changed_byte_in_the_pdf_fails() -> None:
    data = signed(page(sealed())).replace(b"/MediaBox [ 0.0 0.0 200 100 ]", b"/MediaBox [ 0.0 0.0 900 100 ]")
    report = verified(data)
    assert "The PDF was changed after it was sealed." in found(report, "seal").explanation
    assert report.verdict is Verdict.FAILED


def test_exchanged_credential_fails_for_both() -> None:
    """The attachment is replaced by a forged one inside the sealed bytes."""
    genuine = sealed()
    forged = genuine.replace(b"Water-wise", b"Wine-wiser")
    report = verified(signed(foreign({"a.json": genuine})).replace(genuine, forged))
    assert (report.verdict, verdict(report, "seal")) == (Verdict.FAILED, "failed")


def test_seal_taken_out_of_the_pdf_fails() -> None:
    def strip(out: Any) -> None:
        del out.root["/AcroForm"]
        out.update_root()

    report = verified(appended(signed(page(sealed())), strip))
    assert report.verdict is Verdict.FAILED
    assert "A seal was taken out of this PDF." in found(report, "seal").explanation


def test_two_credentials_share_one_verification_of_the_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    verify = pades.verify
    monkeypatch.setattr(pades, "verify", lambda data: calls.append(1) or verify(data))
    report = verified(signed(page(sealed(), text(proved(badge(name="Another"))))))
    assert ([child.verdict for child in report.children], len(calls)) == ([Verdict.PASSED, Verdict.PASSED], 1)


def test_pdf_in_an_archive_is_looked_at_too() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good.pdf", signed(page(sealed())))
        archive.writestr("bad.pdf", repainted(signed(page(sealed()))))
    report = verified(buffer.getvalue())
    assert {child.input: child.verdict for child in report.children} == {
        "- > good.pdf > 0.json": Verdict.PASSED,
        "- > bad.pdf > 0.json": Verdict.FAILED,
    }


def test_pdf_that_only_speaks_of_seals_has_none() -> None:
    mentioned = sealed(name="On /ByteRange and other names")
    report = verified(foreign({"a.json": mentioned}))
    assert (report.verdict, found(report, "seal").notes) == (Verdict.PASSED, ())
    alone = verified(foreign({"a.bin": b"\0/ByteRange"}))
    assert (alone.verdict, verdict(alone, "seal")) == (Verdict.FAILED, "failed")


# --- alone -------------------------------------------------------------------------------------------


def test_sealed_pdf_without_a_credential_is_told_as_what_it_is() -> None:
    report = verified(signed(foreign(), timestamp=STAMP))
    assert (report.format, report.verdict, report.subject["sealed_as"]) == (
        "pdf",
        Verdict.INDETERMINATE,
        "pades",
    )
    assert {one.id: str(one.verdict) for one in report.checks} == {
        "format": "indeterminate",
        "seal": "passed",
        "binding": "indeterminate",
        "key-status": "not_applicable",
        "validity": "not_applicable",
        "status": "not_applicable",
        "trust": "passed",
        "registry": "not_applicable",
        "timestamp": "passed",
        "completeness": "not_applicable",
        "audit": "not_applicable",
        "holder": "not_applicable",
    }
    assert found(report, "binding").explanation == (
        "It is sealed by Ribeira Institute (NTRPT-500000000). Whether that is the issuer named in print is for you to compare."
    )
    assert verified(signed(foreign()), policy=PROOF_ONLY).verdict is Verdict.PASSED


def test_changed_pdf_without_a_credential_fails() -> None:
    report = verified(repainted(signed(foreign())))
    assert (report.verdict, verdict(report, "seal")) == (Verdict.FAILED, "failed")
    assert verdict(report, "binding") == "indeterminate"


def test_pdf_without_seal_and_credential_is_none() -> None:
    report = verified(foreign())
    assert (report.verdict, found(report, "format").evidence["code"]) == (
        Verdict.FAILED,
        "container.no-credential",
    )


def test_damaged_credential_in_a_sealed_pdf_is_not_passed_over() -> None:
    report = verified(signed(page(b'{"@context": ')))
    assert report.verdict is not Verdict.PASSED


def test_sealed_pdf_alone_is_no_credential_to_read() -> None:
    with pytest.raises(DecodeError) as caught:
        read_credential(signed(foreign()))
    assert caught.value.code == "container.no-credential"
    assert read_credential(signed(page(sealed()))).award is not None


def test_seal_from_the_future_fails() -> None:
    assert AT > SEALED
    report = verified(pades.seal(foreign(), E_SEAL, at=AT.replace(year=2027)))
    assert verdict(report, "validity") == "failed"
