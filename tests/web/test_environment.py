"""Settings: safe without any, refused when they cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tessella_web.config.environment import Environment, SettingsError


def test_nothing_set_is_one_machine_with_a_secret_of_its_own(tmp_path: Path) -> None:
    first = Environment.read({"TESSELLA_DATA": str(tmp_path / "a")})
    again = Environment.read({"TESSELLA_DATA": str(tmp_path / "a")})
    other = Environment.read({"TESSELLA_DATA": str(tmp_path / "b")})
    assert first == again
    assert first.secret != other.secret
    assert (first.debug, first.is_https) == (False, False)
    assert (tmp_path / "a" / "secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"TESSELLA_URL": "credentials.example.org"},
        {"TESSELLA_URL": "https://credentials.example.org/path"},
        {"TESSELLA_DEBUG": "perhaps"},
        {"TESSELLA_DEBUG": "1", "TESSELLA_URL": "https://credentials.example.org"},
        {"DATABASE_URL": "mysql://x"},
        {"TESSELLA_DATA": "/proc/nowhere"},
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Environment.read({"TESSELLA_DATA": str(tmp_path), **wrong})


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    found = Environment.read(
        {"TESSELLA_DATA": str(tmp_path), "TESSELLA_URL": "https://credentials.example.org/"}
    )
    assert (found.is_https, found.host, found.base_url) == (
        True,
        "credentials.example.org",
        "https://credentials.example.org",
    )
