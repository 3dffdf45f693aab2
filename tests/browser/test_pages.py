"""Every page that a link leads to, seen by five people: axe finds nothing, and nothing scrolls sideways."""

from __future__ import annotations

import html
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.axe import CROSSED, LOOKS, problems
from tests.browser.conftest import visiting
from tests.browser.crawling import route_of, routes
from tests.browser.site import Site, running

PEOPLE = {
    "anybody": "",
    "owner and coordinator": "noor.devries@twickel.example",
    "reviewer": "rita.visser@twickel.example",
    "coordinator and assessor": "jonas.bakker@twickel.example",
    "learner with a wallet, who has applied": "mila.jansen@learner.example",
    "association of one": "ines.carvalho@walls.example",
}

_FORM = "takes a form"
_FILE = "a file, and no link of these people leads to it"
_REGISTER = "needs a register, and the samples have none"
_INSTITUTION = "needs an institution to sign in at; see tests/web/accounts/test_institutions.py"

_STATE = "needs a state that the samples have not"

_CASE = "comes after asking for a decision; see tests/web/stacking"

NOT_PAGES = {
    "set_language": _FORM,
    "sign-out": _FORM,
    "award-resend": _FORM,
    "offer-copy": _FORM,
    "offer-upload": "comes after uploading a spreadsheet; see tests/web/offers",
    "participant-decide": _FORM,
    "participant-need": _FORM,
    "my-evidence": _FORM,
    "my-need": _FORM,
    "evidence": "a file, and the evidence of the samples is words",
    "batch-act": _FORM,
    "description-submit": _FORM,
    "identity-accept": _FORM,
    "identity-show": _FORM,
    "keeping-confirm": _FORM,
    "keeping-snapshot": _FORM,
    "review-comment": _FORM,
    "review-take-back": _FORM,
    "did-document": _FILE,
    "platform-did": _FILE,
    "oembed": _FILE,
    "award-card": "for other sites' frames; see the story of the employer",
    "shared-card": "for other sites' frames; see the story of the employer",
    "verify-pile": "comes after handing in; see the story of the employer",
    "verify-pile-item": "comes after handing in; see the story of the employer",
    "verify-pile-result": _FILE,
    "verify-pile-report": _FILE,
    "verify-pile-erase": _FORM,
    "verify-report": _FORM,
    "tile-picture": _FILE,
    "pathways-json": _FILE,
    "pathway-json": _FILE,
    "plan": "comes after asking for one; see tests/web/planning",
    "plan-delete": "comes after asking for a plan; see tests/web/planning",
    "plan-what-if": _FORM,
    "stacking-ask": "comes from a rule that a wallet may meet; see the story of the certificate",
    "stacking-look": "comes after choosing what is handed in; see tests/web/stacking",
    "stacking-mine": _CASE,
    "stacking-add": _CASE,
    "stacking-withdraw": _FORM,
    "stacking-my-proof": _FILE,
    "stacking-case": _CASE,
    "stacking-evidence": _CASE,
    "stacking-file": _FILE,
    "stacking-request": _CASE,
    "stacking-state": _CASE,
    "stacking-decide": _CASE,
    "stacking-proof": _FILE,
    "stacking-fallen": "comes when a part of an award has fallen; see tests/web/stacking",
    "wallet-arrival": "comes after bringing in; see the story of the student with foreign badges",
    "wallet-original": "for what came in an archive; see the story of the student with foreign badges",
    "wallet-present": "for what is bound to a key that is kept; see tests/web/wallet/test_holder_keys",
    "wallet-key-destroy": "for people with a key that is kept; see tests/web/wallet/test_holder_keys",
    "status-list": _FILE,
    "version-badge": _FILE,
    "version-picture": _FILE,
    "sitemap": _FILE,
    "sitemap-part": _FILE,
    "robots": _FILE,
    "register-snapshot": _FILE,
    "version-changes": "needs a second version, and the samples have none",
    "left": "comes after leaving; see test_leaving_stories",
    "left-report": "comes after leaving; see test_leaving_stories",
    "guardian": "led to by a mail",
    "sheet": "stands in a QR code; see test_leaving_stories",
    "award-sheet": _FORM,
    "award-claim": "led to by a mail, and the samples send none",
    "award-files": "comes after claiming an award",
    "award-keep": "comes after claiming an award; see the story of two graduates",
    "again": "before something of consequence; see tests/web/accounts/test_again",
    "second-way-later": _FORM,
    "ways-forget": _FORM,
    "recovery-refuse": "led to by a mail; see the story of two graduates",
    "recovery-request": "comes after asking; see the story of two graduates",
    "identity-review": "for reviewers of the installation",
    "identity-reviews": "for reviewers of the installation",
    "identity-withdraw": "needs a body that the organisation acts for",
    "body": _REGISTER,
    "body-change": _REGISTER,
    "register": _REGISTER,
    "register-entry": _REGISTER,
    "keeping-enter": _REGISTER,
    "keeping-import": _REGISTER,
    "keeping-register": _REGISTER,
    "keeping-report": _REGISTER,
    "keeping-run": _REGISTER,
    "keeping-status": _REGISTER,
    "keeping-withdraw": _REGISTER,
    "join": "comes after scanning a code; see the story of the youth club",
    "join-code": "stands in a QR code",
    "ticket": "stands in a QR code",
    "ticket-task": "comes after the page behind a QR code",
    "activity-act": _FORM,
    "activity-task-remove": _FORM,
    "activity-work-file": _FILE,
    "peer": "led to by a mail",
    "health-live": _FILE,
    "health-ready": _FILE,
    "metrics": _FILE,
    "activity-rename": "needs two people of one name",
    "activity-reopen": "needs a list that is closed",
    "activity-describe-change": "comes after describing; see the story of the youth club",
    "activity-describe-publish": "comes after describing; see the story of the youth club",
    "peer-ask-batch": "needs a batch above the threshold",
    "ui": "only while developing; see test_components",
    "ui-confirmation": "only while developing; see test_components",
    "sign-in-link": "printed by a command; see test_the_page_behind_a_link",
    "account_login": "another name of the page to sign in",
    "account_request_login_code": "another name of the page to sign in",
    "account_confirm_login_code": "comes after asking for a code; see test_the_way_in_by_code",
    "account_email_verification_sent": "comes after stating an address",
    "account_inactive": "for closed accounts, and the samples have none",
    "mfa_authenticate": "for people with a second factor; see test_passkeys",
    "mfa_login_webauthn": _FORM,
    "mfa_add_webauthn": "where browsers make passkeys; see test_passkeys",
    "mfa_remove_webauthn": "for people with a passkey; see test_passkeys",
    "mfa_deactivate_totp": "for people with an app",
    "mfa_view_recovery_codes": "for people with a second factor; see test_passkeys",
    "mfa_generate_recovery_codes": "for people with a second factor; see test_passkeys",
    "mfa_reauthenticate": "for people with a second factor; see test_passkeys",
    "mfa_reauthenticate_webauthn": "for people with a second factor; see test_passkeys",
    "openid_connect_login": _INSTITUTION,
    "openid_connect_callback": _INSTITUTION,
    "socialaccount_signup": _INSTITUTION,
    "socialaccount_login_cancelled": _INSTITUTION,
    "me-disconnect": _INSTITUTION,
    "me-device": _FORM,
    "invitation": "led to by a mail",
    "invitation-withdraw": _FORM,
    "role-end": _FORM,
    "alliance-hand-out": _STATE,
    "alliance-joint": _STATE,
    "alliance-part": _STATE,
    "batch-schedule": _STATE,
    "checklist-add": _STATE,
    "checklist-adopt": _STATE,
    "checklist-ask": _STATE,
    "checklist-draft": _STATE,
    "checklist-drop": _STATE,
    "checklist-edition": _STATE,
    "checklist-leave-out": _STATE,
    "checklist-shipped": _STATE,
    "checklist-start": _STATE,
    "checklist-words": _STATE,
    "consultation": _STATE,
    "consultation-answer": _STATE,
    "consultation-close": _STATE,
    "consultation-hide": _STATE,
    "consultation-manage": _STATE,
    "consultations": _STATE,
    "description-skills": "suggestions, asked for while typing",
    "issuer-profile": _FILE,
    "key-place": _STATE,
    "mandate": _STATE,
    "mandate-document": _STATE,
    "shared": "led to by a link that the wallet makes",
    "shared-file": "led to by a link that the wallet makes",
    "signatory-remove": _STATE,
    "token-revoke": _STATE,
    "own-token-revoke": _STATE,
    "wallet-remove": _FORM,
    "portfolio-piece": _FORM,
    "shared-pdf": "led to by a link that the wallet makes",
    "wallet-share-discard": "needs something that is being put together",
    "wallet-share-draft": "needs something that is being put together",
    "wallet-share-file": "needs something that is being put together",
    "wallet-share-parts": "needs something that is being put together",
    "wallet-shares-seen": "needs somebody who looked",
    "wallet-share-withdraw": _FORM,
    "webhook": _STATE,
    "webhook-again": _STATE,
    "webhook-change": _STATE,
    "webhook-remove": _STATE,
    "webhook-rotate": _STATE,
    "webhook-test": _STATE,
    "identity-release": _FORM,
    "demand-import": "for reviewers of the installation",
    "funding-forget": _FORM,
    "option-remove": _FORM,
    "option-list-withdraw": "for lists that were handed on; see tests/web/guidance",
    "options-shown": "led to by a link that the counsellor passes on; see tests/web/guidance",
    "options-keep": _FORM,
    "options-answer": _FORM,
    "my-option-answer": _FORM,
}
"""By name the addresses that no link leads to, and why."""


SEVERAL = {"activity": 4, "description": 3, "participants": 2, "pathway-draft": 2, "review": 2}
"""How many pages of a route are looked at where they differ by the state of things."""


def crawl(page: Any, start: str = "/") -> Iterator[tuple[str, str]]:
    """Each route once that links lead to from a start: its name, and the address of the page; empty where it is no page."""
    waiting, seen, visits = [start], set[str](), Counter[str]()
    while waiting:
        address = waiting.pop(0).partition("#")[0]
        route = route_of(address)
        if not route or address in seen or visits[route] >= SEVERAL.get(route, 1):
            continue
        seen.add(address)
        visits[route] += 1
        answer = page.request.get(address)  # with the cookies of the page, and without drawing it
        assert answer.status == 200, (address, answer.status)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            yield route, ""
            continue
        waiting += [html.unescape(link) for link in LINK.findall(answer.text())]
        yield route, address


LINK = re.compile(r'<a\b[^>]*?\shref="(/[^"]*)"')


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(
    ("looks", "is_all"),
    [
        pytest.param(CROSSED, False, id="each-route-once"),
        pytest.param(LOOKS, True, id="everything", marks=pytest.mark.vectors),
    ],
)
def test_axe_finds_nothing_on_any_page_and_every_address_is_one(
    chromium: Any, untouched: Site, looks: tuple[tuple[int, str], ...], is_all: bool
) -> None:
    """One test, because it is the sum of what the people came to that has to be everything.

    What everybody waits for looks at each route with whoever comes to it first, at every other one narrow and light, at the rest wide and
    dark; `make vectors` looks at all with everybody in all looks.
    """
    reached: set[str] = set()
    found = {}
    one_look = itertools.cycle((look,) for look in looks)
    with visiting(chromium, untouched) as visit:
        for who, email in PEOPLE.items():
            page = visit(email)
            for route, address in crawl(page):
                is_new = route not in reached or route in SEVERAL
                reached.add(route)
                if not address or not (is_all or is_new):
                    continue
                assert page.goto(address).status == 200
                if wrong := problems(page, looks if is_all else next(one_look)):
                    found[who, route] = wrong
    assert found == {}
    assert sorted(set(routes()) - reached - set(NOT_PAGES)) == []
    assert sorted(reached & set(NOT_PAGES)) == []


def test_pages_are_sound_in_german(visitor: Callable[..., Any]) -> None:
    page = visitor(locale="de-DE")
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "de"
    assert problems(page) == []


def test_the_way_in_by_code(visitor: Callable[..., Any], site: Site) -> None:
    page = visitor()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("jonas.bakker@twickel.example")
    page.get_by_role("button", name="Send the code").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    assert problems(page) == []
    page.get_by_role("button", name="More time").click()
    page.get_by_text("You have the full time again.").wait_for()
    page.get_by_label("Code").evaluate(
        """(field, code) => { const data = new DataTransfer(); data.setData("text", code); field.focus();
        field.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})) &&
        document.execCommand("insertText", false, code); }""",
        site.mailed_code(),
    )  # a code pastes
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("heading", name="Where you work").wait_for()


def test_the_page_behind_a_link(visitor: Callable[..., Any], site: Site) -> None:
    page = visitor()
    page.goto(site.link_for(PEOPLE["reviewer"]))
    assert problems(page) == []


@pytest.mark.parametrize(("path", "status"), [("/nothing-here", 404), ("/o/twickel/nothing", 404)])
def test_error_pages_are_sound(visitor: Callable[..., Any], path: str, status: int) -> None:
    page = visitor()
    assert page.goto(path).status == status
    assert problems(page) == []


def test_a_form_without_its_token_is_refused_in_plain_words(visitor: Callable[..., Any]) -> None:
    page = visitor()
    page.goto("/sign-in")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').remove()")
    page.get_by_label("E-mail address").fill("ana@example.org")
    page.get_by_role("button", name="Send the code").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Please send the form again"
    assert problems(page) == []


def test_components(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("examples"), "--no-sample", TESSELLA_DEBUG="1") as site:
        page = chromium.new_page(base_url=site.address)
        for path in ("/ui/", "/ui/confirmation"):
            page.goto(path)
            assert (path, problems(page)) == (path, [])
        page.close()


def test_the_examples_are_not_shown_for_real(visitor: Callable[..., Any]) -> None:
    page = visitor()
    assert [page.goto(path).status for path in ("/ui/", "/ui/confirmation")] == [404, 404]


def test_nothing_moves_for_those_who_ask(visitor: Callable[..., Any]) -> None:
    page = visitor(reduced_motion="reduce")
    page.goto("/")
    durations = page.eval_on_selector_all(
        "body *", "all => [...new Set(all.map(one => getComputedStyle(one).transitionDuration))]"
    )
    assert durations == ["0s"]


def test_marks_of_state_survive_forced_colours(visitor: Callable[..., Any]) -> None:
    page = visitor(forced_colors="active")
    page.goto("/")
    border = (
        page.get_by_role("main")
        .get_by_role("link", name=re.compile("Sign in"))
        .evaluate("one => getComputedStyle(one).borderTopStyle")
    )
    assert border == "solid"
