"""What the catalogue keeps: content is never rewritten once it is published."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tessella.model import MicroCredential
from tessella_web.accounts.models import Organisation
from tessella_web.catalogue.content import digest_of, loaded, plain
from tessella_web.catalogue.models import Decision, Description, QualityReview, Version

pytestmark = pytest.mark.django_db

CONTENT = {
    "title": "Data ethics in practice",
    "outcomes": [{"id": "lo-a", "title": "Judge what a data set may be used for"}],
    "workload": {"hours": "84", "credits": [{"points": "3", "system": "ects"}]},
    "quality": [{"side": "internal", "decided_on": "2026-02-01"}],
}


@pytest.fixture
def version(organisation: Organisation) -> Version:
    description = Description.objects.create(organisation=organisation, content=CONTENT)
    return Version.objects.create(
        description=description, organisation=organisation, number=1, content=CONTENT,
        digest=digest_of(CONTENT), title="Data ethics in practice", record_type="micro-credential",
        published_at=timezone.now(),
    )  # fmt: skip


def test_stored_content_comes_back_as_the_same_record(version: Version) -> None:
    version.refresh_from_db()
    record = version.record()
    assert record == loaded(CONTENT).record
    assert loaded(plain(record)).record == record
    assert version.is_as_published()


def test_a_picture_in_the_record_survives_storing() -> None:
    record = loaded(
        {
            "title": "A",
            "awarding_bodies": [{"name": "B", "logo": {"content": "iVBORw==", "media_type": "image/png"}}],
        }
    )
    assert record.problems == ()
    assert loaded(plain(record.record)).record == record.record


def test_the_digest_does_not_depend_on_the_order_of_fields() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})


def test_a_version_cannot_be_rewritten(version: Version) -> None:
    version.title = "Something else"
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.save(update_fields=["content"])
    with pytest.raises(TypeError):
        Version.objects.filter(pk=version.pk).update(content={})
    with pytest.raises(TypeError):
        version.delete()
    with pytest.raises(TypeError):
        Version.objects.all().delete()
    version.refresh_from_db()
    assert version.title == "Data ethics in practice"


def test_a_version_can_be_withdrawn(version: Version) -> None:
    version.withdrawn_at, version.withdrawn_because = timezone.now(), "The law has changed."
    version.save(update_fields=["withdrawn_at", "withdrawn_because"])
    version.refresh_from_db()
    assert version.is_withdrawn


def test_a_number_is_given_once(version: Version) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(
            description=version.description, organisation=version.organisation, number=1, content={},
            digest=digest_of({}), title="", record_type="micro-credential", published_at=timezone.now(),
        )  # fmt: skip


def test_one_review_is_open_at_a_time(version: Version) -> None:
    for decision in (Decision.CHANGES, Decision.OPEN):
        QualityReview.objects.create(
            description=version.description,
            digest="0" * 64,
            content={},
            checklist="2026-1",
            decision=decision,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityReview.objects.create(
            description=version.description, digest="0" * 64, content={}, checklist="2026-1"
        )


def test_a_record_is_the_librarys_own(version: Version) -> None:
    assert isinstance(version.record(), MicroCredential)
