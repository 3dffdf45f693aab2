"""Links in QR codes: followed once, with the network; otherwise named."""

from __future__ import annotations

import pytest

from tessella.containers import make_qr
from tessella.errors import AccessError
from tests.containers.test_archive import packed
from tests.verification.support import Network, check, found, sealed

LINK = "https://ribeira.example/v/1"
CODE = make_qr(LINK, picture="png")


def test_link_in_a_code_is_followed() -> None:
    network = Network({LINK: sealed()})
    report = check(CODE, fetcher=network)
    assert (str(report.verdict), report.subject["where"], network.asked) == ("passed", f"QR > {LINK}", [LINK])


def test_link_stays_a_link_without_network() -> None:
    report = check(CODE)
    assert (str(report.verdict), report.checks[0].evidence["got"]) == ("indeterminate", LINK)


def test_link_that_leads_to_a_page_is_said() -> None:
    report = check(CODE, fetcher=Network({LINK: b"<!DOCTYPE html><html><p>Hello</p></html>"}))
    assert (str(report.verdict), found(report, "format").evidence["code"]) == (
        "indeterminate",
        "access.no-credential",
    )


def test_link_behind_a_link_is_not_followed() -> None:
    network = Network({LINK: make_qr("https://elsewhere.example/", picture="png")})
    assert str(check(CODE, fetcher=network).verdict) == "indeterminate"
    assert network.asked == [LINK]


def test_unreachable_link_is_not_established() -> None:
    network = Network({LINK: AccessError("Nobody answers.", code="access.network")})
    assert found(check(CODE, fetcher=network), "format").evidence["code"] == "access.network"


@pytest.mark.parametrize("link", ["http://ribeira.example/v/1", "openid-credential-offer://x?y=z"])
def test_other_schemes_are_not_followed(link: str) -> None:
    network = Network({})
    assert str(check(make_qr(link, picture="png"), fetcher=network).verdict) == "indeterminate"
    assert network.asked == []


def test_links_followed_for_one_file_are_limited() -> None:
    codes = {f"{n}.png": make_qr(f"https://ribeira.example/v/{n}", picture="png") for n in range(15)}
    network = Network({})
    assert len(check(packed(codes), fetcher=network).children) == 15
    assert len(network.asked) == 10
