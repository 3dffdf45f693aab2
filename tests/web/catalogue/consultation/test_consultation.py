"""Public comment: who opens, who comments, what is shown, what reviewers see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tessella_web.accounts.models import Person
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.consultation import domain, queries
from tessella_web.catalogue.consultation.models import Audience, Consultation, PublicComment
from tessella_web.catalogue.models import Description
from tessella_web.common.errors import NotAllowedError, RefusedError
from tests.web.catalogue.counting import counted
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


def in_days(days: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=days)


@pytest.fixture
def consultation(draft: Description, alice: Person) -> Consultation:
    return domain.open_consultation(
        description=draft, by=alice, question="Would this help you?", until=in_days(14)
    )


def said(consultation: Consultation, text: str = "More practice, please.", **facts: object) -> PublicComment:
    made = domain.comment(consultation=consultation, text=text, **facts)  # type: ignore[arg-type]
    assert made is not None
    return made


def signed_in(person: Person) -> CheckingClient:
    client = CheckingClient()
    client.force_login(person)
    return client


def test_the_story_of_a_round(draft: Description, alice: Person, rita: Person) -> None:
    author, public = signed_in(alice), CheckingClient()
    opened = author.post(
        f"/descriptions/{draft.id}/comments/",
        {"question": "Would this help you?", "audience": "everybody", "until": in_days(14).isoformat()}, follow=True,
    )  # fmt: skip
    assert "Open for comment" in opened.page.text
    consultation = Consultation.objects.get()
    assert "Data ethics in practice" in public.get("/comments/").page.text
    page = public.get(f"/comments/{consultation.id}/").page
    assert "Would this help you?" in page.text
    assert "Test a data set for bias" in page.text
    sent = public.post(
        f"/comments/{consultation.id}/",
        {"element": "workload", "text": "84 hours are too many beside a job.", "name": "Growers of Twickel"}, follow=True,
    )  # fmt: skip
    assert "84 hours are too many" in sent.page.text
    assert "Growers of Twickel" not in sent.page.text
    comment = PublicComment.objects.get()
    seen = author.get(f"/descriptions/{draft.id}/comments/{consultation.id}/").page
    assert "Growers of Twickel" in seen.text
    assert "name not shown in public" in seen.text
    refused = author.post(f"/descriptions/{draft.id}/comments/{consultation.id}/close", {"summary": ""}).page
    assert "1 comment has no answer yet" in refused.text
    author.post(
        f"/descriptions/{draft.id}/comments/{consultation.id}/{comment.id}/answer",
        {"answer": "We spread them over twelve weeks."},
    )
    author.post(
        f"/descriptions/{draft.id}/comments/{consultation.id}/close",
        {"summary": "Twelve weeks instead of eight."},
    )
    after = public.get(f"/comments/{consultation.id}/").page
    for words in (
        "Closed for comment",
        "Twelve weeks instead of eight.",
        "We spread them over twelve weeks.",
    ):
        assert words in after.text
    assert "Alice" not in after.text
    assert public.get("/comments/").page.text.count("Data ethics in practice") == 0
    review = catalogue.submit_for_review(description=draft, by=alice)
    reviewer = signed_in(rita).get(f"/reviews/{review.id}/").page
    assert "1 comment, 1 answered" in " ".join(reviewer.text.split())
    assert "Twelve weeks instead of eight." in reviewer.text


def test_a_name_is_shown_only_with_consent(consultation: Consultation) -> None:
    said(consultation, name="Hidden Person")
    said(consultation, name="Shown Person", may_show_name=True)
    page = CheckingClient().get(f"/comments/{consultation.id}/").page
    assert "Shown Person" in page.text
    assert "Hidden Person" not in page.text


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_nothing_is_kept(
    consultation: Consultation,
) -> None:
    client = CheckingClient()
    page = client.get(f"/comments/{consultation.id}/")
    assert 'tabindex="-1"' in page.content.decode()
    sent = client.post(
        f"/comments/{consultation.id}/", {"text": "Buy!", "website": "https://spam.example"}, follow=True
    )
    assert "Thank you" in sent.page.text
    assert not PublicComment.objects.exists()


def test_a_flood_from_one_place_is_slowed_down(consultation: Consultation) -> None:
    for _n in range(domain.MOST_AN_HOUR):
        said(consultation, place="192.0.2.1")
    with pytest.raises(RefusedError) as caught:
        said(consultation, place="192.0.2.1")
    assert caught.value.code == "consultation.too-many"
    said(consultation, place="192.0.2.2")
    PublicComment.objects.update(made_at=timezone.now() - dt.timedelta(hours=2))
    said(consultation, place="192.0.2.1")
    assert PublicComment.objects.exclude(sender="").count() == 1
    assert not PublicComment.objects.filter(sender__contains="192").exists()


def test_a_flood_from_everywhere_is_slowed_down(
    consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MOST_FROM_ALL_AN_HOUR", 2)
    said(consultation)
    said(consultation)
    with pytest.raises(RefusedError) as caught:
        said(consultation)
    assert caught.value.code == "consultation.too-many"


def test_what_is_over_takes_no_comments(consultation: Consultation, alice: Person) -> None:
    Consultation.objects.update(until=in_days(-1))
    with pytest.raises(RefusedError) as caught:
        said(consultation)
    assert caught.value.code == "consultation.closed"
    assert "What do you say?" not in CheckingClient().get(f"/comments/{consultation.id}/").page.text
    Consultation.objects.update(until=in_days(1))
    said(consultation, place="192.0.2.1")
    domain.answer(comment=PublicComment.objects.get(), by=alice, text="Thanks.")
    domain.close(consultation=consultation, by=alice)
    assert PublicComment.objects.get().sender == ""
    with pytest.raises(RefusedError):
        said(consultation)
    with pytest.raises(RefusedError):
        domain.close(consultation=consultation, by=alice)


def test_a_hidden_comment_says_why_and_shows_nothing(consultation: Consultation, alice: Person) -> None:
    comment = said(consultation, "Mrs X is wrong.", name="Y", may_show_name=True)
    client = signed_in(alice)
    client.post(
        f"/descriptions/{consultation.description_id}/comments/{consultation.id}/{comment.id}/hide",
        {"because": "Names a person."},
    )
    page = CheckingClient().get(f"/comments/{consultation.id}/").page
    assert "Names a person." in page.text
    assert "Mrs X" not in page.text
    manage = client.get(f"/descriptions/{consultation.description_id}/comments/{consultation.id}/").page
    assert "Mrs X is wrong." in manage.text


def test_only_one_round_is_open_and_it_ends(
    draft: Description, alice: Person, consultation: Consultation
) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.open_consultation(description=draft, by=alice, question="Again?", until=in_days(1))
    assert caught.value.code == "consultation.open"
    domain.close(consultation=consultation, by=alice)
    for days in (-1, domain.LONGEST_DAYS + 1):
        with pytest.raises(RefusedError) as caught:
            domain.open_consultation(description=draft, by=alice, question="Again?", until=in_days(days))
        assert caught.value.code == "consultation.until"
    with pytest.raises(RefusedError) as caught:
        domain.open_consultation(description=draft, by=alice, question="  ", until=in_days(1))
    assert caught.value.code == "consultation.no-question"


def test_the_draft_people_see_is_that_of_the_beginning(
    draft: Description, alice: Person, consultation: Consultation
) -> None:
    catalogue.save_element(description=draft, by=alice, element="description", value="Something new.")
    assert "Something new." not in CheckingClient().get(f"/comments/{consultation.id}/").page.text
    page = signed_in(alice).get(f"/descriptions/{draft.id}/comments/{consultation.id}/").page
    assert "The draft has changed since" in page.text


def test_a_round_for_people_with_the_link_is_not_listed(consultation: Consultation) -> None:
    client = CheckingClient()
    assert "Data ethics" not in client.get("/comments/").page.text
    page = client.get(f"/comments/{consultation.id}/")
    assert page["X-Robots-Tag"] == "noindex"
    Consultation.objects.update(audience=Audience.EVERYBODY)
    assert "X-Robots-Tag" not in client.get(f"/comments/{consultation.id}/")


MANAGING = ("", "{c}/", "{c}/close", "{c}/{k}/answer", "{c}/{k}/hide")


@pytest.mark.parametrize("address", MANAGING)
def test_who_manages_a_round(
    consultation: Consultation, alice: Person, bob: Person, rita: Person, charlie: Person, address: str
) -> None:
    comment = said(consultation)
    here = f"/descriptions/{consultation.description_id}/comments/" + address.format(
        c=consultation.id, k=comment.id
    )
    assert signed_in(alice).get(here).status_code == 200
    assert signed_in(rita).get(here).status_code == 403
    assert signed_in(bob).get(here).status_code == 403
    assert signed_in(charlie).get(here).status_code == 404
    assert CheckingClient().get(here).status_code == 302


def test_rounds_and_comments_of_others_are_not_found(
    consultation: Consultation, alice: Person, bob: Person
) -> None:
    client, base = signed_in(alice), f"/descriptions/{consultation.description_id}/comments/"
    assert client.get(f"{base}nothing/").status_code == 404
    assert client.get(f"{base}{consultation.id}/nothing/answer").status_code == 404
    assert CheckingClient().get("/comments/nothing/").status_code == 404
    with pytest.raises(NotAllowedError):
        domain.close(consultation=consultation, by=bob)


def test_pages_need_a_constant_number_of_queries(consultation: Consultation) -> None:
    client, here = CheckingClient(), f"/comments/{consultation.id}/"
    said(consultation)
    client.get(here)
    one = counted(lambda: client.get(here))
    said(consultation)
    said(consultation)
    assert counted(lambda: client.get(here)) == one
    assert counted(lambda: queries.consultations_of(consultation.description)) == 1
