"""The whole way: four badges, one question, one decision, one certificate with a proof; and back when a badge falls."""

from __future__ import annotations

import json

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from tessella.stacking.checker import check_proof
from tessella.verification import Surroundings, verify
from tessella_web.accounts.letters.domain import send_due
from tessella_web.accounts.models import Person
from tessella_web.credentials.domain import awards
from tessella_web.credentials.models import Award, AwardState
from tessella_web.credentials.wallet.counting import towards
from tessella_web.credentials.wallet.entries import entries_of
from tessella_web.recognition.stacking import domain
from tessella_web.recognition.stacking.models import Cascade, CascadeState, Case, CaseState
from tests.web.credentials.support import PlatformFetcher
from tests.web.pages import CheckingClient
from tests.web.stacking.conftest import sealed

pytestmark = pytest.mark.django_db


def letters() -> list[str]:
    """Subjects of what left since the last time."""
    mail.outbox.clear()
    send_due()
    return sorted(one.subject for one in mail.outbox)


def test_from_badges_to_a_certificate_and_back(
    client: CheckingClient, dana: Person, marla: Person, version: object, badges: list[Award]
) -> None:
    client.force_login(dana)
    ask = reverse("stacking-ask", args=[version.id])  # type: ignore[attr-defined]
    page = client.get(ask).page
    ticked = sorted(one["value"] for one in page.fields if one.get("name") == "keys" and "checked" in one)
    assert len(ticked) == 2
    answer = client.post(ask, {"keys": [f"a-{one.id}" for one in badges[:3]], "keep_days": 60})
    page = client.get(answer["Location"]).page
    assert "Nothing has been sent to University of Marl yet" in page.text
    answer = client.post(answer["Location"], {"name": "Dana Alder", "message": "I worked hard."})
    case = Case.objects.get()
    assert answer["Location"] == reverse("stacking-mine", args=[case.id])
    assert "Waits for the organisation" in client.get(answer["Location"]).page.text
    assert letters() == ["A learner asks for a decision"]

    client.force_login(marla)
    where = reverse("stacking-case", args=["marl", case.id])
    assert "Dana Alder" in client.get(reverse("stacking", args=["marl"])).page.text
    page = client.get(where).page
    assert "Meets the published rule of University of Marl" in page.text
    assert "Fills “bees” of “core”" in page.text
    assert "Beekeeping" in client.get(reverse("stacking-evidence", args=["marl", case.id])).page.text
    decide = reverse("stacking-decide", args=["marl", case.id])
    client.get(decide)
    answer = client.post(
        decide,
        {"decision": "granted", "reasons": "All of it counts.", "formats": ["openbadge"], "assessed_by": ""},
    )
    assert answer["Location"] == where
    sealed()
    domain.finish_due()
    case.refresh_from_db()
    assert (case.state, case.award is not None) == (CaseState.GRANTED, True)
    assert letters() == ["Your award is made"]  # the letter on the decision had not left yet

    client.force_login(dana)
    mine = reverse("stacking-mine", args=[case.id])
    assert "All of it counts." in client.get(mine).page.text
    page = client.get(reverse("wallet-entry", args=[f"a-{case.award_id}"])).page
    assert "By the published rule; decided by University of Marl." in page.text
    proof = client.get(reverse("stacking-my-proof", args=[case.id])).content
    assert problems(proof) == ()
    again = [one for one in towards(entries_of(dana, ("en",)), on=timezone.localdate()) if one.known.version]
    assert f"a-{case.award_id}" not in [
        one.item for one in again[0].answer.counted
    ]  # it would stand on itself

    counted = (
        case.parts.get(counts=True, title="Honey") if case.parts.filter(counts=True, title="Honey") else None
    )
    other = counted or case.parts.filter(counts=True).exclude(title="Beekeeping").get()
    owner = other.own.organisation.memberships.first().person
    awards.revoke(by=owner, award=other.own, reason="Given by mistake.")
    assert letters() == [
        "Something that an award stands on has changed",
        "Something that your award stands on has changed",
    ]
    page = client.get(mine).page
    assert "By the rule your award is met without it, too" in page.text
    cascade = Cascade.objects.get()
    client.force_login(marla)
    fallen = reverse("stacking-fallen", args=["marl", cascade.id])
    assert "Meets the published rule" in client.get(fallen).page.text
    client.post(fallen, {"action": "replace", "reason": "Another badge takes its place."})
    sealed()
    domain.finish_due()
    before, case = case.award, Case.objects.get()
    before.refresh_from_db()
    assert before.state == AwardState.SUPERSEDED
    assert case.award != before
    assert other.title not in [one.title["en"] for one in case.award.read().parts]
    assert problems(client.get(reverse("stacking-proof", args=["marl", case.id])).content) == ()
    assert Cascade.objects.get().state == CascadeState.REPLACED


def problems(proof: bytes) -> tuple[str, ...]:
    """What the independent checker finds, of a proof whose seal holds under the key that the organisation publishes."""
    report = verify(
        proof, name="proof.json", surroundings=Surroundings(at=timezone.now(), fetcher=PlatformFetcher())
    )
    assert [one.id for one in report.checks if one.id == "seal" and one.verdict == "passed"], report
    decision = json.loads(proof)["credentialSubject"]
    return check_proof(decision["proof"], decision["rule"], decision["items"])
