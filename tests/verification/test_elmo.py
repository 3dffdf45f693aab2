"""ELMO files through the front door: issued, verified, shown; others' with several achievements; hostile ones."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import io
import json
import zipfile
from typing import Any

import msgspec
import pytest

import tessella
from tessella.errors import TessellaError
from tessella.formats import elmo
from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import Award, GradingScheme, Result
from tessella.seals import xmldsig
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella.verification.opening import open_credentials, read_credential
from tests.formats.openbadges3.sample import AWARD

AT = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
BODY = AWARD.micro_credential.awarding_bodies[0]
ISSUER = tessella.test_issuer(BODY, at=AT - dt.timedelta(days=1))
FILE = tessella.seal(
    AWARD, ISSUER, "elmo", at=AT, credential_id="urn:uuid:00000000-0000-4000-8000-000000000001"
)
BARE = FILE[: FILE.index(b"<Signature")] + b"</elmo>"
AROUND = Surroundings(at=AT + dt.timedelta(hours=1))

TRANSCRIPT = """<?xml version="1.0" encoding="UTF-8"?>
<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1">
  <generatedDate>2026-06-01T12:00:00+02:00</generatedDate>
  <learner>
    <citizenship>NO</citizenship>
    <identifier type="nationalIdentifier">00000000000</identifier>
    <givenNames>Tove</givenNames><familyName>Eksempel</familyName>
    <bday>1999-04-12Z</bday>
    <gender>2</gender>
  </learner>
  <report>
    <issuer>
      <country>NO</country>
      <identifier type="schac">fjord.example</identifier>
      <title xml:lang="nb">Fjordhøgskolen</title><title xml:lang="en">Fjord College</title>
      <url>https://fjord.example</url>
    </issuer>
    <learningOpportunitySpecification>
      <identifier type="local">BIO</identifier>
      <title xml:lang="en">Biology &lt;b<![CDATA[asics> ]]>&amp;
        more</title>
      <type>Degree Programme</type>
      <specifies><learningOpportunityInstance><status>in-progress</status></learningOpportunityInstance></specifies>
      <hasPart><learningOpportunitySpecification>
        <identifier type="local">BIO-101</identifier>
        <title xml:lang="nb">Sopp</title>
        <type>Course</type>
        <iscedCode>0511</iscedCode>
        <description>Two<!-- not signed, not read --> lines
of text</description>
        <specifies><learningOpportunityInstance>
          <start>2026-01-10</start><date>2026-05-20+02:00</date>
          <academicTerm><title xml:lang="en">Spring</title><start>2026-01-01</start><end>2026-06-30</end></academicTerm>
          <status>passed</status>
          <gradingSchemeLocalId>AF</gradingSchemeLocalId>
          <resultLabel>B</resultLabel>
          <credit><scheme>ECTS</scheme><level>Bachelor</level><value>7.5</value></credit>
          <level><type>EQF</type><value>6</value></level>
          <level><type>NQF</type><description>Norwegian framework</description><value>6.1</value></level>
          <languageOfInstruction>nb</languageOfInstruction>
          <engagementHours>30</engagementHours>
        </learningOpportunityInstance></specifies>
        <hasPart><learningOpportunitySpecification>
          <title xml:lang="nb">Forelesning</title><type>Class</type>
          <specifies><learningOpportunityInstance/></specifies>
        </learningOpportunitySpecification></hasPart>
      </learningOpportunitySpecification></hasPart>
    </learningOpportunitySpecification>
    <issueDate>2026-06-01T12:00:00+02:00</issueDate>
    <gradingScheme localId="AF"><description xml:lang="en">A to F</description></gradingScheme>
  </report>
</elmo>
""".encode()


def checks(data: bytes) -> dict[str, Verdict]:
    return {check.id: check.verdict for check in verify(data, surroundings=AROUND).checks}


def signed(data: bytes, organization: str = "Fjord College") -> bytes:
    return xmldsig.seal(data, TestCertificateAuthority(AT).issue_seal(organization))


# --- ours ----------------------------------------------------------------------------------------------


def test_issued_file_passes_every_required_check() -> None:
    report = verify(FILE, surroundings=AROUND)
    assert report.verdict is Verdict.PASSED
    found = {check.id: check.verdict for check in report.checks}
    assert [found[name] for name in ("format", "seal", "binding", "validity", "completeness", "audit")] == [
        Verdict.PASSED
    ] * 6
    assert found["status"] is Verdict.NOT_APPLICABLE


def test_issued_file_says_the_record_and_carries_a_certificate() -> None:
    opened = read_credential(FILE)
    assert (opened.format, opened.sealed) == ("elmo", "xmldsig")
    award = opened.award
    assert award is not None
    assert (award.micro_credential.outcomes, award.learner.full_name) == (
        AWARD.micro_credential.outcomes,
        "Aino Esimerkki",
    )
    assert elmo.validate(xmldsig.parse(FILE).content) == ()
    start = FILE.index(b"base64,") + 7
    assert base64.b64decode(FILE[start : FILE.index(b"<", start)]).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("old", "new", "failed"),
    [
        (b">4</", b">5</", "seal"),
        (b"Aino", b"Arvo", "seal"),
        (b"<status>passed</status>", b"<status>failed</status>", "seal"),
    ],
)
def test_changed_file_fails(old: bytes, new: bytes, failed: str) -> None:
    assert old in FILE
    assert checks(FILE.replace(old, new))[failed] is Verdict.FAILED


def test_file_without_signature_has_no_seal() -> None:
    assert checks(BARE)["seal"] is Verdict.FAILED


def test_file_sealed_by_somebody_else_is_not_bound_to_the_issuer() -> None:
    other = TestCertificateAuthority(AT).issue_seal("Somebody", organization_identifier="NTRXX-1")
    found = checks(xmldsig.seal(BARE, other))
    assert (found["seal"], found["binding"]) == (Verdict.PASSED, Verdict.FAILED)


def test_certificate_with_another_identifier_names_who_sealed() -> None:
    """As for European Digital Credentials: the file says who seals, the report whose award it is."""
    signer = TestCertificateAuthority(AT).issue_seal("Seals for all", organization_identifier="NTRXX-7")
    data = tessella.seal(AWARD, msgspec.structs.replace(ISSUER, seal_signer=signer), "elmo", at=AT)
    found = checks(data)
    assert (found["seal"], found["binding"]) == (Verdict.PASSED, Verdict.PASSED)
    one = elmo.read(xmldsig.parse(data).content)[0]
    assert (one.issuer.name, one.sealer.name) == (BODY.name, {"en": "Seals for all (TEST)"})


def test_expired_award_is_not_valid() -> None:
    award = msgspec.structs.replace(AWARD, valid_until=AT - dt.timedelta(hours=2))
    data = tessella.seal(award, ISSUER, "elmo", at=AT)
    assert checks(data)["validity"] is Verdict.FAILED


@pytest.mark.parametrize(
    ("old", "new", "doubts"),
    [
        (b"<resultLabel>4</resultLabel>", b"<resultLabel>5</resultLabel>", ["results"]),
        (b">Data ethics in practice<", b">Law<", []),  # stated once only: nothing to contradict
    ],
)
def test_extension_that_contradicts_is_a_doubt(old: bytes, new: bytes, doubts: list[str]) -> None:
    assert old in BARE
    data = xmldsig.seal(BARE.replace(old, new), ISSUER.e_seal())
    (opened,) = open_credentials(data)
    assert [one.place for one in opened.doubts] == doubts
    assert (checks(data)["audit"] is Verdict.PASSED) is not bool(doubts)


# --- others' -------------------------------------------------------------------------------------------


def test_transcript_gives_its_achievements_one_by_one() -> None:
    programme, course = open_credentials(signed(TRANSCRIPT))
    assert programme.award is None
    assert programme.notes[-1] == "The learner has not passed this: the file says “in-progress”."
    award = course.award
    assert award is not None and course.findings == ()
    micro = award.micro_credential
    assert micro.title == {"nb": "Sopp"}
    assert micro.description == {"nb": "Two lines\nof text"}
    assert not micro.is_micro_credential
    assert [str(one.points) for one in award.credits] == ["7.5"]
    assert micro.levels is not None
    assert [one.code for one in micro.levels.eqf] == ["6"]
    assert [one.label() for one in micro.levels.nqf] == ["Norwegian framework 6.1"]
    assert award.results == (Result(grade="B", scheme=GradingScheme(title={"en": "A to F"})),)
    assert (award.assessed_on, award.learner.birth_date) == (dt.date(2026, 5, 20), dt.date(1999, 4, 12))
    assert award.learner.gender == "female"
    assert [one.value for one in micro.identifiers] == ["BIO-101"]
    assert any("academicTerm" in note for note in course.notes)


def test_each_achievement_is_verified() -> None:
    data = signed(TRANSCRIPT)
    reports = verify(data, surroundings=AROUND).children
    seals = [[check.verdict for check in one.checks if check.id == "seal"] for one in reports]
    assert seals == [[Verdict.PASSED], [Verdict.PASSED]]
    assert [one.where for one in open_credentials(data)] == ["report[1]/1", "report[1]/1/1"]


def test_title_with_markup_is_plain_text() -> None:
    (programme, _) = elmo.read(TRANSCRIPT.replace(b"in-progress", b"passed"))
    assert programme.award is not None
    assert programme.award.micro_credential.title == {"en": "Biology <basics> & more"}


def test_version_2_is_read() -> None:
    data = (
        TRANSCRIPT.replace(b"tree/v1", b"tree/v2")
        .replace(b"<bday>", b"<dateOfBirth>")
        .replace(b"</bday>", b"</dateOfBirth>")
    )
    (_, course) = elmo.read(data)
    assert course.award is not None
    assert course.award.learner.birth_date == dt.date(1999, 4, 12)
    assert elmo.validate(data) == ()


def test_elmo_in_an_archive_is_found() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.elmo.xml", FILE)
    (opened,) = open_credentials(packed.getvalue())
    assert (opened.format, opened.where) == ("elmo", "a.elmo.xml")


@pytest.mark.parametrize("packed", [gzip.compress(FILE), base64.b64encode(gzip.compress(FILE))])
def test_answer_of_an_emrex_service_is_opened(packed: bytes) -> None:
    """The flow sends ELMO packed by gzip, in base64."""
    (opened,) = open_credentials(packed)
    assert (opened.format, opened.award is not None) == ("elmo", True)


def test_bomb_of_gzip_is_refused() -> None:
    with pytest.raises(TessellaError) as caught:
        open_credentials(gzip.compress(b"<elmo>" + b" " * 60_000_000))
    assert caught.value.code in ("container.size", "container.ratio")


BROKEN: dict[str, tuple[bytes, bytes, str, str]] = {
    "order": (
        b"<givenNames>Tove</givenNames><familyName>Eksempel</familyName>",
        b"<familyName>Eksempel</familyName><givenNames>Tove</givenNames>",
        "order",
        "elmo/learner/givenNames",
    ),
    "missing": (b"<url>https://fjord.example</url>", b"", "min", "elmo/report[1]/issuer/url"),
    "twice": (
        b"<bday>1999-04-12Z</bday>",
        b"<bday>1999-04-12</bday><bday>1999-04-12</bday>",
        "max",
        "elmo/learner/bday",
    ),
    "date": (b"<bday>1999-04-12Z</bday>", b"<bday>12.4.1999</bday>", "kind", "elmo/learner/bday"),
    "attribute": (b' type="schac"', b"", "attribute", "elmo/report[1]/issuer/identifier[1]"),
    "content": (b"<resultLabel>B</resultLabel>", b"<resultLabel><b>B</b></resultLabel>", "content", "…"),
    "status": (b"<status>passed</status>", b"<status>done</status>", "kind", "…"),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_rule_is_found(name: str) -> None:
    old, new, constraint, path = BROKEN[name]
    assert old in TRANSCRIPT
    (found,) = elmo.validate(TRANSCRIPT.replace(old, new))
    assert found.constraint == constraint
    assert path in ("…", found.path)


def test_what_a_later_version_adds_breaks_no_rule() -> None:
    data = TRANSCRIPT.replace(b"<gender>", b"<middleName>X</middleName><gender>").replace(
        b"<type>Course", b"<type>Micro-credential"
    )
    assert elmo.validate(data) == ()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<feed xmlns='urn:x'/>", "unsupported.container"),
        (b"<elmo/>", "unsupported.container"),
        (b'<elmo xmlns="https://github.com/emrex-eu/elmo-schemas/tree/v1"/>', "elmo.empty"),
    ],
)
def test_other_xml_is_named(data: bytes, code: str) -> None:
    with pytest.raises(TessellaError) as caught:
        open_credentials(data)
    assert caught.value.code == code


def test_json_cannot_pass_for_elmo() -> None:
    document = {"@context": ["x"], "elmo": FILE.decode(), "place": "report[1]/1"}
    (opened,) = open_credentials(json.dumps(document))
    assert opened.format == ""


def test_empty_extension_values_do_no_harm() -> None:
    data = BARE.replace(
        b"<tessella:outcomes>", b'<tessella:outcomes nil="true"/><tessella:oddity>', 1
    ).replace(b"</tessella:outcomes>", b"</tessella:oddity>", 1)
    (one,) = elmo.read(data)
    assert {note.code for note in one.notes} >= {"elmo.unusable", "elmo.unknown"}
    award: Any = one.award
    assert isinstance(award, Award) and award.micro_credential.outcomes == ()


def test_signer_without_certificate_cannot_issue() -> None:
    issuer = msgspec.structs.replace(ISSUER, seal_signer=PrivateKey.generate("ES256"))
    with pytest.raises(TessellaError) as caught:
        tessella.seal(AWARD, issuer, "elmo", at=AT)
    assert caught.value.code == "issuing.no-seal"
