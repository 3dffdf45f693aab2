"""Passkeys with a virtual authenticator: added, used to sign in alone, as second factor and before something of consequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.axe import problems
from tests.browser.site import Site, running


@pytest.fixture(scope="module")
def strict(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty installation that asks for a second factor."""
    folder = tmp_path_factory.mktemp("strict")
    with running(folder, "--no-sample", TESSELLA_SECOND_FACTOR="required") as found:
        yield found


@pytest.fixture
def page(chromium: Any, strict: Site) -> Iterator[Any]:
    """A browser with an authenticator that says yes. By name, not by number: passkeys are for names."""
    context = chromium.new_context(base_url=strict.address.replace("127.0.0.1", "localhost"), locale="en-GB")
    context.set_default_timeout(15_000)
    found = context.new_page()
    devtools = context.new_cdp_session(found)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    yield found
    context.close()


def test_from_nothing_to_keys_behind_a_passkey(page: Any, strict: Site) -> None:
    link = strict.link_for("ida@example.org").replace("127.0.0.1", "localhost")
    page.goto(link)
    page.get_by_role("main").get_by_role("button").click()
    page.get_by_role("link", name="Found an organisation").click()
    page.get_by_label("Name", exact=True).fill("Association of Ida")
    page.get_by_label("Association or other non-governmental organisation").check()
    page.get_by_label("Country").select_option("NL")
    page.get_by_label("I accept the terms for this organisation").check()
    page.get_by_role("button", name="Found it").click()
    page.get_by_role("heading", level=1, name="Association of Ida").wait_for()

    page.get_by_role("main").get_by_role("link", name="Keys and seals").click()
    page.get_by_role("heading", level=1, name="Second factor").wait_for()
    assert problems(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("heading", level=1, name="Add a passkey").wait_for()
    assert problems(page) == []
    page.get_by_label("Name of the passkey").fill("my laptop")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_role("heading", level=1, name="Recovery codes").wait_for()
    assert problems(page) == []
    assert page.locator("ul.codes li").count() == 10
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("link", name="Remove my laptop").wait_for()
    assert problems(page) == []
    page.goto("/o/association-of-ida/keys")
    page.get_by_role("heading", level=1, name="Keys").wait_for()

    page.set_viewport_size({"width": 1280, "height": 800})  # where the menu is not folded
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("navigation").get_by_role("link", name="Sign in").wait_for()
    page.wait_for_load_state()
    page.goto("/sign-in?next=/o/association-of-ida/keys")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", level=1, name="Keys").wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("navigation").get_by_role("link", name="Sign in").wait_for()
    page.wait_for_load_state()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("ida@example.org")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(strict.mailed_code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", level=1, name="Your second factor").wait_for()
    assert problems(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", level=1, name="Where you work").wait_for()

    page.goto("/me/again/passkey?next=/o/association-of-ida/keys/new")
    assert problems(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{strict.address.replace('127.0.0.1', 'localhost')}/o/association-of-ida/keys/new")

    page.goto("/me/second-factor")
    page.get_by_role("link", name="Remove my laptop").click()
    assert problems(page) == []
    page.get_by_role("button", name="Remove it").click()
    page.get_by_text("The passkey is removed.").wait_for()


def test_a_passkey_that_is_not_there_is_told_kindly(page: Any) -> None:
    page.goto("/sign-in")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("That did not work. Try again, or have a code sent.").wait_for()
