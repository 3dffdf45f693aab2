from __future__ import annotations

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Mails to people who are asked, invited or answered: through an outbox, at least once."""

    name = "tessella_web.accounts.letters"
    label = "letters"
