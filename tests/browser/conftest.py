"""A real browser, and the platform running with its samples."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.browser.site import Site, running
from tests.web.conftest import postgresql, redis

__all__ = ["chromium", "postgresql", "redis", "site", "untouched", "visiting", "visitor"]

CHROMIUM = "chromium"
"""Debian's package; ``make test`` installs it where it may."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The browser; skips where there is none. Of this package only: other tests have event loops of their own."""
    program = shutil.which(CHROMIUM)
    if program is None:
        pytest.skip("Chromium is not installed (Debian package “chromium”)")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (extra “test”)"
    )
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation with the sample organisations, to which the stories add what they need."""
    with running(tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def untouched(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that holds the samples and nothing from any story."""
    with running(tmp_path_factory.mktemp("untouched")) as found:
        yield found


@pytest.fixture
def visitor(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """A page of a browser of its own, signed in where an address is given."""
    with visiting(chromium, site) as visit:
        yield visit


@contextmanager
def visiting(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """What makes such pages at one installation, until the block ends."""
    opened = []

    def visit(email: str = "", **options: Any) -> Any:
        context = chromium.new_context(base_url=site.address, **{"locale": "en-GB", **options})
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        if email:
            page.goto(site.link_for(email))
            page.get_by_role("main").get_by_role("button").click()
            page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    try:
        yield visit
    finally:
        for context in opened:
            context.close()
