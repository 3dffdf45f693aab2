"""``load_funding``: funding schemes from files of the operator."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tessella_web.common.errors import RefusedError
from tessella_web.guidance.funding import domain


class Command(BaseCommand):
    """Safe to run while people work, and twice."""

    help = "Add funding schemes from a file or a folder (YAML, JSON), or withdraw one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where they are, or which one goes."""
        parser.add_argument("path", type=Path, nargs="?", help="the file, or the folder with files")
        parser.add_argument("--withdraw", default="", help="the id of a scheme that is not shown any more")

    def handle(self, *args: Any, path: Path | None, withdraw: str, **options: Any) -> None:
        """Take over, say what was not."""
        if withdraw:
            try:
                domain.withdraw(withdraw)
            except RefusedError as error:
                raise CommandError(f"{error.message} {error.hint}") from error
            self.stdout.write(f"{withdraw} is not shown any more.")
            return
        if path is None or not path.exists():
            raise CommandError(f"There is no {path}.")
        done, wrong = domain.load(path)
        for key in done:
            self.stdout.write(f"{key} is shown now.")
        for one in wrong:
            self.stderr.write(str(one))
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(done) + len(wrong)} files were left out.")
