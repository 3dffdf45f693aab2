"""Keys that are elsewhere: assigned by the operator, in a token or at a signing service; the key-encryption key in a token."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings as live
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tessella.adapters.signers import KeyPlace
from tessella.keys import KeyStatus, PrivateKey, base64url_encode
from tessella.keys.testca import TestCertificateAuthority
from tessella_web.accounts.keys import domain, places, queries
from tessella_web.accounts.keys.keychain import keychain
from tessella_web.accounts.keys.models import KeyKind, KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.config.institutions import SettingsError
from tessella_web.config.signers import AssignedKey, read_signers
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.models import Copy, Stage
from tests.csc import SigningServiceSimulator
from tests.softhsm import PIN, Token, a_token
from tests.web.credentials.support import verified
from tests.web.credentials.test_keys import pkcs12_of

pytestmark = pytest.mark.django_db


SANNE = {"given_name": "Sanne", "result": "passed", "assessed_on": dt.date(2026, 5, 4)}


class Filled:
    token: Token
    seal: PrivateKey
    authority: TestCertificateAuthority


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Filled]]:
    Filled.authority = TestCertificateAuthority(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    Filled.seal = Filled.authority.issue_seal("University of Twickel", country="NL", algorithm="ES256")

    def use(token: Token) -> None:
        Filled.token = token
        token.put(Filled.seal, "eseal", b"seal")
        token.make("ES256", "badges", b"badge")

    for _ready in a_token(tmp_path_factory.mktemp("token"), use):
        yield Filled


@pytest.fixture
def hsm(filled: type[Filled], settings: object, monkeypatch: pytest.MonkeyPatch) -> type[Filled]:
    """Two keys of a token, assigned to the University of Twickel."""
    monkeypatch.setenv("TESSELLA_PKCS11_PIN", PIN)
    monkeypatch.setattr(places, "_open", {})
    settings.SIGNERS = {  # type: ignore[attr-defined]
        name: AssignedKey("twickel", KeyPlace(pkcs11=filled.token.uri(name))) for name in ("eseal", "badges")
    }
    return filled


def use(alice: Person, organisation: Organisation, place: str, use: KeyUse) -> OrganisationKey:
    return domain.use_place(by=alice, organisation=organisation, place=place, use=use)


def test_batch_is_sealed_with_keys_in_a_token(
    alice: Person, organisation: Organisation, version: Version, hsm: type[Filled]
) -> None:
    badge = use(alice, organisation, "badges", KeyUse.BADGE)
    seal = use(alice, organisation, "eseal", KeyUse.SEAL)
    assert (badge.kind, badge.wrapped, seal.kind) == (KeyKind.TOKEN, "", KeyKind.TOKEN)
    batch = batches.prepare_learner(
        by=alice, version=version, values=SANNE, formats=["edc", "openbadge", "pdf"]
    )
    batches.start(by=alice, batch=batch)
    assert seal_next_chunk()
    batch.refresh_from_db()
    assert batch.stage == Stage.DONE, batch.stopped_because
    for copy in Copy.objects.filter(award__row__batch=batch):
        report = verified(copy, anchors=[hsm.authority.certificate])
        found = {one.id: str(one.verdict) for one in report.checks}
        assert found["seal"] == "passed", copy.format
    uses = AuditEntry.objects.filter(verb="key.used", about__in=[f"key:{badge.id}", f"key:{seal.id}"])
    assert f"batch:{batch.id}" in {one.facts["purpose"] for one in uses}


def test_key_at_a_signing_service_seals(
    alice: Person,
    organisation: Organisation,
    settings: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "_open", {})
    seal = TestCertificateAuthority(timezone.now()).issue_seal("University of Twickel", algorithm="ES256")
    simulator = SigningServiceSimulator(seal)
    (tmp_path / "token").write_text("access-1")
    with simulator.serving() as url:
        place = KeyPlace(remote=url, credential="seal-1", token_file=str(tmp_path / "token"))
        settings.SIGNERS = {"remote": AssignedKey("twickel", place)}  # type: ignore[attr-defined]
        key = use(alice, organisation, "remote", KeyUse.SEAL)
        signer = domain.private_key(key=key, purpose="x")
        seal.public_key.verify(signer.sign(b"y"), b"y")
        assert (key.kind, key.get_kind_display()) == (KeyKind.SERVICE, "At a remote signing service")
    with pytest.raises(RefusedError) as caught:
        use(alice, organisation, "remote", KeyUse.SEAL)
    assert caught.value.code == "keys.taken"


def test_key_is_suited_to_its_use(alice: Person, organisation: Organisation, hsm: type[Filled]) -> None:
    with pytest.raises(RefusedError) as caught:
        use(alice, organisation, "badges", KeyUse.SEAL)
    assert (caught.value.code, caught.value.field) == ("keys.unsuited", "use")


def test_another_organisation_does_not_get_it(
    alice: Person, bob: Person, organisation: Organisation, hsm: type[Filled], settings: object
) -> None:
    key = use(alice, organisation, "badges", KeyUse.BADGE)
    with pytest.raises(NotAllowedError):
        use(bob, organisation, "eseal", KeyUse.SEAL)
    settings.SIGNERS = {  # type: ignore[attr-defined]
        name: AssignedKey("other", one.place) for name, one in live.SIGNERS.items()
    }
    for verb in (
        lambda: use(alice, organisation, "eseal", KeyUse.SEAL),
        lambda: domain.private_key(key=key, purpose="x"),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == "keys.not-assigned"


def test_key_that_was_exchanged_is_noticed(
    alice: Person, organisation: Organisation, hsm: type[Filled], settings: object
) -> None:
    key = use(alice, organisation, "badges", KeyUse.BADGE)
    settings.SIGNERS = {"badges": live.SIGNERS["eseal"]}  # type: ignore[attr-defined]
    with pytest.raises(RefusedError) as caught:
        domain.private_key(key=key, purpose="x")
    assert caught.value.code == "keys.exchanged"


def test_token_that_is_away_stops_the_batch_and_it_goes_on(
    alice: Person,
    organisation: Organisation,
    version: Version,
    hsm: type[Filled],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(alice, organisation, "badges", KeyUse.BADGE)
    batch = batches.prepare_learner(by=alice, version=version, values=SANNE, formats=["openbadge"])
    batches.start(by=alice, batch=batch)
    tokens = Path(__import__("os").environ["SOFTHSM2_CONF"]).parent / "tokens"
    away = tokens.with_name("away")
    tokens.rename(away)
    tokens.mkdir()
    from tests.softhsm import _forget

    _forget()
    assert seal_next_chunk()
    batch.refresh_from_db()
    assert batch.stage == Stage.STOPPED
    assert "token" in batch.stopped_because
    tokens.rmdir()
    away.rename(tokens)
    batches.start(by=alice, batch=batch)
    assert seal_next_chunk()
    batch.refresh_from_db()
    assert batch.stage == Stage.DONE


def test_key_elsewhere_is_not_rotated_here(
    alice: Person, organisation: Organisation, hsm: type[Filled]
) -> None:
    key = use(alice, organisation, "badges", KeyUse.BADGE)
    with pytest.raises(RefusedError) as caught:
        domain.rotate(by=alice, key=key)
    assert caught.value.code == "keys.outside"
    domain.revoke(by=alice, key=key, reason="a new one is there")
    key.refresh_from_db()
    assert key.state == KeyStatus.REVOKED
    with pytest.raises(RefusedError):
        domain.private_key(key=key, purpose="x", also_retired=True)


def test_pages(alice: Person, bob: Person, charlie: Person, organisation: Organisation, hsm: type[Filled], client: Client) -> None:  # fmt: skip
    address = reverse("key-place", args=["twickel"])
    assert client.get(address).status_code == 302
    for who, status in ((charlie, 404), (bob, 403), (alice, 200)):
        client.force_login(who)
        assert client.get(address).status_code == status
    refused = client.post(address, {"place": "badges", "use": "seal"})
    assert "this key has none" in refused.content.decode()
    assert client.post(address, {"place": "eseal", "use": "seal"}).status_code == 302
    key = OrganisationKey.objects.get()
    overview = client.get(reverse("keys", args=["twickel"])).content.decode()
    assert "In a hardware token" in overview
    shown = reverse("key", args=["twickel", key.id])
    page = client.get(shown).content.decode()
    assert "University of Twickel (TEST)" in page
    for who, status in ((charlie, 404), (bob, 403)):
        client.force_login(who)
        assert client.get(shown).status_code == status


def test_page_of_an_uploaded_seal_warns(alice: Person, organisation: Organisation, client: Client) -> None:
    organisation.established_by, organisation.legal_id = "reviewer", "NTRNL-1"
    organisation.save()
    seal = TestCertificateAuthority(timezone.now()).issue_seal("Other", organization_identifier="NTRNL-2", valid_days=20)  # fmt: skip
    key = domain.upload_seal(by=alice, organisation=organisation, data=pkcs12_of(seal, "x"), password="x")
    client.force_login(alice)
    page = client.get(reverse("key", args=["twickel", key.id])).content.decode()
    assert ("The certificate ends soon" in page, "It names Other (TEST) (NTRNL-2)" in page) == (True, True)
    assert (queries.active_key(organisation, KeyUse.SEAL), key.kind) == (key, KeyKind.UPLOADED)
    later = timezone.now() + dt.timedelta(days=21)
    assert key.ended(later)


def test_certificate_that_has_ended_seals_no_more(
    alice: Person, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = domain.create_key(by=alice, organisation=organisation, use=KeyUse.SEAL)
    assert queries.active_key(organisation, KeyUse.SEAL) == key
    late = timezone.now() + dt.timedelta(days=4000)
    monkeypatch.setattr(queries.timezone, "now", lambda: late)
    assert queries.active_key(organisation, KeyUse.SEAL) is None


def test_issuer_is_described_where_its_keys_are(
    alice: Person, organisation: Organisation, settings: object, client: Client
) -> None:
    assert client.get(reverse("issuer-profile", args=["twickel"])).status_code == 404
    settings.BASE_URL = "https://credentials.example"  # type: ignore[attr-defined]
    organisation.established_by, organisation.legal_id, organisation.website = "reviewer", "NTRNL-1", "https://twickel.example"  # fmt: skip
    organisation.save()
    first = domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    domain.rotate(by=alice, key=first)
    profile = client.get(reverse("issuer-profile", args=["twickel"]))
    assert (profile.json()["id"], profile.json()["name"], profile["Access-Control-Allow-Origin"]) == (
        "did:web:credentials.example:o:twickel",
        "University of Twickel",
        "*",
    )
    document = client.get(reverse("did-document", args=["twickel"])).json()
    assert [one["id"].rpartition("#")[2] for one in document["verificationMethod"]] == ["k2", "k1"]
    client.force_login(alice)
    page = client.get(reverse("keys", args=["twickel"])).content.decode()
    assert ('href="/o/twickel/did.json"' in page, 'href="/o/twickel/issuer.json"' in page) == (True, True)


@pytest.mark.parametrize(
    "text",
    ["- a", "a: b", "a: {organisation: x}", "a: {organisation: x, pkcs11: 'pkcs11:colour=1'}", "a: {organisation: x, pkcs12: s.p12}", "a: {organisation: x, remote: 'https://x'}"],
)  # fmt: skip
def test_file_of_assignments_is_checked(tmp_path: Path, text: str) -> None:
    (tmp_path / "signers.yaml").write_text(text)
    with pytest.raises(SettingsError, match="TESSELLA_SIGNERS"):
        read_signers(str(tmp_path / "signers.yaml"))


def test_file_of_assignments_is_read(tmp_path: Path) -> None:
    (tmp_path / "signers.yaml").write_text("a:\n  organisation: twickel\n  pkcs11: 'pkcs11:object=x'\n")
    found = read_signers(str(tmp_path / "signers.yaml"))
    assert found == {"a": AssignedKey("twickel", KeyPlace(pkcs11="pkcs11:object=x"))}
    with pytest.raises(SettingsError):
        read_signers(str(tmp_path / "nowhere.yaml"))


# --- the key-encryption key in a token ------------------------------------------------------------------


@pytest.fixture
def kek_token(filled: type[Filled], settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TESSELLA_PKCS11_PIN", PIN)
    uri = filled.token.uri(f"kek-{tmp_path.name}")
    settings.KEK_TOKEN, settings.KEK_FILE = uri, tmp_path / "kek"  # type: ignore[attr-defined]
    return uri


def test_keys_are_wrapped_in_the_token_and_rotated(alice: Person, organisation: Organisation, kek_token: str, tmp_path: Path) -> None:  # fmt: skip
    key = domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    before = keychain().current.id
    assert (key.kek, (tmp_path / "kek").exists()) == (before, False)
    assert domain.private_key(key=key, purpose="x").public_jwk == key.public.public_key.to_jwk()
    call_command("rotate_kek", verbosity=0)
    key.refresh_from_db()
    assert (key.kek != before, keychain().ids) == (True, (key.kek,))
    assert domain.private_key(key=key, purpose="x").public_jwk == key.public.public_key.to_jwk()


def test_keys_move_from_the_file_into_the_token(
    alice: Person, organisation: Organisation, settings: object, kek_token: str, tmp_path: Path
) -> None:
    settings.KEK_TOKEN = ""  # type: ignore[attr-defined]
    key = domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    settings.KEK_TOKEN = kek_token  # type: ignore[attr-defined]
    assert domain.private_key(key=key, purpose="x").public_jwk == key.public.public_key.to_jwk()
    assert domain.rewrap_all() == 1
    key.refresh_from_db()
    assert ((tmp_path / "kek").exists(), key.kek in keychain().ids) == (False, True)
    domain.private_key(key=key, purpose="x")


def test_kek_in_a_token_that_is_away_is_told(
    alice: Person, organisation: Organisation, kek_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    from tests.softhsm import _forget

    monkeypatch.setenv("TESSELLA_PKCS11_PIN", "wrong")
    _forget()
    for verb in (
        lambda: domain.private_key(key=key, purpose="x"),
        lambda: domain.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE),
    ):
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == "keys.locked"


# --- what a copied database tells -----------------------------------------------------------------------


def traces(key: PrivateKey) -> dict[str, bytes]:
    """A private key in every form in which it could lie about."""
    raw = key._key
    pkcs8 = raw.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = raw.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if key.algorithm == "Ed25519":
        numbers = [raw.private_bytes_raw()]  # type: ignore[union-attr]
    elif key.algorithm == "RS256":
        found = raw.private_numbers()  # type: ignore[union-attr]
        numbers = [n.to_bytes((n.bit_length() + 7) // 8) for n in (found.d, found.p, found.q)]
    else:
        size = 48 if key.algorithm == "ES384" else 32
        numbers = [raw.private_numbers().private_value.to_bytes(size)]  # type: ignore[union-attr]
    forms = {"pkcs8": pkcs8, "pem": pem, "pem-line": pem.splitlines()[1]}
    for number, secret in enumerate(numbers):
        forms |= {
            f"raw{number}": secret, f"reversed{number}": secret[::-1], f"hex{number}": secret.hex().encode(),
            f"HEX{number}": secret.hex().upper().encode(), f"base64url{number}": base64url_encode(secret).encode()[:40],
            f"base64{number}": __import__("base64").b64encode(secret)[:40],
        }  # fmt: skip
    return forms


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_token", [False, True])
def test_copied_database_reveals_no_private_key_of_any_kind(
    alice: Person, organisation: Organisation, hsm: type[Filled], request: pytest.FixtureRequest,
    in_token: bool, tmp_path: Path, settings: object,
) -> None:  # fmt: skip
    if in_token:
        request.getfixturevalue("kek_token")
    else:
        settings.KEK_FILE = tmp_path / "kek"  # type: ignore[attr-defined]
    uploaded = TestCertificateAuthority(timezone.now()).issue_seal("Twickel", algorithm="RS256")
    made = [
        domain.create_key(by=alice, organisation=organisation, use=use) for use in (KeyUse.BADGE, KeyUse.SEAL)
    ]
    sealed = domain.upload_seal(by=alice, organisation=organisation, data=pkcs12_of(uploaded, "pw-3141592"), password="pw-3141592")  # fmt: skip
    use(alice, organisation, "eseal", KeyUse.SEAL)
    opened = [*(domain.private_key(key=key, purpose="x") for key in (*made, sealed)), hsm.seal]
    domain.rewrap_all()  # every form that was ever written counts: the log has the former ones
    image = _everything_on_disk(tmp_path)
    assert made[0].id.encode() in image
    for key in opened:
        assert isinstance(key, PrivateKey)
        found = [name for name, secret in traces(key).items() if secret in image]
        assert found == [], key.algorithm
        assert traces(key)["pkcs8"] in image + traces(key)["pkcs8"]
    for secret in (b"pw-3141592", PIN.encode() + b"\n"):
        assert secret not in image
    if in_token:  # even with the data folder, whose file is empty
        assert not (tmp_path / "kek").exists()


def _everything_on_disk(folder: Path) -> bytes:
    """The bytes of the database, of its copy and of its log."""
    if connection.vendor != "sqlite":
        pytest.skip("the files of a server are not ours to read")
    import sqlite3

    copy = folder / "copy.db"
    with sqlite3.connect(copy) as target:
        connection.connection.backup(target)
    image = copy.read_bytes()
    name = str(connection.settings_dict["NAME"])
    for path in (name, f"{name}-wal"):
        if Path(path).exists():
            image += Path(path).read_bytes()
    return image
