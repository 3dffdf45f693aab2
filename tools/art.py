"""``python -m tools.art``: draw the platform's ornament anew."""

from __future__ import annotations

from pathlib import Path

from tessella_web.ui.art import pictures

FOLDER = Path(__file__).parent.parent / "src/tessella_web/ui/static/ui"

if __name__ == "__main__":
    for name, svg in pictures().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
