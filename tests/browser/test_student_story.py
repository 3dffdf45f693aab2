"""A student with badges from two foreign platforms: brought in as they were exported, read, laid as a mosaic, taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.acting import fill, press, says
from tests.browser.axe import problems
from tests.web.wallet.making import archive, badge, baked, course, record_of

STUDENT = "tomas.novak@student.example"

ESCO = {
    "title": "Keeps bees healthy through the year", "kind": "skill",
    "esco": [{"uri": "http://data.europa.eu/esco/skill/1973c966-f236-40c9-b2d4-5d71a89019be", "labels": {"en": "keep bees"}}],
}  # fmt: skip

BACKPACK = (
    ("Beekeeping through the year", "Hive Academy", "0811", "4", 50, 2021),
    ("Honey and food hygiene", "Hive Academy", "0721", "4", 25, 2022),
    ("First aid at work", "Red Lamp", "0913", "2", 16, 2023),
    ("Dutch for beginners", "Language House", "0231", "3", 80, 2020),
)
RECORD = (
    ("Statistics with R", "Polder Institute", "0542", "6", 150, 2025),
    ("Machine learning basics", "Polder Institute", "0613", "6", 100, 2025),
    ("Machine learning in health", "Polder Institute", "0613", "7", 125, 2026),
    ("Project leadership", "Guild of Makers", "0413", "5", 60, 2024),
)


def made(title: str, issuer: str, field: str, level: str, hours: int, year: int) -> bytes:
    more = {"outcomes": [ESCO]} if issuer == "Hive Academy" else {}
    about = course(title, issuer=issuer, field=field, level=level, hours=hours, **more)
    return badge(about, on=dt.date(year, 5, 4))


@pytest.fixture
def exports(tmp_path: Path) -> list[str]:
    """What the two platforms gave out, and a letter that was in the same folder."""
    pictures = {f"badge-{number}__png": baked(made(*one)) for number, one in enumerate(BACKPACK, 1)}
    files = {
        "backpack.zip": archive(**pictures),
        "learner-record.jwt": record_of(
            *(made(*one) for one in RECORD),
            name="Transcript of the Polder Institute",
            issuer="Polder Institute",
        ),
        "letter.txt": b"Dear Tomas, congratulations.",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return [str(tmp_path / name) for name in files]


def look(page: Any, pictures: Path, name: str) -> None:
    """A picture at both widths; axe finds nothing, and nothing reaches over the edge."""
    page.emulate_media(color_scheme="light")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(pictures / f"{name}-{width}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert (name, problems(page)) == (name, [])


def bring(page: Any, files: list[str]) -> None:
    page.goto("/wallet/add")
    page.locator("input[type=file]").set_input_files(files)
    press(page, "Put it into my wallet")
    page.get_by_role("heading", name="What became of it").wait_for(timeout=120_000)


@pytest.mark.timeout(600)
def test_a_student_brings_badges_of_two_platforms_together(
    visitor: Callable[..., Any], exports: list[str], tmp_path: Path
) -> None:
    page = visitor(STUDENT)
    page.set_default_timeout(60_000)
    page.goto("/wallet/add")
    look(page, tmp_path, "add")
    bring(page, exports)
    look(page, tmp_path, "arrival")
    told = says(page)
    assert "9 certificates came into your wallet. 1 could not be taken in." in told
    assert "There is no credential" in told or "no credential" in told
    page.goto("/wallet/declare")
    fill(page, {"title": "Ran the beekeepers' evening school", "learning": "non-formal", "day": "2023-11-20"})
    press(page, "Put it into my wallet")
    for path, name, expected in (
        ("/wallet", "list", "Statistics with R"),
        ("/wallet/mosaic", "mosaic", "Agriculture, forestry, fisheries and veterinary"),
        ("/wallet/timeline", "timeline", "Ran the beekeepers' evening school"),
        ("/wallet/skills", "skills", "keep bees"),
        ("/wallet/towards", "towards", "The decision is theirs"),
        ("/wallet/notices", "notices", "Nothing has changed so far"),
        ("/wallet/keys", "keys", "A new key"),
    ):
        page.goto(path)
        look(page, tmp_path, name)
        assert expected in says(page)
    page.goto("/wallet?level=6")
    assert "Machine learning basics" in says(page)
    assert "Machine learning in health" not in says(page).split("Show these")[-1]
    page.goto("/wallet")
    page.get_by_role("main").get_by_role("link", name="First aid at work").last.click()
    look(page, tmp_path, "entry")
    with page.expect_download() as found:
        page.get_by_role("link", name="backpack.zip").click()
    assert Path(found.value.path()).read_bytes() == Path(exports[0]).read_bytes()


@pytest.mark.timeout(300)
def test_it_is_known_again_also_without_scripts(visitor: Callable[..., Any], exports: list[str]) -> None:
    page = visitor("petra.novak@student.example", java_script_enabled=False)
    page.set_default_timeout(60_000)
    bring(page, exports[:1])
    bring(page, exports[:1])
    assert says(page).count("You have this already") == len(BACKPACK)
