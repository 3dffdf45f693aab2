"""How somebody signs in: addresses that end, a second way, emergency codes, institutions and identifiers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as configured
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tessella_web.accounts.assurance import FreshSignInError, acting
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.recovery import domain, ways
from tessella_web.accounts.recovery.domains import institutional, set_mail_domains
from tessella_web.accounts.recovery.models import EmergencyCode, Postponement
from tessella_web.accounts.signin.attesting import attest
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.credentials.domain.outbox import claim_key
from tests.web.credentials.test_batches import work
from tests.web.pages import CheckingClient
from tests.web.recovery.conftest import Awarded, account, letters
from tests.web.recovery.test_claiming import keep, taken
from tests.web.test_entry import code_in_mail

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("email", "ends"),
    [
        ("mia@twickel.example", True),
        ("mia@student.twickel.example", True),
        ("mia@TWICKEL.example", True),
        ("mia@nottwickel.example", False),
        ("mia@twickel.example.org", False),
        ("mia@lake.example", True),
        ("mia@mail.lake.example", True),
        ("mia@lake.example.net", False),
        ("mia@home.example", False),
        ("mia@example", False),
    ],
)
def test_addresses_that_end_are_known_from_what_organisations_entered(
    university: Organisation, email: str, ends: bool
) -> None:
    Organisation.objects.create(
        slug="lake", name="Lake", country="NLD", website="https://www.lake.example/en?x=1"
    )
    assert institutional([email]) == (frozenset({email}) if ends else frozenset())


def test_addresses_of_institutions_at_which_people_sign_in_end(db: None, settings: Any) -> None:
    app = {"settings": {"domains": ["hill.example"]}}
    providers = {**configured.SOCIALACCOUNT_PROVIDERS["openid_connect"], "APPS": [app]}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": providers}
    assert institutional(["mia@hill.example", "mia@home.example"]) == {"mia@hill.example"}


def test_only_owners_say_in_which_domains_addresses_end(
    university: Organisation, alice: Person, bob: Person, client: CheckingClient
) -> None:
    with pytest.raises(NotAllowedError):
        set_mail_domains(by=bob, organisation=university, domains=["x.example"])
    for wrong in ("example", "a b.example", "-.example", "https://x.example"):
        with pytest.raises(RefusedError) as told:
            set_mail_domains(by=alice, organisation=university, domains=[wrong])
        assert told.value.code == "recovery.domain"
    client.force_login(alice)
    client.post(
        "/o/twickel/settings/mail-domains", {"domains": "@Student.Twickel.example\ntwickel.example\n"}
    )
    listed = list(university.mail_domains.values_list("domain", flat=True))
    assert listed == ["student.twickel.example", "twickel.example"]
    assert "student.twickel.example" in client.get("/o/twickel/settings/mail-domains").content.decode()


def test_a_first_claim_on_an_address_that_ends_asks_for_a_second_way_and_codes(
    awarded: Awarded, client: CheckingClient
) -> None:
    award = awarded("mia@twickel.example")
    answer = keep(taken(award, client), award, "mia@twickel.example")
    assert answer["Location"] == "/me/second-way"  # type: ignore[index]
    mia = Person.objects.get(email="mia@twickel.example")
    page = client.get("/me/second-way").page
    assert "will be switched off" in page.text
    client.post("/me/second-way", {"action": "send", "email": "mia@home.example"})
    client.post("/me/second-way", {"action": "check", "code": code_in_mail()})
    assert ways.verified_addresses(mia) == ["mia@twickel.example", "mia@home.example"]
    standing = ways.standing_of(mia)
    assert (standing.needs_way, standing.needs_codes) == (False, True)
    shown = client.post("/me/emergency-codes")
    codes = re.findall(r'<code class="secret">([\w-]+)</code>', shown.content.decode())
    assert (len(codes), shown["Cache-Control"]) == (8, "private, no-store")
    assert not ways.standing_of(mia).is_needed
    assert "All is well" in client.get("/me/second-way").page.text


def test_who_claims_signed_in_is_asked_too_and_a_private_address_is_not_asked(
    awarded: Awarded, client: CheckingClient
) -> None:
    for email, where in (("mia@twickel.example", "/me/second-way"), ("ann@home.example", "/wallet/entry/a-")):
        award = awarded(email)
        client.force_login(account("Somebody", email))
        assert client.post(f"/a/{award.id}/claim", {"key": claim_key(award)})["Location"].startswith(where)


def test_it_can_be_put_off_and_is_said_again(university: Organisation, client: CheckingClient) -> None:
    mia = account("Mia", "mia@twickel.example")
    client.force_login(mia)
    assert "Your address will end" in client.get("/wallet").page.text
    client.post("/me/second-way/later")
    assert "Your address will end" not in client.get("/wallet").page.text
    waits = Postponement.objects.get(person=mia)
    waits.until -= ways.POSTPONED
    waits.save()
    assert "Your address will end" in client.get("/wallet").page.text


@pytest.mark.parametrize("way", ["address", "passkey"])
def test_a_private_address_or_a_passkey_is_a_second_way(university: Organisation, way: str) -> None:
    mia = account("Mia", "mia@twickel.example")
    assert ways.standing_of(mia).needs_way
    if way == "address":
        EmailAddress.objects.create(user=mia, email="mia@home.example", verified=True)
    else:
        Authenticator.objects.create(user=mia, type="webauthn", data={"name": "Phone"})
    assert not ways.standing_of(mia).needs_way


def test_an_unconfirmed_address_or_another_of_the_institution_is_none(university: Organisation) -> None:
    mia = account("Mia", "mia@twickel.example", "m.lind@student.twickel.example")
    EmailAddress.objects.create(user=mia, email="mia@home.example", verified=False)
    assert ways.standing_of(mia).needs_way


def test_the_standing_takes_the_same_queries_however_many_addresses(university: Organisation) -> None:
    counts = []
    for addresses in (
        ["mia@twickel.example"],
        ["a@twickel.example", "b@twickel.example", "c@x.twickel.example"],
    ):
        person = account("Mia", *addresses)
        with CaptureQueriesContext(connection) as seen:
            ways.standing_of(person)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_codes_are_made_only_by_who_has_just_shown_who_they_are(
    client: CheckingClient, alice: Person
) -> None:
    with acting(lambda: None), pytest.raises(FreshSignInError):
        ways.make_codes(person=alice)
    client.force_login(alice)
    assert client.post("/me/emergency-codes")["Location"].startswith("/me/again/sign-in")
    assert EmergencyCode.objects.count() == 0


def test_codes_are_kept_as_keyed_digests_and_new_ones_replace_them(alice: Person) -> None:
    first = ways.make_codes(person=alice)
    assert [one for one in first if EmergencyCode.objects.filter(digest__contains=one).exists()] == []
    second = ways.make_codes(person=alice)
    assert ways.unused_codes(alice) == 8
    for code, works in ((first[0], False), (second[0].lower().replace("-", " "), True)):
        if works:
            assert domain.code_of(email=alice.email, code=code).person == alice
        else:
            with pytest.raises(RefusedError):
                domain.code_of(email=alice.email, code=code)


def open_with(client: CheckingClient, email: str, code: str, new: str) -> Any:
    client.post("/sign-in/recover/code", {"action": "send", "email": email, "code": code, "new_email": new})
    return client.post("/sign-in/recover/code", {"action": "check", "code": code_in_mail()}, follow=True)


def test_an_emergency_code_opens_the_account_once_and_everybody_is_told(
    university: Organisation, client: CheckingClient
) -> None:
    mia = account("Mia", "mia@twickel.example", "mia@old.example")
    code = ways.make_codes(person=mia)[0]
    answer = open_with(client, "mia@old.example", code, "mia@home.example")
    assert answer.context["user"] == mia and answer.redirect_chain[-1][0] == "/me/ways"
    mia.refresh_from_db()
    assert (mia.email, ways.unused_codes(mia)) == ("mia@home.example", 7)
    mail.outbox.clear()
    assert letters("mia@twickel.example", "mia@old.example") == ["An emergency code opened your account"] * 2
    with pytest.raises(RefusedError):
        domain.code_of(email="mia@home.example", code=code)


def test_the_session_keeps_no_emergency_code_and_one_that_was_replaced_opens_nothing(
    university: Organisation, client: CheckingClient
) -> None:
    mia = account("Mia", "mia@twickel.example")
    code = ways.make_codes(person=mia)[0]
    values = {"action": "send", "email": mia.email, "code": code, "new_email": "mia@home.example"}
    client.post("/sign-in/recover/code", values)
    assert code not in str(dict(client.session))
    ways.make_codes(person=mia)
    answer = client.post("/sign-in/recover/code", {"action": "check", "code": code_in_mail()}, follow=True)
    assert not answer.context["user"].is_authenticated


def test_a_wrong_code_or_address_tells_nothing_and_is_tried_a_few_times_only(
    university: Organisation, client: CheckingClient, settings: Any
) -> None:
    mia = account("Mia", "mia@twickel.example")
    ways.make_codes(person=mia)
    told = set()
    for email in ("mia@twickel.example", "ghost@twickel.example"):
        values = {"action": "send", "email": email, "code": "BBBB-BBBB-BBBB", "new_email": "eve@home.example"}
        told.add(re.sub("ghost|mia", "", client.post("/sign-in/recover/code", values).page.text))
    assert len(told) == 1 and "do not open an account" in told.pop()
    for _attempt in range(12):
        answer = client.post("/sign-in/recover/code", values)
    assert "Too many attempts" in answer.page.text
    assert mail.outbox == []


def test_with_a_second_factor_a_code_is_not_enough(university: Organisation, client: CheckingClient) -> None:
    mia = account("Mia", "mia@twickel.example")
    code = ways.make_codes(person=mia)[0]
    Authenticator.objects.create(user=mia, type="totp", data={"secret": "x"})
    answer = open_with(client, "mia@twickel.example", code, "mia@home.example")
    assert not answer.context["user"].is_authenticated
    assert answer.redirect_chain[-1][0].startswith("/sign-in/second-factor")


def test_an_address_of_another_account_is_not_taken_from_it(
    university: Organisation, client: CheckingClient
) -> None:
    mia, other = account("Mia", "mia@twickel.example"), account("Mia L.", "mia@home.example")
    code = ways.make_codes(person=mia)[0]
    answer = open_with(client, "mia@twickel.example", code, "mia@home.example")
    assert answer.context["user"] == mia
    assert answer.redirect_chain[-1][0] == "/me/merge"
    assert ways.account_at("mia@home.example") == other


def test_one_page_lists_everything_and_what_is_said_of_somebody_can_be_removed(
    university: Organisation, client: CheckingClient
) -> None:
    mia = account("Mia", "mia@twickel.example", "mia@home.example")
    SocialAccount.objects.create(user=mia, provider="hill", uid="1")
    esi = "urn:schac:personalUniqueCode:int:esi:hill.example:42"
    attest(person=mia, provider="hill", claims={"family_name": "Lind", "student_id": esi})
    client.force_login(mia)
    text = client.get("/me/ways").page.text
    for part in (
        "mia@twickel.example",
        "mia@home.example",
        esi,
        "takes it back when you leave",
        "You have none.",
    ):
        assert part in text
    client.post("/me/institutions/hill")
    assert esi in client.get("/me/ways").page.text
    client.post("/me/ways/forget/hill")
    assert esi not in client.get("/me/ways").page.text
    assert client.post("/me/ways/forget/hill").status_code == 404


def test_the_last_way_is_never_removed(db: None, client: CheckingClient) -> None:
    mia = Person.objects.create(email="mia@hill.example", name="Mia")
    EmailAddress.objects.create(user=mia, email="mia@hill.example", verified=False, primary=True)
    SocialAccount.objects.create(user=mia, provider="hill", uid="1")
    client.force_login(mia)
    assert "last way" in client.post("/me/institutions/hill", follow=True).page.text
    assert SocialAccount.objects.count() == 1
    client.force_login(account("Ann", "ann@home.example"))
    client.post("/me/addresses", {"action_remove": "1", "email": "ann@home.example"})
    assert ways.account_at("ann@home.example") is not None


def test_adding_an_address_takes_a_fresh_sign_in(university: Organisation, client: CheckingClient) -> None:
    client.force_login(account("Mia", "mia@twickel.example"))
    asked = client.post("/me/second-way", {"action": "send", "email": "eve@home.example"})
    assert asked["Location"].startswith("/me/again/sign-in")
    assert mail.outbox == []


def test_what_happened_is_in_the_trail_without_addresses(university: Organisation) -> None:
    mia = account("Mia", "mia@twickel.example")
    code = ways.make_codes(person=mia)[0]
    domain.use_code(code=domain.code_of(email=mia.email, code=code), new_email="mia@home.example")
    work()
    entries = AuditEntry.objects.filter(verb__startswith="recovery.").order_by("number")
    assert [one.verb for one in entries] == ["recovery.codes-made", "recovery.code-used"]
    assert "mia" not in str(list(AuditEntry.objects.values("verb", "about", "facts", "actor"))).lower()


def test_signing_in_offers_the_way_back(client: CheckingClient) -> None:
    assert 'href="/sign-in/recover"' in client.get("/sign-in").content.decode()
    page = client.get("/sign-in/recover").page
    assert "I have emergency codes" in page.text
