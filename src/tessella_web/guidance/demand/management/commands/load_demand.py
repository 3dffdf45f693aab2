"""``load_demand``: figures on vacancies from a table."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tessella.adapters.files import read_bytes
from tessella.errors import TessellaError
from tessella.guidance.demand.table import MAX_BYTES
from tessella_web.common.errors import RefusedError
from tessella_web.guidance.demand import domain


class Command(BaseCommand):
    """Safe to run while people work, twice, and again after it was stopped."""

    help = "Bring in figures on vacancies from a table (CSV), or withdraw a source."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The table, or which source goes."""
        parser.add_argument("path", type=Path, nargs="?", help="the table")
        parser.add_argument("--withdraw", default="", help="the name of a source that is not shown any more")

    def handle(self, *args: Any, path: Path | None, withdraw: str, **options: Any) -> None:
        """Bring in, say what was left out."""
        try:
            if withdraw:
                self.stdout.write(f"{domain.withdraw_source(withdraw)} figures are gone.")
                return
            if path is None:
                raise CommandError("Name a table.")
            done = domain.load(name=path.name, data=read_bytes(path, max_bytes=MAX_BYTES))
        except (RefusedError, TessellaError) as error:
            raise CommandError(f"{error.message} {error.hint}") from error
        self.stdout.write(f"{done.written} figures written, {done.left_out} rows left out.")
        for one in done.problems:
            self.stderr.write("{file}, row {row}, {field}: {reason} {remedy}".format(**one))
