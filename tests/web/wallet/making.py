"""Files as other platforms give them out, and as nobody honest would."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
import zlib
from typing import Any

from tessella.containers import bake_png
from tessella.issuing import test_issuer  # type: ignore[attr-defined]
