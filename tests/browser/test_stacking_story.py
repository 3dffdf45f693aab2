"""A learner with badges of three providers who wants the certificate: from wallet to plan to award to proof, and back when a badge falls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tessella.stacking.checker import check_proof
from tests.browser.acting import fill, press, says
from tests.browser.axe import problems
from tests.browser.conftest import visiting
from tests.browser.site import Site, running

STEP_S = 120
AT_WORK_MS = 60_000
"""How long the worker may take to solve or to seal."""

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with the schools, the university and the learner."""
    with running(tmp_path_factory.mktemp("stacking"), "--no-sample") as site:
        step(site, "begin")
        yield site


def step(site: Site, name: str) -> None:
    """What happens outside of the pages."""
    subprocess.run(
        [sys.executable, "-m", "tests.browser.badges", name], env=site._environment, check=True, timeout=STEP_S
    )  # fmt: skip


def look(page: Any, pictures: Path, name: str) -> None:
    """A picture at both widths; axe finds nothing, and nothing reaches over the edge."""
    before = page.viewport_size
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(pictures / f"{name}-{width}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert (name, problems(page)) == (name, [])
    page.set_viewport_size(before)


def again_until(page: Any, text: str) -> None:
    """Load the page again until the worker has done what it waits for."""
    for _ in range(AT_WORK_MS // 500):
        if text in says(page):
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(says(page))


@pytest.mark.timeout(600)
def test_from_wallet_to_plan_to_award_to_proof_and_back(chromium: Any, site: Site, tmp_path: Path) -> None:
    with visiting(chromium, site) as visit:
        dana = visit("dana@example.org", viewport=PHONE)
        dana.goto("/wallet")
        press(dana, "What it can count towards")
        look(dana, tmp_path, "1-towards")
        press(dana, "Certificate in pollination")
        assert "Missing: 2 ECTS" in says(dana)
        look(dana, tmp_path, "2-pathway")

        press(dana, "Plan the way")
        look(dana, tmp_path, "3-wishes")
        fill(dana, {"least": "price", "only_times": "evening"})
        press(dana, "Work it out")
        again_until(dana, "The plan")
        assert "Wild flowers" in says(dana) and "120" in says(dana) and "the solver proved it" in says(dana)
        look(dana, tmp_path, "4-plan")
        press(dana, "See it in the mosaic")
        assert "Meets the published rule" in says(dana)
        look(dana, tmp_path, "5-planned")

        step(site, "pass")
        dana.goto("/wallet/towards")
        press(dana, "Certificate in pollination")
        assert "Meets the published rule of University of Marl" in says(dana)
        look(dana, tmp_path, "6-met")
        press(dana, "Ask University of Marl to decide")
        look(dana, tmp_path, "7-choose")
        press(dana, "Look at it first")
        look(dana, tmp_path, "8-before")
        fill(dana, {"name": "Dana Alder"})
        press(dana, "Ask University of Marl to decide")
        assert "Waits for the organisation" in says(dana)
        case = dana.url

        marla = visit("marla@example.org", viewport=WIDE)
        marla.goto("/o/marl/cases/")
        look(marla, tmp_path, "9-inbox")
        press(marla, "Dana Alder")
        assert "Meets the published rule of University of Marl" in says(marla)
        look(marla, tmp_path, "10-case")
        press(marla, "Decide")
        fill(
            marla, {"decision": "granted", "reasons": "All four count by article 3.", "formats": "openbadge"}
        )
        look(marla, tmp_path, "11-decide")
        press(marla, "Decide so")
        decided = marla.url

        dana.goto(case)
        again_until(dana, "Take the proof")
        look(dana, tmp_path, "12-granted")
        with dana.expect_download() as waits:
            dana.get_by_role("main").get_by_text("Take the proof", exact=True).click()
        proof = json.loads(Path(waits.value.path()).read_bytes())["credentialSubject"]
        assert check_proof(proof["proof"], proof["rule"], proof["items"]) == ()
        press(dana, "See the award")
        look(dana, tmp_path, "13-award")

        hive = visit("hive@example.org", viewport=WIDE)
        hive.goto("/o/hive/awards")
        hive.locator('main a[href*="/batches/"]', has_text="Honey").click()
        hive.wait_for_load_state()
        hive.get_by_role("main").get_by_role("link", name="Dana").first.click()
        hive.wait_for_load_state()
        press(hive, "Revoke")
        fill(hive, {"reason": "Somebody else took the test."})
        hive.get_by_role("main").get_by_role("button").last.click()
        hive.wait_for_load_state()

        dana.goto(case)
        again_until(dana, "Something that your award stands on has changed")
        assert "Your award stays as it is until a person at University of Marl has decided" in says(dana)
        look(dana, tmp_path, "14-fallen")
        marla.goto(decided)
        press(marla, "Honey")
        assert "Missing: 2 ECTS" in says(marla)
        look(marla, tmp_path, "15-cascade")
        fill(marla, {"action": "revoke", "reason": "Without honey it is ten credits of twelve."})
        press(marla, "Decide so")
        look(marla, tmp_path, "16-revoked")

        dana.goto("/wallet")
        assert "Revoked" in says(dana)
        look(dana, tmp_path, "17-wallet")
