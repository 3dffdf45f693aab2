"""The file that names where people sign in with the account of their institution (OpenID Connect)."""

from __future__ import annotations

import ipaddress
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tessella import typed

__all__ = ["Institution", "SettingsError", "read_institutions"]


SECOND_FACTOR_METHODS = frozenset(
    ("face", "fpt", "hwk", "iris", "mca", "mfa", "otp", "pop", "retina", "sc", "sms", "swk", "tel", "vbm")
)
"""Authentication methods (RFC 8176 §2) that are, or may be, a second factor. What one knows (``pwd``, ``pin``, ``kba``), where one is
(``geo``) and what a machine guesses (``rba``) are none; ``user`` and ``wia`` say nothing of one."""


class SettingsError(Exception):
    """A setting that cannot be used: which, and what to write instead."""


class Institution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One OpenID provider.

    ``issuer`` is its address exactly as it calls itself; ``domains`` those of which it may say that an e-mail address is somebody's.
    ``second_factor_amr`` and ``second_factor_acr`` are the values of these claims with which it says that a second factor was shown,
    and that count here; none unless named.
    """

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str = ""
    client_secret_file: str = ""
    domains: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    second_factor_amr: tuple[str, ...] = ()
    second_factor_acr: tuple[str, ...] = ()

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
        found = typed.convert(tomllib.loads(Path(path).read_text("utf-8")), _File).institution
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
    if wrong := set(one.second_factor_amr) - SECOND_FACTOR_METHODS:
        raise SettingsError(
            f"TESSELLA_INSTITUTIONS: {path}: second_factor_amr of {one.id!r}: {min(wrong)!r} is no second factor; "
            f"write some of {', '.join(sorted(SECOND_FACTOR_METHODS))}."
        )
    if any(not acr or acr.split() != [acr] for acr in one.second_factor_acr):
        raise SettingsError(
            f"TESSELLA_INSTITUTIONS: {path}: second_factor_acr of {one.id!r}: write each value by itself, without spaces."
        )
    _ = one.secret


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
