"""``bounce``: take a delivery report from standard input, as a mail server pipes it."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from tessella_web.credentials.domain.bounces import MAX_REPORT_BYTES, take_report


class Command(BaseCommand):
    """Always ends with 0 when the mail was looked at, so that no report is answered with another."""

    help = "Mark the mail that a delivery report on standard input is about."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address is only needed when the report does not quote the mail."""
        parser.add_argument("--recipient", default="", help="the address that the report was delivered to")

    def handle(self, *args: Any, **options: Any) -> None:
        """With 75 (try again later) when the database cannot be reached."""
        data = sys.stdin.buffer.read(MAX_REPORT_BYTES)
        try:
            mail = take_report(data, recipient=options["recipient"])
        except DatabaseError:
            self.stderr.write("The database cannot be reached; the report is to be delivered again.")
            sys.exit(os.EX_TEMPFAIL)
        self.stdout.write(
            f"{mail.pk}: {mail.get_state_display()}" if mail else "Not a report about one of our mails."
        )
