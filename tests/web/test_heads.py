"""Signed heads: a copy that was kept elsewhere shows what was rewritten since."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from tessella_web.common import audit, heads
from tessella_web.common.models import AuditEntry, SignedHead
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_key(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_KEY_FILE = tmp_path / "audit-key.pem"
    return tmp_path / "audit-key.pem"


@pytest.fixture
def kept(db: None) -> str:
    """A head that somebody took a copy of, after which the trail grew."""
    for number in range(3):
        audit.record("x.done", f"thing:{number}", facts={"count": number})
    made = heads.sign()
    assert made is not None
    audit.record("x.done", "thing:3")
    return made.token


def last() -> int:
    """The number of the newest signed head."""
    return SignedHead.objects.latest("number").number


def rewritten(**changes: Any) -> None:
    """Another history, with every link of the chain made anew as somebody with the database would."""
    previous = audit.FIRST
    for entry in AuditEntry.objects.order_by("number"):
        if entry.number == 2:
            for name, value in changes.items():
                setattr(entry, name, value)
        entry.previous = previous
        entry.digest = previous = audit.digest_of(entry)
        AuditEntry.objects.filter(number=entry.number).update(
            facts=entry.facts, previous=entry.previous, digest=entry.digest
        )


def test_an_honest_trail_agrees_with_its_heads(kept: str) -> None:
    found = heads.check(kept)
    assert (found.number, found.problems) == (last(), ())


def test_a_rewritten_history_is_found_though_its_chain_holds(kept: str) -> None:
    rewritten(facts={"count": 99})
    assert list(audit.broken_links()) == []
    assert heads.check(kept).problems == (f"Entry {last()} or one before it was rewritten.",)


def test_a_shortened_history_is_found(kept: str) -> None:
    AuditEntry.objects.filter(number__gt=1).delete()
    assert heads.check(kept).problems == (f"Entry {last()} is gone: the trail is shorter than it was.",)


def test_a_head_of_another_key_is_not_taken_for_ours(kept: str, own_key: Path) -> None:
    own_key.unlink()
    SignedHead.objects.all().delete()
    made = heads.sign()
    assert made is not None
    assert [one[:8] for one in heads.check(kept).problems] == ["The key "]
    assert heads.check(made.token).problems == ()


@pytest.mark.parametrize("wrong", ["", "x", "a.b.c", "x" * 30_000])
def test_what_is_no_head_is_refused(kept: str, wrong: str) -> None:
    assert heads.check(wrong).problems != ()


def test_every_flipped_sign_of_a_head_is_refused(kept: str) -> None:
    for place in range(0, len(kept), 37):
        changed = kept[:place] + ("A" if kept[place] != "A" else "B") + kept[place + 1 :]
        assert heads.check(changed).problems != (), place


def test_heads_are_signed_when_the_trail_has_grown_and_time_has_passed(db: None) -> None:
    assert heads.sign_if_due() is False
    audit.record("x.done", "thing:1")
    assert (heads.sign_if_due(), heads.sign_if_due()) == (True, False)
    audit.record("x.done", "thing:2")
    assert heads.sign_if_due() is False
    SignedHead.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    assert (heads.sign_if_due(), SignedHead.objects.count()) == (True, 2)


def test_the_key_is_its_owners_only(kept: str, own_key: Path) -> None:
    assert own_key.stat().st_mode & 0o077 == 0
    own_key.chmod(0o644)
    with pytest.raises(ImproperlyConfigured):
        heads.sign()


def test_the_command_writes_and_checks_heads(kept: str, tmp_path: Path) -> None:
    file, out = tmp_path / "head.jws", StringIO()
    call_command("audit", "head", str(file), stdout=out)
    call_command("audit", "check", "--head", str(file), stdout=out)
    assert f"{AuditEntry.objects.count()} entries" in out.getvalue()
    rewritten(facts={"count": 99})
    with pytest.raises(CommandError, match="rewritten"):
        call_command("audit", "check", "--head", str(file), stdout=out)
    AuditEntry.objects.filter(number=2).update(facts={})
    with pytest.raises(CommandError, match="broken at entry 2"):
        call_command("audit", "check", stdout=out)


def test_everybody_can_take_a_copy(kept: str) -> None:
    answer = CheckingClient().get("/audit/heads")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/jose")
    assert answer.content.decode().split() == [kept]
