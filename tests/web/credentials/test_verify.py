"""What the platform makes is verified over what the platform serves: and fails once it is revoked."""

from __future__ import annotations

import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from tessella.keys.testca import TestCertificateAuthority
from tessella.model import MicroCredential
from tessella.status import expand_bitstring
from tessella.verdicts import Verdict
from tessella_web.accounts.domain import give_role
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.credentials.domain import awards, batches, statuslists
from tessella_web.credentials.models import Award, AwardState, Batch, Copy, StatusList
from tests.web.credentials.conftest import class_list, published
from tests.web.credentials.support import verified
from tests.web.credentials.test_batches import work
from tests.web.credentials.test_keys import pkcs12_of

pytestmark = pytest.mark.django_db

FORMATS = ["openbadge", "openbadge-jwt", "openbadge-sd", "attestation", "edc", "png", "pdf"]


@pytest.fixture
def authority(alice: Person, organisation: Organisation, settings: object) -> TestCertificateAuthority:
    """Twickel's identity is established; it has keys for everything, the seal from this authority."""
    settings.BASE_URL = "https://credentials.example"  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    organisation.established_by = "reviewer"
    organisation.legal_id = "NTRNL-12345678"
    organisation.save()
    authority = TestCertificateAuthority(timezone.now())
    seal = authority.issue_seal("University of Twickel", organization_identifier="NTRNL-12345678")
    keys.upload_seal(by=alice, organisation=organisation, data=pkcs12_of(seal, "x"), password="x")
    for use in (KeyUse.BADGE, KeyUse.SELECTIVE):
        keys.create_key(by=alice, organisation=organisation, use=use)
    return authority


def awarded(
    alice: Person,
    organisation: Organisation,
    record: MicroCredential,
    formats: list[str],
    *,
    is_suspendable: bool = False,
) -> Batch:
    give_role(by=alice, organisation=organisation, person=alice, role=Role.ASSESSOR)
    batch = batches.prepare_list(
        by=alice, version=published(organisation, record), file_name="a.csv", formats=formats, is_suspendable=is_suspendable,
        data=class_list("Ann,One,ann@example.org,2001-02-03,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    work()
    return batch


def verdicts(authority: TestCertificateAuthority | None = None) -> dict[str, Verdict]:
    anchors = [authority.certificate] if authority else []
    return {copy.format: verified(copy, anchors=anchors).verdict for copy in Copy.objects.all()}


def test_every_format_passes_and_fails_once_it_is_revoked(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, FORMATS)
    found = {copy.format: verified(copy, anchors=[authority.certificate]) for copy in Copy.objects.all()}
    checks = {name: {c.id: c.verdict for c in report.checks} for name, report in found.items()}
    assert {name: one["status"] for name, one in checks.items()} == dict.fromkeys(FORMATS, Verdict.PASSED)
    assert {name: one["seal"] for name, one in checks.items()} == dict.fromkeys(FORMATS, Verdict.PASSED)
    assert {name: found[name].verdict for name in FORMATS if name not in ("edc", "pdf")} == dict.fromkeys(
        [name for name in FORMATS if name not in ("edc", "pdf")], Verdict.PASSED
    )
    awards.revoke(by=alice, award=Award.objects.get(), reason="plagiarism")
    assert verdicts(authority) == dict.fromkeys(FORMATS, Verdict.FAILED)


def test_a_certificate_made_alone_can_be_revoked_too(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    """It carries a credential of its own, which needs a place in a status list of its own."""
    awarded(alice, organisation, record, ["pdf"])
    awards.revoke(by=alice, award=Award.objects.get(), reason="plagiarism")
    assert verdicts(authority) == {"pdf": Verdict.FAILED}


def test_a_suspension_can_be_lifted(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge", "attestation"], is_suspendable=True)
    award = Award.objects.get()
    awards.suspend(by=alice, award=award, reason="under review")
    assert set(verdicts().values()) == {Verdict.FAILED}
    awards.lift(by=alice, award=award, reason="cleared")
    assert set(verdicts().values()) == {Verdict.PASSED}


def status_told(authority: TestCertificateAuthority) -> dict[str, str]:
    """What anybody's verification says of the status of each file."""
    reports = {copy.format: verified(copy, anchors=[authority.certificate]) for copy in Copy.objects.all()}
    checks = {name: report.check("status") for name, report in reports.items()}
    return {name: one.explanation if one else "" for name, one in checks.items()}


SUSPENDED = "The issuer has suspended the credential."
REVOKED = "The issuer has revoked the credential."


def test_a_suspendable_award_is_told_as_suspended_and_once_revoked_as_revoked(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    formats = [*FORMATS, "svg"]
    awarded(alice, organisation, record, formats, is_suspendable=True)
    before = status_told(authority)
    award = Award.objects.get()
    awards.suspend(by=alice, award=award, reason="under review")
    assert status_told(authority) == dict.fromkeys(formats, SUSPENDED) | {
        "edc": before["edc"],  # has room for one entry: whether it is revoked
        "pdf": f"1 of 2 credentials. pdf > badge.json: {SUSPENDED}",
    }
    awards.lift(by=alice, award=award, reason="cleared")
    assert status_told(authority) == before
    awards.suspend(by=alice, award=award, reason="under review again")
    awards.revoke(by=alice, award=award, reason="plagiarism")
    assert status_told(authority) == dict.fromkeys(formats, REVOKED) | {
        "pdf": f"2 of 2 credentials. pdf > badge.json: {REVOKED}"
    }
    assert verdicts(authority) == dict.fromkeys(formats, Verdict.FAILED)


def test_revocations_beside_suspensions_have_an_address_and_decoys_of_their_own(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge", "attestation"], is_suspendable=True)
    one, token = StatusList.objects.order_by("is_token").select_related("organisation")
    said = {
        suffix: Client().get(f"/o/{organisation.slug}/status/{one.id}.{suffix}")
        for suffix in ("json", "revoked.json", "jwt")
    }
    assert [answer.status_code for answer in said.values()] == [200, 200, 404]
    subjects = [said[name].json()["credentialSubject"] for name in ("json", "revoked.json")]
    assert [subject["statusPurpose"] for subject in subjects] == ["suspension", "revocation"]
    bits = [int.from_bytes(expand_bitstring(subject["encodedList"]), "big") for subject in subjects]
    assert [found.bit_count() for found in bits] == [statuslists.DECOYS] * 2
    assert bits[0] & bits[1] == 0
    assert statuslists.address_of_revocations(one) == f"{statuslists.address(one)[:-4]}revoked.json"
    assert statuslists.address_of_revocations(token) == ""
    assert Client().get(f"/o/{organisation.slug}/status/{token.id}.revoked.json").status_code == 404


def test_a_list_for_revocation_has_no_revocations_beside_it(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge"])
    one = StatusList.objects.get()
    assert Client().get(f"/o/{organisation.slug}/status/{one.id}.revoked.json").status_code == 404


def test_what_a_test_organisation_issues_never_passes(
    alice: Person, organisation: Organisation, record: MicroCredential, sealing_keys: None, settings: object
) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    awarded(alice, organisation, record, ["openbadge", "openbadge-jwt", "attestation", "edc", "png", "pdf"])
    reports = {copy.format: verified(copy) for copy in Copy.objects.all()}
    assert {report.verdict for report in reports.values()} == {Verdict.INDETERMINATE}
    assert b"(TEST)" in default_storage.open(Copy.objects.get(format="openbadge").file).read()


def test_after_a_rotation_old_awards_pass_and_can_be_revoked(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge"])
    keys.rotate(by=alice, key=OrganisationKey.objects.get(use=KeyUse.BADGE))
    StatusList.objects.update(is_due=True)
    work()
    assert verdicts() == {"openbadge": Verdict.PASSED}
    awards.revoke(by=alice, award=Award.objects.get(), reason="x")
    assert verdicts() == {"openbadge": Verdict.FAILED}


def test_what_a_revoked_key_sealed_fails(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge"])
    key = OrganisationKey.objects.get(use=KeyUse.BADGE)
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    keys.revoke(by=alice, key=key, reason="stolen")
    assert verdicts() == {"openbadge": Verdict.FAILED}


def test_a_corrected_award_leads_nowhere_from_the_old_one(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge"])
    old = Award.objects.get()
    awards.correct(
        by=alice, award=old, values={"given_name": "Andrew", "family_name": "One"}, reason="changed by law"
    )
    work()
    old.refresh_from_db()
    new = Award.objects.get(replaces=old)
    assert (old.state, new.state, new.learner.display_name, new.learner.email) == (
        AwardState.SUPERSEDED, AwardState.VALID, "Andrew One", "ann@example.org",
    )  # fmt: skip
    by_award = {copy.award_id: verified(copy).verdict for copy in Copy.objects.all()}
    assert by_award == {old.id: Verdict.FAILED, new.id: Verdict.PASSED}
    sealed = default_storage.open(Copy.objects.get(award=new).file).read()
    pages = [Client().get(f"/a/{one.id}").content for one in (old, new)]
    assert [one for one in (b"Ann", b"Andrew", b"ann@") if one in pages[0] + pages[1]] == []
    assert (old.id.encode() in sealed + pages[1], old.urn.encode() in sealed) == (False, False)
    assert (new.id.encode() in pages[0], b"Ann " in sealed) == (False, False)


def test_the_list_is_served_until_it_has_to_be_sealed_anew(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    awarded(alice, organisation, record, ["openbadge", "attestation"])
    one, token = StatusList.objects.get(is_token=False), StatusList.objects.get(is_token=True)
    path = statuslists.address(one).removeprefix("https://credentials.example")
    first, second = Client().get(path), Client().get(path)
    assert (first.status_code, first.content == second.content) == (200, True)
    assert first["Content-Type"] == "application/vc+ld+json"
    other = Client().get(statuslists.address(token).removeprefix("https://credentials.example"))
    assert other["Content-Type"] == "application/statuslist+jwt"
    assert Client().get(path.replace("twickel", "other")).status_code == 404
    assert statuslists.publish_due() == 0
    StatusList.objects.update(sealed_at=timezone.now() - statuslists.RENEW_AFTER * 1.1)
    assert statuslists.publish_due() == 2


def test_the_did_document_is_served(authority: TestCertificateAuthority, organisation: Organisation) -> None:
    response = Client().get("/o/twickel/did.json")
    assert response.json()["id"] == "did:web:credentials.example:o:twickel"
    organisation.established_by = ""
    organisation.save()
    assert Client().get("/o/twickel/did.json").status_code == 404


def test_the_picture_on_paper_leads_to_the_award_s_page(
    alice: Person, organisation: Organisation, record: MicroCredential, authority: TestCertificateAuthority
) -> None:
    import pypdf

    awarded(alice, organisation, record, ["pdf"])
    pdf = pypdf.PdfReader(io.BytesIO(default_storage.open(Copy.objects.get().file).read()))
    text = "".join(page.extract_text() for page in pdf.pages)
    assert f"credentials.example/a/{Award.objects.get().id}" in "".join(text.split())
