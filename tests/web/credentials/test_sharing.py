"""Sharing as an act: what is left out is nowhere, what is looked at before is what is sent, and what was promised ends it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tessella.containers import extract
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.leaving.reporting import read_report
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.domain import awards, batches, engine
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.portfolio import domain as portfolios
from tessella_web.credentials.portfolio.models import Portfolio
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.receiving.queries import policy_of
from tessella_web.credentials.tasks import work_once
from tessella_web.credentials.wallet import domain
from tessella_web.credentials.wallet.disclosure import parts_of
from tessella_web.credentials.wallet.models import Share, SharedFile, ShownKind, View
from tessella_web.registers.domain import bodies, registers
from tessella_web.registers.models import EntryStatus, Snapshot
from tests.web.conftest import person
from tests.web.credentials.conftest import class_list
from tests.web.credentials.test_verify import authority
from tests.web.pages import CheckingClient

__all__ = ["authority"]

pytestmark = pytest.mark.django_db

EN = ("en",)
FORMATS = ["openbadge", "openbadge-sd", "attestation", "edc", "pdf"]
SOON = dt.timedelta(days=10)


@pytest.fixture
def dana(db: None) -> Person:
    """A learner."""
    return person("Dana")


@pytest.fixture
def award(alice: Person, version: Version, authority: object, dana: Person) -> Award:
    """An award in every form that matters here; its learner's names are nowhere else in the world."""
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=FORMATS, is_suspendable=True,
        data=class_list("Zephyrine,Quillfeather,zq@example.org,2000-01-02,passed"),
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    found = Award.objects.get(row__batch=batch)
    found.holder = dana
    found.save(update_fields=["holder"])
    return found


@pytest.fixture
def office(bob: Person) -> Organisation:
    """The admissions office of another university: Bob owns it, and says under what rules it takes credentials."""
    found = accounts.found_organisation(founder=bob, name="University of Marl", slug="marl", country="DEU")
    receiving.publish_policy(by=bob, organisation=found, values=POLICY)
    return found


POLICY = {
    "is_open": True, "purposes": "Admission", "most_days": 90,
    "text": "The admissions office reads it.", "contact": "admissions@marl.example",
}  # fmt: skip


def names_left_out(data: bytes) -> list[str]:
    return [one.name for one in parts_of(data) if one.may_withhold and "name" not in one.name]


def data_of(award: Award, format: str) -> bytes:
    return default_storage.open(Copy.objects.get(award=award, format=format).file).read()


def details(**more: Any) -> dict[str, Any]:
    return {"recipient": "Hospital", "ends_at": timezone.now() + SOON, "languages": EN, **more}


def opened(client: CheckingClient, secret: str, **fields: str) -> Any:
    client.post(f"/s/{secret}", fields)
    return client.get(f"/s/{secret}")


@pytest.mark.parametrize("form", ["openbadge-sd", "attestation"])
def test_what_is_left_out_is_nowhere(client: CheckingClient, dana: Person, award: Award, form: str) -> None:
    """Not in the bytes, not in the report, not on the page, not in the document, not in the database."""
    key = f"a-{award.id}"
    made, secret = domain.share(
        by=dana, keys=[key], formats={key: form}, parts={key: names_left_out(data_of(award, form))}, shown_as="",
        **details(),
    )  # fmt: skip
    one = made.files.get()
    data = default_storage.open(one.file).read()
    page = opened(client, secret).content
    row = json.dumps([one.report, one.facts, one.parts, one.name, one.quality], ensure_ascii=False).encode()
    document = client.get(f"/s/{secret}/portfolio.pdf").content
    embedded = [part.data for part in extract(document)]
    for place in (data, page, row, *embedded):
        assert b"Quillfeather" not in place
        assert b"Zephyrine" not in place
    assert b"Quillfeather" in data_of(award, form) or form == "attestation"
    assert (one.withheld, one.verdict) == (True, "passed"), [
        c for c in one.report["checks"] if c["verdict"] != "passed"
    ]
    assert embedded[1:] == [data]


def test_the_name_of_a_file_does_not_tell_what_is_left_out(dana: Person, award: Award) -> None:
    """Brought in under the name of its holder, shown without it."""
    data = data_of(award, "openbadge-sd")
    item = domain.bring(by=dana, data=data, name="zephyrine.quillfeather.badge", languages=EN)
    made = domain.prepare(
        by=dana, keys=[f"i-{item.id}"], parts={f"i-{item.id}": names_left_out(data)}, **details()
    )
    one = made.files.get()
    assert one.name == "credential.json"
    assert "uillfeather" not in json.dumps([one.report, one.facts, one.parts])


@pytest.mark.parametrize("form", ["openbadge-sd", "attestation"])
def test_what_is_chosen_is_there(dana: Person, award: Award, form: str) -> None:
    key = f"a-{award.id}"
    free = [one.name for one in parts_of(data_of(award, form)) if one.may_withhold]
    made = domain.prepare(by=dana, keys=[key], formats={key: form}, parts={key: free}, **details())
    shown = default_storage.open(made.files.get().file).read()
    assert {one.value for one in parts_of(data_of(award, form))} - {one.value for one in parts_of(shown)} <= {
        ""
    } or b"Quill" in shown
    assert made.files.get().verdict == "passed"


def test_without_a_choice_what_is_private_stays_away(dana: Person, award: Award) -> None:
    made = domain.prepare(by=dana, keys=[f"a-{award.id}"], **details())
    one = made.files.get()
    assert one.form == "attestation" or one.form == "openbadge-sd"
    assert one.withheld
    assert not {"email", "awardId", "learner_identification"} & set(one.parts)
    assert {"full_name", "family_name"} & set(one.parts)


def test_other_forms_can_leave_nothing_out(dana: Person, award: Award) -> None:
    key = f"a-{award.id}"
    for form in ("openbadge", "edc", "pdf"):
        assert parts_of(data_of(award, form)) == ()
        with pytest.raises(RefusedError) as caught:
            domain.prepare(by=dana, keys=[key], formats={key: form}, parts={key: ["grade"]}, **details())
        assert caught.value.code == "wallet.parts"
    assert Share.objects.count() == 0


@pytest.mark.parametrize("names", [["nothing"], ["credentialStatus"], ["validFrom"]])
def test_only_what_is_offered_can_be_chosen(dana: Person, award: Award, names: list[str]) -> None:
    key = f"a-{award.id}"
    with pytest.raises(RefusedError) as caught:
        domain.prepare(by=dana, keys=[key], formats={key: "openbadge-sd"}, parts={key: names}, **details())
    assert caught.value.code == "wallet.parts"


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"{" * 100_000, b"a.b.c~d~", b"a.b.c~", b"\xff\xfe", b'{"proof": {}}']
)
def test_hostile_bytes_have_no_parts(data: bytes) -> None:
    assert parts_of(data) == ()


def test_what_stands_in_one_place_is_one_choice(award: Award) -> None:
    """Two boxes for one place would show what was left out by the other."""
    found = parts_of(data_of(award, "openbadge-sd"))
    assert [one.label for one in found if "language_of_classes" in one.name] == [
        "Language, How it was taught, When it began"
    ]
    singles = [single for one in found for single in one.name.split("+")]
    assert len(singles) == len(set(singles))


def test_parts_stand_in_one_order_and_codes_in_words(award: Award) -> None:
    """A token has its claims in an order that is made anew each time."""
    said = {one.name: one for one in parts_of(data_of(award, "attestation"))}
    free = [one.name for one in said.values() if one.may_withhold]
    assert free[:3] == ["given_name", "family_name", "learner_identification"]
    assert (said["issuing_country"].value, said["language_of_classes"].value) == ("Netherlands", "English")


def test_the_page_says_what_was_learned_where_it_is_shown(
    client: CheckingClient, dana: Person, award: Award
) -> None:
    key = f"a-{award.id}"
    pages = [
        opened(client, domain.share(
            by=dana, keys=[key], formats={key: "attestation"}, parts={key: parts}, **details()
        )[1]).page.text
        for parts in (["learning_outcomes"], [])
    ]  # fmt: skip
    outcome = award.version.record().outcomes[0].title["en"]
    assert [outcome in page for page in pages] == [True, False]


def test_the_way_through_the_pages(client: CheckingClient, dana: Person, award: Award) -> None:
    """Choose, look, leave the names out, look again, send: the link shows exactly what was looked at."""
    client.force_login(dana)
    ends = (timezone.localdate() + dt.timedelta(days=5)).isoformat()
    values = {
        "keys": [f"a-{award.id}"],
        "recipient": "Hospital",
        "ends_on": ends,
        "may_keep": "on",
        "shown_as": "",
    }
    draft = client.post("/wallet/shares/new", values, follow=True)
    path = draft.redirect_chain[-1][0]
    assert "They see the parts you chose" in draft.page.text
    parts = client.get(path.replace("preview", "parts/1") + "?form=openbadge-sd").page
    assert "Your family name: Quillfeather" in parts.text
    assert "Always shown" in parts.text
    whole = client.get(path.replace("preview", "parts/1") + "?form=pdf").page
    assert "In this form nothing can be left out" in whole.text
    chosen = {"form": "openbadge-sd", "parts": names_left_out(data_of(award, "openbadge-sd"))}
    preview = client.post(path.replace("preview", "parts/1"), chosen, follow=True).content.decode()
    assert "Quillfeather" not in preview
    secret = re.search(r"/s/([\w-]{43})", client.post(path).content.decode())
    assert secret is not None
    page = opened(CheckingClient(), secret[1]).content.decode()
    assert body_of(page) == body_of(preview)
    assert client.get(path).status_code == 404
    assert client.post(path).status_code == 404


def body_of(page: str) -> str:
    """The page without its frame, and without the addresses of its files and what is counted by the second."""
    start, end = (
        page.index('<p class="lead">For Hospital'),
        page.index("Each certificate was checked again just now"),
    )
    return re.sub(r'href="[^"]*"|\d+:\d+:\d+[^<]*|[\d.]+ ?(ms|s)\b', "", page[start:end])


def test_nobody_else_sees_what_is_being_put_together(
    client: CheckingClient, dana: Person, award: Award, charlie: Person
) -> None:
    made = domain.prepare(by=dana, keys=[f"a-{award.id}"], **details())
    paths = [f"/wallet/shares/{made.id}/{end}" for end in ("preview", "parts/1", "files/1", "portfolio.pdf")]
    client.force_login(charlie)
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(f"/wallet/shares/{made.id}/discard").status_code == 404
    for verb in (
        lambda: domain.send(by=charlie, share=made, languages=EN),
        lambda: domain.discard(by=charlie, share=made),
    ):
        with pytest.raises(RefusedError):
            verb()
    client.force_login(dana)
    assert [client.get(path).status_code for path in paths] == [200] * 4
    assert (made.digest, made.is_open(timezone.now(), 0)) == (None, False)


def test_what_was_sent_is_not_changed_any_more(dana: Person, award: Award) -> None:
    made, _secret = domain.share(by=dana, keys=[f"a-{award.id}"], **details())
    for verb in (
        lambda: domain.choose(by=dana, shown=made.files.get(), form="pdf", parts=None, languages=EN),
        lambda: domain.send(by=dana, share=made, languages=EN),
        lambda: domain.discard(by=dana, share=made),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == "wallet.sent"


def test_another_form_takes_the_place_of_the_first(
    dana: Person, award: Award, django_capture_on_commit_callbacks: Any
) -> None:
    made = domain.prepare(by=dana, keys=[f"a-{award.id}"], **details())
    before = made.files.get()
    with django_capture_on_commit_callbacks(execute=True):
        domain.choose(by=dana, shown=before, form="pdf", parts=None, languages=EN)
    after = made.files.get()
    assert (after.form, after.withheld) == ("pdf", False)
    assert not default_storage.exists(before.file)
    assert default_storage.open(after.file).read() == data_of(award, "pdf")


def test_files_are_kept_only_if_the_holder_lets(client: CheckingClient, dana: Person, award: Award) -> None:
    _made, secret = domain.share(by=dana, keys=[f"a-{award.id}"], may_keep=False, **details())
    page = opened(client, secret).content.decode()
    assert ("Keep the file" in page, "portfolio.pdf" in page) == (False, False)
    assert [client.get(f"/s/{secret}/{end}").status_code for end in ("1", "portfolio.pdf")] == [404, 404]


def test_the_log_has_what_people_say_of_themselves_and_nothing_else(
    client: CheckingClient, dana: Person, award: Award
) -> None:
    made, secret = domain.share(by=dana, keys=[f"a-{award.id}"], **details())
    visitor = CheckingClient()
    opened(visitor, secret, name="<b>Sister Ann</b>")
    opened(CheckingClient(), secret)
    assert [one.name for one in View.objects.filter(share=made).order_by("pk")] == ["<b>Sister Ann</b>", ""]
    assert {field.name for field in View._meta.get_fields()} == {"id", "share", "at", "name", "organisation"}
    client.force_login(dana)
    log = client.get("/wallet/shares").content.decode()
    assert "&lt;b&gt;Sister Ann&lt;/b&gt;" in log
    assert "Somebody has looked" in log
    client.post("/wallet/shares/seen")
    assert "Somebody has looked" not in client.get("/wallet/shares").content.decode()


def test_a_suspension_says_since_when(
    client: CheckingClient, alice: Person, dana: Person, award: Award
) -> None:
    _made, secret = domain.share(by=dana, keys=[f"a-{award.id}"], **details())
    awards.suspend(by=alice, award=award, reason="Under review.")
    page = opened(client, secret).page.text
    assert "Suspended" in page
    assert "Since " in page
    assert "Under review" not in page


def test_what_was_replaced_leads_to_what_stands_now(
    client: CheckingClient, alice: Person, dana: Person, award: Award
) -> None:
    """To its public page, which names nobody."""
    _made, secret = domain.share(by=dana, keys=[f"a-{award.id}"], **details())
    awards.correct(by=alice, award=award, reason="Misspelt.", values={"family_name": "Quillfether"})
    while engine.seal_next_chunk():
        pass
    page = opened(client, secret).content.decode()
    assert f'href="/a/{Award.objects.get(replaces=award).id}"' in page
    assert "Quillfether" not in page


def test_pages_of_shares_are_small(client: CheckingClient, dana: Person, award: Award) -> None:
    """Three certificates and a dozen things said stay under 100 KB without pictures."""
    items = [
        domain.declare(by=dana, values={"title": f"Thing {n}", "text": "Words. " * 50}) for n in range(12)
    ]
    keys = [f"a-{award.id}", *(f"i-{one.id}" for one in items)]
    _made, secret = domain.share(by=dana, keys=keys, **details())
    assert len(opened(client, secret).content) < 100_000


def test_names_are_no_markup_and_no_formula(client: CheckingClient, dana: Person) -> None:
    evil = '=HYPERLINK("https://evil.example")<script>alert(1)</script>'
    item = domain.declare(by=dana, values={"title": evil, "text": evil})
    _made, secret = domain.share(
        by=dana, keys=[f"i-{item.id}"], shown_as=evil, purpose=evil, **details(recipient=evil)
    )
    response = opened(client, secret)
    assert "<script>alert" not in response.content.decode()
    assert client.get(f"/s/{secret}/portfolio.pdf").content.startswith(b"%PDF")


def test_the_document_embeds_what_was_shown(client: CheckingClient, dana: Person, award: Award) -> None:
    key = f"a-{award.id}"
    made, _secret = domain.share(by=dana, keys=[key], formats={key: "openbadge"}, **details())
    client.force_login(dana)
    response = client.get(f"/wallet/shares/{made.id}/portfolio.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert [one.data for one in extract(response.content)][1:] == [data_of(award, "openbadge")]
    domain.withdraw(by=dana, share=made)
    assert client.get(f"/wallet/shares/{made.id}/portfolio.pdf").status_code == 404


def test_linkedin_gets_a_form_filled_in_and_nothing_by_itself(
    client: CheckingClient, dana: Person, award: Award
) -> None:
    client.force_login(dana)
    page = client.get(f"/wallet/entry/a-{award.id}/elsewhere")
    address = re.search(r'href="(https://www.linkedin.com[^"]*)"', page.content.decode())
    assert address is not None
    fields = parse_qs(urlsplit(address[1].replace("&amp;", "&")).query)
    assert fields["name"] == ["Data ethics in practice"]
    assert fields["organizationName"] == ["University of Twickel"]
    assert (fields["issueYear"], fields["issueMonth"]) == (["2026"], ["5"])
    assert fields["certUrl"] == [f"https://credentials.example/a/{award.id}"]
    assert "Quillfeather" not in address[1]


def test_europass_takes_the_european_digital_credential(
    client: CheckingClient, dana: Person, award: Award
) -> None:
    client.force_login(dana)
    page = client.get(f"/wallet/entry/a-{award.id}/elsewhere").content.decode()
    link = re.search(r'href="([^"]*)">Download it for Europass', page)
    assert link is not None
    assert client.get(link[1]).content == data_of(award, "edc")
    Copy.objects.filter(award=award, format="edc").delete()
    assert (
        "There is no European Digital Credential of it"
        in client.get(f"/wallet/entry/a-{award.id}/elsewhere").page.text
    )


# Handing in to an organisation


def handed_in(by: Person, office: Organisation, *keys: str, **more: Any) -> Share:
    made = domain.prepare(
        by=by, keys=keys, languages=EN, policy=policy_of(office), purpose="Admission", **{"keep_days": 30, **more}
    )  # fmt: skip
    assert domain.send(by=by, share=made, languages=EN) == ""
    return made


def test_handing_in_freezes_and_leads_to_an_inbox(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person, alice: Person
) -> None:
    share = handed_in(dana, office, f"a-{award.id}")
    one = share.files.get()
    assert (share.digest, share.policy["text"], one.quality["snapshots"]) == (None, POLICY["text"], [])
    client.force_login(alice)
    assert client.get("/o/marl/received").status_code == 404
    assert client.get(f"/o/twickel/received/{share.id}").status_code == 404
    client.force_login(bob)
    assert "Admission" in client.get("/o/marl/received").page.text
    page = client.get(f"/o/marl/received/{share.id}")
    assert "Only for: Admission." in page.page.text
    client.get(f"/o/marl/received/{share.id}")
    assert client.get(f"/o/marl/received/{share.id}/1").content == default_storage.open(one.file).read()
    assert client.get(f"/o/marl/received/{share.id}/portfolio.pdf").status_code == 200
    assert [view.organisation for view in View.objects.filter(share=share)] == [office]
    client.force_login(dana)
    assert "University of Marl" in client.get("/wallet/shares").page.text


@pytest.mark.parametrize("form", ["openbadge", "attestation"])
def test_the_registers_are_frozen_as_they_are(
    client: CheckingClient,
    dana: Person,
    award: Award,
    office: Organisation,
    bob: Person,
    charlie: Person,
    form: str,
) -> None:
    """The snapshot that a case will rest on has the digest of its content, and no later change touches it."""
    agency = accounts.found_organisation(founder=charlie, name="Agency", slug="agency", country="NLD")
    accounts.establish(organisation=agency, by_method="reviewer")
    register = registers.open_register(
        by=charlie, organisation=agency, name="Agency", slug="agency", is_quality_decision=True
    )
    body = bodies.make_body(
        name="Twickel",
        country="NL",
        homepage="https://twickel.example",
        confirmed=True,
        since=dt.date(2000, 1, 1),
    )
    entry = registers.enter(
        by=charlie, register=register, body=body, number="1", valid_from=dt.date(2020, 1, 1)
    )
    share = handed_in(dana, office, f"a-{award.id}", formats={f"a-{award.id}": form})
    registers.change_status(
        by=charlie, entry=entry, status=EntryStatus.WITHDRAWN, on=dt.date(2026, 1, 1), reason="Closed."
    )
    kept = share.files.get().quality
    found = Snapshot.objects.get(register=register)
    assert [(one["number"], one["sha256"]) for one in kept["snapshots"]] == [(1, found.sha256)]
    assert hashlib.sha256(found.content.encode()).hexdigest() == found.sha256
    assert (kept["body"], kept["answer"]["state"]) == ("Twickel", "yes")
    client.force_login(bob)
    page = client.get(f"/o/marl/received/{share.id}")
    assert "quality-assured on the day of the award" in page.page.text
    assert found.sha256 in page.page.text


def test_only_some_roles_read_what_was_handed_in(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person
) -> None:
    share = handed_in(dana, office, f"a-{award.id}")
    for role in Role:
        worker = person(f"marl-{role}")
        accounts.give_role(by=bob, organisation=office, person=worker, role=role)
        client.force_login(worker)
        allowed = role in (Role.OWNER, Role.COORDINATOR)
        assert client.get(f"/o/marl/received/{share.id}").status_code == (200 if allowed else 403), role
    with pytest.raises(NotAllowedError):
        receiving.publish_policy(by=dana, organisation=office, values=POLICY)


def test_withdrawing_takes_it_out_of_the_inbox_at_once(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    share = handed_in(dana, office, f"a-{award.id}")
    path = share.files.get().file
    client.force_login(bob)
    assert client.get(f"/o/marl/received/{share.id}").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        domain.withdraw(by=dana, share=share)
    assert client.get(f"/o/marl/received/{share.id}").status_code == 404
    assert client.get(f"/o/marl/received/{share.id}/1").status_code == 404
    assert not default_storage.exists(path)
    one = share.files.get()
    assert (one.report, one.quality, one.file) == (None, None, "")


def test_what_a_case_rests_on_is_not_withdrawn(dana: Person, award: Award, office: Organisation) -> None:
    share = handed_in(dana, office, f"a-{award.id}")
    share.taken_at = timezone.now()
    share.save()
    with pytest.raises(RefusedError) as caught:
        domain.withdraw(by=dana, share=share)
    assert caught.value.code == "wallet.taken"
    assert share.files.get().file


def test_what_was_taken_outlives_the_account_until_its_time_ends(
    dana: Person,
    award: Award,
    office: Organisation,
    settings: Any,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """What nobody works with goes at once; what is kept is nobody's, is named before and in the report, and ends."""
    settings.ERASURES_FILE, settings.AUDIT_KEY_FILE = tmp_path / "erasures.txt", tmp_path / "audit-key.pem"
    dana.name = "Zephyrine Quillfeather"
    dana.save()
    policy = policy_of(office)
    taken, idle = (
        domain.prepare(
            by=dana, keys=[f"a-{award.id}"], languages=EN, policy=policy, keep_days=30, purpose="Admission"
        )
        for _each in range(2)
    )
    for one in (taken, idle):
        domain.send(by=dana, share=one, languages=EN)
    Share.objects.filter(pk=taken.pk).update(taken_at=timezone.now())
    files = [taken.files.get().file, idle.files.get().file]
    assert [(one.who, one.until) for one in leaving.stays(dana) if "Admission" in one.what] == [
        ("University of Marl", (timezone.now() + dt.timedelta(days=30)).date())
    ]
    departure = leaving.announce(person=dana, days=0)
    with django_capture_on_commit_callbacks(execute=True):
        leaving.erase(person=dana, departure=departure)
    departure.refresh_from_db()
    told = read_report(departure.report)
    assert [default_storage.exists(one) for one in files] == [True, False]
    assert list(Share.objects.values_list("pk", "holder")) == [(taken.pk, None)]
    assert (told["erased"]["shares"], told["erased"]["taken-shares"]) == (1, 1)
    assert told["checks"]["left_elsewhere"] == {}
    assert "wallet.Share.shown_as" in told["checks"]["kept_by_issuers"]
    assert domain.erase_ended() == 0
    Share.objects.update(ends_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert domain.erase_ended() > 0
    assert not default_storage.exists(files[0])
    assert (Share.objects.count(), SharedFile.objects.count()) == (0, 0)


def test_time_over_means_erased_by_the_worker(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    share = handed_in(dana, office, f"a-{award.id}", keep_days=1)
    linked, _secret = domain.share(by=dana, keys=[f"a-{award.id}"], **details())
    draft = domain.prepare(by=dana, keys=[f"a-{award.id}"], **details())
    kept = domain.share(by=dana, keys=[f"a-{award.id}"], **details())[0]
    paths = [one.files.get().file for one in (share, linked, draft, kept)]
    Share.objects.filter(pk__in=[share.pk, linked.pk]).update(ends_at=timezone.now())
    Share.objects.filter(pk=draft.pk).update(made_at=timezone.now() - dt.timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        while work_once():
            pass
    assert [default_storage.exists(path) for path in paths] == [False, False, False, True]
    share.refresh_from_db()
    assert share.erased_at is not None
    assert not Share.objects.filter(pk=draft.pk).exists()
    client.force_login(bob)
    assert client.get(f"/o/marl/received/{share.id}").status_code == 404


def test_a_promise_that_changed_is_read_again(
    dana: Person, award: Award, office: Organisation, bob: Person
) -> None:
    made = domain.prepare(
        by=dana,
        keys=[f"a-{award.id}"],
        languages=EN,
        policy=policy_of(office),
        purpose="Admission",
        keep_days=30,
    )
    receiving.publish_policy(by=bob, organisation=office, values={**POLICY, "text": "We sell it."})
    with pytest.raises(RefusedError) as caught:
        domain.send(by=dana, share=made, languages=EN)
    assert caught.value.code == "wallet.closed"
    made.refresh_from_db()
    assert made.sent_at is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"keep_days": 91}, "wallet.keep-days"),
        ({"keep_days": 0}, "wallet.keep-days"),
        ({"purpose": " "}, "wallet.purpose"),
    ],
)
def test_purpose_and_time_are_said(
    dana: Person, award: Award, office: Organisation, changes: dict[str, Any], code: str
) -> None:
    values = {"purpose": "Admission", "keep_days": 30, **changes}
    with pytest.raises(RefusedError) as caught:
        domain.prepare(by=dana, keys=[f"a-{award.id}"], languages=EN, policy=policy_of(office), **values)
    assert caught.value.code == code
    assert SharedFile.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "receiving.incomplete"),
        ({"contact": " "}, "receiving.incomplete"),
        ({"most_days": 0}, "receiving.days"),
        ({"most_days": 99_999}, "receiving.days"),
    ],
)
def test_a_promise_is_whole(office: Organisation, bob: Person, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        receiving.publish_policy(by=bob, organisation=office, values={**POLICY, **changes})
    assert caught.value.code == code


def test_who_takes_nothing_is_not_offered(
    client: CheckingClient, dana: Person, office: Organisation, bob: Person
) -> None:
    domain.declare(by=dana, values={"title": "Choir"})
    client.force_login(dana)
    assert "University of Marl" in client.get("/wallet/shares/to").page.text
    assert client.get("/wallet/shares/to/marl").status_code == 200
    assert "University of Marl" not in client.get("/wallet/shares/to?q=nursing").page.text
    receiving.publish_policy(by=bob, organisation=office, values={**POLICY, "is_open": False})
    assert "University of Marl" not in client.get("/wallet/shares/to").page.text
    assert client.get("/wallet/shares/to/marl").status_code == 404
    assert client.get("/wallet/shares/to/twickel").status_code == 404


def test_the_pages_of_handing_in(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person
) -> None:
    client.force_login(dana)
    page = client.get("/wallet/shares/to/marl")
    assert "The admissions office reads it." in page.page.text
    values = {"keys": [f"a-{award.id}"], "purpose": "Admission", "keep_days": "30", "shown_as": "Dana"}
    draft = client.post("/wallet/shares/to/marl", values, follow=True)
    assert "keeps it for 30 days" in draft.page.text
    assert "You can withdraw it until they begin to work with it" in draft.page.text
    done = client.post(draft.redirect_chain[-1][0], follow=True)
    assert "University of Marl has it." in done.page.text
    client.force_login(bob)
    new = client.post("/o/marl/received/policy", {**POLICY, "is_open": "on", "most_days": "10"}, follow=True)
    assert "Learners read this from now on" in new.page.text


def test_lists_ask_a_constant_number_of_queries(
    client: CheckingClient, dana: Person, award: Award, office: Organisation, bob: Person,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    item = domain.declare(by=dana, values={"title": "Choir"})
    for _ in range(3):
        handed_in(dana, office, f"i-{item.id}")
        domain.share(by=dana, keys=[f"i-{item.id}"], **details())
    client.force_login(dana)
    for path in ("/wallet/shares", "/wallet/shares/to", "/wallet/pages"):
        with django_assert_max_num_queries(14):
            client.get(path)
    client.force_login(bob)
    with django_assert_max_num_queries(14):
        client.get("/o/marl/received")


# Pages that mix credentials and evidence


@pytest.fixture
def page(dana: Person, award: Award) -> Portfolio:
    """A heading, a text, a certificate, something said, an address and a file."""
    made = portfolios.make(by=dana, title="Applications")
    said = domain.declare(by=dana, values={"title": "Ran the choir", "text": "Five years."})
    put = lambda kind, data=b"", **values: portfolios.add(  # noqa: E731 -- six times the same
        by=dana, portfolio=made, kind=kind, values=values, data=data
    )
    put(ShownKind.HEADING, title="Working with data")
    put(ShownKind.TEXT, text="What I do.\n\nSince 2020.")
    put(ShownKind.CREDENTIAL, key=f"a-{award.id}", text="My best work.")
    put(ShownKind.DECLARED, key=f"i-{said.id}")
    put(ShownKind.LINK, title="My article", url="https://paper.example/a?b=1&c=2", text="On bias.")
    put(
        ShownKind.EVIDENCE, data=b"<html><script>alert(1)</script>", title="My report", name="../../r<b>.html"
    )
    return made


def test_a_page_tells_apart_what_is_certified_brought_and_said(
    client: CheckingClient, dana: Person, page: Portfolio
) -> None:
    made = portfolios.show(by=dana, portfolio=page, **details())
    secret = domain.send(by=dana, share=made, languages=EN)
    html = opened(client, secret).content.decode()
    places = [
        html.index(one)
        for one in (
            "Working with data",
            "Since 2020.",
            "Data ethics",
            "Ran the choir",
            "My article",
            "My report",
        )
    ]
    assert places == sorted(places)
    assert [html.count(f"shown-{kind}") for kind in ("credential", "declared", "link", "evidence")] == [
        1,
        1,
        1,
        1,
    ]
    for words in (
        "A file of the person&#x27;s own",
        "Said by the person, certified by nobody",
        "An address that the person names",
        "Its holder says:",
    ):
        assert words in html
    assert 'rel="noopener noreferrer nofollow ugc"' in html
    file = client.get(f"/s/{secret}/6")
    assert file.content == b"<html><script>alert(1)</script>"
    assert (file["Content-Type"], file["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert file["Content-Disposition"].startswith("attachment")
    assert client.get(f"/s/{secret}/portfolio.pdf").content.startswith(b"%PDF")


def test_a_page_is_frozen_when_it_is_shown(client: CheckingClient, dana: Person, page: Portfolio) -> None:
    made = portfolios.show(by=dana, portfolio=page, **details())
    secret = domain.send(by=dana, share=made, languages=EN)
    portfolios.remove(by=dana, portfolio=page)
    assert "My report" in opened(client, secret).page.text
    assert client.get(f"/s/{secret}/6").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "http://[",
        "ftp://x.example",
        "https://a b",
        "https://x/" + "a" * 600,
    ],
)
def test_addresses_that_are_none_are_refused(dana: Person, page: Portfolio, url: str) -> None:
    with pytest.raises(RefusedError) as caught:
        portfolios.add(by=dana, portfolio=page, kind=ShownKind.LINK, values={"title": "x", "url": url})
    assert caught.value.code == "portfolio.address"


@pytest.mark.parametrize("data", [b"", b"x" * (portfolios.MAX_FILE_BYTES + 1)])
def test_files_have_limits(dana: Person, page: Portfolio, data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        portfolios.add(
            by=dana, portfolio=page, kind=ShownKind.EVIDENCE, values={"title": "x", "name": "x"}, data=data
        )
    assert caught.value.code == "portfolio.file"


def test_a_page_is_its_owners_only(
    client: CheckingClient, dana: Person, page: Portfolio, charlie: Person
) -> None:
    piece = page.pieces.first()
    assert piece is not None
    base = f"/wallet/pages/{page.id}"
    paths = [base, f"{base}/share", f"{base}/delete", f"{base}/add/text"]
    client.force_login(charlie)
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.post(f"{base}/{piece.id}/remove").status_code == 404
    for verb in (
        lambda: portfolios.add(by=charlie, portfolio=page, kind=ShownKind.TEXT, values={"text": "x"}),
        lambda: portfolios.move(by=charlie, piece=piece, up=False),
        lambda: portfolios.remove_piece(by=charlie, piece=piece),
        lambda: portfolios.remove(by=charlie, portfolio=page),
        lambda: portfolios.show(by=charlie, portfolio=page, **details()),
    ):
        with pytest.raises(RefusedError):
            verb()
    with pytest.raises(RefusedError):
        own = portfolios.make(by=charlie, title="x")
        portfolios.add(
            by=charlie,
            portfolio=own,
            kind=ShownKind.CREDENTIAL,
            values={"key": page.pieces.get(number=3).key},
        )
    client.force_login(dana)
    assert [client.get(path).status_code for path in paths] == [200] * 4
    assert page.pieces.count() == 6


def test_the_order_is_the_holders(client: CheckingClient, dana: Person, page: Portfolio) -> None:
    client.force_login(dana)
    first, second = page.pieces.all()[:2]
    client.post(f"/wallet/pages/{page.id}/{first.id}/down")
    assert [one.id for one in page.pieces.all()[:2]] == [second.id, first.id]
    client.post(f"/wallet/pages/{page.id}/{first.id}/up")
    client.post(f"/wallet/pages/{page.id}/{first.id}/up")
    assert [one.id for one in page.pieces.all()[:2]] == [first.id, second.id]
    client.post(f"/wallet/pages/{page.id}/{first.id}/remove")
    assert page.pieces.count() == 5
    assert client.post(f"/wallet/pages/{page.id}/{second.id}/sideways").status_code == 404


def test_the_pages_of_a_page(client: CheckingClient, dana: Person, award: Award, own_places: Path) -> None:
    client.force_login(dana)
    made = client.post("/wallet/pages", {"title": "Spring"}, follow=True)
    base = made.redirect_chain[-1][0]
    client.post(f"{base}/add/entry", {"key": f"a-{award.id}", "text": "Mine."})
    client.post(f"{base}/add/heading", {"title": "Head"})
    client.post(f"{base}/add/evidence", {"title": "Photo", "file": SimpleUploadedFile("p.png", b"png")})
    wrong = client.post(f"{base}/add/link", {"title": "x", "url": "javascript:alert(1)"})
    assert "This is no address of a page." in wrong.page.text
    assert client.get(f"{base}/add/nothing").status_code == 404
    ends = (timezone.localdate() + dt.timedelta(days=5)).isoformat()
    draft = client.post(
        f"{base}/share", {"recipient": "Hospital", "ends_on": ends, "shown_as": "Dana"}, follow=True
    )
    assert draft.page.headings[0][1] == "This is what they will see"
    assert "Mine." in draft.page.text
    assert "The page is deleted." in client.post(f"{base}/delete", follow=True).page.text


def test_what_left_the_wallet_is_left_out(dana: Person, page: Portfolio) -> None:
    item = page.pieces.get(number=4).key
    domain.remove(by=dana, item=domain_item(dana, item))
    made = portfolios.show(by=dana, portfolio=page, **details())
    assert [one.kind for one in made.files.all()] == ["heading", "text", "credential", "link", "evidence"]


def domain_item(dana: Person, key: str) -> Any:
    return dana.items.get(pk=key.removeprefix("i-"))
