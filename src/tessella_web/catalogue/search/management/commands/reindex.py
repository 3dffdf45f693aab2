"""Make the search index anew from what is published."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tessella_web.catalogue.search import domain


class Command(BaseCommand):
    """`reindex`: after restoring a part of the database, or when a new version of the platform finds words another way."""

    help = "Make the search index of the catalogue anew from the published versions. The catalogue can be searched meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        count = domain.reindex()
        self.stdout.write(f"{count} descriptions are listed.")
