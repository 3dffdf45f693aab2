"""An association of one person, from an idea to records that people hold, in a real browser and in plain words on every page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from tests.browser.axe import problems
from tests.browser.crawling import route_of
from tests.browser.site import Site

INES = "ines.carvalho@walls.example"

UNSPOKEN = re.compile(
    r"\bECTS\b|\bEQF\b|\bISCED|European Credit Transfer|European Qualifications Framework"
    r"|International Standard Classification of Education"
)
"""Words of the universities' world."""

OWN = ("/o/walls/", "/descriptions/", "/reviews/", "/m/", "/a/", "/accessibility")
"""Where an association's own pages are; the catalogue also shows what universities say, and the interface for programs is for programmers."""

WAIT_S = 60


class Reader:
    """Looks at every page that is come to: no word of `UNSPOKEN`, and once for each address nothing that axe finds."""

    def __init__(self) -> None:
        self.looked: set[str] = set()

    def look(self, page: Any) -> None:
        page.wait_for_load_state()
        found = UNSPOKEN.findall(page.content())
        assert found == [], (page.url, found)
        route = route_of(page.url)
        if route not in self.looked and page.viewport_size:
            self.looked.add(route)
            size = page.viewport_size
            assert (route, problems(page)) == (route, [])
            page.set_viewport_size(size)


def press(reader: Reader, page: Any, name: str, role: str = "button") -> None:
    page.get_by_role("main").get_by_role(role, name=name).first.click()
    reader.look(page)


def ready(page: Any, words: str) -> None:
    """Load the page again until a worker has done its part."""
    deadline = time.monotonic() + WAIT_S
    while words not in page.inner_text("main"):
        assert time.monotonic() < deadline, page.inner_text("main")
        page.wait_for_timeout(500)
        page.reload()


def test_a_youth_club_of_one_hands_out_records(visitor: Callable[..., Any], site: Site) -> None:
    reader = Reader()
    ines = visitor(INES)
    ines.goto("/o/walls/")
    reader.look(ines)
    press(reader, ines, "Events and tasks", "link")
    press(reader, ines, "Describe what people did", "link")
    ines.get_by_label("They gave something").check()
    ines.get_by_label("What should it be called?").fill("Gardener of the square")
    ines.get_by_label("What did people do?").fill("Planted and watered the square for a whole summer.")
    ines.get_by_label("What does it show about them?").fill("Looks after something together with others")
    press(reader, ines, "See how it reads")
    press(reader, ines, "Publish it")
    ines.get_by_label("Name of the event").fill("Garden day")
    ines.get_by_label("Place").fill("The square")
    press(reader, ines, "Make the list")
    activity = ines.url
    press(reader, ines, "Show the code", "link")
    code = ines.locator(".poster .code").inner_text()

    rosa = visitor(viewport={"width": 390, "height": 800})
    rosa.goto(code)
    reader.look(rosa)
    rosa.get_by_label("Your name").fill("Rosa Lima")
    rosa.get_by_label("Your e-mail address").fill("rosa@lima.example")
    press(reader, rosa, "I am here")
    assert rosa.get_by_role("heading", level=1).inner_text() == "You are on the list"

    ben = visitor(viewport={"width": 390, "height": 800})
    ben.goto(code)
    ben.get_by_label("Your name").fill("Ben Alves")
    press(reader, ben, "I am here")
    ben.goto(code)
    assert "Ben Alves, you are on the list" in ben.inner_text("main")

    ines.goto(activity)
    reader.look(ines)
    assert ines.get_by_label("Rosa Lima").is_checked()
    press(reader, ines, "They were there: give them the record")
    assert "2 records are being made" in ines.inner_text("main")

    ready(ben, "your record is ready")
    press(reader, ben, "Take it")
    press(reader, ben, "What everybody can see", "link")
    public = ben.inner_text("main")
    assert "Gardener of the square" in public and "Ben" not in public
    assert "micro-credential" not in public.lower()

    rosa.goto(site.mailed_link())
    reader.look(rosa)
    press(reader, rosa, "It is for me: take it")
    assert "Your files" in rosa.inner_text("main")

    ready(ines, "taken")
    press(reader, ines, "Close the list")
    press(reader, ines, "Delete names and works from this list")
    assert "Rosa" not in ines.inner_text("main")
    ines.goto("/o/walls/history")
    reader.look(ines)
    assert "Records were handed out at an event" in ines.inner_text("main")


def test_the_samples_of_the_association_speak_plainly(visitor: Callable[..., Any]) -> None:
    """Every page of its own that links lead to from the workspace of the association."""
    page = visitor(INES)
    waiting: list[str] = ["/o/walls/"]
    seen: set[str] = set()
    visited: set[str] = set()
    while waiting:
        address = waiting.pop(0).partition("#")[0].partition("?")[0]
        route = route_of(address)
        name = address if route == "activity" else route  # each of them shows other things
        if not route or name in visited or not address.startswith(OWN):
            continue
        visited.add(name)
        seen.add(route)
        try:
            answer = page.goto(address)
        except Exception as error:
            if "Download is starting" in str(error):
                continue
            raise
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        assert UNSPOKEN.findall(page.content()) == [], address
        waiting += page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.getAttribute('href')).filter(h => h.startsWith('/'))"
        )
    assert {"activities", "activity", "activity-screen", "activity-work", "version"} <= seen
