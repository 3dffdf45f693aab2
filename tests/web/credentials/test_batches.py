"""From a class list to sealed awards: the dry run, the second person, each row exactly once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tessella_web.accounts.keys.models import OrganisationKey
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials import queries
from tessella_web.credentials.domain import batches, engine, sealers
from tessella_web.credentials.models import (
    Award,
    AwardState,
    Batch,
    Chunk,
    Copy,
    Mail,
    Row,
    RowState,
    Stage,
    StatusList,
)
from tessella_web.credentials.tasks import work_once
from tests.web.credentials.conftest import class_list

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sealing_keys")]

BADGE = ["openbadge"]
ASSESSED = {"result": "passed", "assessed_on": dt.date(2026, 5, 4)}


def prepare(by: Person, version: Version, *rows: str, formats: list[str] = BADGE) -> Batch:
    return batches.prepare_list(
        by=by, version=version, file_name="class.csv", data=class_list(*rows), formats=formats
    )


def learners(count: int) -> list[str]:
    return [f"Ann,Number {n},ann{n}@example.org,,passed" for n in range(count)]


def work() -> None:
    while work_once():
        pass


def states(batch: Batch) -> list[str]:
    return list(batch.rows.values_list("state", flat=True))


def test_a_dry_run_marks_every_problem_cell_and_awards_nothing(alice: Person, version: Version) -> None:
    batch = prepare(
        alice,
        version,
        "Ann,One,ann@example.org,2001-02-03,passed",
        "Ben,Two,nobody,yesterday,passed",
        "Cem,Three,cem@example.org,,failed",
        "Ann,One,ann@example.org,2001-02-03,passed",
    )
    found = {row.number: row for row in batch.rows.all()}
    assert states(batch) == ["good", "problem", "not-passed", "problem"]
    assert [one["column"] for one in found[3].problems] == ["C, “E-mail”", "D, “Date of birth”"]
    assert [bool(one["hint"]) for one in found[3].problems] == [True, True]
    assert found[5].problems[0]["code"] == "classlist.duplicate"
    assert (Award.objects.count(), batch.stage, batch.needs_approval) == (0, "checked", False)


def test_each_row_gets_one_award_with_its_files_and_a_mail(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, *learners(3), formats=["openbadge", "edc", "attestation"])
    batches.start(by=alice, batch=batch)
    work()
    batch.refresh_from_db()
    assert (batch.stage, states(batch)) == (Stage.DONE, ["awarded"] * 3)
    assert list(Award.objects.values_list("state", flat=True)) == [AwardState.VALID] * 3
    assert (
        sorted(Copy.objects.values_list("format", flat=True))
        == ["attestation"] * 3 + ["edc"] * 3 + ["openbadge"] * 3
    )
    assert all(default_storage.size(copy.file) == copy.size for copy in Copy.objects.all())
    assert sorted(one.to[0] for one in mail.outbox) == [f"ann{n}@example.org" for n in range(3)]
    assert sorted(StatusList.objects.values_list("is_token", "is_due")) == [(False, False), (True, False)]
    assert list(audit.broken_links()) == []


def test_a_batch_of_more_than_one_chunk_changes_a_status_list_once(alice: Person, version: Version) -> None:
    batches.set_rules(by=alice, organisation=version.organisation, approval_threshold=1000)
    batch = prepare(alice, version, *learners(batches.CHUNK_ROWS + 5))
    batches.start(by=alice, batch=batch)
    assert engine.seal_next_chunk()
    assert StatusList.objects.get().sealed_at is None
    work()
    used = AuditEntry.objects.filter(verb="key.used", facts__purpose__startswith="status-list:")
    assert (Award.objects.count(), used.count()) == (batches.CHUNK_ROWS + 5, 1)


def test_running_the_list_again_awards_only_what_is_missing(alice: Person, version: Version) -> None:
    first = prepare(alice, version, *learners(2))
    batches.start(by=alice, batch=first)
    work()
    second = prepare(alice, version, *learners(3))
    assert states(second) == ["already", "already", "good"]
    batches.start(by=alice, batch=second)
    work()
    assert Award.objects.count() == 3


def test_two_batches_started_together_award_nobody_twice(alice: Person, version: Version) -> None:
    first, second = prepare(alice, version, *learners(2)), prepare(alice, version, *learners(3))
    for batch in (first, second):
        batches.start(by=alice, batch=batch)
    work()
    assert (states(first), states(second)) == (["awarded"] * 2, ["already", "already", "awarded"])


def test_above_the_threshold_a_second_person_approves(
    alice: Person, bob: Person, dora: Person, organisation: Organisation, version: Version
) -> None:
    batches.set_rules(by=alice, organisation=organisation, approval_threshold=1)
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(2)))
    assert (batch.stage, Chunk.objects.count()) == (Stage.APPROVAL, 0)
    for person, code in ((alice, "batch.own"), (bob, "accounts.not-allowed")):
        with pytest.raises(NotAllowedError) as caught:
            batches.approve(by=person, batch=batch)
        assert caught.value.code == code
    with pytest.raises(RefusedError):
        batches.start(by=alice, batch=batch)
    batches.approve(by=dora, batch=batch)
    work()
    assert Award.objects.count() == 2


def test_a_batch_is_started_once_and_given_up_only_before(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, *learners(1))
    batches.start(by=alice, batch=batch)
    for verb in (batches.start, batches.cancel):
        with pytest.raises(RefusedError) as caught:
            verb(by=alice, batch=batch)
        assert caught.value.code == "batch.stage"
    given_up = batches.cancel(by=alice, batch=prepare(alice, version, "Ben,Two,,,passed"))
    assert (given_up.stage, Row.objects.filter(batch=given_up).count()) == (Stage.CANCELLED, 0)


def test_a_worker_that_was_killed_is_replaced_and_the_ids_stay(alice: Person, version: Version) -> None:
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(2)))
    chunk = engine.claim_chunk()
    assert chunk is not None
    plan = engine._planned(chunk)  # and killed, after some file was written
    assert plan is not None
    default_storage.save(f"{engine._folder(plan.awards[0])}/openbadge.badge.json", mail_file())
    ids = sorted(Copy.objects.values_list("credential_id", flat=True))
    assert engine.claim_chunk() is None  # the lease holds
    Chunk.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    work()
    assert sorted(Copy.objects.values_list("credential_id", flat=True)) == ids
    assert states(batch) == ["awarded"] * 2
    folder = engine._folder(plan.awards[0])
    assert default_storage.listdir(folder)[1] == [Copy.objects.get(award=plan.awards[0]).file.rsplit("/")[-1]]


def mail_file() -> object:
    from django.core.files.base import ContentFile

    return ContentFile(b"half")


def test_a_slow_worker_whose_lease_was_taken_over_writes_nothing(alice: Person, version: Version) -> None:
    batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    slow = engine.claim_chunk()
    assert slow is not None
    plan = engine._planned(slow)
    Chunk.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    work()
    before = Copy.objects.values_list("file", flat=True).get()
    assert plan is not None and not engine._finished(plan, [])
    assert (engine._planned(slow), Copy.objects.values_list("file", flat=True).get()) == (None, before)


def test_a_slow_worker_takes_away_its_own_files_only(
    alice: Person, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(2)))
    finished = engine._finished

    def overtaken(plan: Any, made: Any) -> bool:
        monkeypatch.setattr(engine, "_finished", finished)
        Chunk.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
        work()  # another worker, from start to end
        return finished(plan, made)

    monkeypatch.setattr(engine, "_finished", overtaken)
    work()
    assert states(batch) == ["awarded"] * 2
    for copy in Copy.objects.select_related("award"):
        assert default_storage.exists(copy.file)
        assert default_storage.listdir(engine._folder(copy.award))[1] == [copy.file.rsplit("/")[-1]]


def test_rows_that_kill_every_worker_stop_their_batch_only(alice: Person, version: Version) -> None:
    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    Chunk.objects.update(attempts=engine.MAX_ATTEMPTS)
    assert not engine.seal_next_chunk()
    batch.refresh_from_db()
    assert (batch.stage, bool(batch.stopped_because)) == (Stage.STOPPED, True)
    batches.start(by=alice, batch=batch)
    work()
    assert states(batch) == ["awarded"]


def test_a_name_that_no_font_has_is_the_problem_of_its_row(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, "Ann,One,,,passed", "𒀀𒀁,Two,,,passed", formats=["pdf"])
    batches.start(by=alice, batch=batch)
    work()
    batch.refresh_from_db()
    assert (batch.stage, states(batch)) == (Stage.DONE, ["awarded", "failed"])
    assert batch.rows.get(state=RowState.FAILED).problems[0]["code"].startswith("rendering.")
    assert Award.objects.count() == 1


def test_a_missing_key_stops_the_batch_and_it_goes_on_with_another(alice: Person, version: Version) -> None:
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse

    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    key = OrganisationKey.objects.get(use=KeyUse.BADGE)
    keys.revoke(by=alice, key=key, reason="lost")
    assert engine.seal_next_chunk()
    batch.refresh_from_db()
    assert batch.stage == Stage.STOPPED
    keys.create_key(by=alice, organisation=version.organisation, use=KeyUse.BADGE)
    batches.start(by=alice, batch=batch)
    work()
    assert states(batch) == ["awarded"]


def test_a_key_replaced_between_planning_and_sealing_gives_places_in_its_own_list(
    alice: Person, version: Version
) -> None:
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse

    batches.start(by=alice, batch=prepare(alice, version, *learners(1)))
    chunk = engine.claim_chunk()
    assert chunk is not None
    engine._planned(chunk)
    new = keys.rotate(by=alice, key=OrganisationKey.objects.get(use=KeyUse.BADGE))
    Chunk.objects.update(leased_until=timezone.now() - dt.timedelta(seconds=1))
    work()
    copy = Copy.objects.get()
    assert copy.status_list is not None and copy.status_list.did == new.did


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("class.csv", b"", "classlist.header"),
        ("class.csv", b"Name,Result,Assessed on\n", "batch.empty"),
        ("class.xlsx", b"junk", "input.spreadsheet"),
        ("class.csv", b"\xff\xfe", "input.encoding"),
        ("class.csv", b"x" * (batches.MAX_UPLOAD_BYTES + 1), "batch.too-large"),
        ("class.csv", b"Name\n" + b"A\n" * 5100, "batch.too-long"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_at_its_field(
    alice: Person, version: Version, name: str, data: bytes, code: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        batches.prepare_list(by=alice, version=version, file_name=name, data=data, formats=BADGE)
    assert (caught.value.code, caught.value.field) == (code, "file")


def test_one_learner_is_checked_like_a_row(alice: Person, version: Version) -> None:
    values = {
        "given_name": "Ann", "family_name": "One", "email": "ann@example.org", "language": "de", **ASSESSED,
    }  # fmt: skip
    batch = batches.prepare_learner(by=alice, version=version, values=values, formats=BADGE)
    batches.start(by=alice, batch=batch)
    work()
    assert Award.objects.get().learner.display_name == "Ann One"
    for wrong, field in (
        ({"email": "nobody"}, "email"),
        ({"assessed_on": dt.date(2999, 1, 1)}, "assessed_on"),
    ):
        with pytest.raises(RefusedError) as caught:
            batches.prepare_learner(by=alice, version=version, values={**values, **wrong}, formats=BADGE)
        assert caught.value.field == field
    with pytest.raises(RefusedError) as caught:
        batches.prepare_learner(by=alice, version=version, values=values, formats=BADGE)
    assert caught.value.code == "batch.already"


def test_formats_are_those_that_there_are_keys_for(alice: Person, version: Version) -> None:
    choices = {one.name: one.reason for one in sealers.choices(version)}
    assert [name for name, reason in choices.items() if reason] == [
        "openbadge-sd",
        "openbadge2",
        "openbadge2-signed",
    ]
    OrganisationKey.objects.all().delete()
    left_out = {one.name: one.reason for one in sealers.choices(version)}
    assert "electronic seal" in left_out["edc"] and "key for badges" in left_out["openbadge"]
    with pytest.raises(RefusedError) as caught:
        prepare(alice, version, *learners(1))
    assert caught.value.code == "batch.formats"


def test_nobody_awards_to_themselves(alice: Person, version: Version) -> None:
    batch = prepare(alice, version, "Alice,Own,ALICE@example.org,,passed", *learners(1))
    assert (states(batch), batch.rows.get(number=2).problems[0]["code"]) == (
        ["problem", "good"],
        "batch.own-award",
    )
    with pytest.raises(RefusedError) as caught:
        values = {"given_name": "Alice", "email": "alice@example.org", **ASSESSED}
        batches.prepare_learner(by=alice, version=version, values=values, formats=BADGE)
    assert (caught.value.code, caught.value.field) == ("batch.own-award", "email")


def test_a_guest_prepares_nothing(bob: Person, version: Version) -> None:
    with pytest.raises(NotAllowedError):
        prepare(bob, version, *learners(1))


def test_no_name_of_a_learner_is_in_the_audit_trail(alice: Person, version: Version) -> None:
    batches.start(by=alice, batch=prepare(alice, version, "Xanthippe,Unlikely,x@example.org,,passed"))
    work()
    told = str(list(AuditEntry.objects.values()))
    assert [one for one in ("Xanthippe", "Unlikely", "x@example") if one in told] == []
    assert Mail.objects.get().state == "sent"


def test_all_files_are_in_the_archive(alice: Person, version: Version) -> None:
    import io
    import zipfile

    batch = batches.start(by=alice, batch=prepare(alice, version, *learners(2), formats=["openbadge", "edc"]))
    work()
    with zipfile.ZipFile(io.BytesIO(b"".join(queries.archive(batch)))) as found:
        assert found.testzip() is None
        assert sorted(name.split("/")[0] for name in found.namelist()) == [
            "edc",
            "edc",
            "openbadge",
            "openbadge",
        ]
        sizes = sorted(one.file_size for one in found.infolist())
    assert sizes == sorted(Copy.objects.values_list("size", flat=True))


def queries_of_a_chunk(by: Person, version: Version, name: str, rows: int) -> int:
    """Of a chunk that is not the last of its batch: the last one also queues the mails."""
    lines = [f"{name},Number {n},{name}{n}@example.org,,passed" for n in range(rows + 1)]
    batch = batches.start(by=by, batch=prepare(by, version, *lines, formats=["openbadge", "edc"]))
    last = batch.rows.count() + 1
    batch.chunks.update(last=last - 1)
    Chunk.objects.create(batch=batch, first=last, last=last, size=1)
    with CaptureQueriesContext(connection) as found:
        engine.seal_next_chunk()
    work()
    return len(found)


def test_a_chunk_needs_the_same_number_of_queries_however_many_rows(alice: Person, version: Version) -> None:
    queries_of_a_chunk(alice, version, "first", 1)  # makes the status list
    assert queries_of_a_chunk(alice, version, "few", 2) == queries_of_a_chunk(alice, version, "many", 30)
    assert Award.objects.filter(state=AwardState.VALID).count() == 2 + 3 + 31
