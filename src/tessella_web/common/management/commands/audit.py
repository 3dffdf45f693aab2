"""``audit``: take a signed head of the audit trail, and check the trail against one that was kept."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tessella_web.common import audit, heads
from tessella_web.common.models import AuditEntry


class Command(BaseCommand):
    """Keep what ``head`` writes on another machine: there nobody rewrites it together with the trail."""

    help = "Sign the head of the audit trail, or check the trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two things to do."""
        what = parser.add_subparsers(dest="what", required=True)
        head = what.add_parser("head", help="sign the head as it is now and write it")
        head.add_argument("file", nargs="?", type=Path, help="where to; without one it is printed")
        check = what.add_parser("check", help="follow the chain; exit 1 when something was rewritten")
        check.add_argument("--head", type=Path, help="a signed head that was kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """One of the two."""
        if options["what"] == "head":
            self._head(options["file"])
        else:
            self._check(options["head"])

    def _head(self, file: Path | None) -> None:
        made = heads.sign()
        if made is None:
            raise CommandError("The trail is empty: there is nothing to sign.")
        if file is None:
            self.stdout.write(made.token)
            return
        try:
            file.write_text(made.token + "\n")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        self.stdout.write(f"Head of entry {made.number} written to {file}. Keep it on another machine.")

    def _check(self, file: Path | None) -> None:
        if file is None:
            broken = next(iter(audit.broken_links()), None)
            problems: tuple[str, ...] = () if broken is None else (f"The chain is broken at entry {broken}.",)
        else:
            try:
                found = heads.check(file.read_text())
            except (OSError, UnicodeDecodeError) as error:
                raise CommandError(f"{file} cannot be read.") from error
            problems = found.problems
        if problems:
            raise CommandError(" ".join(problems))
        count = AuditEntry.objects.count()
        told = f"{count} entries, each as it was written"
        self.stdout.write(told + (f", and as entry {found.number} was at {found.at}." if file else "."))
