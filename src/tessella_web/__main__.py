"""``python -m tessella_web COMMAND``: Django's commands and ours (``serve``)."""

from __future__ import annotations

import os
import sys

from tessella_web.config.environment import SettingsError


def main() -> None:
    """Run a command; a wrong setting is told in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["tessella_web", *sys.argv[1:]])
    except SettingsError as error:
        sys.exit(f"✗ {error}")


if __name__ == "__main__":
    main()
