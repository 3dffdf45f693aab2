"""The files for operators: they parse, they name what exists, and they keep what the page promises."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tessella_web.config.environment import Environment

DEPLOY = Path(__file__).parents[3] / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("tessella-*.*"))
PAGE = (Path(__file__).parents[3] / "docs/how-to/deploy.md").read_text("utf-8")


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """Sections, keys and values of a unit; a key may stand several times."""
    found: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if re.fullmatch(r"\[\w+\]", line):
            section = found.setdefault(line[1:-1], {})
        elif line and not line.startswith("#"):
            key, _equals, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found


def variables() -> dict[str, str]:
    """All of the example, those in comments, too."""
    lines = (DEPLOY / "tessella.env").read_text("utf-8").splitlines()
    pairs = (line.lstrip("#").partition("=") for line in lines if re.match(r"#?[A-Z_]+=", line))
    return {name: value for name, _equals, value in pairs}


def test_the_example_of_settings_is_read_without_doubts(tmp_path: Path) -> None:
    found = Environment.read({**variables(), "TESSELLA_DATA": str(tmp_path)})
    assert (found.doubts, found.is_https) == ((), True)


@pytest.mark.parametrize("name", UNITS)
def test_units_run_commands_that_exist_as_somebody_without_rights(name: str) -> None:
    parts = unit(name)
    assert "Unit" in parts
    if name.endswith(".timer"):
        assert unit(name.replace(".timer", ".service"))
        return
    service = parts["Service"]
    assert (service["User"], service["EnvironmentFile"]) == (["tessella"], ["/etc/tessella/tessella.env"])
    assert service["ProtectSystem"] == ["strict"] and service["NoNewPrivileges"] == ["true"]
    for line in [*service["ExecStart"], *service.get("ExecStartPre", [])]:
        for command in re.findall(r"-m tessella_web (\w+)", line):
            load_command_class(get_commands()[command], command)
        assert "/opt/tessella/bin/python" in line


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed")
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8").replace("/opt/tessella/bin/python", "/bin/true")
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [program, "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if "tessella" in line and "Failed to" not in line]
    assert told == []


def test_nginx_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed")
    text = re.sub(r"\n\s*ssl_certificate.*", "", (DEPLOY / "nginx.conf").read_text("utf-8")).replace(
        " ssl;", ";"
    )
    whole = f"pid {tmp_path}/pid; events {{}} http {{ {text} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run(
        [program, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_balance_their_braces_and_hand_on_one_address(name: str) -> None:
    text = re.sub(r"#.*", "", (DEPLOY / name).read_text("utf-8"))
    depth = 0
    for sign in re.sub(r"\{[a-z_]+\}", "", text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert re.search(r"X-Forwarded-For (\$remote_addr|\{remote_host\})", text)
    assert "$proxy_add_x_forwarded_for" not in text
    assert "/metrics" in text and "127.0.0.1:8000" in text


def test_the_container_runs_as_nobody_in_particular_and_copies_what_exists() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    steps = [line.partition(" ")[0] for line in text.splitlines() if re.match(r"[A-Z]+ ", line)]
    assert steps[0] == "FROM" and steps.index("USER") < steps.index("CMD")
    root = DEPLOY.parent
    for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE):
        assert [name for name in line.split()[:-1] if not (root / name).exists()] == []
    assert "kek" not in re.sub(r"TESSELLA_KEK_FILE=/keys/kek", "", text)


def test_the_timer_is_a_time() -> None:
    parser = configparser.ConfigParser(strict=True)
    parser.read(DEPLOY / "tessella-backup.timer")
    assert re.fullmatch(r"\*-\*-\* \d\d:\d\d:\d\d UTC", parser["Timer"]["OnCalendar"])


def test_the_page_names_every_file_and_no_other() -> None:
    named = set(re.findall(r"deploy/([\w.*-]+)", PAGE))
    there = {path.name for path in DEPLOY.iterdir()}
    assert [name for name in named if not list(DEPLOY.glob(name))] == []
    assert {"tessella.env", "nginx.conf", "Caddyfile", "Containerfile"} <= named
    assert {name for name in there if not name.startswith("tessella-")} <= named
