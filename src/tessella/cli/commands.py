"""All commands, brought together (importing a module registers its command)."""

from tessella.cli import check, convert, disclose, example, issue, keys, new, show, status, verify, vocabulary
from tessella.cli._app import app, run

__all__ = [
    "app",
    "check",
    "convert",
    "disclose",
    "example",
    "issue",
    "keys",
    "new",
    "run",
    "show",
    "status",
    "verify",
    "vocabulary",
]
