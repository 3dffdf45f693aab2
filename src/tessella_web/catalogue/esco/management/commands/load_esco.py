"""``load_esco``: the European classification of skills and occupations from its official download."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tessella_web.catalogue.esco import domain
from tessella_web.common.errors import RefusedError


class Command(BaseCommand):
    """Safe to run while people work, twice, and again after it was stopped."""

    help = "Load skills and occupations of ESCO from the official download (CSV or RDF; folder, ZIP or file)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and which version where its name does not say."""
        parser.add_argument("path", type=Path, help="the folder, ZIP or file that was downloaded")
        parser.add_argument(
            "--esco-version", default="", help="such as 1.2.0, where the name does not carry it"
        )

    def handle(self, *args: Any, path: Path, esco_version: str, **options: Any) -> None:
        """Load, index, say what was done."""
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        try:
            done = domain.load(path, version=esco_version, say=self.stdout.write)
        except RefusedError as error:
            raise CommandError(f"{error.message} {error.hint}") from error
        counts = ", ".join(f"{count} {kind}" for kind, count in sorted(done.release.counts.items()))
        self.stdout.write(f"ESCO {done.release.version}: {counts}.")
        self.stdout.write(
            f"{len(done.read)} files read, {len(done.skipped)} were loaded before, {done.unusable} rows were of no use."
        )
