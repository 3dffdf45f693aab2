"""Keeping a register: numbers, history, and snapshots that others can read and check."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from tessella.trust import look_up, read_registry
from tessella.verdicts import Verdict
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.registers.domain import identity, registers
from tessella_web.registers.domain.bodies import attach_identifier
from tessella_web.registers.models import Body, EntryStatus, Register, RegisterEntry, Scheme
from tessella_web.registers.publication import registries
from tests.web.registers.samples import DAY, body, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(register: Register, agnes: Person, twickel: Body) -> RegisterEntry:
    attach_identifier(twickel, Scheme.LEGAL, "NTRNL-1")
    return registers.enter(
        by=agnes, register=register, body=twickel, number="1", valid_from=DAY, scope={"levels": ["6", 6]}
    )


def test_a_number_stands_once(register: Register, agnes: Person, entry: RegisterEntry, twickel: Body) -> None:
    with pytest.raises(RefusedError) as caught:
        registers.enter(by=agnes, register=register, body=twickel, number=" 1 ", valid_from=DAY)
    assert (caught.value.code, entry.levels) == ("registers.number-taken", [6])


def test_a_status_changes_forward_with_a_reason(agnes: Person, entry: RegisterEntry) -> None:
    def change(on: dt.date, reason: str = "Papers", status: EntryStatus = EntryStatus.SUSPENDED) -> None:
        registers.change_status(by=agnes, entry=entry, status=status, on=on, reason=reason)

    for wrong, code in (
        ({"on": DAY - dt.timedelta(days=1)}, "registers.date"),
        ({"on": DAY, "reason": " "}, "registers.no-reason"),
        ({"on": DAY, "status": EntryStatus.LISTED}, "registers.unchanged"),
    ):
        with pytest.raises(RefusedError) as caught:
            change(**wrong)  # type: ignore[arg-type]
        assert caught.value.code == code
    change(DAY)
    entry.refresh_from_db()
    assert (entry.status, entry.changes.count()) == ("suspended", 2)


def test_strangers_keep_no_register(register: Register, charlie: Person, twickel: Body) -> None:
    with pytest.raises(NotAllowedError):
        registers.enter(by=charlie, register=register, body=twickel, number="1", valid_from=DAY)
    with pytest.raises(NotAllowedError):
        registers.take_snapshot(by=charlie, register=register)


def test_a_snapshot_is_hashed_and_read_by_the_library(
    register: Register, agnes: Person, entry: RegisterEntry, agency: Body, twickel: Body
) -> None:
    report(register, agnes, twickel, agency)
    snapshot = registers.take_snapshot(by=agnes, register=register)
    data = snapshot.content.encode()
    assert snapshot.sha256 == hashlib.sha256(data).hexdigest()
    found = read_registry(data)
    assert (found.name, sorted(found.entries)) == (
        "Reports of the Low Lands",
        ["NTRNL-1", "https://www.twickel.example/en"],
    )
    assert look_up("NTRNL-1", [found]).verdict is Verdict.PASSED
    told = json.loads(data)
    assert (told["number"], told["previous"], told["entries"][0]["history"]) == (
        1,
        "",
        [{"on": "2026-03-01", "status": "listed", "reason": ""}],
    )
    assert told["reports"][0]["decision"] == "positive"


def test_snapshots_follow_one_another_and_the_same_is_not_kept_twice(
    register: Register, agnes: Person, entry: RegisterEntry
) -> None:
    first = registers.take_snapshot(by=agnes, register=register)
    assert registers.take_snapshot(by=agnes, register=register) == first
    registers.change_status(by=agnes, entry=entry, status=EntryStatus.WITHDRAWN, on=DAY, reason="Closed")
    second = registers.take_snapshot(by=agnes, register=register)
    told = json.loads(second.content)
    assert (second.number, told["previous"], told["issuers"]) == (2, first.sha256, [])
    assert registers.take_snapshot(by=agnes, register=register) == second


def test_verify_consults_registers_whose_keeper_is_established(
    register: Register, agnes: Person, entry: RegisterEntry
) -> None:
    registers.take_snapshot(by=agnes, register=register)
    assert [one.name for one in registries()] == ["Reports of the Low Lands"]
    accounts.unestablish(organisation=register.organisation)
    assert registries() == ()


def test_a_body_without_identifiers_is_listed_by_its_page(register: Register, agnes: Person) -> None:
    plain = body("Plain")
    registers.enter(by=agnes, register=register, body=plain, number="2", valid_from=DAY)
    told = json.loads(registers.take_snapshot(by=agnes, register=register).content)
    assert [one["id"].endswith(f"/bodies/{plain.id}") for one in told["issuers"]] == [True]


def test_entering_a_body_that_others_declared_takes_nothing_of_what_they_said(
    register: Register, agnes: Person, rob: Person
) -> None:
    squatted = body("Twickel", homepage="https://evil.example", confirmed=False)
    attach_identifier(squatted, Scheme.LEGAL, "NTRNL-1")
    identity.accept_register(register=register, by=rob)
    register.refresh_from_db()
    registers.enter_named(
        by=agnes, register=register, name="University of Twickel", country="NL", legal_id="NTRNL-1", number="1",
        valid_from=DAY, homepage="https://twickel.example",
    )  # fmt: skip
    squatted.refresh_from_db()
    assert (squatted.name, squatted.homepage, squatted.is_confirmed) == (
        "University of Twickel",
        "https://twickel.example",
        True,
    )


def test_accepting_a_register_confirms_only_what_it_described_itself(
    register: Register, agnes: Person, rob: Person, alice: Person
) -> None:
    theirs = registers.open_register(
        by=agnes, organisation=register.organisation, name="Theirs", slug="theirs"
    )
    shared, own = body("Shared", confirmed=False), body("Own", confirmed=False)
    for number, (where, which) in enumerate([(theirs, shared), (register, shared), (register, own)]):
        registers.enter(by=agnes, register=where, body=which, number=str(number), valid_from=DAY)
    identity.accept_register(register=register, by=rob)
    assert [Body.objects.get(pk=one.pk).is_confirmed for one in (shared, own)] == [False, True]
