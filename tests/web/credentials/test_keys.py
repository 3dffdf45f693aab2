"""Keys of an organisation: made, rotated, revoked; a copy of the database opens none of them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tessella.errors import KeyMaterialError
from tessella.keys import KeyEncryptionKey, PrivateKey, base64url_encode, read_did_document
from tessella.keys.testca import TestCertificateAuthority
from tessella_web.accounts.keys import domain, queries
from tessella_web.accounts.keys.keychain import Keychain, keychain
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation, Person
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tests.web import servers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_kek(settings: object, tmp_path: Path) -> Iterator[Path]:
    settings.KEK_FILE = tmp_path / "kek"  # type: ignore[attr-defined]
    yield tmp_path / "kek"


@pytest.fixture
def established(organisation: Organisation, settings: object) -> Organisation:
    settings.BASE_URL = "https://credentials.example"  # type: ignore[attr-defined]
    organisation.established_by, organisation.established_at = "reviewer", timezone.now()
    organisation.save()
    return organisation


def badge_key(alice: Person, organisation: Organisation) -> OrganisationKey:
    return domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)


def test_without_an_established_identity_a_key_is_a_test_key_and_names_itself(
    alice: Person, organisation: Organisation
) -> None:
    key = badge_key(alice, organisation)
    opened = domain.private_key(key=key, purpose="test")
    assert (key.is_test, key.did, opened.verification_method) == (
        True,
        opened.public_key.did_key,
        opened.public_key.did_key_url,
    )
    assert queries.did_document(organisation) is None


def test_an_established_organisation_has_a_did_document(alice: Person, established: Organisation) -> None:
    first = badge_key(alice, established)
    second = domain.rotate(by=alice, key=first)
    third = domain.create_key(by=alice, organisation=established, use=KeyUse.SELECTIVE)
    domain.revoke(by=alice, key=third, reason="a laptop was stolen")
    did = "did:web:credentials.example:o:twickel"
    document = read_did_document(queries.did_document(established) or {}, expected_id=did)
    methods = {method.id: (bool(method.purposes), bool(method.revoked)) for method in document.methods}
    assert methods == {f"{did}#k1": (True, False), f"{did}#k2": (True, False), f"{did}#k3": (False, True)}
    assert queries.active_key(established, KeyUse.BADGE) == second
    assert document.method(f"{did}#k2").key.to_jwk() == second.public.public_key.to_jwk()


def test_test_keys_seal_no_more_once_the_identity_is_established(
    alice: Person, organisation: Organisation
) -> None:
    badge_key(alice, organisation)
    assert queries.active_key(organisation, KeyUse.BADGE) is not None
    organisation.established_by = "reviewer"
    assert queries.active_key(organisation, KeyUse.BADGE) is None


def test_a_rotated_key_seals_no_more_but_its_status_lists(alice: Person, organisation: Organisation) -> None:
    old = badge_key(alice, organisation)
    domain.rotate(by=alice, key=old)
    old.refresh_from_db()
    with pytest.raises(RefusedError) as caught:
        domain.private_key(key=old, purpose="x")
    assert caught.value.code == "keys.not-active"
    assert queries.key_for_did(organisation, old.did) == old
    assert domain.private_key(key=old, purpose="x", also_retired=True).public_key.did_key == old.did


def test_a_revoked_key_is_destroyed(alice: Person, organisation: Organisation) -> None:
    key = badge_key(alice, organisation)
    with pytest.raises(RefusedError) as caught:
        domain.revoke(by=alice, key=key, reason=" ")
    assert caught.value.field == "reason"
    domain.revoke(by=alice, key=key, reason="lost")
    key.refresh_from_db()
    assert (key.wrapped, key.state, key.public.reason) == ("", "revoked", "lost")
    assert queries.key_for_did(organisation, key.did) is None


def test_only_those_who_manage_keys_do(alice: Person, bob: Person, organisation: Organisation) -> None:
    key = badge_key(alice, organisation)
    for verb in (
        lambda: badge_key(bob, organisation),
        lambda: domain.rotate(by=bob, key=key),
        lambda: domain.revoke(by=bob, key=key, reason="x"),
        lambda: domain.upload_seal(by=bob, organisation=organisation, data=b"", password=""),
    ):
        with pytest.raises(NotAllowedError):
            verb()


def test_every_use_is_audited(alice: Person, organisation: Organisation) -> None:
    key = badge_key(alice, organisation)
    domain.private_key(key=key, purpose="batch:1", by_id=alice.id)
    entries = AuditEntry.objects.filter(about=f"key:{key.id}")
    assert [one.verb for one in entries] == ["key.created", "key.used"]
    assert entries[1].facts == {"use": "badge", "test": True, "purpose": "batch:1"}


def pkcs12_of(key: PrivateKey, password: str) -> bytes:
    chain = [x509.load_der_x509_certificate(der) for der in key.certificate_chain]
    return pkcs12.serialize_key_and_certificates(
        b"seal", key._key, chain[0], chain[1:], BestAvailableEncryption(password.encode())
    )


def test_a_seal_is_taken_from_a_file(alice: Person, established: Organisation) -> None:
    seal = TestCertificateAuthority(timezone.now()).issue_seal("University of Twickel")
    made = domain.upload_seal(
        by=alice, organisation=established, data=pkcs12_of(seal, "secret"), password="secret"
    )
    opened = domain.private_key(key=made, purpose="x")
    assert (opened.certificate_chain, str(made)) == (seal.certificate_chain, "University of Twickel (TEST)")
    with pytest.raises(RefusedError) as caught:
        domain.rotate(by=alice, key=made)
    assert caught.value.code == "keys.seal-needs-upload"


def test_a_seal_that_cannot_be_used_is_told_at_its_field(alice: Person, established: Organisation) -> None:
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    good = TestCertificateAuthority(timezone.now()).issue_seal("Twickel")
    ended = TestCertificateAuthority(long_ago).issue_seal("Twickel")
    for data, password, field in (
        (pkcs12_of(good, "secret"), "other", "password"),
        (b"junk", "", "password"),
        (b"\0" * (domain.MAX_PKCS12_BYTES + 1), "", "file"),
        (pkcs12_of(ended, "secret"), "secret", "file"),
    ):
        with pytest.raises(RefusedError) as caught:
            domain.upload_seal(by=alice, organisation=established, data=data, password=password)
        assert caught.value.field == field
    assert not OrganisationKey.objects.exists()


def test_a_key_moved_to_another_organisation_does_not_open(alice: Person, organisation: Organisation) -> None:
    from tessella_web.accounts.domain import found_organisation

    key = badge_key(alice, organisation)
    key.organisation = found_organisation(founder=alice, name="Other", slug="other", country="NLD")
    key.save()
    with pytest.raises(RefusedError) as caught:
        domain.private_key(key=key, purpose="x")
    assert caught.value.code == "keys.locked"


def test_a_kek_that_others_can_read_is_refused(own_kek: Path) -> None:
    from django.core.exceptions import ImproperlyConfigured

    keychain()
    assert own_kek.stat().st_mode & 0o777 == 0o600
    own_kek.chmod(0o640)
    with pytest.raises(ImproperlyConfigured):
        Keychain(own_kek)


def test_the_kek_is_rotated(alice: Person, organisation: Organisation, own_kek: Path) -> None:
    key = badge_key(alice, organisation)
    before = own_kek.read_text()
    other_process = Keychain(own_kek)
    call_command("rotate_kek", verbosity=0)
    key.refresh_from_db()
    assert (own_kek.read_text() == before, len(own_kek.read_text().split())) == (False, 1)
    assert domain.private_key(key=key, purpose="x").public_key.did_key == key.did
    assert other_process.find(key.kek) is not None
    with pytest.raises(KeyMaterialError):
        KeyEncryptionKey.from_text(before).unwrap(key.wrapped.encode(), bound_to=key.bound_to)


def test_a_killed_rotation_can_be_finished(alice: Person, organisation: Organisation, own_kek: Path) -> None:
    old = badge_key(alice, organisation)
    keychain().begin_rotation()  # and killed
    new = badge_key(alice, organisation)
    assert old.kek != new.kek
    assert [domain.private_key(key=one, purpose="x").public_key.did_key for one in (old, new)] == [
        old.did,
        new.did,
    ]
    assert domain.rewrap_all() == 2
    assert len(own_kek.read_text().split()) == 1


def secrets_of(key: PrivateKey) -> list[bytes]:
    der = key._key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    raw = der[-32:]
    return [der, raw, raw.hex().encode(), base64url_encode(raw).encode(), base64url_encode(der).encode()]


def copied(path: Path) -> bytes:
    """What somebody has who took the whole database away."""
    if connection.vendor == "postgresql":
        return servers.dumped(connection.settings_dict)
    with sqlite3.connect(path) as target:
        connection.connection.backup(target)
    return path.read_bytes()


@pytest.mark.django_db(transaction=True)
def test_a_copied_database_reveals_no_private_key(
    alice: Person, organisation: Organisation, tmp_path: Path
) -> None:
    key = badge_key(alice, organisation)
    opened = domain.private_key(key=key, purpose="x")
    dump = copied(tmp_path / "copy.db")
    assert key.id.encode() in dump
    assert [one for one in secrets_of(opened) if one in dump] == []
    assert secrets_of(opened)[1] in secrets_of(opened)[0]  # the test looks for the right bytes
    with pytest.raises(KeyMaterialError):
        KeyEncryptionKey.generate().unwrap(key.wrapped.encode(), bound_to=key.bound_to)
