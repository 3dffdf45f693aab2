"""Many writers on one file of SQLite neither lose anything nor lock up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.credentials.processes import PREPARED, WAIT_S, Platform

ROWS = 45

PREPARE = (
    PREPARED
    + f"""
from tessella_web.credentials.tasks import work_once
batches.start(by=alice, batch=prepare("ann", 24, ["openbadge"]))
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
from tessella_web.credentials.domain import awards, batches, claiming
from tessella_web.credentials.models import Award
from tests.web.credentials.conftest import class_list, published
alice, version = Person.objects.get(), Version.objects.order_by("published_at").first()
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
    published(version.organisation, version.record())
"""
)

CLAIM = (
    BEGIN
    + """
from tessella_web.credentials.domain.outbox import claim_key
for one in Award.objects.filter(entry__learner__given_name="ann").order_by("-id")[{first}:{last}]:
    claiming.claim(award=one, key=claim_key(one))
"""
)

CHECK = (
    BEGIN
    + """
from tessella_web.credentials.domain.statuslists import _bits
from tessella_web.credentials.models import Copy, StatusList
bits = _bits(StatusList.objects.get())
revoked = [copy.award.state for copy in Copy.objects.all() if bits.is_set(copy.status_index)]
assert revoked == ["revoked"] * 12, revoked  # the other twelve were claimed
assert list(audit.broken_links()) == []
"""
)


@pytest.mark.timeout(900)
def test_workers_revocations_and_uploads_at_once(tmp_path: Path) -> None:
    platform = Platform(tmp_path)
    platform.run("-c", PREPARE)
    jobs = [
        platform.worker(),
        platform.worker(),
        platform.start("-c", REVOKE.format(first=0, last=6)),
        platform.start("-c", REVOKE.format(first=6, last=12)),
        platform.start("-c", UPLOAD),
        platform.start("-c", UPLOAD),
        platform.start("-c", CLAIM.format(first=0, last=6)),
        platform.start("-c", CLAIM.format(first=6, last=12)),
    ]
    codes = [job.wait(WAIT_S) for job in jobs]
    assert codes == [0] * len(jobs), platform.log()[-3000:]
    platform.run("-m", "tessella_web", "work", "--until-idle")
    assert platform.count("credentials_award WHERE state = 'valid'") == ROWS + 12
    assert platform.count("credentials_award WHERE state = 'revoked'") == 12
    assert platform.count("credentials_award WHERE claimed_at IS NOT NULL") == 12
    assert platform.count("credentials_batch WHERE stage = 'checked'") == 16
    assert platform.count("common_auditentry WHERE verb = 'x.done'") == 16
    assert platform.count("catalogue_version") == 1 + 16
    places = "(SELECT DISTINCT status_list_id, status_index FROM credentials_copy) AS places"
    assert platform.count(places) == platform.count("credentials_copy") == ROWS + 24
    platform.run("-c", CHECK)
