"""All commands, brought together (importing a module registers its command)."""

from tessella.cli import keys, vocabulary
from tessella.cli._app import app, run

__all__ = ["app", "keys", "run", "vocabulary"]
