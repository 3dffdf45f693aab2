"""Many writers on one file of SQLite neither lose anything nor lock up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.credentials.processes import PREPARED, WAIT_S, count, run, worker

ROWS = 45

PREPARE = (
    PREPARED
    + f"""
from tessella_web.credentials.tasks import work_once
batches.start(by=alice, batch=prepare("ann", 12, ["openbadge"]))
while work_once():
    pass
batches.start(by=alice, batch=prepare("ben", {ROWS}, ["openbadge"]))
"""
)

BEGIN = """
import django; django.setup()
from tessella_web.accounts.models import Person
from tessella_web.catalogue.models import Version
from tessella_web.common import audit
from tessella_web.credentials.domain import awards, batches
from tessella_web.credentials.models import Award
from tests.web.credentials.conftest import class_list
alice, version = Person.objects.get(), Version.objects.get()
"""

REVOKE = (
    BEGIN
    + """
for one in Award.objects.filter(entry__learner__given_name="ann").order_by("id")[{first}:{last}]:
    awards.revoke(by=alice, award=one, reason="x")
"""
)

UPLOAD = (
    BEGIN
    + """
for number in range(8):
    batches.prepare_list(by=alice, version=version, file_name="c.csv", data=class_list("Cem,C,,,passed"), formats=["openbadge"])
    audit.record("x.done", f"thing:{number}")
"""
)

CHECK = (
    BEGIN
    + """
from tessella_web.credentials.domain.statuslists import _bits
from tessella_web.credentials.models import Copy, StatusList
bits = _bits(StatusList.objects.get())
revoked = [copy.award.state for copy in Copy.objects.all() if bits.is_set(copy.status_index)]
assert revoked == ["revoked"] * 12, revoked
assert list(audit.broken_links()) == []
"""
)


@pytest.mark.timeout(900)
def test_workers_revocations_and_uploads_at_once(tmp_path: Path) -> None:
    assert run(tmp_path, "-c", PREPARE).wait(WAIT_S) == 0
    jobs = [
        worker(tmp_path),
        worker(tmp_path),
        run(tmp_path, "-c", REVOKE.format(first=0, last=6)),
        run(tmp_path, "-c", REVOKE.format(first=6, last=12)),
        run(tmp_path, "-c", UPLOAD),
        run(tmp_path, "-c", UPLOAD),
    ]
    codes = [job.wait(WAIT_S) for job in jobs]
    assert codes == [0] * 6, (tmp_path / "log").read_text()[-3000:]
    assert worker(tmp_path).wait(WAIT_S) == 0
    assert count(tmp_path, "credentials_award WHERE state = 'valid'") == ROWS
    assert count(tmp_path, "credentials_award WHERE state = 'revoked'") == 12
    assert count(tmp_path, "credentials_batch WHERE stage = 'checked'") == 16
    assert count(tmp_path, "common_auditentry WHERE verb = 'x.done'") == 16
    places = "(SELECT DISTINCT status_list_id, status_index FROM credentials_copy)"
    assert count(tmp_path, places) == count(tmp_path, "credentials_copy") == ROWS + 12
    assert run(tmp_path, "-c", CHECK).wait(WAIT_S) == 0, (tmp_path / "log").read_text()[-3000:]
