"""A story in a real browser: two graduates whose university address died, one with emergency codes and one without."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import Site, running
from tests.browser.test_leaving_stories import PHONE, WIDE, look, press, ready, says

MIA, BEN = "mia.lind@twickel.example", "ben.akker@twickel.example"

ESTABLISHED = """
from tessella_web.accounts import domain
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Membership, Organisation
found = Organisation.objects.get(slug="twickel")
owner = Membership.objects.filter(organisation=found, role="owner").first().person
domain.establish(organisation=found, by_method="reviewer")
found.mail_domains.create(domain="twickel.example")
found.refresh_from_db()
keys.create_key(by=owner, organisation=found, use=KeyUse.BADGE)
"""

LATER = """
import datetime as dt
from tessella_web.accounts.recovery.models import Recovery
for one in Recovery.objects.all():
    one.due_at -= dt.timedelta(days=8)
    one.save()
"""


@pytest.fixture(scope="module")
def site(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation of its own, in which it is established who stands behind the university."""
    with running(tmp_path_factory.mktemp("recovery")) as found:
        shell(found, ESTABLISHED)
        yield found


def shell(site: Site, lines: str) -> None:
    """What no page does: time that passes, and a reviewer's word."""
    subprocess.run(
        [sys.executable, "-m", "tessella_web", "shell", "-c", lines], env=site._environment, check=True, timeout=90
    )  # fmt: skip


def awarded(noor: Any, folder: Path) -> None:
    """Noor awards to both, from a list."""
    noor.goto("/o/twickel/awards")
    noor.get_by_role("main").get_by_role("link", name=re.compile("class|list", re.IGNORECASE)).first.click()
    table = folder / "graduates.csv"
    table.write_text(
        "Given name,Family name,E-mail,Result,Assessed on,Assessed by\n"
        f"Mia,Lind,{MIA},passed,2026-05-04,jonas.bakker@twickel.example\n"
        f"Ben,Akker,{BEN},passed,2026-05-04,jonas.bakker@twickel.example\n"
    )
    noor.locator('input[type="file"]').set_input_files(table)
    for box in noor.locator('input[name="formats"]').all():
        if box.get_attribute("value") in ("openbadge", "pdf"):
            box.check(force=True)
    press(noor, "Check")
    assert "Award to 2 people" in says(noor), says(noor)
    press(noor, "Award to 2 people")
    ready(noor, "The awards are made")


def kept(page: Any, site: Site, link: str, email: str) -> None:
    """The link is opened on a telephone, the award is read, and kept with an account: at the address that will end."""
    page.goto(link)
    look(page, "recovery-claim")
    press(page, "It is for me: take it")
    assert "Whoever has it can" in says(page)
    look(page, "recovery-files")
    press(page, "Keep it with an account", "link")
    page.get_by_label("E-mail address").fill(email)
    look(page, "recovery-keep")
    press(page, "Send me a code")
    page.get_by_label("Code").fill(site.mailed_code())
    look(page, "recovery-keep-code")
    press(page, "Keep it")
    assert "will be switched off" in says(page)
    look(page, "recovery-second-way")


def links_to(site: Site) -> dict[str, str]:
    """By address the newest claim link that was mailed there."""
    found = {}
    for mail in re.split(r"^To: ", site._log.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        if link := re.search(r"^http://\S+/claim\?key=\w+$", mail, re.MULTILINE):
            found[mail.split()[0]] = link[0]
    return found


@pytest.mark.timeout(900)
def test_graduates_whose_university_address_died(
    visitor: Callable[..., Any], site: Site, tmp_path: Path
) -> None:
    noor = visitor("noor.devries@twickel.example", viewport=WIDE)
    awarded(noor, tmp_path)
    for _time in range(60):
        if links_to(site).keys() >= {MIA, BEN}:
            break
        noor.wait_for_timeout(500)

    mia = visitor(viewport=PHONE)
    kept(mia, site, links_to(site)[MIA], MIA)
    press(mia, "Make emergency codes")
    codes = mia.locator("code.secret").all_inner_texts()
    assert len(codes) == 8
    look(mia, "recovery-codes")
    forwarded = visitor(viewport=PHONE)
    forwarded.goto(links_to(site)[MIA])
    assert "does not work any more" in says(forwarded)
    look(forwarded, "recovery-used-link")
    press(forwarded, "Ask University of Twickel")
    assert "is told" in forwarded.inner_text("body")

    later = visitor(viewport=PHONE)  # years after, on a new telephone; the address is gone
    later.goto("/sign-in")
    look(later, "recovery-sign-in")
    press(later, "I cannot sign in any more", "link")
    look(later, "recovery-door")
    press(later, "I have emergency codes", "link")
    later.get_by_label("An address of the account").fill(MIA)
    later.get_by_label("Emergency code").fill(codes[0].lower())
    later.get_by_label("Your new address").fill("mia@home.example")
    look(later, "recovery-by-code")
    press(later, "Go on")
    later.get_by_label("Code").fill(site.mailed_code())
    press(later, "Open my account")
    assert "You are in." in later.inner_text("body") and "mia@home.example" in says(later)
    look(later, "recovery-ways")
    later.goto("/wallet")
    assert (
        "waits for you" not in says(later)
        and later.get_by_role("main").locator(".wallet-list li").count() >= 1
    )

    ben = visitor(viewport=PHONE)
    kept(ben, site, links_to(site)[BEN], BEN)
    press(ben, "Not now; remind me")
    later = visitor(viewport=PHONE)
    later.goto("/sign-in/recover/organisation")
    later.get_by_label("Who awarded you something?").select_option("twickel")
    later.get_by_label("An address of the account").fill(BEN)
    later.get_by_label("Your name").fill("Ben Akker")
    later.get_by_label("How can they reach you").fill(
        "Course of 2025; Jonas knows me. Telephone 0570 555 0101."
    )
    later.get_by_label("Your new address").fill("ben@home.example")
    look(later, "recovery-ask")
    press(later, "Go on")
    later.get_by_label("Code").fill(site.mailed_code())
    press(later, "Send my request")
    assert "Your request is on its way" in says(later)
    look(later, "recovery-asked")

    noor.goto("/o/twickel/recoveries")
    look(noor, "recovery-requests")
    press(noor, "Ben Akker", "link")
    noor.get_by_label("In person, with an identity document").check(force=True)
    noor.get_by_label("What you looked at").fill("Jonas and I met him on 3 May.")
    look(noor, "recovery-request")
    press(noor, "It is this person")
    look(noor, "recovery-decided")

    ben.goto("/wallet")  # the telephone that is still signed in is told, and could refuse
    assert "Is it you who wants a new address?" in says(ben)
    look(ben, "recovery-wallet-notice")
    press(ben, "It is not me", "link")
    look(ben, "recovery-refuse")

    shell(site, LATER)
    for _time in range(120):
        if "Subject: A new address opens your account" in site._log.read_text("utf-8"):
            break
        later.wait_for_timeout(500)
    later.goto("/sign-in")
    later.get_by_label("E-mail address").fill("ben@home.example")
    later.get_by_role("main").get_by_role("button", name="Send the code").click()
    later.wait_for_load_state()
    later.get_by_label("Code").fill(site.mailed_code())
    press(later, "Sign in")
    later.goto("/wallet")
    assert later.get_by_role("main").locator(".wallet-list li").count() >= 1
    look(later, "recovery-wallet")
