"""``rotate_kek``: a new key-encryption key for all private keys of this installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tessella_web.accounts.keys import domain
from tessella_web.common.errors import RefusedError


class Command(BaseCommand):
    """Safe to run while people work, and again after it was killed."""

    help = "Replace the key-encryption key and wrap every private key anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Wrap, then forget the old key-encryption key; a copy of the file from before opens nothing of the database any more."""
        try:
            count = domain.rewrap_all()
        except RefusedError as error:
            raise CommandError(f"{error.message} {error.hint}") from error
        self.stdout.write(f"{count} private keys wrapped anew. Back up the key-encryption key now.")
