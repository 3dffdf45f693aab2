"""The command line: parse, call the library, print."""

from __future__ import annotations

import importlib
import sys

__all__ = ["main"]

MODULES = {
    **{
        name: name
        for name in (
            "check",
            "convert",
            "disclose",
            "equivalence",
            "issue",
            "keys",
            "new",
            "renew",
            "show",
        )
    },
    **{name: name for name in ("status", "trust", "verify", "vocabulary")},
    **dict.fromkeys(("bake", "unbake", "qr"), "carry"),
    "revoke": "status",
    "stack": "award",
    "guide": "demand",
}
"""Commands by the module they are in. One that is not here is found all the same, only later."""


def main() -> None:
    """Entry point of the ``tessella`` program; it imports what the command named needs, and everything for the help."""
    name = MODULES.get(sys.argv[1] if len(sys.argv) > 1 else "", "commands")
    importlib.import_module(f"tessella.cli.{name}")
    from tessella.cli._app import run

    sys.exit(run())
