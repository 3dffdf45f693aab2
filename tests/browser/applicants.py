"""What fifty applicants hand in: credentials in every form, a doctored certificate, one that was revoked, a foreign badge, a photo.

Run inside an installation: ``python -m tests.browser.applicants FOLDER`` makes the awards there and writes ``applicants.zip``,
``list.csv`` and ``made.json``. Everybody is invented.
"""

from __future__ import annotations

import io
import json
import os
import ssl
import sys
import zipfile
from pathlib import Path
from typing import Any

DOCTORED, REVOKED, FOREIGN, PHOTO = (
    "17 Ines Moreau certificate.pdf", "23 Ulla Berg badge.json", "49 foreign badge.json", "50 photo.jpg",
)  # fmt: skip

KINDS = (
    ("edc", 8, "credential.jsonld"), ("pdf", 10, "certificate.pdf"), ("openbadge", 8, "badge.json"),
    ("openbadge-jwt", 6, "badge.jwt"), ("attestation", 6, "attestation.txt"), ("png", 6, "badge.png"), ("svg", 4, "badge.svg"),
)  # fmt: skip
"""Format, applicants, and what their files are called: forty-eight of ours."""

GIVEN = ("Ines", "Tomas", "Ulla", "Petra", "Omar", "Lina", "Jonas", "Mira")
FAMILY = ("Moreau", "Berg", "Novak", "Haddad", "Lind", "Costa")


def name_of(number: int) -> tuple[str, str]:
    """The name of an applicant, counted from 1."""
    if number == 17:
        return "Ines", "Moreau"
    if number == 23:
        return "Ulla", "Berg"
    return GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]


def main(folder: Path) -> None:
    """Make everything."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tessella_web.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from tessella_web.credentials.domain import awards, statuslists
    from tessella_web.credentials.models import Award, StatusList

    alice, version = _university()
    files: dict[str, bytes] = {}
    owner_of: dict[str, Award] = {}
    number = 0
    for format, count, kind in KINDS:
        people = [name_of(number + n + 1) for n in range(count)]
        for award, data in _awarded(alice, version, format, people):
            number += 1
            name = f"{number:02} {' '.join(name_of(number))} {kind}"
            files[name], owner_of[name] = data, award
    awards.revoke(by=alice, award=owner_of[REVOKED], reason="The assessment was somebody else's work.")
    for one in StatusList.objects.all():
        statuslists.publish(one)
    files[DOCTORED] = _doctored(files[DOCTORED])
    files[FOREIGN] = _foreign()
    links = [f"{settings.BASE_URL}/a/{award.id}" for award in owner_of.values()]
    files[PHOTO] = _photo(links[0])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    (folder / "applicants.zip").write_bytes(packed.getvalue())
    rows = [f"Applicant {n};{link}" for n, link in enumerate(links[:5], 1)]
    (folder / "list.csv").write_text("Name;Link\n" + "\n".join(rows) + "\n")
    (folder / "made.json").write_text(
        json.dumps(
            {
                "files": sorted(files),
                "award": links[0],
                "revoked": f"{settings.BASE_URL}/a/{owner_of[REVOKED].id}",
            }
        )
    )


def _university() -> tuple[Any, Any]:
    from django.conf import settings
    from django.utils import timezone

    from tessella.keys.testca import TestCertificateAuthority
    from tessella_web.accounts import domain as accounts
    from tessella_web.accounts.keys import domain as keys
    from tessella_web.accounts.keys.models import KeyUse
    from tessella_web.accounts.models import Person, Role
    from tests.web.credentials.conftest import published
    from tests.web.credentials.test_keys import pkcs12_of

    alice = Person.objects.create(email="alice@example.org", name="Alice")
    university = accounts.found_organisation(
        founder=alice, name="University of Twickel", slug="twickel", country="NLD"
    )
    accounts.give_role(by=alice, organisation=university, person=alice, role=Role.ASSESSOR)
    accounts.establish(organisation=university, by_method="reviewer", legal_id="NTRNL-12345678")
    authority = TestCertificateAuthority(timezone.now())
    seal = authority.issue_seal("University of Twickel", organization_identifier="NTRNL-12345678")
    keys.upload_seal(by=alice, organisation=university, data=pkcs12_of(seal, "x"), password="x")
    keys.create_key(by=alice, organisation=university, use=KeyUse.BADGE)
    anchors = Path(settings.DATA_FOLDER) / "anchors"
    anchors.mkdir(exist_ok=True)
    (anchors / "authority.pem").write_text(ssl.DER_cert_to_PEM_cert(authority.certificate))
    return alice, published(university, _record())


def _record() -> Any:
    from importlib.resources import as_file
    from importlib.resources import files as resources

    from tessella.adapters.descriptions import read_description

    with as_file(resources("tessella.cli") / "example" / "data-ethics.yaml") as path:
        return read_description(path).require()


def _awarded(alice: Any, version: Any, format: str, people: list[tuple[str, str]]) -> list[tuple[Any, bytes]]:
    """The awards of these people in one format, with their files, in their order."""
    from django.core.files.storage import default_storage

    from tessella_web.credentials.domain import batches, engine
    from tessella_web.credentials.models import Copy
    from tests.web.credentials.conftest import class_list

    rows = [
        f"{given},{family},{given}.{family}{n}.{format}@example.org,2000-01-{n + 1:02},passed"
        for n, (given, family) in enumerate(people)
    ]
    batch = batches.prepare_list(
        by=alice, version=version, file_name="a.csv", data=class_list(*rows), formats=[format]
    )
    batches.start(by=alice, batch=batch)
    while (
        batch.rows.filter(award__isnull=True).exists()
        or Copy.objects.filter(award__row__batch=batch, file="").exists()
    ):
        engine.seal_next_chunk()
    copies = Copy.objects.filter(award__row__batch=batch).order_by("award__row__number")
    found = []
    for copy in copies.select_related("award"):
        with default_storage.open(copy.file) as file:
            found.append((copy.award, file.read()))
    return found


def _doctored(pdf: bytes) -> bytes:
    """The workload on the page says more than the credential in it."""
    from tests.verification.doctoring import doctored, rewritten

    return doctored(pdf, rewritten("Ines Moreau", "Ivo Moreau"))


def _foreign() -> bytes:
    """A badge of somebody else, from the samples of the standard."""
    from tests.support import shared

    folder = shared("vc/1edtech/ob30")
    return next(one for one in sorted(folder.rglob("*.json")) if b'"proof"' in one.read_bytes()).read_bytes()


def _photo(link: str) -> bytes:
    """A page with a code on it, a little askew, as a telephone takes it."""
    import segno
    from PIL import Image

    code = io.BytesIO()
    segno.make(link, error="m").save(code, kind="png", scale=8, border=4)
    sheet = Image.new("L", (900, 700), 235)
    sheet.paste(Image.open(code).convert("L"), (380, 200))
    out = io.BytesIO()
    sheet.rotate(2, fillcolor=235).save(out, "JPEG", quality=82)
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
