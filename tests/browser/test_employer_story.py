"""An employer with fifty applicants, and a doctored PDF among them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.browser.acting import says
from tests.browser.applicants import DOCTORED, FOREIGN, PHOTO, REVOKED
from tests.browser.axe import problems
from tests.browser.site import Site, running

PREPARE_S = 400
FINISHED_MS = 240_000


@pytest.fixture(scope="module")
def office(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path]]:
    """An installation where a university has awarded, and what fifty applicants handed in."""
    folder = tmp_path_factory.mktemp("office")
    with running(folder, "--no-sample", TESSELLA_RATE="0") as site:
        subprocess.run(
            [sys.executable, "-m", "tests.browser.applicants", str(folder)],
            env=site._environment, check=True, timeout=PREPARE_S,
        )  # fmt: skip
        yield site, folder


def look(page: Any, pictures: Path, name: str) -> None:
    """A picture at both widths; axe finds nothing, and nothing reaches over the edge."""
    page.emulate_media(color_scheme="light")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(pictures / f"{name}-{width}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert (name, problems(page)) == (name, [])


def saved(page: Any, link: str) -> bytes:
    """What a link or a button gives to save."""
    with page.expect_download() as found:
        page.get_by_role("main").get_by_text(link, exact=True).click()
    return Path(found.value.path()).read_bytes()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scripts", [True, pytest.param(False, marks=pytest.mark.vectors)])
def test_an_employer_reads_takes_along_and_checks_the_report(
    chromium: Any, office: tuple[Site, Path], tmp_path: Path, scripts: bool
) -> None:
    site, folder = office
    context = chromium.new_context(base_url=site.address, locale="en-GB", java_script_enabled=scripts)
    context.set_default_timeout(60_000)
    page = context.new_page()
    check = look if scripts else lambda *_given: None
    page.goto("/verify")
    page.get_by_role("main").get_by_text("Check many at once").click()
    check(page, tmp_path, "many")
    page.locator("input[type=file]").set_input_files(str(folder / "applicants.zip"))
    page.get_by_role("main").get_by_text("Check them", exact=True).click()
    page.wait_for_url("**/verify/many/*")
    page.get_by_text("Take it along").wait_for(timeout=FINISHED_MS)
    check(page, tmp_path, "pile")
    sheet = openpyxl.load_workbook(io.BytesIO(saved(page, "Spreadsheet (XLSX)"))).worksheets[0]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = {row[head.index("File")]: dict(zip(head, row, strict=True)) for row in rows}
    assert sorted(found) == json.loads((folder / "made.json").read_text())["files"]
    assert found[DOCTORED]["Verdict"] == "Failed"
    assert (found[REVOKED]["Verdict"], found[REVOKED]["State here"]) == ("Failed", "revoked")
    assert found[FOREIGN]["Verdict"] != "Passed"
    assert found[PHOTO]["Verdict"] == "Not established"
    others = [
        row["Verdict"] for name, row in found.items() if name not in (DOCTORED, REVOKED, FOREIGN, PHOTO)
    ]
    assert Counter(others) == Counter({"Passed": 46})
    page.get_by_role("main").locator(".tabs a").nth(1).click()
    page.get_by_role("main").get_by_text(DOCTORED).first.click()
    assert "Ivo Moreau" in says(page)
    check(page, tmp_path, "doctored")
    for number, (link, name) in enumerate(
        (("Signed report (PDF)", "report.pdf"), ("Signed report (JSON)", "report.json"))
    ):
        (tmp_path / name).write_bytes(saved(page, link))
        other = context.new_page()
        other.goto("/verify")
        other.locator("#id_file").set_input_files(str(tmp_path / name))
        other.get_by_role("main").get_by_text("Check it", exact=True).click()
        other.get_by_text("This is a genuine report of this installation").wait_for()
        assert DOCTORED in says(other)
        if not number:
            check(other, tmp_path, "report")
        other.close()
    page.get_by_role("main").get_by_text("All that was handed in").click()
    pile = page.url
    with page.expect_navigation():
        page.get_by_role("main").get_by_text("Erase everything now").click()
    page.goto(pile)
    assert "Signed report" not in says(page)
    context.close()


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Another site, which shows one page: its address."""
    pages: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages[-1].encode())

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def shown(html: str) -> str:
        pages.append(html)
        return f"http://127.0.0.1:{server.server_port}/"

    yield shown
    server.shutdown()


@pytest.mark.timeout(300)
def test_another_site_shows_the_card_in_a_frame(
    chromium: Any, office: tuple[Site, Path], elsewhere: Callable[[str], str], tmp_path: Path
) -> None:
    site, folder = office
    made = json.loads((folder / "made.json").read_text())
    for scheme in ("light", "dark"):
        context = chromium.new_context(color_scheme=scheme, viewport={"width": 480, "height": 480})
        page = context.new_page()
        found = context.request.get(f"{site.address}/oembed.json", params={"url": made["award"]}).json()
        revoked = context.request.get(f"{site.address}/oembed.json", params={"url": made["revoked"]}).json()
        html = f"<!doctype html><title>Elsewhere</title><main>{found['html']}{revoked['html']}</main>"
        page.goto(elsewhere(html))
        cards = [page.frame_locator("iframe").nth(number) for number in range(2)]
        for card in cards:
            card.get_by_text("See for yourself").wait_for()
            style = card.locator("main").evaluate("one => getComputedStyle(one).borderTopStyle")
            assert style == "solid"
        texts = [card.locator("main").inner_text() for card in cards]
        assert ["Valid" in texts[0], "Revoked" in texts[1]] == [True, True]
        assert context.cookies() == []
        page.screenshot(path=str(tmp_path / f"card-{scheme}.png"))
        page.goto(f"{made['award']}/card?theme={scheme}")
        assert (scheme, problems(page)) == (scheme, [])
        context.close()
