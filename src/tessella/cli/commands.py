"""All commands, brought together (importing a module registers its command)."""

from tessella.cli import (
    award,
    carry,
    check,
    convert,
    demand,
    disclose,
    equivalence,
    example,
    funding,
    guide,
    issue,
    keys,
    new,
    plan,
    renew,
    show,
    stack,
    status,
    trust,
    verify,
    vocabulary,
)
from tessella.cli._app import app, run

__all__ = [
    "app",
    "award",
    "carry",
    "check",
    "convert",
    "demand",
    "disclose",
    "equivalence",
    "example",
    "funding",
    "guide",
    "issue",
    "keys",
    "new",
    "plan",
    "renew",
    "run",
    "show",
    "stack",
    "status",
    "trust",
    "verify",
    "vocabulary",
]

_ORDER = (
    "new",
    "check",
    "issue",
    "verify",
    "show",
    "convert",
    "equivalence",
    "disclose",
    "bake",
    "unbake",
    "qr",
    "renew",
    "revoke",
    "status",
    "vocabulary",
    "example",
)
"""The order of the help: as one comes to need them (groups such as ``keys`` stand after)."""

app.registered_commands.sort(key=lambda one: _ORDER.index(one.name or getattr(one.callback, "__name__", "")))
