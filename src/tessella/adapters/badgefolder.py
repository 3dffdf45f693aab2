"""The folder that is uploaded to an issuer's badge site: Open Badges 2.0 are revoked by publishing something else there."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tessella.adapters.files import read_bytes, write_bytes
from tessella.errors import AccessError
from tessella.issuing.badge_site import (
    HOSTED,
    SIGNED,
    BadgeSite,
    revocations,
    revoked_assertion,
    revoked_in,
    with_earlier_keys,
)

__all__ = ["BadgeFolder"]


class BadgeFolder:
    """The documents of one site, each at its path below ``folder``."""

    def __init__(self, folder: Path, site: BadgeSite) -> None:
        self.folder = folder
        self.site = site

    @property
    def _list(self) -> Path:
        return self.folder / self.site.revocations_path

    def write(self, path: str, data: bytes) -> None:
        """Put a document to its path; a profile keeps the keys that the one before it listed."""
        target = self.folder / path
        if path == self.site.issuer_path:
            if target.exists():
                data = with_earlier_keys(data, read_bytes(target))
            if not self._list.exists():  # profiles name its address
                write_bytes(self._list, revocations(self.site, {}))
        if not (target.exists() and read_bytes(target) == data):
            write_bytes(target, data)

    def revoke(self, credential_id: str, format: str, *, reason: str = "") -> Path:
        """Revoke one copy; the file to publish. One that is revoked keeps its first reason.

        Raises:
            AccessError: the folder cannot be read or written.
            ConfigError: ``issuing.revocations``.
        """
        if format == SIGNED:
            listed = revoked_in(read_bytes(self._list)) if self._list.exists() else {}
            listed.setdefault(self.site.assertion(credential_id), reason)
            write_bytes(self._list, revocations(self.site, listed))
            return self._list
        path = self.folder / self.site.assertion_path(credential_id)
        if not self.is_revoked(credential_id, HOSTED):
            write_bytes(path, revoked_assertion(self.site, credential_id, reason=reason))
        return path

    def is_revoked(self, credential_id: str, format: str) -> bool:
        """Whether what lies in the folder says that the copy is revoked."""
        if format == SIGNED:
            return self._list.exists() and self.site.assertion(credential_id) in revoked_in(
                read_bytes(self._list)
            )
        try:
            document = msgspec.json.decode(
                read_bytes(self.folder / self.site.assertion_path(credential_id)), type=dict
            )
        except (AccessError, msgspec.DecodeError):
            return False
        return document.get("revoked") is True
