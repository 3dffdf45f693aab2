"""Leaving, proved with canaries: strings of one person that afterwards are in no file of an installation, also when an older backup
comes back. Each step is a process of its own: what is looked at is what lies on the disk.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tests.web import servers
from tests.web.databases import up_to_date
from tests.web.operations.test_backup import run

CANARIES = (
    "Kanarienschwarm",
    "zaunammer.kornblume",
    "Wacholderdrossel",
    "Steinschmaetzer",
    "Heckenbraunelle",
    "Goldammerweg",
)
"""Family name, address, declared text, text in a file, what somebody needs in an exam, a recipient."""

MAKE = """
import datetime as dt, os
from pathlib import Path
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.models import Person
from tessella_web.catalogue.consultation import domain as consultation
from tessella_web.catalogue.models import Description
from tessella_web.catalogue.offers.models import Offer, State
from tessella_web.config import samples
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.domain import batches, claiming, outbox
from tessella_web.credentials.models import Award, Copy
from tessella_web.credentials.retention import domain as retention
from tessella_web.credentials.tasks import work_once
from tessella_web.credentials.wallet import domain as wallet
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
samples.load()
noor = Person.objects.get(email="noor.devries@twickel.example")
mila = accounts.make_person(email="zaunammer.kornblume@example.org", name="Mila Kanarienschwarm")
from tessella_web.catalogue.models import Version
version = Version.objects.filter(organisation__slug="twickel", record_type="micro-credential").first()
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
keys.create_key(by=noor, organisation=version.organisation, use=KeyUse.SEAL)
from tessella_web.accounts.models import Role
accounts.give_role(by=noor, organisation=version.organisation, person=noor, role=Role.ASSESSOR)
data = b"Given name,Family name,E-mail,Date of birth,Result,Assessed on\\nMila,Kanarienschwarm,zaunammer.kornblume@example.org,2000-01-02,passed,2026-05-04\\n"
batch = batches.prepare_list(by=noor, version=version, file_name="list.csv", data=data, formats=["openbadge", "pdf", "edc"])
batches.start(by=noor, batch=batch)
while work_once():
    pass
award = Award.objects.get(row__batch=batch)
claiming.claim(award=award, key=outbox.claim_key(award), person=mila)
out = Path(os.environ["OUT"])
for copy in Copy.objects.filter(award=award):
    (out / copy.format).write_bytes(default_storage.open(copy.file).read())
badge = (out / "openbadge").read_bytes()
wallet.bring(by=mila, data=badge.replace(b"\\n", b" "), name="Steinschmaetzer.json", languages=("en",))
item = wallet.declare(by=mila, values={"title": "Ran a Wacholderdrossel choir", "text": "Wacholderdrossel " * 400})
wallet.share(by=mila, keys=["i-" + item.id, "a-" + award.id], recipient="Goldammerweg 4", ends_at=timezone.now() + dt.timedelta(days=9), languages=("en",))
offer = Offer.objects.filter(state=State.OPEN).first()
enrolment = assessment.enrol(by=mila, offer=offer, details={"given_name": "Mila", "family_name": "Kanarienschwarm", "email": mila.email}, motivation="Wacholderdrossel", accommodations="Heckenbraunelle")
if enrolment.state == "applied":
    assessment.add_evidence(by=mila, enrolment=enrolment, file_name="Steinschmaetzer.pdf", data=b"%PDF-1.7 Steinschmaetzer")
browser = Client()
browser.force_login(mila)
for path in ("/wallet", "/me", "/wallet/shares", "/catalogue?q=Kanarienschwarm", "/wallet/move/archive.zip"):
    browser.get(path, headers={"host": "localhost"})
Client().post("/sign-in", {"email": mila.email}, headers={"host": "localhost"})
call_command("reindex")
call_command("backup", os.environ["BACKUP_FILE"])
print("PERSON", mila.id)
"""

LEAVE = """
import datetime as dt, os
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone
from tessella_web.accounts.leaving import domain
from tessella_web.accounts.leaving.models import Departure
from tessella_web.accounts.leaving.reporting import read_report
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.credentials.models import Award, StatusList
from tessella_web.credentials.tasks import work_once
if os.environ.get("OVER"):  # the issuer's time is over
    Award.objects.filter(holder__isnull=False).update(issued_at=timezone.now() - dt.timedelta(days=366 * 11))
mila = Person.objects.get(pk=os.environ["PERSON"])
domain.ask(by=mila, days=7)
Departure.objects.update(due_at=timezone.now())
while work_once():
    pass
call_command("reindex")
told = read_report(Departure.objects.get().report)
print("REPORT", told["checks"], told["erased"])
print("CHAIN", list(audit.broken_links()))
print("CACHE", [key for key in vars(cache).get("_cache", {})], [str(one) for one in vars(cache).get("_cache", {}).values()])
"""

SERVED = """
import base64, os
from pathlib import Path
from django.utils import timezone
from django.conf import settings
from tests.web.credentials.support import PlatformFetcher
from tessella.verification import Surroundings, verify
settings.ALLOWED_HOSTS = ["testserver"]
for path in sorted(Path(os.environ["OUT"]).iterdir()):
    report = verify(path.read_bytes(), name=path.name, surroundings=Surroundings(at=timezone.now(), fetcher=PlatformFetcher()))
    print("VERIFIED", path.name, report.check("seal").verdict, report.check("status").verdict)
"""


def found_in(folder: Path, *leave_out: str) -> list[str]:
    """Which canary is in which file, as it is or in UTF-16, whatever its capitals."""
    hits = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name in leave_out:
            continue
        data = path.read_bytes().lower()
        for word in CANARIES:
            if any(form in data for form in (word.lower().encode(), word.lower().encode("utf-16-le"))):
                hits.append(f"{word} in {path.relative_to(folder)}")
    return hits


def rows_of(address: str) -> str:
    import psycopg

    with psycopg.connect(address) as connection:
        names = [
            one
            for (one,) in connection.execute("select tablename from pg_tables where schemaname = 'public'")
        ]
        return "\n".join(
            str(row[0]).lower()
            for name in names
            for row in connection.execute(f'select t::text from "{name}" t').fetchall()
        )


def left(folder: Path, variables: Mapping[str, str]) -> str:
    """Mila makes traces everywhere, a backup is made, Mila leaves; what the process said."""
    data, out = folder / "a", folder / "out"
    up_to_date(data)
    out.mkdir()
    files = {"OUT": str(out), "BACKUP_FILE": str(folder / "older.tar")}
    told = run(data, "shell", "-c", MAKE, **files, **variables)
    id = told.rpartition("PERSON ")[2].split()[0]
    assert found_in(data) or variables.get("DATABASE_URL")
    said = run(data, "shell", "-c", LEAVE, PERSON=id, **files, **variables)
    assert "CHAIN []" in said and "'audit_key_destroyed': True" in said
    assert not [word for word in CANARIES if word.lower() in (told + said).lower()], "in the logs"
    return said


@pytest.mark.parametrize("engine", ["database", pytest.param("tantivy", marks=pytest.mark.vectors)])
def test_nothing_of_somebody_who_left_is_on_the_disk_also_after_an_older_backup(
    tmp_path: Path, engine: str
) -> None:
    variables = {"TESSELLA_SEARCH": engine, "OVER": "1"}
    said = left(tmp_path, variables)
    assert "'left_elsewhere': {}, 'kept_by_issuers': {}" in said
    assert "'database_rewritten': True" in said
    assert found_in(tmp_path / "a") == []
    verified = run(
        tmp_path / "a", "shell", "-c", SERVED, OUT=str(tmp_path / "out"), PYTHONPATH=str(Path.cwd())
    )
    assert verified.count("passed passed") == 3, verified

    b = tmp_path / "b"
    b.mkdir()
    for name in ("kek", "secret", "audit-key.pem", "erasures.txt"):
        shutil.copy2(tmp_path / "a" / name, b / name)
    told = run(b, "restore", str(tmp_path / "older.tar"), **variables)
    assert "erased again: 1" in told
    run(
        b,
        "shell",
        "-c",
        "from tessella_web.credentials.tasks import work_once\nwhile work_once(): pass",
        **variables,
    )
    kept = {line.partition(" in ")[0] for line in found_in(b)}
    assert kept <= {CANARIES[0], CANARIES[1]}  # the award file: in this backup it is not yet old enough to go
    assert not (b / "files" / "wallet").exists() or found_in(b / "files" / "wallet") == []


@pytest.fixture(scope="module")
def lately(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Where somebody left before the issuer's time was over, and what was said."""
    folder = tmp_path_factory.mktemp("lately")
    return folder, left(folder, {})


def test_an_issuer_keeps_the_file_of_an_award_and_nothing_else(lately: tuple[Path, str]) -> None:
    folder, said = lately
    assert "'left_elsewhere': {}" in said and "'credentials.Award.entry': 1" in said
    hits = found_in(folder / "a")
    assert {line.partition(" in ")[0] for line in hits} <= {CANARIES[0], CANARIES[1]}
    for path in (folder / "out").iterdir():
        report = verify(
            path.read_bytes(), name=path.name, surroundings=Surroundings(at=dt.datetime.now(dt.UTC))
        )
        assert report.check("seal").verdict is Verdict.PASSED


def test_a_ledger_that_comes_after_the_restore_works_at_the_next_start(
    tmp_path: Path, lately: tuple[Path, str]
) -> None:
    first, b = lately[0], tmp_path / "b"
    b.mkdir()
    for name in ("kek", "secret", "audit-key.pem"):
        shutil.copy2(first / "a" / name, b / name)
    told = run(b, "restore", str(first / "older.tar"))
    assert "Nobody is known here who left since" in told
    assert any(CANARIES[2] in line for line in found_in(b))
    shutil.copy2(first / "a" / "erasures.txt", b / "erasures.txt")
    run(b, "shell", "-c", "import tessella_web.config.wsgi")
    assert not any(CANARIES[2] in line for line in found_in(b))


@pytest.mark.vectors
def test_no_row_of_somebody_who_left_is_in_postgresql(tmp_path: Path, postgresql: str) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed (Debian package postgresql-client)")
    address = servers.new_database(postgresql)
    said = left(tmp_path, {"DATABASE_URL": address, "OVER": "1"})
    assert "'left_elsewhere': {}, 'kept_by_issuers': {}" in said
    assert found_in(tmp_path / "a") == []
    rows = rows_of(address)
    assert not [word for word in CANARIES if word.lower() in rows]
    again, b = servers.new_database(postgresql), tmp_path / "b"
    b.mkdir()
    for name in ("kek", "secret", "audit-key.pem", "erasures.txt"):
        shutil.copy2(tmp_path / "a" / name, b / name)
    assert "erased again: 1" in run(b, "restore", str(tmp_path / "older.tar"), DATABASE_URL=again)
    assert CANARIES[2].lower() not in rows_of(again)
