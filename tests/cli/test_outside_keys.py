"""`tessella issue` with keys that are elsewhere: in a token, at a signing service. What they seal verifies like everything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tests.cli.support import Result
from tests.csc import SigningServiceSimulator
from tests.softhsm import PIN, Token, a_token

Run = Callable[..., Result]

LIST = "Given name,Family name,Date of birth,Result\nSanne,de Vries,2001-04-23,passed\n"


class Seals:
    token: Token
    authority: TestCertificateAuthority
    seal: PrivateKey


@pytest.fixture(scope="module")
def seals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Seals]]:
    Seals.authority = TestCertificateAuthority(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    Seals.seal = Seals.authority.issue_seal(
        "University of Twickel", organization_identifier="NTRNL-99999990", country="NL", algorithm="ES256"
    )

    def use(token: Token) -> None:
        Seals.token = token
        token.put(Seals.seal, "eseal", b"seal")
        token.make("ES256", "badges", b"badge")

    for _ready in a_token(tmp_path_factory.mktemp("token"), use):
        yield Seals


def issued(run: Run, folder: Path, **keys: str) -> Path:
    run("example", "--copy-to", ".", password=None)
    (folder / "list.csv").write_text(LIST)
    done = run(
        "issue", "data-ethics.yaml", "list.csv", "--formats", "edc,openbadge,pdf,elmo,attestation", "--even-incomplete",
        *(part for name, key in keys.items() for part in (f"--{name.replace('_', '-')}", key)),
        password=None, settings={"TESSELLA_PKCS11_PIN": PIN},
    )  # fmt: skip
    assert done.code == 0, done.errors + done.output
    return folder / "out"


def check(run: Run, folder: Path, authority: TestCertificateAuthority) -> None:
    """Our verifier passes everything but the test mark; pyHanko finds the PDF's seal intact, whole and trusted."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    anchor = x509.load_der_x509_certificate(authority.certificate)
    (folder / "anchor.pem").write_bytes(anchor.public_bytes(Encoding.PEM))
    files = sorted((folder / "out").glob("*/*sanne*"))
    done = run("verify", *files, "--anchor", "anchor.pem", "--json", password=None)
    seals = {
        Path(line["input"]).parent.name: {
            one["id"]: one["verdict"] for one in line["checks"] if one["id"] in ("seal", "binding")
        }
        for line in done.lines
    }
    assert seals == {one.parent.name: {"seal": "passed", "binding": "passed"} for one in files}
    (pdf,) = (folder / "out" / "pdf").glob("*.pdf")
    from asn1crypto import x509 as asn1

    with pdf.open("rb") as file:
        (signature,) = PdfFileReader(file).embedded_signatures
        root = asn1.Certificate.load(authority.certificate)
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
    assert (status.intact, status.valid, status.trusted) == (True, True, True)


def test_keys_in_a_token_are_named_by_their_address(run: Run, tmp_path: Path, seals: type[Seals]) -> None:
    issued(run, tmp_path, seal_key=seals.token.uri("eseal"), badge_key=seals.token.uri("badges"))
    check(run, tmp_path, seals.authority)


def test_key_in_a_token_is_in_the_store_by_name(run: Run, tmp_path: Path, seals: type[Seals]) -> None:
    settings = {"TESSELLA_PKCS11_PIN": PIN}
    for name in ("eseal", "badges"):
        done = run("keys", "create", name, "--place", seals.token.uri(name), password=None, settings=settings)
        assert done.code == 0, done.errors
    assert "e-seal of University of Twickel" in run("keys", "list").output
    assert PIN not in (tmp_path / "keys" / "eseal.key").read_text()
    issued(run, tmp_path)
    check(run, tmp_path, seals.authority)
    refused = run("keys", "rotate", "badges", "badges-2", password=None, settings=settings)
    assert (refused.code, "--place" in refused.errors) == (2, True)
    moved = run(
        "keys",
        "rotate",
        "badges",
        "b2",
        "--place",
        seals.token.uri("eseal"),
        password=None,
        settings=settings,
    )
    assert moved.code == 0, moved.errors


def test_key_at_a_signing_service_is_described_in_a_file(run: Run, tmp_path: Path) -> None:
    authority = TestCertificateAuthority(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    seal = authority.issue_seal("University of Twickel", country="NL", algorithm="RS256")
    simulator = SigningServiceSimulator(seal, pin="1357")
    (tmp_path / "access").write_text("access-1\n")
    (tmp_path / "pin").write_text("1357")
    with simulator.serving() as url:
        (tmp_path / "service.yaml").write_text(
            f"remote: {url}\ncredential: seal-1\ntoken_file: access\npin_file: pin\n"
        )
        run("keys", "create", "badges", password="x")
        run("example", "--copy-to", ".", password=None)
        (tmp_path / "list.csv").write_text(LIST)
        done = run(
            "issue", "data-ethics.yaml", "list.csv", "--formats", "edc,pdf", "--even-incomplete", "--seal-key", "service.yaml",
            password="x",
        )  # fmt: skip
        assert done.code == 0, done.errors + done.output
    check(run, tmp_path, authority)
    assert simulator.calls.count("signatures/signHash") == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("pkcs11: a\nremote: b\n", "config.key-place"),
        ("colour: red\n", "config.key-place"),
        ("remote: https://x.example/csc/v2\n", "config.key-place"),
        ("pkcs11: 'pkcs11:object=a?pin-value=1'\n", "config.pkcs11-uri"),
    ],
)
def test_file_that_says_nothing_useful_is_refused(run: Run, tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "key.yaml").write_text(text)
    done = run("keys", "create", "a", "--place", "key.yaml", "--json", password=None)
    assert (done.code, done.lines[0]["error"]["code"]) == (2, code)
