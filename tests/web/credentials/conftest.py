"""A published micro-credential of the University of Twickel, with test keys to award it."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from django.utils import timezone

from tessella.adapters.descriptions import read_description
from tessella.model import MicroCredential
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.content import digest_of, plain, title_of
from tessella_web.catalogue.models import Description, Version
from tests.web.conftest import person


@pytest.fixture(autouse=True)
def own_places(settings: object, tmp_path: Path) -> Path:
    """Key-encryption key and files of this test only."""
    settings.KEK_FILE = tmp_path / "kek"  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        },
    }
    return tmp_path


@pytest.fixture(scope="session")
def record() -> MicroCredential:
    with as_file(files("tessella.cli") / "example" / "data-ethics.yaml") as path:
        return read_description(path).require()


def published(organisation: Organisation, record: MicroCredential) -> Version:
    content = plain(record)
    description = Description.objects.create(organisation=organisation, content=content)
    return Version.objects.create(
        description=description, organisation=organisation, number=1, content=content,
        digest=digest_of(content), title=title_of(record), record_type=str(record.record_type),
        published_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def version(organisation: Organisation, alice: Person, record: MicroCredential) -> Version:
    """What Alice, who assesses too, awards."""
    accounts.give_role(by=alice, organisation=organisation, person=alice, role=Role.ASSESSOR)
    return published(organisation, record)


@pytest.fixture
def sealing_keys(alice: Person, organisation: Organisation) -> None:
    """A badge key and an e-seal, by what the organisation is at this moment."""
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.SEAL)


@pytest.fixture
def dora(alice: Person, organisation: Organisation) -> Person:
    """A second owner."""
    found = person("Dora")
    accounts.give_role(by=alice, organisation=organisation, person=found, role=Role.OWNER)
    return found


def class_list(*rows: str, header: str = "Given name,Family name,E-mail,Date of birth,Result") -> bytes:
    """A list of people who were assessed on 4 May."""
    return "\n".join([f"{header},Assessed on", *(f"{row},2026-05-04" for row in rows)]).encode()
