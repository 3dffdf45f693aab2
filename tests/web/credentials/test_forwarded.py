"""The forwarded PDF, codes that lead here and elsewhere, and what the answer says beside the checks."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import segno
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.utils import timezone
from PIL import Image

from tessella.containers import pages_of
from tessella.model import Assessment, Evidence, Link, Outcome, Result
from tessella.verdicts import Verdict
from tessella.vocabulary import code_list
from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import awards, batches, engine, statuslists
from tessella_web.credentials.models import Award, Copy, StatusList
from tessella_web.credentials.verifying.answers import Found, _own, answer, as_we_know
from tessella_web.credentials.verifying.leads import handed_in, lead
from tessella_web.credentials.verifying.support import claims_of, sittings_of
from tests.issuing.support import award as sample
from tests.verification.doctoring import (
    doctored,
    flattened,
    overprinted,
    rewritten,
    stripped,
    unsealed,
)
from tests.web.credentials.conftest import class_list
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

MARKS = (
    '<script>alert("x")</script>', '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}{% now 'Y' %}", "javascript:alert(1)",
    "‮gnp.exe", "<svg/onload=alert(1)>", "&lt;b&gt;", "</textarea><script>",
)  # fmt: skip
"""Texts that do harm where they are not escaped."""


@pytest.fixture
def award(alice: Person, version: Version, sealing_keys: None) -> Award:
    """An award as PDF and as badge."""
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge", "pdf"],
        data=class_list("Ada,Alder,ada@example.org,2000-01-02,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    for one in StatusList.objects.all():
        statuslists.publish(one)
    return Award.objects.get(row__batch=batch)


@pytest.fixture
def pdf(award: Award) -> bytes:
    """The certificate without its own seal: what an issuer without an e-seal gives out."""
    with default_storage.open(Copy.objects.get(award=award, format="pdf").file) as file:
        return doctored(file.read(), unsealed)


def found_in(data: bytes, name: str = "a.pdf") -> Found:
    return answer(data, name=name, languages=("en",))


def shown(client: CheckingClient, data: bytes, name: str = "a.pdf") -> str:
    response = client.post("/verify", {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 200
    return response.content.decode()


def photo(link: str) -> bytes:
    code, out = io.BytesIO(), io.BytesIO()
    segno.make(link, error="m").save(code, kind="png", scale=6, border=4)
    Image.open(code).convert("L").save(out, "JPEG")
    return out.getvalue()


# --- the forwarded PDF -------------------------------------------------------------------------------


def test_a_certificate_as_it_was_made_is_compared_and_agrees(client: CheckingClient, pdf: bytes) -> None:
    found = found_in(pdf)
    (one,) = {each.page for each in found.credentials if each.page}
    assert (str(one.verdict), {value.agrees for value in one.values}, one.added) == ("passed", {True}, ())
    assert "Does the page say what the credential says?" in shown(client, pdf)


def test_an_edited_name_is_told_beside_the_one_in_the_credential(client: CheckingClient, pdf: bytes) -> None:
    forged = doctored(pdf, rewritten("Ada Alder", "Eve Forger"))
    found = found_in(forged)
    assert str(found.report.verdict) == "failed"
    differing = {
        (one.label, one.credential, one.page)
        for each in found.credentials if each.page
        for one in each.page.values if not one.agrees
    }  # fmt: skip
    assert differing == {("Learner", "Ada Alder", "Eve Forger")}
    html = shown(client, forged)
    assert "<h1>Do not rely on this</h1>" in html
    assert "the page shows “Eve Forger”, the credential says “Ada Alder”" in html
    assert "<strong>Eve Forger</strong>" in html


def test_a_covered_value_is_told(pdf: bytes) -> None:
    box = next(line.box for line in pages_of(pdf)[0].lines if line.text == "Ada Alder")
    forged = doctored(pdf, overprinted("Eve Forger", box))
    assert str(found_in(forged).report.verdict) == "failed"


def test_printed_anew_leads_to_the_record_without_a_name(
    client: CheckingClient, pdf: bytes, award: Award
) -> None:
    found = found_in(doctored(pdf, stripped))
    assert str(found.report.verdict) == "indeterminate"
    (led,) = [each for one in found.credentials for each in one.leads]
    assert led.behind is not None
    assert (led.is_here, led.behind.award_id) == (True, award.id)
    assert [row.label for row in led.behind.rows if not row.is_on_page] == []
    html = shown(client, doctored(pdf, stripped))
    assert "The record that the code leads to" in html
    record = html.partition("The record that the code leads to")[2].partition("The text on the page")[0]
    assert "Ada" not in record


def test_printed_anew_with_another_title_is_seen_beside_the_record(pdf: bytes, award: Award) -> None:
    title = award.version.title
    found = found_in(doctored(pdf, stripped, rewritten(title, "Brain surgery", all_pages=True)))
    led = found.credentials[0].leads[0]
    assert led.behind is not None
    assert next(row for row in led.behind.rows if row.label == "Title").is_on_page is False


def test_it_is_said_what_there_is_to_compare(client: CheckingClient, pdf: bytes, award: Award) -> None:
    """A photo has no text; a PDF may have none where the value would stand; an address alone has no page."""
    address = f"{settings.BASE_URL}/a/{award.id}"
    said = {
        "a photo": shown(client, photo(address), "p.jpg"),
        "a PDF": shown(client, pdf_of_picture(address)),
        "a PDF with text": shown(client, doctored(pdf, stripped)),
    }
    told = {
        name: [word for word in ("a picture: compare", "no text there", "the same</span>") if word in page]
        for name, page in said.items()
    }
    assert told == {
        "a photo": ["a picture: compare"], "a PDF": ["no text there"], "a PDF with text": ["the same</span>"],
    }  # fmt: skip
    behind = lead(address, handed=handed_in(address.encode())).behind
    assert behind is not None
    page = render_to_string("pages/verify/leads.html", {"credential": {"leads": [{"behind": behind}]}})
    assert ("On the page" in page, "picture" in page, "with this address on it" in page) == (
        False,
        False,
        True,
    )


def pdf_of_picture(link: str) -> bytes:
    """A page that is a photo."""
    made = io.BytesIO()
    Image.open(io.BytesIO(photo(link))).convert("RGB").save(made, "PDF")
    return made.getvalue()


def test_pages_as_pictures_are_not_established(client: CheckingClient, pdf: bytes) -> None:
    html = shown(client, doctored(pdf, flattened(bytes(60 * 80), (60, 80))))
    assert "<h1>Not everything could be established</h1>" in html
    assert "The pages of the PDF are pictures" in html


def test_a_photo_of_the_code_leads_to_the_record_as_it_now_is(
    client: CheckingClient, alice: Person, award: Award
) -> None:
    awards.revoke(by=alice, award=award, reason="The assessment was somebody else's work.")
    html = client.post(
        "/verify", {"photo": SimpleUploadedFile("p.jpg", photo(f"{settings.BASE_URL}/a/{award.id}"))}
    ).content.decode()
    assert "The record that the code leads to" in html
    assert "It was taken back" in html
    assert "somebody else" not in html.partition("The record that the code")[2].partition("<ol class")[0]


# --- codes that lead elsewhere -----------------------------------------------------------------------


def test_a_code_to_somebody_else_warns_with_the_domain_and_asks_nobody(
    client: CheckingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **_: asked.append(given))
    html = shown(client, photo("https://twickel.example.evil.test/a/1"), "p.jpg")
    assert '<strong class="verify-host">twickel.example.evil.test</strong>' in html
    assert "<h1>Not everything could be established</h1>" in html
    assert asked == []


@pytest.mark.parametrize(
    ("address", "host", "looks_like"),
    [
        ("https://www.аpple.com/x", "www.xn--pple-43d.com", "www.аpple.com"),
        ("https://xn--pple-43d.com/", "xn--pple-43d.com", "аpple.com"),
        ("https://user:pw@evil.test/twickel.example", "evil.test", ""),
        ("https://EVIL.test:8443/", "evil.test", ""),
        ("https://[::1]/", "::1", ""),
    ],
)
def test_the_domain_is_what_a_browser_asks(address: str, host: str, looks_like: str) -> None:
    led = lead(address)
    assert (led.host, led.looks_like, led.is_here, led.behind) == (host, looks_like, False, None)


@pytest.mark.parametrize(
    "address", ["https://[", "https://", "https://a" + "\u0301" * 300 + "/", "https://" + "a." * 300]
)
def test_an_address_that_is_none_is_told_all_the_same(address: str) -> None:
    assert lead(address).is_here is False


def test_an_address_here_with_nothing_behind_it_says_so(client: CheckingClient) -> None:
    html = shown(client, photo(f"{settings.BASE_URL}/a/aaaaaaaaaaaaaaaaaaaaaa"), "p.jpg")
    assert "The code leads to this site, but there is nothing" in html


def test_a_pasted_link_to_an_award_is_answered_without_the_person(
    client: CheckingClient, award: Award
) -> None:
    html = client.post("/verify", {"text": f"{settings.BASE_URL}/a/{award.id}"}).content.decode()
    assert award.version.title in html
    assert ("Ada" in html, "Alder" in html) == (False, False)


# --- who sat, and what skills rest on ----------------------------------------------------------------


def test_who_signed_is_told_apart_from_who_sat() -> None:
    given = sample()
    (sat,) = sittings_of(
        msgspec.structs.replace(
            given,
            results=(Result(title={"en": "Exam"}, grade="8", supervision=code_list("supervision").require("supervised-with-id")),),
        ),
        ("en",),
    )  # fmt: skip
    assert (sat.title, sat.identity, sat.grade) == ("Exam", "yes", "8")
    nothing = sittings_of(msgspec.structs.replace(given, results=(Result(title={"en": "Exam"}),)), ("en",))
    assert [one.identity for one in nothing] == [""]


def test_each_skill_leads_to_its_assessment_and_evidence() -> None:
    course = msgspec.structs.replace(
        sample().micro_credential,
        outcomes=(Outcome(id="a", title={"en": "Reads maps"}), Outcome(id="b", title={"en": "Draws maps"})),
        assessments=(Assessment(id="x", title={"en": "Fieldwork"}, covers=("a",)), Assessment(id="y", title={"en": "Quiz"})),
    )  # fmt: skip
    given = msgspec.structs.replace(
        sample(),
        micro_credential=course,
        evidence=(Evidence(title={"en": "My map"}, links=(Link(url="https://maps.example/1"),)),),
    )
    reads, draws = claims_of(given, ("en",))
    assert (reads.title, reads.assessments, reads.is_covered_by_name) == ("Reads maps", ("Fieldwork",), True)
    assert (draws.title, draws.assessments, draws.is_covered_by_name) == ("Draws maps", ("Quiz",), False)
    assert reads.evidence == ("My map · maps.example",)


def test_both_stand_in_the_answer(client: CheckingClient, award: Award) -> None:
    with default_storage.open(Copy.objects.get(award=award, format="openbadge").file) as file:
        html = shown(client, file.read(), "badge.json")
    assert "Who signed, and who sat the assessment" in html
    assert "What each claimed skill rests on" in html


# --- then and now ------------------------------------------------------------------------------------


def test_what_was_otherwise_stands_in_a_table(
    client: CheckingClient, alice: Person, award: Award, time_machine: Any
) -> None:
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))
    with default_storage.open(Copy.objects.get(award=award, format="openbadge").file) as file:
        data = file.read()
    assert "Nothing was otherwise on" in shown(client, data, "badge.json")
    awards.revoke(by=alice, award=award, reason="The assessment was somebody else's work.")
    (one,) = found_in(data, "badge.json").credentials
    assert [(change.id, str(change.then.verdict), str(change.now.verdict)) for change in one.changes] == [
        ("status", "passed", "failed")
    ]
    html = shown(client, data, "badge.json")
    assert ("What was otherwise on" in html, "The assessment was" in html) == (True, False)


def test_what_was_taken_back_fails_though_its_file_has_no_status(alice: Person, award: Award) -> None:
    """From the records here; as of an earlier day it stands."""
    with default_storage.open(Copy.objects.get(award=award, format="openbadge").file) as file:
        data = file.read()
    before = timezone.now()
    report = found_in(data, "badge.json").report
    passed = msgspec.structs.replace(report, verdict=Verdict.PASSED)
    awards.revoke(by=alice, award=award, reason="The assessment was somebody else's work.")
    own = _own([report.subject["id"]])
    assert as_we_know(passed, own, timezone.now()).verdict is Verdict.FAILED
    assert as_we_know(passed, own, before) == passed


# --- nothing harmful, nothing kept -------------------------------------------------------------------


@pytest.mark.parametrize("mark", MARKS)
def test_texts_that_do_harm_are_shown_as_texts(client: CheckingClient, mark: str) -> None:
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:1", "type": ["VerifiableCredential", "OpenBadgeCredential"], "name": mark,
        "issuer": {"id": "https://a.example", "type": ["Profile"], "name": mark},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": mark, "identityType": "name"}],
            "achievement": {
                "id": "https://a.example/1", "type": ["Achievement"], "name": mark, "description": mark,
                "criteria": {"narrative": mark}, "image": {"id": "https://tracker.example/pixel.png", "type": "Image"},
            },
        },
    }  # fmt: skip
    html = shown(client, msgspec.json.encode(document), f"{mark[:20]}.json")
    assert (mark in html and "<" in mark, 'tracker.example/pixel.png"' in html) == (False, False)
    sources = re.findall(r"<(?:img|iframe|source|video|link)[^>]+(?:src|href)=\"([^\"]*)", html)
    assert [one for one in sources if not one.startswith(("/", "data:image/svg+xml", "data:image/png"))] == []
    assert "<script>alert" not in html


def test_nothing_of_a_forwarded_pdf_is_kept(
    client: CheckingClient, pdf: bytes, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    from django.apps import apps

    client.get("/verify")
    counted = {model: model._default_manager.count() for model in apps.get_models()}
    kept = sorted(str(one) for one in Path(settings.DATA_FOLDER).rglob("*") if one.is_file())
    forged = doctored(pdf, rewritten("Ada Alder", "Eve Forger"))
    with caplog.at_level(logging.DEBUG):
        shown(client, forged, "Eve.pdf")
    changed = {model.__name__ for model, count in counted.items() if model._default_manager.count() != count}
    assert changed <= {"DailyCount"}  # how many asked, by day
    assert sorted(str(one) for one in Path(settings.DATA_FOLDER).rglob("*") if one.is_file()) == kept
    assert "Eve" not in caplog.text
