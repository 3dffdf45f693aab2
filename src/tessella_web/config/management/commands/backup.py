"""``backup``: database and files in one archive, while the platform runs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tessella_web.config.operations.backup import BackupError, backup, facts


class Command(BaseCommand):
    """The keys are not in it, and it says so."""

    help = "Write database and files into one archive; keys are kept apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="a new file, such as tessella-2026-11-22.tar")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Nothing is left behind when it fails."""
        try:
            found = backup(file.absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        told = facts(found)
        self.stdout.write(
            f"{file}: the database and {told['files']} files, audit trail up to entry {told['entries']}."
        )
        self.stdout.write(
            "Not in it, on purpose; keep copies of these apart from it, or the private keys and claim links in it are lost:"
        )
        for path in (settings.KEK_FILE, settings.DATA_FOLDER / "secret", settings.AUDIT_KEY_FILE):
            self.stdout.write(f"  {path}")
        self.stdout.write(
            "Not in it either, and newer than it when it is needed: the ledger of those who left, by which a restore erases them again:"
        )
        self.stdout.write(f"  {settings.ERASURES_FILE}")
