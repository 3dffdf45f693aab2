"""From nothing to an award that anybody can check, as people do it: a university on SQLite, a company on PostgreSQL with Celery."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.browser.site import Site, running
from tests.browser.stories import Provider, Telling
from tests.web import servers

UNIVERSITY = Provider(
    slug="twickel",
    coordinator="noor.devries@twickel.example",
    reviewer="rita.visser@twickel.example",
    learner_representative="lena.smit@twickel.example",
    assessor="jonas.bakker@twickel.example",
    outcomes=2,
    answers={
        "kind": {"record_type": "micro-credential"},
        "title": {"title": "Reading groundwater", "description": "Measure, draw and explain where water under a town goes."},
        "subject": {"field": "0532"},
        "body": {"name": "University of Twickel (fictitious)", "country": "NL"},
        "outcomes": {"more": "Measure a water table with three wells\nExplain a map of groundwater to a town council"},
        "workload": {"hours": "56"},
        "level": {"level": "6"},
        "participation": {"modes": ["on-site"], "language": "en", "location": "Twickel"},
        "assessment": {"type": "project-work", "criteria": "A map and its explanation, by four criteria."},
        "quality": {},
        "entry": {"needed": "no"},
        "use": {"stackable": "no"},
        "purpose": {"purposes": ["work", "green"]},
    },
)  # fmt: skip

COMPANY = Provider(
    slug="lumiva",
    coordinator="freja.holm@lumiva.example",
    reviewer="ingrid.dahl@lumiva.example",
    learner_representative="oskar.lund@lumiva.example",
    assessor="mads.kjaer@lumiva.example",
    outcomes=1,
    answers={
        **UNIVERSITY.answers,
        "title": {
            "title": "Repairing blades from a rope",
            "description": "Find, judge and repair damage of a blade.",
        },
        "subject": {"field": "0713"},
        "body": {"name": "Lumiva Energi A/S (fictitious)", "country": "DK"},
        "outcomes": {"more": "Repair a crack so that an inspector passes it"},
        "level": {"level": "4"},
    },
)


class Letters:
    """A mail server that keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        text = letter.get_body(("plain",))
        self.taken.append((envelope.rcpt_tos[0], text.get_content() if text else ""))
        return "250 OK"

    def claim_link(self, address: str) -> str:
        """The link in the last mail to an address."""
        for to, text in reversed(self.taken):
            found = re.search(r"http://\S+/claim\?key=[\w-]+", text)
            if to == address and found:
                return found[0]
        raise AssertionError(f"no claim link for {address} in {[to for to, _ in self.taken]}")


@pytest.fixture
def letters() -> Iterator[tuple[Letters, str]]:
    found = Letters()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    yield found, f"smtp://127.0.0.1:{port}"
    controller.stop()


def tell(provider: Provider, chromium: Any, site: Site, letters: Letters, pictures: Path) -> None:
    """The whole story."""
    contexts = []

    def visit(email: str = "") -> Any:
        context = chromium.new_context(
            base_url=site.address, locale="en-GB", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        if email:
            page.goto(site.link_for(email))
            page.get_by_role("main").get_by_role("button").click()
            page.wait_for_load_state()
        return page

    def mailed(address: str) -> str:
        staff = story.staff
        for _ in range(40):
            try:
                return letters.claim_link(address)
            except AssertionError:
                staff.wait_for_timeout(500)
        return letters.claim_link(address)

    story = Telling(provider, visit, mailed, pictures)
    try:
        description = story.describe()
        story.assure(description)
        story.publish(description)
        offer = story.offer(str(provider.answers["title"]["title"]))
        story.enrol(offer, "dora.lind@learner.example", ("Dora", "Lind"))
        story.assess(offer)
        story.award(offer)
        story.verify(story.claim("dora.lind@learner.example"))
    finally:
        for context in contexts:
            context.close()


@pytest.mark.timeout(900)
def test_a_university_on_one_machine(chromium: Any, letters: tuple[Letters, str], tmp_path: Path) -> None:
    with running(tmp_path, TESSELLA_MAIL_URL=letters[1]) as site:
        tell(UNIVERSITY, chromium, site, letters[0], tmp_path)


@pytest.mark.timeout(900)
def test_a_company_on_postgresql_with_celery(
    chromium: Any, letters: tuple[Letters, str], tmp_path: Path, postgresql: str, redis: str
) -> None:
    settings = {
        "DATABASE_URL": servers.new_database(postgresql),
        "TESSELLA_BROKER_URL": redis,
        "TESSELLA_MAIL_URL": letters[1],
    }
    with running(tmp_path, **settings) as site:
        tell(COMPANY, chromium, site, letters[0], tmp_path)
