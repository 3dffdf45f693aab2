"""Public comment on a draft, from the question to the summary."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from tessella_web.catalogue.consultation import domain
from tessella_web.catalogue.consultation.models import Consultation
from tests.api.conftest import Small, client_of
from tests.api.support import Client


def _opened(owner: Client) -> str:
    draft = owner("POST", "/descriptions", {"content": {"title": "Data Ethics"}}).json()["id"]
    until = (timezone.now().date() + dt.timedelta(days=14)).isoformat()
    made = owner(
        "POST", f"/descriptions/{draft}/consultations", {"question": "Would this help you?", "until": until}
    )
    assert made.status_code == 201
    assert (made.json()["takes_comments"], made.json()["audience"]) == (True, "link")
    assert made.json()["content"]["title"] == "Data Ethics"
    rounds = owner("GET", f"/descriptions/{draft}/consultations").json()["items"]
    assert [one["id"] for one in rounds] == [made.json()["id"]]
    return str(made["Location"].removeprefix("/api/v1"))


def test_a_round_is_answered_and_closed(owner: Client) -> None:
    at = _opened(owner)
    round_ = Consultation.objects.get()
    domain.comment(consultation=round_, text="How many hours?", name="Eva", may_show_name=True)
    domain.comment(consultation=round_, text="Buy my watches.")
    first, second = owner("GET", f"{at}/comments").json()["items"]
    assert (first["text"], first["name"], second["name"]) == ("How many hours?", "Eva", "")
    early = owner("POST", f"{at}/closing", {})
    assert (early.status_code, early.json()["code"]) == (409, "consultation.unanswered")
    answered = owner("PUT", f"{at}/comments/{first['id']}/answer", {"text": "Sixty."}).json()
    assert (answered["answer"], answered["hidden_at"]) == ("Sixty.", None)
    hidden = owner("PUT", f"{at}/comments/{second['id']}/hiding", {"because": "Advertising."}).json()
    assert (hidden["hidden_because"], hidden["text"]) == ("Advertising.", "Buy my watches.")
    closed = owner("POST", f"{at}/closing", {"summary": "Hours are stated."}).json()
    assert (closed["summary"], closed["takes_comments"]) == ("Hours are stated.", False)
    assert owner("POST", f"{at}/closing", {}).json()["code"] == "consultation.closed"


def test_those_who_do_not_answer_for_the_draft_do_not_read_the_names(owner: Client, small: Small) -> None:
    at = _opened(owner)
    guest = client_of(small, "guest")
    assert {guest("GET", at + rest).status_code for rest in ("", "/comments")} == {403}
