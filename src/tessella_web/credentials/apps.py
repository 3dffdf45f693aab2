from __future__ import annotations

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Batches, awards, their sealed copies and published status."""

    name = "tessella_web.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Registers what its letters say, and whom organisations know: workers load no pages."""
        from tessella_web.credentials.domain import asking, claiming  # noqa: F401 -- register them
