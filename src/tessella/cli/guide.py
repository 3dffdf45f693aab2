"""``tessella guide``: what is missing for an occupation, what a wallet opens, what learning costs, what work is in demand."""

from __future__ import annotations

import typer

from tessella.cli._app import app
from tessella.cli._guide_skills import entry_command, gap_command

__all__ = ["guide"]

guide = typer.Typer(
    name="guide",
    help="What is missing for an occupation, what a wallet opens, what learning costs, what work is in demand.",
    no_args_is_help=True,
)
"""The group of commands; other modules add theirs."""

app.add_typer(guide)

guide.command("gap")(gap_command)
guide.command("entry")(entry_command)
