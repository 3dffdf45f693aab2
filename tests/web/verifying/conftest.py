"""Awards of an established university over https, with keys and files of this test only."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils import timezone

from tessella.keys.testca import TestCertificateAuthority
from tessella.model import MicroCredential
from tessella_web.accounts.domain import give_role
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.credentials.domain import batches, engine, statuslists
from tessella_web.credentials.models import Award, Copy, StatusList
from tests.web.credentials.conftest import class_list, own_places, published, record  # noqa: F401
from tests.web.credentials.test_keys import pkcs12_of


@pytest.fixture(autouse=True)
def own_report_key(settings: object, own_places: Path) -> Path:  # noqa: F811
    """The key that signs reports, and nothing counted before."""
    cache.clear()
    settings.REPORT_KEY_FILE = own_places / "report-key.pem"  # type: ignore[attr-defined]
    settings.DATA_FOLDER = own_places  # type: ignore[attr-defined]
    settings.BASE_URL = "https://credentials.example"  # type: ignore[attr-defined]
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    return own_places / "report-key.pem"


@pytest.fixture
def established(alice: Person, organisation: Organisation, own_places: Path) -> TestCertificateAuthority:  # noqa: F811
    """Twickel's identity is established; it has keys for everything, and this installation trusts who made its seal."""
    organisation.established_by = "reviewer"
    organisation.legal_id = "NTRNL-12345678"
    organisation.save()
    authority = TestCertificateAuthority(timezone.now())
    seal = authority.issue_seal("University of Twickel", organization_identifier="NTRNL-12345678")
    keys.upload_seal(by=alice, organisation=organisation, data=pkcs12_of(seal, "x"), password="x")
    for use in (KeyUse.BADGE, KeyUse.SELECTIVE):
        keys.create_key(by=alice, organisation=organisation, use=use)
    import ssl

    folder = own_places / "anchors"
    folder.mkdir()
    (folder / "authority.pem").write_text(ssl.DER_cert_to_PEM_cert(authority.certificate))
    return authority


def awarded(
    alice: Person, organisation: Organisation, found: MicroCredential, formats: list[str], people: int = 1
) -> list[Award]:
    """Awards for so many people, sealed."""
    give_role(by=alice, organisation=organisation, person=alice, role=Role.ASSESSOR)
    rows = [f"Ada{n},Alder,ada{n}@example.org,2000-01-02,passed" for n in range(people)]
    batch = batches.prepare_list(
        by=alice, version=published(organisation, found), file_name="a.csv", formats=formats, data=class_list(*rows)
    )  # fmt: skip
    batches.start(by=alice, batch=batch)
    while engine.seal_next_chunk():
        pass
    for one in StatusList.objects.all():
        statuslists.publish(one)
    return list(Award.objects.filter(row__batch=batch).order_by("made_at", "id"))


def file_of(award: Award, format: str = "openbadge") -> bytes:
    return default_storage.open(Copy.objects.get(award=award, format=format).file).read()


@pytest.fixture
def award(
    alice: Person,
    organisation: Organisation,
    record: MicroCredential,  # noqa: F811
    established: TestCertificateAuthority,
) -> Award:
    """One award, as a badge and as a certificate."""
    return awarded(alice, organisation, record, ["openbadge", "pdf"])[0]
