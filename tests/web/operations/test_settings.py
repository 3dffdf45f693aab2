"""Settings of operators, and names that nothing reads."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from tools import reference

from tessella_web.config.environment import Environment
from tessella_web.config.institutions import SettingsError
from tessella_web.config.operating import OF_THE_LIBRARY


def read(tmp_path: Path, **variables: str) -> Environment:
    return Environment.read({"TESSELLA_DATA": str(tmp_path), **variables})


def test_what_nothing_reads_is_named_with_what_may_be_meant(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        TESSELLA_MAIL_URI="smtp://x",
        TESSELLA_QQQQ="1",
        OTHER="1",
        TESSELLA_TSA="https://tsa.example",
    )
    assert found.doubts == (
        "TESSELLA_MAIL_URI is set, and nothing reads it. Is TESSELLA_MAIL_URL meant?",
        "TESSELLA_QQQQ is set, and nothing reads it.",
    )
    assert read(tmp_path).doubts == ()


def test_every_documented_name_is_known(tmp_path: Path) -> None:
    names = {name for name in reference.SETTINGS if name.startswith("TESSELLA_")}
    empty = dict.fromkeys(names - {"TESSELLA_DATA"}, "")
    empty["TESSELLA_URL"] = "http://127.0.0.1:8000"
    assert read(tmp_path, **empty).doubts == ()
    assert {*OF_THE_LIBRARY} <= names


def test_doubts_are_said_at_the_start(settings: Any, tmp_path: Path) -> None:
    settings.ENVIRONMENT = read(tmp_path, TESSELLA_RATES="5")
    found = [one for one in run_checks() if one.id == "tessella.W001"]
    assert [one.msg for one in found] == [
        "TESSELLA_RATES is set, and nothing reads it. Is TESSELLA_RATE meant?"
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"TESSELLA_LOG": "xml"},
        {"TESSELLA_METRICS_TOKEN": "short"},
        {"TESSELLA_RATE": "-1"},
        {"TESSELLA_RATE": "many"},
        {"TESSELLA_PROXIES": "10.0.0.0/33"},
        {"TESSELLA_CACHE_URL": "memcached://x"},
        {"TESSELLA_CONTACT": "nobody"},
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        read(tmp_path, **wrong)


def test_what_is_set_is_read(tmp_path: Path) -> None:
    found = read(
        tmp_path, TESSELLA_LOG="plain", TESSELLA_RATE="0", TESSELLA_PROXIES="10.0.0.0/8, ::1",
        TESSELLA_CACHE_URL="redis://cache/1", TESSELLA_CONTACT="help@example.org",
    ).operations  # fmt: skip
    assert (found.log, found.public_rate, found.cache_url, found.contact) == (
        "plain", 0, "redis://cache/1", "help@example.org",
    )  # fmt: skip
    assert found.proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128"))
