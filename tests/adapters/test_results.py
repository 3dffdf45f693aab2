"""Results files: nothing twice, nothing lost, nothing mixed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tessella.adapters.results import ResultsFile
from tessella.errors import AccessError, ConfigError, DecodeError

SETTINGS = {"at": "2026-11-22T00:00:00+00:00", "policy": "default"}


def files(folder: Path, count: int = 3) -> list[str]:
    for number in range(count):
        (folder / f"{number}.json").write_text(str(number))
    return [str(folder / f"{number}.json") for number in range(count)]


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_what_is_there_is_not_missing(tmp_path: Path) -> None:
    names = files(tmp_path)
    path = tmp_path / "out" / "results.jsonl"
    with ResultsFile(path, SETTINGS) as first:
        first.add(names[0], "passed", b'{"verdict":"passed"}')
    with ResultsFile(path, SETTINGS | {"at": "2027-01-01T00:00:00+00:00"}) as again:
        assert (again.counts, list(again.missing(names))) == ({"passed": 1}, names[1:])
        assert again.settings["at"] == SETTINGS["at"]
        again.add(names[1], "failed", b"{}")
    header, *results = lines(path)
    assert (header["format"], header["settings"]) == ("tessella-results", SETTINGS)
    assert [(one["file"], one["verdict"]) for one in results] == [(names[0], "passed"), (names[1], "failed")]


def test_a_torn_line_is_dropped_and_its_file_missing(tmp_path: Path) -> None:
    names = files(tmp_path)
    path = tmp_path / "results.jsonl"
    with ResultsFile(path, SETTINGS) as first:
        for name in names:
            first.add(name, "passed", b"{}")
    path.write_bytes(path.read_bytes()[:-9])
    with ResultsFile(path, SETTINGS) as again:
        assert (again.counts, list(again.missing(names))) == ({"passed": 2}, names[2:])
        again.add(names[2], "passed", b"{}")
    assert [one.get("file") for one in lines(path)[1:]] == names


def test_a_torn_header_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"format":"tess')
    with ResultsFile(path, SETTINGS) as file:
        assert file.counts == {}
    assert lines(path)[0]["settings"] == SETTINGS


def test_a_changed_file_is_missing_again_and_counts_once(tmp_path: Path) -> None:
    names = files(tmp_path)
    path = tmp_path / "results.jsonl"
    with ResultsFile(path, SETTINGS) as first:
        for name in names:
            first.add(name, "failed", b"{}")
    Path(names[1]).write_text("another content")
    os.utime(names[2], ns=(1, 1))
    with ResultsFile(path, SETTINGS) as again:
        assert list(again.missing(names)) == names[1:]
        for name in names[1:]:
            again.add(name, "passed", b"{}")
        assert again.counts == {"failed": 1, "passed": 2}
    with ResultsFile(path, SETTINGS) as third:
        assert (third.counts, list(third.missing(names))) == ({"failed": 1, "passed": 2}, [])


def test_other_settings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    ResultsFile(path, SETTINGS).close()
    with pytest.raises(ConfigError) as caught:
        ResultsFile(path, SETTINGS | {"policy": "full"})
    assert caught.value.code == "archive.settings"


@pytest.mark.parametrize("content", [b"name;grade\n", b'{"format":"x"}\n', b"\xff\n"])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "grades.csv"
    path.write_bytes(content)
    with pytest.raises(DecodeError) as caught:
        ResultsFile(path, SETTINGS)
    assert (caught.value.code, path.read_bytes()) == ("archive.other", content)


def test_another_file_without_line_end_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"one line without an end")
    with pytest.raises(DecodeError):
        ResultsFile(path, SETTINGS)
    assert path.read_bytes() == b"one line without an end"


def test_a_folder_is_an_error_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(AccessError) as caught:
        ResultsFile(tmp_path, SETTINGS)
    assert caught.value.place == str(tmp_path)
