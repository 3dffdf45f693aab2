"""Keys from outside: an e-seal from a .p12 file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import Result
from tests.docs.given import eseal_p12

Run = Callable[..., Result]


@pytest.fixture
def p12(tmp_path: Path) -> Path:
    path = tmp_path / "eseal.p12"
    path.write_bytes(eseal_p12("password of the file", at=dt.datetime.now(dt.UTC)))
    return path


def test_eseal_from_p12_with_password_from_the_environment(run: Run, p12: Path) -> None:
    without = run("keys", "create", "seal", "--pkcs12", p12)
    assert (without.code, "TESSELLA_PKCS12_PASSWORD" in without.errors) == (2, True)
    settings = {"TESSELLA_PKCS12_PASSWORD": "password of the file"}
    done = run("keys", "create", "seal", "--pkcs12", p12, "--json", settings=settings)
    assert (done.code, done.lines[0]["certificate"]) == (0, True), done.errors
    settings = {"TESSELLA_PKCS12_PASSWORD": "wrong"}
    assert run("keys", "create", "other", "--pkcs12", p12, settings=settings).code == 2
