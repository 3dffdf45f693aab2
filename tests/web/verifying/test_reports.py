"""Signed reports: given out with the answer, recognised when they come back, refused when anything was changed."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import ssl
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.seals import pades
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella_web.credentials.models import Award
from tessella_web.credentials.verifying.answers import answer
from tessella_web.credentials.verifying.reports import as_json, as_pdf, digest_of, own_report, signed_report
from tessella_web.credentials.verifying.signing import platform
from tests.cli.support import tessella
from tests.web.pages import CheckingClient
from tests.web.verifying.conftest import file_of

pytestmark = pytest.mark.django_db


def made_of(data: bytes, name: str = "ada.json") -> dict[str, Any]:
    found = answer(data, name=name, languages=("en",))
    return signed_report(found.report, name=name, sha256=digest_of(data), size=len(data))


def handed_in(client: Client, data: bytes, name: str) -> str:
    return client.post("/verify", {"file": SimpleUploadedFile(name, data)}).content.decode()


def test_a_report_says_what_was_verified_when_how_and_with_what(award: Award) -> None:
    data = file_of(award)
    found = made_of(data)["credentialSubject"]
    assert found["file"] == {
        "name": "ada.json", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
    }  # fmt: skip
    assert (found["verdict"], found["policy"]["name"], found["software"]["name"]) == (
        "passed",
        "default",
        "tessella",
    )
    assert found["sources"]["network"] is False
    assert len(found["sources"]["anchors"]) == 1
    checks = {one["id"]: one for one in found["report"]["checks"]}
    assert (checks["seal"]["verdict"], bool(checks["binding"]["evidence"])) == ("passed", True)
    assert "person" in found["notice"]


def test_the_answer_gives_its_report_and_the_page_knows_it_again(
    client: CheckingClient, award: Award
) -> None:
    page = handed_in(client, file_of(award), "ada.json")
    field = re.search(r'name="report" value="([^"]*)"', page)
    assert field is not None
    given = html.unescape(field.group(1))
    data = client.post("/verify/report", {"report": given, "json": "1"})
    assert (data.status_code, data["Content-Type"]) == (200, "application/json")
    again = handed_in(client, data.content, "report.json")
    assert "This is a genuine report of this installation" in again
    assert "Verification report on ada.json: Passed" in html.unescape(again)
    pdf = client.post("/verify/report", {"report": given, "pdf": "1"})
    assert pdf["Content-Type"] == "application/pdf"
    assert "This is a genuine report of this installation" in handed_in(client, pdf.content, "report.pdf")


def test_a_genuine_report_of_a_failure_never_looks_like_a_success(
    client: CheckingClient, award: Award
) -> None:
    document = json.loads(file_of(award))
    document["name"] = "Something else"
    made = made_of(json.dumps(document).encode())
    page = html.unescape(handed_in(client, as_json(made), "report.json"))
    assert "Verification report on ada.json: Failed" in page
    assert "It reports" in page


@pytest.mark.parametrize("path", [("verdict",), ("file", "sha256"), ("report", "verdict"), ("asOf",)])
def test_a_tampered_report_fails(client: CheckingClient, award: Award, path: tuple[str, ...]) -> None:
    made = made_of(file_of(award))
    place = made["credentialSubject"]
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = "failed" if path[-1] == "verdict" else str(place[path[-1]])[::-1]
    assert own_report(as_json(made)) is None
    page = handed_in(client, as_json(made), "report.json")
    assert ("genuine report of this installation" in page, "<h1>Do not rely on this</h1>" in page) == (
        False,
        True,
    )


def test_somebody_elses_report_is_none_of_ours(
    client: CheckingClient, award: Award, settings: Any, tmp_path: Path
) -> None:
    settings.REPORT_KEY_FILE = tmp_path / "other.pem"
    settings.BASE_URL = "https://other.example"
    made = made_of(file_of(award))
    settings.REPORT_KEY_FILE = tmp_path / "report-key.pem"
    settings.BASE_URL = "https://credentials.example"
    assert own_report(as_json(made)) is None
    page = handed_in(client, as_json(made), "report.json")
    assert "This is a verification report" in page
    assert "genuine report of this installation" not in page


@pytest.mark.parametrize("given", ["", "{}", "[]", "x", "{" * 3000])
def test_only_what_was_signed_here_is_made_into_a_page(client: CheckingClient, given: str) -> None:
    response = client.post("/verify/report", {"report": given, "pdf": "1"})
    assert response.status_code == 409
    assert "This report was not made here" in response.content.decode()


def test_the_command_line_knows_a_report(award: Award, tmp_path: Path) -> None:
    made = made_of(file_of(award))
    (tmp_path / "report.json").write_bytes(as_json(made))
    published = tmp_path / "published"
    published.mkdir()
    published.joinpath("did.json").write_text(json.dumps(platform().did_document()))
    asked = ("verify", "report.json", "--published", "published", "--json")
    found = tessella(*asked, cwd=tmp_path).lines[0]
    assert (found["verdict"], found["format"]) == ("passed", "verification-report")
    changed = as_json(made).replace(b'"verdict": "passed"', b'"verdict": "failed"', 1)
    (tmp_path / "report.json").write_bytes(changed)
    assert tessella(*asked, cwd=tmp_path).lines[0]["verdict"] == "failed"


def test_the_keys_of_reports_are_published(client: CheckingClient, own_report_key: Path) -> None:
    response = Client().get("/.well-known/did.json")
    assert response.json() == platform().did_document()
    earlier = PrivateKey.generate("ES256")
    text = own_report_key.read_text() + public_pem(earlier)
    own_report_key.write_text(text)
    methods = Client().get("/.well-known/did.json").json()["assertionMethod"]
    assert methods == [
        f"did:web:credentials.example#{key.to_multikey()}"
        for key in (platform().signer.public_key, earlier.public_key)
    ]


def test_without_https_a_report_stands_under_the_key_itself(settings: Any, award: Award) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert platform().did.startswith("did:key:")
    made = made_of(file_of(award))
    assert verify(as_json(made), surroundings=Surroundings(at=timezone.now())).verdict is Verdict.PASSED
    assert own_report(as_json(made)) == json.loads(as_json(made))
    assert Client().get("/.well-known/did.json").status_code == 404


def test_a_page_without_a_certificate_says_that_it_is_not_sealed(award: Award) -> None:
    made = as_pdf(made_of(file_of(award)))
    assert not pades.looks_sealed(made)


def test_a_page_is_sealed_where_there_is_a_certificate(award: Award, own_report_key: Path) -> None:
    authority = TestCertificateAuthority(timezone.now())
    seal = authority.issue_seal("Credentials Example")
    chain = "".join(ssl.DER_cert_to_PEM_cert(one) for one in seal.certificate_chain)
    own_report_key.write_text(pem_of(PrivateKey.generate("ES256")) + pem_of(seal) + chain)
    own_report_key.chmod(0o600)
    made = as_pdf(made_of(file_of(award)))
    own = platform()
    known = Surroundings(
        at=timezone.now(), documents={own.did: json.dumps(own.did_document()).encode()},
        anchors=(authority.certificate,),
    )  # fmt: skip
    report = verify(made, surroundings=known)
    assert (pades.looks_sealed(made), report.verdict, report.format) == (
        True,
        Verdict.PASSED,
        "verification-report",
    )
    changed = made.replace(b"/Title", b"/Titel", 1)
    assert verify(changed, surroundings=known).verdict is Verdict.FAILED


def public_pem(key: PrivateKey) -> str:
    text = base64.b64encode(key.public_key.to_spki_der()).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n"


def pem_of(key: PrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "content", ["", "nothing", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_key_file_that_is_none_is_refused_plainly(own_report_key: Path, content: str) -> None:
    own_report_key.write_text(content)
    own_report_key.chmod(0o600)
    with pytest.raises(ImproperlyConfigured):
        platform()
