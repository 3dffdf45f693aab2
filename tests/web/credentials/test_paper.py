"""Awards on paper: a class without mail addresses, a code that anybody checks, a code under a fold that its owner uses once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.serializers import serialize
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.domain import awards as domain_awards
from tessella_web.credentials.domain import batches, engine
from tessella_web.credentials.models import Award, AwardState, Batch
from tessella_web.credentials.paper import codes, domain
from tessella_web.credentials.paper.models import Sheet
from tests.web.credentials.conftest import class_list
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_was_here() -> None:
    cache.clear()


@pytest.fixture
def batch(alice: Person, version: Version, sealing_keys: None) -> Batch:
    """A class list without a column for mail addresses, but for one person of another list."""
    made = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", formats=["openbadge"],
        data=class_list("Rosa,Lima,1990-01-02,passed", "Ben,Alves,1991-01-02,passed", header="Given name,Family name,Date of birth,Result"),
    )  # fmt: skip
    batches.start(by=alice, batch=made)
    while engine.seal_next_chunk():
        pass
    return made


@pytest.fixture
def rosa(batch: Batch) -> Award:
    return Award.objects.get(row__batch=batch, row__number=2)


def printed(alice: Person, award: Award, *, is_lost: bool = False) -> tuple[str, str]:
    """Both codes, as they stand on the sheet."""
    import io

    text = (
        PdfReader(io.BytesIO(domain.print_award(by=alice, award=award, is_lost=is_lost)))
        .pages[0]
        .extract_text()
    )
    first, second = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    assert award.learner.display_name in text
    return first, second


def test_a_class_without_addresses_gets_a_page_each(
    client: CheckingClient, alice: Person, batch: Batch
) -> None:
    import io

    client.force_login(alice)
    path = f"/o/twickel/batches/{batch.id}/sheets"
    assert "2 people of this list have no mail address" in client.get(path).content.decode()
    answer = client.post(path)
    pages = [one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages]
    assert answer["Content-Type"] == "application/pdf"
    assert [name in page for name, page in zip(("Rosa Lima", "Ben Alves"), pages, strict=True)] == [
        True,
        True,
    ]
    assert Sheet.objects.count() == 2
    assert client.post(path).status_code == 200
    assert Sheet.objects.count() == 2


def test_anybody_checks_a_sheet_by_its_code(client: CheckingClient, alice: Person, rosa: Award) -> None:
    code, _claim = printed(alice, rosa)
    answer = client.post(
        "/sheet/",
        {"code": f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "},
        follow=True,
    )
    page = answer.content.decode()
    assert ("Rosa Lima" in page, "University of Twickel" in page, "A test: it proves nothing" in page) == (
        True,
        True,
        True,
    )
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    wrong = client.post("/sheet/", {"code": "0000-0000-0000"}).content.decode()
    assert "the sheet is not genuine" in wrong
    assert client.get("/sheet/000000000000").status_code == 404
    assert "twelve letters" in client.post("/sheet/", {"code": "000"}).content.decode()


def test_a_sheet_says_what_became_of_the_award(client: CheckingClient, alice: Person, rosa: Award) -> None:
    code, _claim = printed(alice, rosa)
    domain_awards.revoke(by=alice, award=rosa, reason="A mistake")
    page = client.get(f"/sheet/{codes.plain(code)}").content.decode()
    assert "Revoked" in page and "A mistake" not in page
    with pytest.raises(RefusedError) as caught:
        domain.print_award(by=alice, award=Award.objects.get(pk=rosa.pk))
    assert caught.value.code == "paper.state"


def test_its_owner_takes_it_once(client: CheckingClient, alice: Person, rosa: Award, charlie: Person) -> None:
    code, claim = printed(alice, rosa)
    client.force_login(charlie)
    answer = client.post("/sheet/take", {"code": code, "claim_code": claim.lower()})
    rosa.refresh_from_db()
    assert (answer.status_code, rosa.holder, rosa.claimed_at is None) == (302, charlie, False)
    again = CheckingClient().post("/sheet/take", {"code": code, "claim_code": claim})
    assert "These codes do not work" in again.content.decode()
    assert Sheet.objects.get().used_at is not None


def test_its_owner_gets_the_files_without_an_account(
    client: CheckingClient, alice: Person, rosa: Award
) -> None:
    code, claim = printed(alice, rosa)
    page = client.post("/sheet/take", {"code": code, "claim_code": claim}, follow=True)
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, f"/a/{rosa.id}/files")
    assert client.get(f"/a/{rosa.id}/files/openbadge").status_code == 200


def test_a_lost_sheet_ends_and_the_check_goes_on(alice: Person, rosa: Award) -> None:
    code, claim = printed(alice, rosa)
    code_then, claim_then = printed(alice, rosa, is_lost=True)
    assert (code, claim) == (code_then, claim) and claim != claim_then
    with pytest.raises(RefusedError):
        domain.claim(code=code, claim_code=claim)
    assert domain.claim(code=code, claim_code=claim_then).id == rosa.id


def test_codes_are_not_to_be_tried_out(client: CheckingClient, alice: Person, rosa: Award) -> None:
    code, claim = printed(alice, rosa)
    for number in range(domain.MOST_WRONG):
        with pytest.raises(RefusedError):
            domain.claim(code=code, claim_code=f"0000-0000-{number:04}")
    with pytest.raises(RefusedError):
        domain.claim(code=code, claim_code=claim)
    printed(alice, rosa, is_lost=True)
    assert Sheet.objects.get().wrong == 0
    said = [client.post("/sheet/", {"code": f"1111-1111-{n:04}"}).content.decode() for n in range(12)]
    assert ["That was quick" in one for one in said] == [False] * 10 + [True] * 2
    looks = [client.get(f"/sheet/{codes.plain(code)}").status_code for _n in range(61)]
    assert (looks[0], looks[-1]) == (200, 429)


def test_no_copy_of_the_database_holds_a_code(alice: Person, rosa: Award) -> None:
    both = printed(alice, rosa)
    stored = serialize("json", [*Sheet.objects.all(), *Award.objects.all()])
    assert [one in stored or codes.plain(one) in stored for one in both] == [False, False]


def test_who_may_print(
    client: CheckingClient,
    batch: Batch,
    rosa: Award,
    bob: Person,
    charlie: Person,
    organisation: Organisation,
) -> None:
    paths = [f"/o/twickel/batches/{batch.id}/sheets", f"/o/twickel/sheets/{rosa.id}"]
    assert [client.post(path).status_code for path in paths] == [302, 302]
    for who, status in ((bob, 403), (charlie, 404)):
        client.force_login(who)
        assert [client.post(path).status_code for path in paths] == [status, status]
    with pytest.raises(NotAllowedError):
        domain.print_batch(by=bob, batch=batch)


def test_an_award_that_was_taken_by_mail_is_not_taken_by_paper(alice: Person, rosa: Award) -> None:
    code, claim = printed(alice, rosa)
    Award.objects.filter(pk=rosa.pk).update(claimed_at="2026-01-01T00:00Z")
    with pytest.raises(RefusedError) as caught:
        domain.claim(code=code, claim_code=claim)
    assert caught.value.code == "paper.codes"
    assert Award.objects.get(pk=rosa.pk).state == AwardState.VALID


def test_the_list_of_sheets_asks_a_constant_number_of_queries(
    client: CheckingClient, alice: Person, batch: Batch, django_assert_max_num_queries: Any
) -> None:
    client.force_login(alice)
    with django_assert_max_num_queries(16):
        client.get(f"/o/twickel/batches/{batch.id}/sheets")


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    once = codes.plain(typed)
    assert codes.plain(once) == once
    assert codes.plain("-".join(once)) == once
