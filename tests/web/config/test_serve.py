"""The first start, as a process of its own: from nothing to a page, and a clean end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Description, Version
from tessella_web.config import samples
from tessella_web.credentials.alliances.queries import active_members
from tessella_web.credentials.tasks import work_once
from tessella_web.credentials.wallet.entries import entries_of


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _start(folder: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    address = f"http://127.0.0.1:{_free_port()}"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TESSELLA_", "DJANGO_"))
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tessella_web", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**kept, "TESSELLA_DATA": str(folder), "TESSELLA_URL": address},
    )
    return process, address


def test_a_first_start_signs_in_once_and_ends_on_sigterm(tmp_path: Path) -> None:
    process, address = _start(tmp_path / "data")
    try:
        assert process.stdout
        first, second = process.stdout.readline().strip(), process.stdout.readline().strip()
        assert first == f"ready {address}"
        found = re.fullmatch(r"Sign in once as Noor de Vries: (http\S+\?key=([\w-]+))", second)
        assert found
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        asked = browser.open(found[1], timeout=20).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', asked)
        assert token
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "key": found[2]}).encode()
        home = browser.open(f"{address}/sign-in/link", form, timeout=20).read().decode()
        assert "University of Twickel (fictitious)" in home
        style = re.search(r'href="(/static/ui/tokens[^"]*)"', home)
        assert style and b"--ink" in browser.open(address + style[1], timeout=20).read()
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, rest, "Traceback" in errors) == (0, "", False)


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        process = subprocess.Popen(
            [sys.executable, "-m", "tessella_web", "serve", "--no-sample"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "tessella_web.config.settings",
                 "TESSELLA_DATA": str(tmp_path / "data"), "TESSELLA_URL": f"http://127.0.0.1:{taken.getsockname()[1]}"},
        )  # fmt: skip
        _out, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Is the port taken?" in errors.splitlines()[-1]


@pytest.mark.django_db
def test_samples_are_loaded_once() -> None:
    assert (samples.load(), samples.load()) == (len(samples.ORGANISATIONS), 0)
    assert sorted(Organisation.objects.values_list("slug", flat=True)) == sorted(samples.ORGANISATIONS)
    assert all(
        "fictitious" in name or "fiktiv" in name
        for name in Organisation.objects.values_list("name", flat=True)
    )
    assert (Description.objects.count(), Version.objects.count()) == (11, 5)
    members = active_members(Organisation.objects.get(slug="rivers"))
    assert {one.country for one in members} == {"NL", "DE", "KE"}
    for one in Organisation.objects.all():
        said = set(one.policies.values_list("subject", flat=True))
        assert {"about", "ownership", "financing", "complaints"} <= said, one
    assert all(email.endswith(".example") for email in Person.objects.values_list("email", flat=True))


@pytest.mark.django_db
def test_the_samples_have_a_learner_with_a_wallet_and_mail_nobody() -> None:
    """Awards of two organisations, sealed and taken; something said by herself; a page; what she shows and what she handed in."""
    samples.load()
    samples.load()
    mila = Person.objects.get(email="mila.jansen@learner.example")
    held = entries_of(mila)
    assert sorted(one.issuer for one in held) == [
        "Berufsschule Seebrück (fiktiv)",
        "Town library of Twickel (fictitious)",
        "Youth without Walls (fictitious)",
    ]
    assert [one.is_declared for one in held].count(True) == 1
    assert all(
        one.award.claimed_at and one.award.copies.exclude(file="").exists() for one in held if one.award
    )
    shares = mila.shares.order_by("sent_at")
    assert [one.organisation and one.organisation.slug for one in shares] == [None, "twickel"]
    assert [one.files.count() for one in shares] == [3, 3]
    assert mila.portfolios.get().pieces.count() == 4
    while work_once():
        pass
    assert [one.subject for one in mail.outbox if one.to == [mila.email]] == []


@pytest.mark.django_db
def test_a_person_gets_an_account_and_a_link(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("person", "Ana@Example.org", "Ana", "Example")
    call_command("person", "ana@example.org", "Somebody else")
    assert Person.objects.get().name == "Ana Example"
    assert capsys.readouterr().out.count("Sign in once as Ana Example: http") == 2
    with pytest.raises(CommandError):
        call_command("person", "ana", "Ana")
