"""SD-JWT VC in ``verify``: both serialisations, presentations, and the issuer behind the key."""

from __future__ import annotations

import json

import pytest

from tessella.issuing.sealing import seal
from tessella.seals import sd_jwt
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tests.issuing.support import AT, award, issuer

AROUND = Surroundings(at=AT)


def token() -> str:
    return seal(award(), issuer(), "attestation", at=AT).decode()


def as_json(text: str) -> bytes:
    """The flattened JSON serialisation of the same token (RFC 9901 §8)."""
    jwt, *disclosures, _ = text.split("~")
    protected, payload, signature = jwt.split(".")
    header = {"disclosures": disclosures}
    return json.dumps(
        {"payload": payload, "protected": protected, "signature": signature, "header": header}
    ).encode()


@pytest.mark.parametrize("form", [str.encode, as_json])
def test_both_serialisations_pass(form: object) -> None:
    report = verify(form(token()), surroundings=AROUND)  # type: ignore[operator]
    assert (report.format, report.verdict) == ("attestation", Verdict.PASSED)


def test_presentation_passes_and_shows_less() -> None:
    shown = sd_jwt.present(token(), [("learning_outcomes",)])
    report = verify(shown, surroundings=AROUND)
    assert report.verdict is Verdict.PASSED
    assert "holder" not in report.subject


def test_forged_disclosure_fails() -> None:
    jwt, first, *rest = token().split("~")
    report = verify(
        "~".join((jwt, first[:-2] + ("AA" if first[-2:] != "AA" else "BB"), *rest)), surroundings=AROUND
    )
    check = report.check("seal")
    assert check is not None
    assert (report.verdict, check.verdict) == (Verdict.FAILED, Verdict.FAILED)


def test_undisclosed_issuer_key_is_indeterminate() -> None:
    made = sd_jwt.issue(
        {"vct": "urn:eu.europa.ec.eudi:learning:credential:1", "iss": "https://university.example"},
        issuer().badge_signer,  # type: ignore[arg-type]
        kid="key-1",
    )
    check = verify(made, surroundings=AROUND).check("seal")
    assert check is not None
    assert check.verdict is Verdict.INDETERMINATE
