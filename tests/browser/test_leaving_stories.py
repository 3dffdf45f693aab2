"""Two stories in a real browser: a volunteer without a mail address, and a learner who leaves for another installation."""

from __future__ import annotations

import io
import json
import os
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browser.axe import problems
from tests.browser.site import Site, running

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}

WAIT_S = 60


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation for these stories alone: who leaves here is missed in others."""
    with running(tmp_path_factory.mktemp("left")) as found:
        yield found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Another installation, with its own data and its own address."""
    with running(tmp_path_factory.mktemp("elsewhere"), "--no-sample") as found:
        yield found


def look(page: Any, name: str) -> None:
    """Nothing that axe finds, nothing that scrolls sideways; a picture for who wants to look (``TESSELLA_PICTURES``, a folder)."""
    page.wait_for_load_state()
    size = page.viewport_size
    assert (page.url, problems(page)) == (page.url, [])
    page.emulate_media(color_scheme="light")
    folder = os.environ.get("TESSELLA_PICTURES")
    for view in (PHONE, WIDE):
        page.set_viewport_size(view)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page.url, view)
        if folder:
            page.screenshot(path=f"{folder}/{name}-{view['width']}.png", full_page=True)
    page.set_viewport_size(size)


def press(page: Any, name: str, role: str = "button") -> None:
    page.get_by_role("main").get_by_role(role, name=name, exact=False).first.click()
    page.wait_for_load_state()


def says(page: Any) -> str:
    return str(page.get_by_role("main").inner_text())


def ready(page: Any, words: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while words not in says(page):
        assert time.monotonic() < deadline, says(page)
        page.wait_for_timeout(500)
        page.reload()


def arrived(context: Any, site: Site, email: str, name: str = "Nobody") -> Any:
    """A page of somebody who signs in by a link."""
    page = context.new_page()
    page.goto(site.link_for(email, name))
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_load_state()
    return page


def awarded(noor: Any, folder: Path, header: str, *rows: str) -> None:
    """Award to a class from its spreadsheet, until the worker is through; the page of the batch is open then."""
    noor.goto("/o/twickel/awards")
    noor.get_by_role("main").get_by_role("link", name="To a class").first.click()
    table = folder / "class.csv"
    ends = "2026-05-04,jonas.bakker@twickel.example"
    table.write_text(
        "\n".join([f"{header},Result,Assessed on,Assessed by", *(f"{row},passed,{ends}" for row in rows)])
    )
    noor.locator('input[type="file"]').set_input_files(table)
    press(noor, "Check")
    count = "2 people" if len(rows) > 1 else "1 person"
    assert f"Award to {count}" in says(noor), says(noor)
    press(noor, f"Award to {count}")
    ready(noor, "The awards are made")


def test_a_volunteer_without_a_mail_address(visitor: Callable[..., Any], site: Site, tmp_path: Path) -> None:
    noor = visitor("noor.devries@twickel.example", viewport=WIDE)
    awarded(
        noor,
        tmp_path,
        "Given name,Family name,Date of birth",
        "Teuta,Krasniqi,1958-03-02",
        "Piet,van Dam,1961-07-12",
    )
    press(noor, "Sheets of paper", "link")
    assert "2 people of this list have no mail address" in says(noor)
    look(noor, "paper-print")
    with noor.expect_download() as waits:
        noor.get_by_role("main").get_by_role("button", name="Print 2 sheets").click()
    pdf = Path(waits.value.path()).read_bytes()
    if os.environ.get("TESSELLA_PICTURES"):
        (Path(os.environ["TESSELLA_PICTURES"]) / "sheets.pdf").write_bytes(pdf)
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    code, claim = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b", text)
    assert "Teuta Krasniqi" in text

    kitchen = visitor(viewport=PHONE)  # whoever is shown the paper, with a telephone and no account
    kitchen.goto("/sheet/")
    look(kitchen, "paper-check")
    kitchen.get_by_label("Code of the sheet").fill(code.lower().replace("-", " "))
    press(kitchen, "Check")
    assert "Teuta Krasniqi" in says(kitchen) and "University of Twickel" in says(kitchen)
    look(kitchen, "paper-sheet")
    press(kitchen, "What was achieved for it", "link")
    assert "Teuta" not in says(kitchen)
    kitchen.goto("/sheet/")
    kitchen.get_by_label("Code of the sheet").fill("0000-0000-0000")
    press(kitchen, "Check")
    assert "the sheet is not genuine" in says(kitchen)

    library = visitor(viewport=PHONE)  # a year later, at a computer of the library
    library.goto(f"/sheet/{code.replace('-', '')}")
    press(library, "Take it", "link")
    look(library, "paper-take")
    library.get_by_label("Code under the fold").fill("0000-0000-0000")
    press(library, "Take it")
    assert "These codes do not work" in says(library)
    look(library, "paper-wrong")
    library.get_by_label("Code under the fold").fill(claim)
    press(library, "Take it")
    assert "It is yours" in library.inner_text("body")


def lost(manifest: Any, there: Any) -> list[set[str | None]]:
    """What the page of the other wallet does not name by any of its titles: a file there may know one language only."""
    titles = [
        {one["facts"]["title"], one["facts"].get("tile", {}).get("title")} for one in manifest["entries"]
    ]
    return [names for names in titles if not any(name and name in says(there) for name in names)]


@pytest.mark.timeout(600)  # two installations, and a machine that may be busy
def test_a_learner_who_leaves_for_another_installation(
    visitor: Callable[..., Any], chromium: Any, site: Site, elsewhere: Site, tmp_path: Path
) -> None:
    noor = visitor("noor.devries@twickel.example", viewport=WIDE)
    awarded(noor, tmp_path, "Given name,Family name,E-mail", "Mila,Jansen,mila.jansen@learner.example")
    mila = visitor("mila.jansen@learner.example", viewport=PHONE)
    mila.goto(site.mailed_link())
    press(mila, "It is for me: take it")
    for title in ("Ran the neighbourhood kitchen", "Learned Portuguese from my neighbours"):
        mila.goto("/wallet/declare")
        mila.get_by_role("main").locator('[name="title"]').fill(title)
        mila.get_by_role("main").get_by_role("button").first.click()
        mila.wait_for_load_state()
    mila.goto("/me")
    press(mila, "Leave", "link")
    look(mila, "leave")
    with mila.expect_download() as waits:
        press(mila, "Download the archive", "link")
    archive = tmp_path / "wallet.zip"
    archive.write_bytes(Path(waits.value.path()).read_bytes())
    with zipfile.ZipFile(archive) as opened:
        manifest = json.loads(opened.read("manifest.json"))
        (tmp_path / "index.html").write_bytes(opened.read("index.html"))
    titles = {one["facts"]["title"] for one in manifest["entries"]}
    assert titles >= {"Ran the neighbourhood kitchen", "Data ethics in practice"}
    reading = chromium.new_context(viewport=WIDE).new_page()
    reading.goto((tmp_path / "index.html").as_uri())
    look(reading, "archive-index")
    reading.context.close()

    context = chromium.new_context(base_url=elsewhere.address, viewport=PHONE, locale="en-GB")
    there = arrived(context, elsewhere, "mila@elsewhere.example", "Mila Jansen")
    there.goto("/wallet/move")
    there.locator('input[type="file"]').set_input_files(archive)
    press(there, "Put it into my wallet")
    assert "new in your wallet" in there.inner_text("body")
    look(there, "arrived")
    assert lost(manifest, there) == []

    mila.goto("/me/leave")
    mila.get_by_label("Now, at once").check(force=True)
    mila.get_by_label("I have what I want to keep").check(force=True)
    press(mila, "Leave")
    assert mila.get_by_role("heading", level=1).inner_text() == "You have left"
    assert "but for" in says(mila) and "in the files that issuers keep of your awards" in says(mila)
    look(mila, "left")
    with mila.expect_download() as waits:
        press(mila, "The same as plain data", "link")
    report = json.loads(Path(waits.value.path()).read_bytes())
    assert report["checks"]["left_elsewhere"] == {}
    assert len(report["exported"]) == 1
    mila.goto("/me")
    assert "/sign-in" in mila.url
    there.reload()
    assert lost(manifest, there) == []
    context.close()

    employer = visitor(viewport=WIDE)  # what Mila shows from there is checked where it was awarded
    with zipfile.ZipFile(archive) as opened:
        badge = next(
            one["path"]
            for one in manifest["entries"]
            if one["name"].startswith("openbadge") and one["facts"]["title"] == "Data ethics in practice"
        )
        (tmp_path / "badge.json").write_bytes(opened.read(badge))
    employer.goto("/verify")
    employer.locator('input[type="file"]').first.set_input_files(tmp_path / "badge.json")
    press(employer, "Check it")
    assert "Data ethics in practice" in says(employer)
    assert "Failed" not in says(employer)
