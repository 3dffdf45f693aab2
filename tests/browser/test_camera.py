"""The verifier's camera: Chromium's invented one shows a printed code.

Debian's Chromium reads no codes itself (it has no BarcodeDetector), like most browsers on desks: there the picture is taken with a button and
read on the server. For browsers that do read them, a stand-in of the same name reads the frames of the same camera.
"""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import segno
import zxingcpp
from PIL import Image

from tests.browser.acting import press, says
from tests.browser.axe import problems
from tests.browser.conftest import CHROMIUM
from tests.browser.site import Site

FRAMES = 20

STAND_IN = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect(video) {
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    const read = await window.readCode(canvas.toDataURL("image/png"));
    return read ? [{ rawValue: read }] : [];
  }
};
"""


@pytest.fixture
def award(visitor: Callable[..., Any], site: Site) -> str:
    """The address of an award of the samples, as the code on its certificate has it."""
    page = visitor("mila.jansen@learner.example")
    page.goto("/wallet")
    link = page.get_by_role("main").get_by_role("link", name="Mosaic of neighbourhoods").last
    found = link.get_attribute("href")
    return f"{site.address}/a/{found.rpartition('/a-')[2]}"


@contextmanager
def filming(chromium: Any, site: Site, folder: Path, code: str) -> Iterator[Any]:
    """A page of a browser whose camera sees the code."""
    drawn = io.BytesIO()
    segno.make(code, error="m").save(drawn, kind="png", scale=6, border=4)
    frame = Image.new("RGB", (640, 480), "#d8d4c8")
    printed = Image.open(drawn).convert("RGB")
    frame.paste(printed, ((frame.width - printed.width) // 2, (frame.height - printed.height) // 2))
    with (folder / "camera.mjpeg").open("wb") as film:
        for _ in range(FRAMES):
            frame.save(film, "JPEG", quality=80)
    browser = chromium.browser_type.launch(
        executable_path=shutil.which(CHROMIUM),
        args=[
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream", f"--use-file-for-fake-video-capture={folder / 'camera.mjpeg'}",
        ],
    )  # fmt: skip
    try:
        yield browser.new_page(base_url=site.address, locale="en-GB")
    finally:
        browser.close()


def read(data_url: str) -> str:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(base64.b64decode(data_url.partition(",")[2]))))
    return found[0].text if found else ""


def test_the_camera_takes_a_picture_that_the_server_reads(
    chromium: Any, site: Site, award: str, tmp_path: Path
) -> None:
    with filming(chromium, site, tmp_path, award) as page:
        page.goto("/verify")
        press(page, "Read the code with the camera")
        page.get_by_role("button", name="Take the picture").wait_for()
        page.mouse.move(0, 0)  # a button under the pointer changes its colours
        assert problems(page) == []
        page.screenshot(path=str(tmp_path / "camera.png"), full_page=True)
        press(page, "Take the picture")
        page.locator("h1").get_by_text("Not everything could be established").wait_for()
        assert page.locator(f'main a[href$="{award.removeprefix(site.address)}"]').count() == 1, says(page)


def test_the_camera_reads_by_itself_where_the_browser_can(
    chromium: Any, site: Site, award: str, tmp_path: Path
) -> None:
    with filming(chromium, site, tmp_path, award) as page:
        page.expose_function("readCode", read)
        page.add_init_script(STAND_IN)
        page.goto("/verify")
        press(page, "Read the code with the camera")
        page.locator(".verify-camera").wait_for(state="detached")
        page.locator("main h1").wait_for()
        assert "Mosaic of neighbourhoods" in says(page)


def test_a_camera_that_is_refused_is_told(visitor: Callable[..., Any]) -> None:
    """The browsers of the other tests have none."""
    page = visitor()
    page.goto("/verify")
    press(page, "Read the code with the camera")
    page.get_by_text("The camera cannot be used. Take a photo instead.").wait_for()
