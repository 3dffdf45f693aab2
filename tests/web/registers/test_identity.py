"""Who is who: each way to show it, and each way to fake it."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from django.utils import timezone

from tessella.keys.records import new_key_record
from tessella.keys.testca import TestCertificateAuthority
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.models import Organisation, Person, Role
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.models import AuditEntry
from tessella_web.registers.domain import bodies, identity, registers
from tessella_web.registers.models import Body, Claim, ClaimState, Register, Scheme
from tests.web.registers.samples import DAY, Web, body

pytestmark = pytest.mark.django_db
PROOF = "https://www.twickel.example/.well-known/tessella.txt"


@pytest.fixture
def claim(organisation: Organisation, alice: Person, twickel: Body) -> Claim:
    return identity.claim_body(by=alice, organisation=organisation, body=twickel)


def reread(organisation: Organisation) -> Organisation:
    return Organisation.objects.get(pk=organisation.pk)


def test_the_line_on_the_website_establishes(claim: Claim, alice: Person) -> None:
    web = Web()
    web.texts[PROOF] = f"something else\r\n  {identity.proof_line(claim)} \r\n"
    found = identity.check_website(claim=claim, by=alice, fetcher=web)
    assert (found.state, found.method, reread(claim.organisation).established_by) == (
        "established",
        "domain",
        "domain",
    )
    assert (web.asked, found.evidence["host"]) == ([PROOF], "www.twickel.example")
    verbs = list(AuditEntry.objects.values_list("verb", flat=True))
    assert verbs[-2:] == ["organisation.established", "identity.established"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "registers.unreachable"),
        ("tessella-verification=somebody-elses", "registers.no-proof"),
        ("x" * 20_000, "registers.unreachable"),
        ("", "registers.no-proof"),
    ],
)
def test_without_the_line_nothing_is_established(
    claim: Claim, alice: Person, text: str | None, code: str
) -> None:
    web = Web()
    if text is not None:
        web.texts[PROOF] = text
    with pytest.raises(RefusedError) as caught:
        identity.check_website(claim=claim, by=alice, fetcher=web)
    assert (caught.value.code, reread(claim.organisation).is_established) == (code, False)


@pytest.mark.parametrize(
    ("leads", "fine"), [("https://twickel.example/x", True), ("https://evil.example/x", False)]
)
def test_a_redirect_must_stay_with_the_body(claim: Claim, alice: Person, leads: str, fine: bool) -> None:
    web = Web()
    web.leads_to[PROOF] = leads
    web.texts[leads] = identity.proof_line(claim)
    if fine:
        assert identity.check_website(claim=claim, by=alice, fetcher=web).state == ClaimState.ESTABLISHED
        return
    with pytest.raises(RefusedError) as caught:
        identity.check_website(claim=claim, by=alice, fetcher=web)
    assert caught.value.code == "registers.elsewhere"


def test_a_body_without_a_website_cannot_be_shown_by_one(organisation: Organisation, alice: Person) -> None:
    claim = identity.claim_body(by=alice, organisation=organisation, body=body("University of Twickel"))
    with pytest.raises(RefusedError) as caught:
        identity.check_website(claim=claim, by=alice, fetcher=Web())
    assert caught.value.code == "registers.no-website"


def faked(alice: Person, name: str, **more: str) -> Claim:
    """An organisation under a name that is nearly another's, with a website of its own."""
    organisation = accounts.found_organisation(founder=alice, name=name, slug="fake", country="NLD")
    return identity.claim_new_body(
        by=alice, organisation=organisation, name=name, country="NL", homepage="https://fake.example", **more
    )


def test_a_look_alike_is_held_until_a_reviewer_has_looked(twickel: Body, alice: Person, rob: Person) -> None:
    claim = faked(alice, "Univеrsity of Twickel")
    web = Web()
    web.texts["https://fake.example/.well-known/tessella.txt"] = identity.proof_line(claim)
    held = identity.check_website(claim=claim, by=alice, fetcher=web)
    assert (held.state, held.reasons) == ("held", [{"reason": "looks-like", "bodies": [twickel.id]}])
    assert not reread(held.organisation).is_established
    done = identity.decide(claim=held, by=rob, accept=True, review="Another body: statutes seen.")
    assert (done.state, done.method, done.decided_by_name) == ("established", "domain", "Rob")


def test_an_organisation_under_another_name_than_the_bodys_is_held(twickel: Body, alice: Person) -> None:
    organisation = accounts.found_organisation(founder=alice, name="Twickel Nets", slug="nets", country="NLD")
    claim = identity.claim_body(by=alice, organisation=organisation, body=twickel)
    web = Web()
    web.texts[PROOF] = identity.proof_line(claim)
    assert identity.check_website(claim=claim, by=alice, fetcher=web).reasons == [{"reason": "name-differs"}]


def test_a_refusal_needs_words_and_stays(claim: Claim, rob: Person) -> None:
    with pytest.raises(RefusedError) as caught:
        identity.decide(claim=claim, by=rob, accept=False, review=" ")
    assert caught.value.field == "review"
    done = identity.decide(claim=claim, by=rob, accept=False, review="The statutes name somebody else.")
    assert (done.state, reread(claim.organisation).is_established) == ("refused", False)
    with pytest.raises(RefusedError):
        identity.decide(claim=claim, by=rob, accept=True, review="Second thoughts")


def test_nobody_vouches_for_the_own_organisation(
    claim: Claim, rob: Person, alice: Person, charlie: Person, organisation: Organisation
) -> None:
    with pytest.raises(NotAllowedError):
        identity.decide(claim=claim, by=charlie, accept=True, review="Fine")
    accounts.give_role(by=alice, organisation=organisation, person=rob, role=Role.GUEST)
    with pytest.raises(NotAllowedError) as caught:
        identity.decide(claim=claim, by=rob, accept=True, review="Fine")
    assert caught.value.code == "registers.own-claim"


def test_only_an_owner_claims_and_only_once(
    organisation: Organisation, alice: Person, bob: Person, twickel: Body
) -> None:
    with pytest.raises(NotAllowedError):
        identity.claim_body(by=bob, organisation=organisation, body=twickel)
    identity.claim_body(by=alice, organisation=organisation, body=twickel)
    with pytest.raises(RefusedError) as caught:
        identity.claim_body(by=alice, organisation=organisation, body=twickel)
    assert caught.value.code == "registers.claimed"


def test_withdrawing_makes_everything_a_test_again(claim: Claim, alice: Person, rob: Person) -> None:
    identity.decide(claim=claim, by=rob, accept=True, review="Statutes seen.")
    assert reread(claim.organisation).is_established
    identity.withdraw(claim=claim, by=alice)
    assert not reread(claim.organisation).is_established


def test_an_accepted_register_that_lists_the_body_confirms(
    claim: Claim, register: Register, agnes: Person, rob: Person, twickel: Body
) -> None:
    with pytest.raises(RefusedError) as caught:
        identity.confirm_by_register(claim=claim, by=agnes, register=register)
    assert caught.value.code == "registers.not-accepted"
    identity.accept_register(register=register, by=rob)
    register.refresh_from_db()
    with pytest.raises(RefusedError) as caught:
        identity.confirm_by_register(claim=claim, by=agnes, register=register)
    assert caught.value.code == "registers.not-listed"
    registers.enter(by=agnes, register=register, body=twickel, number="7", valid_from=DAY)
    found = identity.confirm_by_register(claim=claim, by=agnes, register=register)
    assert (found.state, found.evidence["number"]) == ("established", "7")


def test_a_keeper_that_lost_its_identity_confirms_nobody(
    claim: Claim, register: Register, agnes: Person, rob: Person, twickel: Body
) -> None:
    identity.accept_register(register=register, by=rob)
    registers.enter(by=agnes, register=register, body=twickel, number="7", valid_from=DAY)
    accounts.unestablish(organisation=register.organisation)
    with pytest.raises(RefusedError) as caught:
        identity.confirm_by_register(claim=claim, by=agnes, register=Register.objects.get(pk=register.pk))
    assert (caught.value.code, bodies.may_describe(agnes, twickel)) == ("registers.not-accepted", False)


def test_only_a_reviewer_accepts_a_register_whose_keeper_is_established(
    register: Register, agnes: Person, rob: Person
) -> None:
    with pytest.raises(NotAllowedError):
        identity.accept_register(register=register, by=agnes)
    accounts.unestablish(organisation=register.organisation)
    with pytest.raises(RefusedError) as caught:
        identity.accept_register(register=register, by=rob)
    assert caught.value.code == "registers.keeper"


LEGAL = "NTRNL-12345678"


def with_seal(organisation: Organisation, authority: TestCertificateAuthority, legal_id: str) -> None:
    now = timezone.now()
    key = authority.issue_seal(organisation.name, organization_identifier=legal_id, country="NL")
    record = new_key_record(key, id="k1", name="Seal", created=now)
    record = msgspec.structs.replace(record, certificates=key.certificate_chain)
    OrganisationKey.objects.create(
        organisation=organisation, number=1, use=KeyUse.SEAL, is_test=True, wrapped="", kek="",
        record=msgspec.to_builtins(record),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("legal_id", "trusted", "fine"),
    [(LEGAL, True, True), ("NTRNL-99999999", True, False), (LEGAL, False, False)],
)
def test_the_bodys_seal_establishes(
    claim: Claim, alice: Person, twickel: Body, legal_id: str, trusted: bool, fine: bool
) -> None:
    bodies.attach_identifier(twickel, Scheme.LEGAL, LEGAL)
    authority = TestCertificateAuthority(timezone.now() - dt.timedelta(days=1))
    with_seal(claim.organisation, authority, legal_id)
    anchors = (authority.certificate,) if trusted else ()
    if fine:
        found = identity.check_seal(claim=claim, by=alice, anchors=anchors)
        assert (found.state, found.method, reread(claim.organisation).legal_id) == (
            "established",
            "certificate",
            LEGAL,
        )
        return
    with pytest.raises(RefusedError) as caught:
        identity.check_seal(claim=claim, by=alice, anchors=anchors)
    assert caught.value.code == "registers.no-seal"


def test_a_stated_legal_identifier_occupies_nothing(alice: Person, twickel: Body) -> None:
    claim = faked(alice, "Somebody Else", legal_id=LEGAL)
    bodies.attach_identifier(twickel, Scheme.LEGAL, LEGAL)
    web = Web()
    web.texts["https://fake.example/.well-known/tessella.txt"] = identity.proof_line(claim)
    done = identity.check_website(claim=claim, by=alice, fetcher=web)
    assert (done.state, reread(done.organisation).legal_id) == ("established", "")
