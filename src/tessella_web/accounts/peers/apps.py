from __future__ import annotations

from django.apps import AppConfig


class PeersConfig(AppConfig):
    """People of other organisations who look at one thing of this one."""

    name = "tessella_web.accounts.peers"
    label = "peers"
