"""What tests share: the way to the official samples and vectors, which are read in place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("TESSELLA_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared(path: str) -> Path:
    """The path of an official sample or vector; skips the test when the folder is absent."""
    target = SHARED_DATA / path
    if not target.exists():
        pytest.skip(f"official data not on this machine: {path} (set TESSELLA_SHARED_DATA)")
    return target


def shared_json(path: str) -> Any:
    """An official JSON file, parsed; skips the test when it is absent."""
    return json.loads(shared(path).read_text(encoding="utf-8"))
