"""Who seals: the organisation itself, another body under a mandate, or nobody but for badges."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json

import pypdf
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image as Picture

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain import batches, sealers
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.mandates import domain, queries
from tessella_web.credentials.mandates.models import Mandate, MandatedSeal, MandateState, Way
from tessella_web.credentials.models import Award, Copy, Stage
from tests.web.conftest import person
from tests.web.credentials.support import verified

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()
SANNE = {"given_name": "Sanne", "result": "passed", "assessed_on": dt.date(2026, 5, 4)}


def pdf(pages: int = 1) -> bytes:
    writer, target = pypdf.PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(target)
    return target.getvalue()


@pytest.fixture
def harbour() -> Organisation:
    """Harbour Skills, which has an electronic seal; Hanna owns it."""
    hanna = person("Hanna")
    found = accounts.found_organisation(founder=hanna, name="Harbour Skills", slug="harbour", country="NLD")
    keys.create_key(by=hanna, organisation=found, use=KeyUse.SEAL)
    return found


@pytest.fixture
def hanna(harbour: Organisation) -> Person:
    return Person.objects.get(email="hanna@example.org")


def asked(alice: Person, organisation: Organisation, harbour: Organisation, **more: object) -> Mandate:
    values = {
        "scope": "All micro-credentials of the law faculty.", "valid_from": TODAY, "valid_to": TODAY + dt.timedelta(days=365),
        "file_name": "agreement.pdf", "data": pdf(), **more,
    }  # fmt: skip
    return domain.ask_for_mandate(by=alice, organisation=organisation, mandated=harbour, **values)  # type: ignore[arg-type]


def awarded(alice: Person, version: Version, *formats: str) -> list[Copy]:
    batch = batches.prepare_learner(by=alice, version=version, values=SANNE, formats=formats)
    batches.start(by=alice, batch=batch)
    assert seal_next_chunk()
    batch.refresh_from_db()
    assert batch.stage == Stage.DONE, batch.stopped_because
    return list(Copy.objects.filter(award__row__batch=batch).select_related("award"))


def test_another_body_seals_under_a_confirmed_mandate(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation, version: Version
) -> None:
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    mandate = asked(alice, organisation, harbour)
    domain.decide(by=hanna, mandate=mandate, confirm=True)
    mandate.refresh_from_db()
    domain.choose(by=alice, organisation=organisation, way=Way.MANDATE, mandate=mandate)
    copies = {one.format: one for one in awarded(alice, version, "edc", "openbadge", "pdf")}
    report = verified(copies["edc"])
    binding = next(one for one in report.checks if one.id == "binding")
    digest = hashlib.sha256(default_storage.open(mandate.file).read()).hexdigest()
    assert (digest == mandate.digest, any(digest in note for note in binding.notes)) == (True, True)
    assert any("All micro-credentials of the law faculty." in note for note in binding.notes)
    badge = json.loads(default_storage.open(copies["openbadge"].file).read())
    assert badge["issuer"]["name"].startswith("University of Twickel")
    award = Award.objects.get()
    assert MandatedSeal.objects.get(award=award).mandate == mandate
    use = AuditEntry.objects.filter(verb="key.used", organisation=harbour.id).get()
    assert use.facts["purpose"].endswith(f"mandate:{mandate.id}")


def test_ended_mandate_seals_no_more_and_what_it_sealed_stays(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation, version: Version
) -> None:
    mandate = asked(alice, organisation, harbour)
    domain.decide(by=hanna, mandate=mandate, confirm=True)
    mandate.refresh_from_db()
    domain.choose(by=alice, organisation=organisation, way=Way.MANDATE, mandate=mandate)
    assert queries.sealing_of(organisation, TODAY).seal is not None
    lapsed = queries.sealing_of(organisation, TODAY + dt.timedelta(days=400))
    assert (lapsed.seal, lapsed.lapsed) == (None, True)
    domain.end(by=hanna, mandate=mandate)
    assert queries.sealing_of(organisation, TODAY).way == Way.OWN
    reasons = {one.name: one.reason for one in sealers.choices(version)}
    assert "electronic seal" in reasons["edc"]


def test_mandate_counts_only_when_it_is_confirmed(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation
) -> None:
    mandate = asked(alice, organisation, harbour)
    with pytest.raises(RefusedError) as caught:
        domain.choose(by=alice, organisation=organisation, way=Way.MANDATE, mandate=mandate)
    assert caught.value.code == "mandate.none"
    domain.decide(by=hanna, mandate=mandate, confirm=False)
    mandate.refresh_from_db()
    assert (mandate.state, mandate.holds_on(TODAY)) == (MandateState.DECLINED, False)
    with pytest.raises(RefusedError) as caught:
        domain.decide(by=hanna, mandate=mandate, confirm=True)
    assert caught.value.code == "mandate.state"


def test_real_seal_is_not_put_on_tests(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation
) -> None:
    harbour.established_by = "reviewer"
    harbour.save()
    with pytest.raises(RefusedError) as caught:
        domain.decide(by=hanna, mandate=asked(alice, organisation, harbour), confirm=True)
    assert caught.value.code == "mandate.identity"


def test_mandate_of_somebody_else_cannot_be_chosen(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation
) -> None:
    other = accounts.found_organisation(founder=alice, name="Other", slug="other", country="NLD")
    mandate = asked(alice, other, harbour)
    domain.decide(by=hanna, mandate=mandate, confirm=True)
    mandate.refresh_from_db()
    with pytest.raises(RefusedError) as caught:
        domain.choose(by=alice, organisation=organisation, way=Way.MANDATE, mandate=mandate)
    assert caught.value.code == "mandate.none"


def test_badges_only(alice: Person, organisation: Organisation, version: Version, sealing_keys: None) -> None:
    assert "edc" in {one.name for one in sealers.choices(version) if not one.reason}
    domain.choose(by=alice, organisation=organisation, way=Way.BADGES)
    reasons = {one.name: one.reason for one in sealers.choices(version)}
    assert (reasons["openbadge"], "Open Badges only" in reasons["edc"]) == ("", True)
    copies = awarded(alice, version, "openbadge", "pdf")
    assert not MandatedSeal.objects.exists()
    assert {one.format for one in copies} == {"openbadge", "pdf"}


def test_only_owners_decide(
    alice: Person,
    bob: Person,
    charlie: Person,
    hanna: Person,
    organisation: Organisation,
    harbour: Organisation,
) -> None:
    mandate = asked(alice, organisation, harbour)
    accounts.give_role(by=hanna, organisation=harbour, person=bob, role=Role.SEALER)
    for who in (bob, charlie, alice):
        with pytest.raises(NotAllowedError):
            domain.decide(by=who, mandate=mandate, confirm=True)
    for who in (bob, charlie):
        with pytest.raises(NotAllowedError):
            domain.end(by=who, mandate=mandate)
        with pytest.raises(NotAllowedError):
            domain.choose(by=who, organisation=organisation, way=Way.BADGES)
        with pytest.raises(NotAllowedError):
            asked(who, organisation, harbour)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"data": b"junk"}, "file"),
        ({"data": b"%PDF-1.7 broken"}, "file"),
        ({"data": pdf(domain.MAX_PAGES + 1)}, "file"),
        ({"data": b"\0" * (domain.MAX_DOCUMENT_BYTES + 1)}, "file"),
        ({"scope": "  "}, "scope"),
        ({"valid_to": TODAY - dt.timedelta(days=1)}, "valid_to"),
    ],
)
def test_unusable_mandate_is_told_at_its_field(
    alice: Person, organisation: Organisation, harbour: Organisation, change: dict[str, object], field: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        asked(alice, organisation, harbour, **change)
    assert caught.value.field == field
    assert not Mandate.objects.exists()


def test_picture_of_a_mandate_is_taken(
    alice: Person, organisation: Organisation, harbour: Organisation
) -> None:
    target = io.BytesIO()
    Picture.new("RGB", (30, 40)).save(target, "PNG")
    assert asked(alice, organisation, harbour, data=target.getvalue()).media_type == "image/png"
    with pytest.raises(RefusedError) as caught:
        asked(alice, organisation, organisation)
    assert caught.value.field == "mandated"
