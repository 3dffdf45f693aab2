"""The file that names where people sign in with the account of their institution (OpenID Connect)."""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

__all__ = ["Institution", "SettingsError", "read_institutions"]


class SettingsError(Exception):
    """A setting that cannot be used: which, and what to write instead."""


class Institution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One OpenID provider.

    ``issuer`` is its address exactly as it calls itself; ``domains`` those of which it may say that an e-mail address is somebody's.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    client_secret_file: str = ""
    domains: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile", "email")

    @property
    def secret(self) -> str:
        """What this installation proves itself with to the provider; empty for a public client, which has PKCE only."""
        if self.client_secret_file:
            return Path(self.client_secret_file).read_text("utf-8").strip()
        return self.client_secret


class _File(msgspec.Struct, forbid_unknown_fields=True):
    institution: tuple[Institution, ...] = ()


def read_institutions(path: str) -> tuple[Institution, ...]:
    """The providers in a TOML file; none where no file is named.

    Raises:
        SettingsError: it cannot be read, says something that is not known, or names an address that is not safe.
    """
    if not path:
        return ()
    try:
        found = msgspec.convert(tomllib.loads(Path(path).read_text("utf-8")), _File).institution
        for one in found:
            _check(path, one)
    except OSError as error:
        raise SettingsError(
            f"TESSELLA_INSTITUTIONS: {error.filename} cannot be read: {error.strerror}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"TESSELLA_INSTITUTIONS: {path}: {error}") from error
    if len({one.id for one in found}) < len(found):
        raise SettingsError(f"TESSELLA_INSTITUTIONS: {path}: an id stands twice.")
    return found


def _check(path: str, one: Institution) -> None:
    address = urlsplit(one.issuer)
    if not one.id.replace("-", "").isalnum():
        raise SettingsError(
            f"TESSELLA_INSTITUTIONS: {path}: id {one.id!r}: write letters, digits and hyphens."
        )
    if address.scheme != "https" and not (address.scheme == "http" and _is_loopback(address.hostname or "")):
        raise SettingsError(f"TESSELLA_INSTITUTIONS: {path}: issuer {one.issuer!r} must begin with https://")
    if address.query or address.fragment or not address.hostname:
        raise SettingsError(f"TESSELLA_INSTITUTIONS: {path}: issuer {one.issuer!r} is not an address.")
    if "openid" not in one.scopes:
        raise SettingsError(f"TESSELLA_INSTITUTIONS: {path}: scopes of {one.id!r} must contain openid.")
    _ = one.secret


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
