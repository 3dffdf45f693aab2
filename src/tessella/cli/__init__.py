"""The command line: parse, call the library, print."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Entry point of the ``tessella`` program."""
    from tessella.cli import commands

    sys.exit(commands.run())
