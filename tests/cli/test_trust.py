"""``tessella trust`` and ``verify --trusted-lists``, as their own processes."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from tests.cli.support import Result
from tests.trust import lists as make
from tests.trust.pki import DAY
from tests.verification import test_trusted_lists as world
from tests.verification.test_trusted_lists import AWARDED, CA, CLOCK, LATER, NO, UNION

Run = Callable[..., Result]
AT = LATER.strftime("%Y-%m-%d")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of two lists, one of them missing, and the certificate of who signs the list of the lists."""
    folder = tmp_path / "lists"
    folder.mkdir()
    dates = {"issued": AWARDED - DAY, "next_update": AWARDED + 90 * DAY}
    services = make.service(CA.der), make.service(CLOCK.der, kind=make.QTST)
    (folder / "eu-lotl.xml").write_bytes(make.top({"NO": [NO.der], "SE": [NO.der]}, **dates))
    (folder / "NO.xml").write_bytes(NO.sign(make.listing("NO", make.provider(*services), **dates)))
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(UNION.der) + b"-----END CERTIFICATE-----\n"
    (tmp_path / "union.pem").write_bytes(pem)
    (tmp_path / "award.jsonld").write_bytes(world.edc(stamped=True))
    return folder


def test_verify_says_that_the_seal_was_qualified(run: Run, copy: Path) -> None:
    with_lists = ("--trusted-lists", "lists", "--list-signer", "union.pem", "--at", AT)
    done = run("verify", "award.jsonld", *with_lists)
    text = " ".join(done.output.split())
    assert f"On {AWARDED.date()} (as a time stamp shows) it was a qualified electronic seal." in text
    assert "Provider: Fjord Trust AS, service “Fjord Trust seals”" in text
    (report,) = run("verify", "award.jsonld", "--json", *with_lists).lines
    trust = next(one for one in report["checks"] if one["id"] == "trust")
    assert (trust["verdict"], trust["evidence"]["level"]) == ("passed", "qualified-seal")
    late = (AWARDED + 120 * DAY).strftime("%Y-%m-%d")
    (report,) = run("verify", "award.jsonld", "--json", *with_lists[:-1], late).lines
    trust = next(one for one in report["checks"] if one["id"] == "trust")
    assert trust["evidence"]["qualified"]["list"]["expired"] is True


def test_lists_signed_by_somebody_else_are_refused_at_once(run: Run, copy: Path) -> None:
    done = run("verify", "award.jsonld", "--trusted-lists", "lists", "--at", AT)
    assert done.code == 2
    assert "The signature of the trusted list does not hold" in done.errors


def test_revocation_list_on_file_counts(run: Run, copy: Path) -> None:
    leaf = x509.load_der_x509_certificate(world.key().certificate_chain[0])
    (copy.parent / "revoked.crl").write_bytes(CA.crl(leaf, AWARDED - DAY, issued=AWARDED - DAY / 2))
    (copy.parent / "other.crl").write_bytes(CA.crl(CA.certificate, AWARDED, issued=AWARDED - DAY / 2))
    with_lists = ("--trusted-lists", "lists", "--list-signer", "union.pem", "--at", AT, "--json")

    def trust(name: str) -> tuple[str, str]:
        (report,) = run("verify", "award.jsonld", "--crl", name, *with_lists).lines
        one = next(one for one in report["checks"] if one["id"] == "trust")
        return one["verdict"], one["evidence"]["facets"]["trust.revocation"]

    assert trust("revoked.crl") == ("failed", "failed")
    assert trust("other.crl") == ("passed", "passed")
    done = run("verify", "award.jsonld", "--crl", "union.pem", *with_lists)
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "input.decode.revocation")


def test_show_prints_each_list(run: Run, copy: Path) -> None:
    arguments = ("trust", "show", "lists", "--list-signer", "union.pem", "--at", AT)
    done = run(*arguments, settings={"COLUMNS": "200"})
    assert done.code == 3
    assert "When the copy was made is not known." in done.output
    lines = run(*arguments, "--json").lines
    assert [(one["territory"], one.get("sequence_number"), one.get("seal_services")) for one in lines] == [
        ("EU", 388, 0),
        ("NO", 7, 1),
        ("SE", None, None),
    ]
    assert lines[1]["expired"] is False
    assert lines[2]["problem"]["code"] == "access.trusted-list"
    (copy / "eu-lotl.xml").write_bytes(
        make.top({"NO": [NO.der]}, issued=AWARDED - DAY, next_update=AWARDED + 90 * DAY)
    )
    assert run(*arguments).code == 0
    much_later = dt.datetime(2030, 1, 1, tzinfo=dt.UTC).strftime("%Y-%m-%d")
    assert run(*arguments[:-1], much_later).code == 3
