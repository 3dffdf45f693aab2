"""Certificates as PDF: sealed where there is an e-seal, and honest about it where there is none."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from functools import lru_cache

import msgspec
import pypdf
import pytest

from tessella.containers import read_pdf
from tessella.errors import ConfigError
from tessella.formats.elm import Mandate
from tessella.issuing.sealing import Issuer, StatusEntry, seal, seal_award
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import Image, Organisation
from tessella.seals import pades
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tests.issuing.support import AT, award, issuer
from tests.trust.pki import Authority, TimestampAuthority

IDS = {
    name: f"urn:uuid:00000000-0000-4000-8000-0000000000{n:02}"
    for n, name in enumerate(("edc", "openbadge", "pdf"))
}


@lru_cache(maxsize=1)
def copies() -> dict[str, bytes]:
    made = seal_award(award(), issuer(), formats=list(IDS), at=AT, credential_ids=IDS)
    return {copy.format: copy.data for copy in made}


def alone(who: Issuer) -> bytes:
    return seal(award(), who, "pdf", at=AT)


def words(data: bytes) -> str:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def test_certificate_is_sealed_by_the_e_seal() -> None:
    (found,) = pades.verify(copies()["pdf"]).require().signatures
    signer = issuer().e_seal()
    assert (found.certificate_chain, found.coverage, found.baseline, found.signing_time) == (
        signer.certificate_chain,
        "file",
        "B-B",
        AT,
    )


def test_certificate_is_stamped_where_there_is_an_authority() -> None:
    stamp = TimestampAuthority(Authority("Fjord root")).at(AT + dt.timedelta(seconds=2))
    (found,) = pades.verify(alone(msgspec.structs.replace(issuer(), timestamp=stamp))).require().signatures
    assert found.baseline == "B-T"


def test_sealed_certificate_keeps_attachments_and_identifiers() -> None:
    made = copies()
    assert {one.name: one.data for one in read_pdf(made["pdf"])} == {
        "edc.jsonld": made["edc"],
        "badge.json": made["openbadge"],
    }
    reader = pypdf.PdfReader(io.BytesIO(made["pdf"]), strict=True)
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.findall(r"<pdf(?:aid|uaid):\w+>\w+", metadata) == [
        "<pdfaid:part>3",
        "<pdfaid:conformance>A",
        "<pdfuaid:part>1",
    ]
    assert list(reader.get_fields() or {}) == ["Seal1"]


@pytest.mark.parametrize("test", [True, False])
def test_page_says_what_the_seal_is(test: bool) -> None:
    told = words(alone(msgspec.structs.replace(issuer(), test=test)))
    means = (
        "electronic seal on this file, with a test certificate" if test else "electronic seal on this file"
    )
    assert f"Electronically sealed by University of Twickel (fictitious) (TEST) ({means})" in told


def test_without_e_seal_the_page_says_so_and_has_none() -> None:
    data = alone(msgspec.structs.replace(issuer(), seal_signer=None))
    assert pades.parse(data).names == ()
    assert (
        "This file has no electronic seal of its own; what counts is the sealed credential in it."
        in words(data)
    )


def test_with_nothing_to_seal_with_there_is_no_certificate() -> None:
    with pytest.raises(ConfigError) as raised:
        alone(Issuer(organisation=issuer().organisation))
    assert raised.value.code == "issuing.no-key"


def test_certificate_of_an_issuer_without_badge_key_carries_a_european_credential_of_its_own() -> None:
    entry = StatusEntry(list_url="https://twickel.example/status/revocation.json", index=7)
    who = msgspec.structs.replace(issuer(), badge_signer=None)
    (made,) = seal_award(
        award(), who, formats=["pdf"], at=AT, credential_ids={"pdf": IDS["pdf"]}, statuses={"pdf": entry}
    )
    ((name, data),) = [(one.name, one.data) for one in read_pdf(made.data)]
    credential = json.loads(json.loads(data)["payload"])
    assert (name, credential["id"], credential["credentialStatus"]["statusListIndex"]) == (
        "edc.jsonld",
        IDS["pdf"],
        "7",
    )


def test_certificate_passes_and_the_seal_around_is_told() -> None:
    around = Surroundings(at=AT, anchors=(issuer().e_seal().certificate_chain[-1],))
    report = verify(copies()["pdf"], surroundings=around)
    assert [child.verdict for child in report.children] == [Verdict.PASSED, Verdict.PASSED]
    notes = {child.format: " ".join(child.check("seal").notes) for child in report.children}  # type: ignore[union-attr]
    assert "sealed too, by the same certificate" in notes["edc"]
    assert "The PDF around it is sealed by University of Twickel" in notes["openbadges3"]


def test_another_body_seals_under_a_mandate() -> None:
    """European credential and page name the body that seals; the badge stays the awarding body's."""
    own = issuer()
    body = Organisation(
        name={"en": "Harbour Skills"}, legal_id="NTRNL-12345678", places=own.organisation.places
    )
    authority = TestCertificateAuthority(AT - dt.timedelta(days=1))
    sealer = authority.issue_seal("Harbour Skills", organization_identifier="NTRNL-12345678", country="NL")
    document = Image(content=b"%PDF-1.7 mandate", media_type="application/pdf")
    who = msgspec.structs.replace(
        own, seal_signer=sealer, sealing_body=body,
        mandate=Mandate(statement="Harbour Skills may seal for Twickel.", document=document),
    )  # fmt: skip
    made = {
        one.format: one.data for one in seal_award(award(), who, formats=list(IDS), at=AT, credential_ids=IDS)
    }
    around = Surroundings(at=AT, anchors=(authority.certificate,))
    edc = verify(made["edc"], name="edc", surroundings=around)
    binding = next(one for one in edc.checks if one.id == "binding")
    digest = hashlib.sha256(b"%PDF-1.7 mandate").hexdigest()
    assert (binding.verdict, [note for note in binding.notes if "mandate" in note]) == (
        Verdict.PASSED,
        [
            "It was issued under a mandate. It says: Harbour Skills may seal for Twickel.",
            f"The mandate itself is in it: PDF, 16 bytes, SHA-256 {digest}. Whether it covers this award is for you to read.",
        ],
    )
    badge = json.loads(made["openbadge"])
    assert badge["issuer"]["id"] == own.id
    assert "Issued on its behalf by Harbour Skills" in words(made["pdf"])
    assert {str(one.verdict) for one in verify(made["pdf"], name="a.pdf", surroundings=around).checks if one.id in ("seal", "binding")} == {"passed"}  # fmt: skip
