"""The files of tantivy: made anew when they are lost, old or broken; never wrong in between."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import tantivy

from tessella_web.catalogue.search import engines, queries, snapshot
from tessella_web.catalogue.search.engines import tantivy as module
from tessella_web.catalogue.search.models import Change
from tessella_web.catalogue.search.queries import Asked, Found, search
from tests.web.catalogue.search.conftest import Make

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)


@pytest.fixture(autouse=True)
def chosen(settings: Any, tmp_path: Path) -> Path:
    settings.SEARCH_ENGINE, settings.DATA_FOLDER = "tantivy", tmp_path
    return tmp_path / "search" / "tantivy-1"


def find(words: str) -> Found:
    queries._engine_matching.cache_clear()
    return search(Asked(words=words), on=TODAY)


def restarted() -> None:
    """As after a new start of the process."""
    engines._tantivy.cache_clear()
    snapshot.forget()


def files_answer(words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """What is found with the files alone."""

    def refuse() -> Any:
        raise AssertionError("the database was asked")

    with monkeypatch.context() as patched:
        patched.setattr(engines.engine(), "_of_database", refuse)
        return find(words).total


def test_the_files_answer_and_follow(make: Make, monkeypatch: pytest.MonkeyPatch, chosen: Path) -> None:
    make(title="Reading water")
    assert files_answer("water", monkeypatch) == 1
    make(title="Reading more water")
    assert files_answer("water", monkeypatch) == 2
    assert (chosen / "head.json").exists()


@pytest.mark.parametrize("harm", ["all", "head", "meta", "segment", "old", "nonsense", "other-history"])
def test_lost_old_or_broken_files_are_made_anew(
    make: Make, monkeypatch: pytest.MonkeyPatch, chosen: Path, harm: str
) -> None:
    make(title="Reading water")
    find("water")
    kept = {one: one.read_bytes() for one in chosen.iterdir() if one.is_file()}
    make(title="Reading more water")
    assert find("water").total == 2
    if harm == "all":
        for one in chosen.iterdir():
            one.unlink()
    elif harm == "head":
        (chosen / "head.json").unlink()
    elif harm == "meta":
        (chosen / "meta.json").write_text("{")
    elif harm == "segment":
        for one in chosen.glob("*.term"):
            one.write_bytes(b"")
    elif harm == "old":  # killed between writing the words and saying so, or a copy from yesterday
        (chosen / "head.json").write_bytes(kept[chosen / "head.json"])
    elif harm == "nonsense":
        (chosen / "head.json").write_text('{"number": "many"}')
    else:
        (chosen / "head.json").write_text('{"number": 2, "token": "of another database"}')
    restarted()
    assert find("water").total == 2  # at once, whoever answers
    assert find("water").total == 2
    assert files_answer("water", monkeypatch) == 2  # and the files are right again


def test_whoever_cannot_write_asks_the_database(
    make: Make, monkeypatch: pytest.MonkeyPatch, chosen: Path
) -> None:
    make(title="Reading water")
    find("water")
    other = tantivy.Index.open(str(chosen)).writer(15_000_000, 1)  # another process is writing
    make(title="Reading more water")
    assert find("water").total == 2
    del other
    assert files_answer("water", monkeypatch) == 2


def test_far_behind_the_files_are_written_beside(
    make: Make, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    for number in range(3):
        make(title=f"Reading water {number}")
    begun: list[bool] = []
    monkeypatch.setattr(module, "CATCH_UP", 2)
    monkeypatch.setattr(module.TantivyEngine, "_follow_beside", lambda self: begun.append(True))
    assert (find("water").total, begun) == (3, [True, True])
    engines.engine().follow()
    assert (files_answer("water", monkeypatch), len(begun)) == (3, 2)


def test_numbers_of_a_rolled_back_history_are_forgotten(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make(title="Reading water")
    assert find("water").total == 1
    Change.objects.update(token="restored from a copy")
    restarted()
    assert files_answer("water", monkeypatch) == 1
