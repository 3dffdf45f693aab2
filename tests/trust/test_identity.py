"""The certificate's holder against the issuer that the credential names."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from tessella.keys import CertificateFacts
from tessella.trust import compare_issuer
from tessella.verdicts import Verdict

FACTS = CertificateFacts(
    subject="CN=Fjordakademiet seal",
    issuer="CN=Fjord root",
    serial_number=1,
    not_before=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    not_after=dt.datetime(2028, 1, 1, tzinfo=dt.UTC),
    organization="Fjordakademiet, Ålesund",
    organization_identifier="NTRNO-987654321",
    common_name="Fjordakademiet seal",
)
ANONYMOUS = msgspec.structs.replace(FACTS, organization_identifier="")


@pytest.mark.parametrize("identifier", ["NTRNO-987654321", "ntrno-987 654 321 "])
def test_same_identifier_and_name_passes(identifier: str) -> None:
    assert compare_issuer(FACTS, ["Fjordakademiet Ålesund"], [identifier]) == (
        Verdict.PASSED,
        "The seal belongs to the issuer: name and legal identifier NTRNO-987654321 agree.",
    )


def test_one_of_several_identifiers_is_enough() -> None:
    assert compare_issuer(FACTS, [], ["VATNO-1", "NTRNO-987654321"]) == (
        Verdict.PASSED,
        "The seal belongs to the issuer by its legal identifier NTRNO-987654321; "
        "the certificate calls it Fjordakademiet, Ålesund / Fjordakademiet seal.",
    )


def test_other_identifier_fails_whatever_the_name() -> None:
    assert compare_issuer(FACTS, ["Fjordakademiet, Ålesund"], ["NTRNO-111111111"]) == (
        Verdict.FAILED,
        "The seal belongs to Fjordakademiet, Ålesund / Fjordakademiet seal (NTRNO-987654321), "
        "but the credential names the issuer NTRNO-111111111.",
    )


@pytest.mark.parametrize(
    "name", ["FJORDAKADEMIET, ÅLESUND", "Fjordakademiet  Ålesund", "Fjordakademiet - A\u030alesund"]
)
def test_same_name_without_identifiers_passes_and_says_on_what(name: str) -> None:
    for facts, identifiers in ((FACTS, []), (ANONYMOUS, ["NTRNO-987654321"]), (ANONYMOUS, [" "])):
        verdict, told = compare_issuer(facts, ["Other language", name], identifiers)
        assert verdict is Verdict.PASSED
        assert told == (
            "The seal's certificate and the credential give the issuer the same name, Other language; "
            "there is no legal identifier to compare."
        )


@pytest.mark.parametrize(
    ("names", "shown"), [(["Havakademiet"], "Havakademiet"), ([], "no name"), ([" "], "no name")]
)
def test_other_name_without_identifiers_is_indeterminate(names: list[str], shown: str) -> None:
    assert compare_issuer(ANONYMOUS, names) == (
        Verdict.INDETERMINATE,
        f"The seal belongs to Fjordakademiet, Ålesund / Fjordakademiet seal, the credential names {shown}: "
        "whether they are the same cannot be told, since there is no legal identifier to compare.",
    )


def test_name_of_punctuation_is_no_name() -> None:
    facts = msgspec.structs.replace(ANONYMOUS, organization="—", common_name="…")
    assert compare_issuer(facts, ["***"])[0] is Verdict.INDETERMINATE
