from __future__ import annotations

from django.apps import AppConfig


class PeersConfig(AppConfig):
    """People of other organisations who look at one thing of this one."""

    name = "tessella_web.accounts.peers"
    label = "peers"

    def ready(self) -> None:
        """What letters say."""
        from tessella_web.accounts.peers import writing  # noqa: F401 -- registers them
