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
        {"TESSELLA_SECOND_FACTOR": "perhaps"},
        {"TESSELLA_SIGN_UP": "perhaps"},
        {"TESSELLA_INSTITUTIONS": "/nowhere.toml"},
        {"TESSELLA_DEBUG": "1", "TESSELLA_URL": "https://credentials.example.org"},
        {"DATABASE_URL": "mysql://x"},
        {"TESSELLA_DATA": "/proc/nowhere"},
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        Environment.read({"TESSELLA_DATA": str(tmp_path), **wrong})


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ({}, False),
        ({"TESSELLA_URL": "https://credentials.example.org"}, True),
        ({"TESSELLA_URL": "https://credentials.example.org", "TESSELLA_SECOND_FACTOR": "optional"}, False),
        ({"TESSELLA_SECOND_FACTOR": "required"}, True),
    ],
)
def test_a_second_factor_is_asked_for_where_others_reach_it(
    tmp_path: Path, variables: dict[str, str], asked: bool
) -> None:
    assert Environment.read({"TESSELLA_DATA": str(tmp_path), **variables}).second_factor is asked


def test_https_makes_cookies_secure(tmp_path: Path) -> None:
    found = Environment.read(
        {"TESSELLA_DATA": str(tmp_path), "TESSELLA_URL": "https://credentials.example.org/"}
    )
    assert (found.is_https, found.host, found.base_url) == (
        True,
        "credentials.example.org",
        "https://credentials.example.org",
    )


@pytest.mark.parametrize(
    "value", ["kek", "pkcs11:token=x", "pkcs11:object=a;id=b", "pkcs11:object=a?pin-value=1"]
)
def test_address_of_the_key_encryption_key_is_checked(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="TESSELLA_KEK"):
        Environment.read({"TESSELLA_DATA": str(tmp_path), "TESSELLA_KEK": value})


def test_keys_elsewhere_are_named_in_the_environment(tmp_path: Path) -> None:
    (tmp_path / "signers.yaml").write_text("seal: {organisation: twickel, pkcs11: 'pkcs11:object=seal'}")
    found = Environment.read(
        {
            "TESSELLA_DATA": str(tmp_path),
            "TESSELLA_KEK": "pkcs11:token=Keys;object=kek",
            "TESSELLA_SIGNERS": str(tmp_path / "signers.yaml"),
        }
    )
    assert (found.kek_token, [*found.signers], found.signers["seal"].organisation) == (
        "pkcs11:token=Keys;object=kek",
        ["seal"],
        "twickel",
    )
