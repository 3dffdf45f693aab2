"""What people at a provider do from nothing to an award, in a real browser: written once, told for several providers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tests.browser.acting import fill, press, says
from tests.browser.axe import problems

__all__ = ["Provider", "Telling"]


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, and what they say on the screens; ``answers`` by screen."""

    slug: str
    coordinator: str
    reviewer: str
    learner_representative: str
    assessor: str
    answers: Mapping[str, Mapping[str, Any]]
    outcomes: int


class Telling:
    """One telling: pages of people, pictures of what they saw, mails that came."""

    def __init__(
        self, provider: Provider, visit: Callable[..., Any], mails: Callable[[str], str], pictures: Path
    ) -> None:
        self.provider = provider
        self.visit = visit
        self.mails = mails
        self.pictures = pictures
        self.staff = visit(provider.coordinator)

    def look(self, page: Any, name: str) -> None:
        """Keep a picture at both widths; axe finds nothing."""
        page.emulate_media(color_scheme="light")
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=str(self.pictures / f"{name}-{width}.png"), full_page=True)
        assert (name, problems(page)) == (name, [])

    def describe(self) -> str:
        """All screens of the guided form; the id of the description."""
        page = self.staff
        page.goto(f"/o/{self.provider.slug}/descriptions/new")
        press(page, "Begin")
        found = re.search(r"/descriptions/([\w-]{22})/", page.url)
        assert found is not None, page.url
        for screen, answers in self.provider.answers.items():
            page.goto(f"/descriptions/{found[1]}/{screen}")
            values = dict(answers)
            if screen == "assessment":
                boxes = page.get_by_role("main").locator('[name="covers"]').all()
                values["covers"] = [one.get_attribute("value") for one in boxes]
            fill(page, values)
            if screen == "outcomes":
                self.look(page, "describe")
            press(page, "Save and continue")
        page.goto(f"/descriptions/{found[1]}/")
        assert "Complete by the European standard" in says(page)
        self.look(page, "described")
        return found[1]

    def assure(self, description: str) -> None:
        """Handed in, gone through by a reviewer and a learner, approved."""
        self.staff.goto(f"/descriptions/{description}/")
        press(self.staff, "Hand in for quality review")
        learner = self.visit(self.provider.learner_representative)
        learner.goto(f"/o/{self.provider.slug}/reviews/")
        press(learner, str(self.provider.answers["title"]["title"]))
        fill(learner, {"text": "Clear to me, and a fair amount of work."})
        press(learner, "Comment")
        reviewer = self.visit(self.provider.reviewer)
        reviewer.goto(f"/o/{self.provider.slug}/reviews/")
        press(reviewer, str(self.provider.answers["title"]["title"]))
        review = reviewer.url
        press(reviewer, "Work through the checklist")
        while "/checklist/" in reviewer.url:
            for choice in reviewer.locator('main input[type="radio"][value="met"]').all():
                choice.check(force=True)
            press(reviewer, "Save and continue")
        self.staff.goto(review)
        press(self.staff, "Answer")
        fill(self.staff, {"reply": "Thank you; we keep it so."})
        press(self.staff, "Answer")
        reviewer.goto(review)
        self.look(reviewer, "review")
        press(reviewer, "Decide")
        fill(
            reviewer,
            {"decision": "approve", "evidence": "Read with the board on 3 May; one employer was heard."},
        )
        reviewer.locator("main form .button").first.click()
        reviewer.wait_for_load_state()

    def publish(self, description: str) -> str:
        """Published as version 1; the address of its public page."""
        self.staff.goto(f"/descriptions/{description}/publish")
        self.staff.locator("main form .button").first.click()
        self.staff.wait_for_load_state()
        public = self.visit()
        assert public.goto(f"/m/{description}/v1").status == 200
        self.look(public, "published")
        return f"/m/{description}/v1"

    def offer(self, title: str) -> str:
        """An open offer; its id."""
        page = self.staff
        page.goto(f"/o/{self.provider.slug}/offers")
        page.get_by_role("main").locator("a[href*='/offers/new/']").filter(has_text=title).first.click()
        page.wait_for_load_state()
        first = dt.date.today() + dt.timedelta(days=30)
        fill(page, {
            "name": "Evenings", "starts_on": first.isoformat(), "ends_on": (first + dt.timedelta(days=20)).isoformat(),
            "mode": "on-site", "place": "Room 4", "entry": "open", "is_free": True, "contact": "The office",
        })  # fmt: skip
        press(page, "Save")
        found = re.search(r"/offers/([\w-]{22})", page.url)
        assert found is not None, page.url
        page.goto(f"/o/{self.provider.slug}/offers/{found[1]}/state/open")
        page.locator("main form .button").first.click()
        page.wait_for_load_state()
        self.look(page, "offer")
        return found[1]

    def enrol(self, offer: str, email: str, name: tuple[str, str]) -> None:
        """Somebody takes part."""
        learner = self.visit(email)
        learner.goto(f"/offers/{offer}/enrol")
        fill(learner, {"given_name": name[0], "family_name": name[1]})
        press(learner, "Enrol")
        assert "You are enrolled" in says(learner)
        self.look(learner, "enrolled")

    def assess(self, offer: str) -> None:
        """The assessor records that everybody on the list achieved everything."""
        page = self.visit(self.provider.assessor)
        page.goto(f"/o/{self.provider.slug}/offers/{offer}/class")
        fill(
            page, {"assessed_on": dt.date.today().isoformat(), "identity_check": "Identity card at the door"}
        )
        page.locator('[name="supervision"]').select_option(index=1)
        for one in page.locator("main select.standing").all():
            one.select_option("achieved")
        self.look(page, "class")
        press(page, "Record")

    def award(self, offer: str) -> str:
        """Looked through, started, sealed; the page of the batch."""
        page = self.staff
        page.goto(f"/o/{self.provider.slug}/offers/{offer}/award")
        if page.get_by_role("main").get_by_role("link", name="Make a key").count():
            press(page, "Make a key")
            fill(page, {"use": "badge"})
            page.locator("main form .button").first.click()
            page.wait_for_load_state()
            page.goto(f"/o/{self.provider.slug}/offers/{offer}/award")
        press(page, "Look at what would be awarded")
        self.look(page, "dry-run")
        press(page, "Award")
        for _ in range(60):
            if "The awards are made" in says(page):
                break
            page.wait_for_timeout(1_000)
            page.reload()
        assert "The awards are made" in says(page)
        self.look(page, "awarded")
        return str(page.url)

    def claim(self, email: str) -> Path:
        """The learner opens the link of the mail, once, and keeps the certificate."""
        link = self.mails(email)
        learner = self.visit()
        learner.goto(link)
        press(learner, "It is for me: take it")
        self.look(learner, "claimed")
        with learner.expect_download() as waiting:
            learner.get_by_role("main").locator("a[href$='/pdf']").first.click()
        target = self.pictures / "award.pdf"
        waiting.value.save_as(target)
        again = self.visit()
        again.goto(link)
        assert "does not work any more" in again.locator("body").inner_text()
        return target

    def verify(self, file: Path) -> None:
        """Anybody drops the file: intact, and its status is known; that it is a test is said."""
        page = self.visit()
        page.goto("/verify")
        fill(page, {"file": str(file)})
        press(page, "Check it")
        self.look(page, "verified")
        assert page.get_by_role("heading", level=1).inner_text() != "Do not rely on this"
