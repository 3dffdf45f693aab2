"""Where an issuer's Open Badges 2.0 are published, and what is published of those that are revoked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from tessella import typed
from tessella.errors import ConfigError
from tessella.formats import openbadges2
from tessella.text import say

__all__ = [
    "HOSTED",
    "SIGNED",
    "BadgeSite",
    "as_json",
    "revocations",
    "revoked_assertion",
    "revoked_in",
    "with_earlier_keys",
]

HOSTED, SIGNED = "openbadge2", "openbadge2-signed"
"""The names of the two formats."""

_PLAIN = re.compile(r"[A-Za-z0-9-]{1,64}")
"""Names of files that mean the same in every address and file system."""


class BadgeSite(msgspec.Struct, frozen=True, kw_only=True):
    """The public address under which an issuer's Open Badges 2.0 documents lie, and where each of them is below it.

    Raises:
        ConfigError: ``issuing.badges-url``, it is no https address of a folder.
    """

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
            raise ConfigError(
                say("Badges are published below an https address; this is none."),
                code="issuing.badges-url",
                got=self.url,
                hint=say(
                    "Give the address of the folder that you will upload to, for example https://school.example/badges"
                ),
            )

    issuer_path: ClassVar[str] = "issuer.json"
    revocations_path: ClassVar[str] = "revoked.json"

    def address(self, path: str) -> str:
        """The public address of what lies at ``path``."""
        return f"{self.url.rstrip('/')}/{path}"

    @property
    def issuer(self) -> str:
        """The id of the issuer's profile."""
        return self.address(self.issuer_path)

    @property
    def revocations(self) -> str:
        """The address of the list of revoked signed badges."""
        return self.address(self.revocations_path)

    def assertion_path(self, credential_id: str) -> str:
        """Where the assertion of a copy lies."""
        name = credential_id.removeprefix("urn:uuid:")
        return f"a/{name if _PLAIN.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()}.json"

    def assertion(self, credential_id: str) -> str:
        """The id of the assertion of a copy: its address."""
        return self.address(self.assertion_path(credential_id))


def revoked_assertion(site: BadgeSite, credential_id: str, *, reason: str = "") -> bytes:
    """What is published in place of a revoked hosted assertion: its id, that it is revoked, and why (Open Badges 2.0, Assertion)."""
    made: dict[str, Any] = {
        "@context": openbadges2.CONTEXT,
        "type": "Assertion",
        "id": site.assertion(credential_id),
        "revoked": True,
    }
    return as_json(made | ({"revocationReason": reason} if reason else {}))


def revocations(site: BadgeSite, revoked: Mapping[str, str]) -> bytes:
    """The list of revoked signed badges: the ids of their assertions, each with a reason or the empty text."""
    return as_json(openbadges2.revocation_list(site.revocations, site.issuer, revoked))


def revoked_in(published: bytes) -> dict[str, str]:
    """What `revocations` had listed.

    Raises:
        ConfigError: ``issuing.revocations``, it is no such list.
    """
    try:
        entries = msgspec.json.decode(published)["revokedAssertions"]
        return {one["id"]: one.get("revocationReason", "") for one in entries}
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(
            say("The published list of revoked badges is damaged."),
            code="issuing.revocations",
            hint=say("Restore it from the copy that you have uploaded."),
        ) from error


def with_earlier_keys(profile: bytes, earlier: bytes) -> bytes:
    """The issuer's profile, with the keys of the one published before: what they have signed stays good."""
    made = msgspec.json.decode(profile)
    try:
        before = typed.decode(earlier, dict).get("publicKey", [])
    except msgspec.DecodeError:
        return profile
    keys = [*made.get("publicKey", []), *(before if isinstance(before, list) else [before])]
    return as_json(made | ({"publicKey": list(dict.fromkeys(map(str, keys)))} if keys else {}))


def as_json(document: Mapping[str, Any]) -> bytes:
    """A document as it is published: JSON in lines."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1)
