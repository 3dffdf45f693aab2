"""Install the independent verifiers: with the machine's Node.js, or the one that comes as a Python package.

Exits 0 either way; without Node.js the tests that need it are skipped and say so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    npm = shutil.which("npm") or str(Path(sys.executable).with_name("npm"))
    try:
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as error:
        print(f"Independent verifiers not installed ({error}); their tests will be skipped.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
