"""``restore``: put a backup into an empty installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from tessella_web.accounts.leaving import domain as leaving
from tessella_web.config.operations.backup import BackupError, facts, missing_keys, restore
from tessella_web.credentials.retention import domain as retention


class Command(BaseCommand):
    """Into an empty data folder and database only: a restore never mixes two installations. Whoever has left since is erased again
    before it ends: put the ledger of those who left (``erasures.txt``) in its place before."""

    help = "Put a backup into an empty installation."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Says which keys are still missing, and how many people were erased again."""
        try:
            found = restore(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        told = facts(found)
        self.stdout.write(f"Restored the database and {told['files']} files of {told['made']}.")
        self.stdout.write(f"Its audit trail ended with entry {found.entries}, {found.head}.")
        for one in missing_keys():
            self.stdout.write(
                f"Private keys wait for the key-encryption key {one}: put its file at {settings.KEK_FILE}."
            )
        call_command("migrate", verbosity=0, interactive=False)
        again = leaving.replay()
        while retention.erase_due():
            pass
        if settings.ERASURES_FILE.exists():
            self.stdout.write(
                f"Brought up to date. People who had left since, and were erased again: {again}."
            )
        else:
            self.stdout.write(
                f"Brought up to date. Nobody is known here who left since: if {settings.ERASURES_FILE.name} of the earlier "
                f"installation is at hand, put it at {settings.ERASURES_FILE} before serving."
            )
