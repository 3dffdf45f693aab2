"""Keys kept for learners: only after a fresh sign-in, each use told, reported to verifiers, and in no copy of the database."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.utils import timezone

from tessella.errors import KeyMaterialError
from tessella.issuing.sealing import seal
from tessella.keys import KeyEncryptionKey
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, verify
from tessella_web.accounts.assurance import FreshSignInError, acting
from tessella_web.accounts.holderkeys import domain
from tessella_web.accounts.holderkeys.models import HolderKey
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.domain.presenting import choosable, present
from tessella_web.credentials.wallet.models import Item
from tests.issuing.support import AT, award, issuer
from tests.web.accounts.test_again import sign_in
from tests.web.credentials.test_keys import copied, secrets_of
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

EMPLOYER = "https://employer.example"


@pytest.fixture
def key(dana: Person) -> HolderKey:
    """A key that is kept for Dana."""
    return domain.make(by=dana, name="For work")


@pytest.fixture
def item(dana: Person, key: HolderKey) -> Item:
    """An attestation of somebody else's university, bound to that key."""
    given = award()
    learner = msgspec.structs.replace(given.learner, id=key.public.public_key.did_key)
    data = seal(msgspec.structs.replace(given, learner=learner), issuer(), "attestation", at=AT)
    return wallet.bring(by=dana, data=data, name="award.sd-jwt", languages=("en",))


def shown(dana: Person, item: Item, **more: Any) -> str:
    asked = {"claims": ["learning_outcomes"], "audience": EMPLOYER, "nonce": "n-17", **more}
    return present(by=dana, item=item, **asked)


def test_a_verifier_is_told_who_keeps_the_key(dana: Person, item: Item, settings: Any) -> None:
    around = Surroundings(at=timezone.now(), audience=EMPLOYER, challenge="n-17")
    check = verify(shown(dana, item), surroundings=around).check("holder")
    assert check is not None
    assert (check.verdict, check.evidence["custodian"]) == (Verdict.PASSED, settings.BASE_URL)
    assert "on behalf of the holder" in check.explanation


def test_only_what_was_chosen_is_shown(dana: Person, item: Item) -> None:
    names = {one.name for one in choosable(item)}
    assert "learning_outcomes" in names
    made = shown(dana, item)
    assert len(made.split("~")) < len(shown(dana, item, claims=sorted(names)).split("~"))


def test_every_use_needs_a_fresh_sign_in(dana: Person, key: HolderKey, item: Item) -> None:
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    with acting(lambda: hour_ago):
        for use in (
            lambda: shown(dana, item), lambda: domain.make(by=dana, name="x"), lambda: domain.destroy(by=dana, key=key),
            lambda: domain.open_key(by=dana, key=key, purpose="x"),
        ):  # fmt: skip
            with pytest.raises(FreshSignInError):
                use()
    with acting(lambda: timezone.now()):
        assert shown(dana, item)


def test_every_use_is_audited_without_names(dana: Person, key: HolderKey, item: Item) -> None:
    shown(dana, item)
    entries = list(AuditEntry.objects.filter(verb__startswith="holder-key").order_by("number"))
    assert [one.verb for one in entries] == ["holder-key.created", "holder-key.used"]
    assert entries[1].facts == {"purpose": f"presentation:item:{item.id}"}
    assert HolderKey.objects.get().used_at is not None


def test_nobody_else_uses_it(dana: Person, charlie: Person, key: HolderKey, item: Item) -> None:
    for use in (
        lambda: domain.open_key(by=charlie, key=key, purpose="x"), lambda: domain.destroy(by=charlie, key=key),
        lambda: shown(charlie, item),
    ):  # fmt: skip
        with pytest.raises(RefusedError) as caught:
            use()
        assert caught.value.code == "wallet.not-yours"


def test_a_destroyed_key_is_gone(dana: Person, key: HolderKey, item: Item) -> None:
    domain.destroy(by=dana, key=key)
    key.refresh_from_db()
    assert (key.wrapped, key.is_usable) == ("", False)
    with pytest.raises(RefusedError) as caught:
        shown(dana, item)
    assert caught.value.code == "wallet.no-key"


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_the_database_opens_no_key(dana: Person, key: HolderKey, tmp_path: Path) -> None:
    opened = domain.open_key(by=dana, key=key, purpose="test")
    copy = copied(tmp_path / "copy.db")
    assert key.thumbprint.encode() in copy
    assert [one for one in secrets_of(opened) if one in copy] == []
    with pytest.raises(KeyMaterialError):
        KeyEncryptionKey.generate().unwrap(key.wrapped.encode(), bound_to=key.bound_to)


def test_a_wrapped_key_opens_for_its_holder_and_its_id_only(
    dana: Person, charlie: Person, key: HolderKey
) -> None:
    other = domain.make(by=charlie, name="x")
    HolderKey.objects.filter(pk=other.pk).update(wrapped=key.wrapped, kek=key.kek)
    other.refresh_from_db()
    with pytest.raises(RefusedError) as caught:
        domain.open_key(by=charlie, key=other, purpose="x")
    assert caught.value.code == "keys.locked"


def test_rotating_the_key_encryption_key_keeps_them_open(dana: Person, key: HolderKey, item: Item) -> None:
    before = key.wrapped
    keys.rewrap_all()
    key.refresh_from_db()
    assert key.wrapped != before
    assert shown(dana, item)


def test_the_way_through_the_pages(client: CheckingClient, dana: Person, charlie: Person, item: Item) -> None:
    client.force_login(dana)
    assert "Answer a verifier" in client.get(f"/wallet/entry/i-{item.id}").page.text
    listed = client.get("/wallet/keys").content.decode()
    assert HolderKey.objects.get().public.public_key.did_key in listed
    asked = {"audience": EMPLOYER, "nonce": "n-17", "claims": ["learning_outcomes"]}
    assert client.post(f"/wallet/entry/i-{item.id}/present", asked)["Location"].startswith("/me/again/")
    client.logout()
    sign_in(client, dana)
    made = client.post(f"/wallet/entry/i-{item.id}/present", asked)
    found = re.search(r"eyJ[\w~.-]+", made.content.decode())
    assert found is not None
    around = Surroundings(at=timezone.now(), audience=EMPLOYER, challenge="n-17")
    check = verify(found[0], surroundings=around).check("holder")
    assert check is not None
    assert check.verdict is Verdict.PASSED
    client.force_login(charlie)
    assert client.get(f"/wallet/entry/i-{item.id}/present").status_code == 404
    assert client.post(f"/wallet/keys/{HolderKey.objects.get().id}/destroy").status_code == 404
