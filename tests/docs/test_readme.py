"""The README keeps its word: its example runs, its output is what the program prints, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.example_run import example_run
from tests.cli.support import tessella
from tests.docs.pages import ROOT, Command, compare

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINKED = ["README.md", "SECURITY.md"]


def block(language: str, containing: str) -> str:
    """The fenced block of this language that contains a text."""
    found = [
        text for text in re.findall(rf"^```{language}\n(.*?)^```", README, re.M | re.S) if containing in text
    ]
    assert len(found) == 1
    return str(found[0])


def test_python_example_is_executed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tessella("example", "--copy-to", ".", cwd=tmp_path).code == 0
    monkeypatch.chdir(tmp_path)
    source = block("python", "import tessella")
    exec(compile(source, "README.md", "exec"), {})
    said = re.findall(r"print\(.*#\s*(\w+)$", source, re.M)
    assert capsys.readouterr().out.split() == said == ["True", "passed"]


def test_the_example_prints_what_the_readme_shows(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    done = example_run(tmp_path_factory, tmp_path)
    shown = tuple(line for line in block("text", "1. Description").splitlines() if line.strip())
    compare(Command("make example", shown, 0), done.output)
    assert done.code == 0


def test_the_two_commands_and_the_plain_word_on_test_certificates_are_there() -> None:
    assert "$ make run " in block("console", "make run")
    assert "$ make test " in block("console", "make test")
    for words in (
        "does not pass in Europass",
        "qualified certificate for electronic seals",
        "2.5.4.97",
        "EUPL-1.2",
    ):
        assert words in " ".join(README.split()), words


@pytest.mark.parametrize("name", LINKED)
def test_links_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
