"""One installation with something behind every address, and a person for every role."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from io import BytesIO
from typing import Any

import msgspec
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone
from PIL import Image as Picture

from tessella.adapters.descriptions import read_description
from tessella.issuing.sealing import seal
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.branding import domain as branding
from tessella_web.accounts.guardians import domain as guardians
from tessella_web.accounts.holderkeys import domain as holderkeys
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.leaving import domain as leaving
from tessella_web.accounts.models import Device, Person, Role
from tessella_web.accounts.peers import domain as peers
from tessella_web.accounts.recovery import domain as recovery
from tessella_web.accounts.signin.attesting import attest
from tessella_web.accounts.tokens import domain as tokens
from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.catalogue import domain as catalogue
from tessella_web.catalogue.checklist import checklist
from tessella_web.catalogue.consultation import domain as consultation
from tessella_web.catalogue.content import plain
from tessella_web.catalogue.models import Description, Version
from tessella_web.catalogue.offers import domain as offers
from tessella_web.catalogue.offers.models import State as OfferState
from tessella_web.catalogue.pathways import domain as pathways
from tessella_web.credentials.activities import domain as activities
from tessella_web.credentials.activities.models import Kind
from tessella_web.credentials.alliances.models import JointBatch, Part
from tessella_web.credentials.arriving import domain as arriving
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.domain import batches, engine
from tessella_web.credentials.mandates import domain as mandates
from tessella_web.credentials.models import Award, Batch, Stage
from tessella_web.credentials.paper import domain as paper
from tessella_web.credentials.paper.codes import check_code
from tessella_web.credentials.paper.codes import plain as plain_code
from tessella_web.credentials.planning import domain as planning
from tessella_web.credentials.planning.models import Least
from tessella_web.credentials.portfolio import domain as portfolios
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.receiving.queries import policy_of
from tessella_web.credentials.verifying import batch as verifying
from tessella_web.credentials.verifying.intake import taken_in
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import Item, ShownKind
from tessella_web.guidance.entry import domain as entry
from tessella_web.registers.domain import bodies, identity, imports, registers
from tessella_web.registers.models import Decision, ImportKind
from tests.issuing.support import AT, issuer
from tests.issuing.support import award as library_award
from tests.web.catalogue.samples import approved
from tests.web.conftest import person
from tests.web.matrix.guidance import counselled
from tests.web.matrix.stacking import stacked
from tests.web.pathways.rules import CERTIFICATE
from tests.web.wallet.making import archive, badge

__all__ = ["MEMBERS", "PEOPLE", "World"]

MEMBERS = tuple(str(role) for role in Role)
"""The roles in the organisation whose things are asked for."""

PEOPLE = ("anybody", "outsider", "neighbour", "holder", "identity-reviewer", *MEMBERS)
"""Everybody who asks: nobody signed in, somebody without a role, the owner of another organisation, the holder of the
award, who reviews identities for the installation, and one person for each role."""


@dataclass
class World:
    """What stands behind the addresses: ``values`` by route and name of the argument, ``""`` for every route.

    ``sent`` are the fields of a form where an empty one would be sent back before anybody asks who sends it. All requests go through one
    ``handler``, which loads the middleware once.
    """

    people: dict[str, Person] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))

    def signed_in(self, who: str) -> str:
        """The cookies of somebody who signed in once, for every request of theirs; none for nobody."""
        return self.cookies.get(who, "")

    def _sign_in(self) -> None:
        for who, one in self.people.items():
            client = Client()
            client.force_login(one)
            self.cookies[who] = client.cookies.output(header="", sep=";", attrs=[])

    @classmethod
    def made(cls) -> World:
        """Everything, through the verbs of the platform."""
        world = cls()
        world._people()
        world._descriptions()
        world._awards()
        world._activities()
        world._offers()
        world._pathways()
        world._registers()
        world._programs()
        world._wallet()
        world._checklists_and_comments()
        world._sealing()
        world._accounts()
        world._leaving()
        world._sign_in()
        return world

    def arguments(self, route: str, names: list[str]) -> dict[str, Any]:
        """The arguments of a route's address.

        Raises:
            KeyError: nothing was made for it.
        """
        known = next((found for name, found in self.values.items() if name and re.fullmatch(name, route)), {})
        return {name: known.get(name, self.values[""].get(name)) for name in names}

    def _people(self) -> None:
        owner = person("Owner")
        self.organisation = accounts.found_organisation(
            founder=owner, name="University of Twickel", slug="twickel", country="NLD"
        )
        self.people["owner"] = owner
        self.key = keys.create_key(by=owner, organisation=self.organisation, use=KeyUse.SEAL)
        accounts.establish(organisation=self.organisation, by_method="reviewer")
        keys.create_key(by=owner, organisation=self.organisation, use=KeyUse.BADGE)
        for role in MEMBERS[1:]:
            self.people[role] = person(role)
            accounts.give_role(
                by=owner, organisation=self.organisation, person=self.people[role], role=Role(role)
            )
        for name in ("outsider", "neighbour", "holder", "identity-reviewer"):
            self.people[name] = person(name)
        self.neighbours = accounts.found_organisation(
            founder=self.people["neighbour"], name="Academy of the Hill", slug="hill", country="DEU"
        )
        identity.name_reviewer(person=self.people["identity-reviewer"])
        self.values[""] = {"slug": "twickel"}

    def _descriptions(self) -> None:
        with as_file(files("tessella.cli") / "example" / "data-ethics.yaml") as path:
            content = plain(read_description(path).require())
        draft, reviewed, ready = (self._description(content) for _ in range(3))
        review = catalogue.submit_for_review(description=reviewed, by=self.people["coordinator"])
        comment = catalogue.comment(review=review, by=self.people["reviewer"], text="Which hours?")
        approved(ready, by=self.people["coordinator"], reviewer=self.people["reviewer"])
        self.version = self._published(ready)
        revised = catalogue.save_element(
            description=ready, by=self.people["coordinator"], element="title", value="Data ethics, revised"
        )
        approved(revised, by=self.people["coordinator"], reviewer=self.people["reviewer"])
        newest = self._published(ready)
        awaiting = self._description(content)
        approved(awaiting, by=self.people["coordinator"], reviewer=self.people["reviewer"])
        self.values |= {
            "description-publish": {"id": awaiting.id},
            "description-screen": {"id": draft.id, "name": "title"},
            "description.*": {"id": draft.id},
            "review-section": {"id": review.id, "name": checklist(review.checklist).sections[0].id},
            "review-reply": {"id": review.id, "comment_id": comment.id},
            "review.*": {"id": review.id},
            "version.*": {"id": ready.id, "number": newest.number},
            "sitemap-part": {"number": 1},
        }

        self.sent |= {"review-comment": {"text": "Which room?"}}

    def _description(self, content: dict[str, Any]) -> Description:
        made = {name: value for name, value in content.items() if name not in ("id", "version")}
        return catalogue.start_description(
            by=self.people["coordinator"], organisation=self.organisation, content=made
        )

    def _published(self, description: Description) -> Version:
        return catalogue.publish(
            description=Description.objects.get(pk=description.pk), by=self.people["coordinator"]
        )

    def _activities(self) -> None:
        by, now = self.people["coordinator"], timezone.now()
        record = {
            "record_type": "participation",
            "title": "A day outside",
            "description": "They built rafts.",
        }
        draft, published = (self._description(record) for _ in range(2))
        activity = activities.make_activity(
            by=by, version=self._published(published), kind=Kind.TASKS, name="Raft day", starts_on=now.date(),
            opens_at=now, closes_at=now + dt.timedelta(days=1), cap=20, is_paper_allowed=True,
        )  # fmt: skip
        task = activities.add_task(
            by=by, activity=activity, title="Draw it", text="", kinds=["file"], is_required=True
        )
        unused = activities.add_task(
            by=by, activity=activity, title="Tell it", text="", kinds=["text"], is_required=True
        )
        ticket = activities.add(by=by, activity=activity, name="Ada", email="ada@example.org")
        work = activities.hand_in(participant=ticket, task=task, data=b"%PDF-1.7 a drawing")
        batch, review = self.values["batch.*"]["id"], self.values["review.*"]["id"]
        peer = peers.ask(
            by=by, organisation=self.organisation, about=f"batch:{batch}", email=self.people["neighbour"].email, what="-"
        )  # fmt: skip
        self.values |= {
            "activity-describe-.*": {"id": draft.id},
            "activity-task-remove": {"id": activity.id, "task": unused.id},
            "activity.*|join": {"id": activity.id, "entry": ticket.id, "work": work.id},
            "join-code": {"id": activity.id, "code": activities.paper_code(activity)},
            "ticket.*": {"id": ticket.id, "task": task.id},
            "peer-ask-batch": {"id": batch},
            "peer-ask-review": {"id": review},
            "peer": {"id": peer.id},
        }
        self.sent |= {"activity-act": {"do": "close"}}

    def _awards(self) -> None:
        waiting = self._batch("Wim,Wachter,wim@example.org,2000-01-01,passed")
        done = batches.start(
            by=self.people["coordinator"], batch=self._batch("Ada,Alder,ada@example.org,2000-01-02,passed")
        )
        while engine.seal_next_chunk():
            pass
        award = Award.objects.get(row__batch=done)
        Award.objects.filter(pk=award.pk).update(holder=self.people["holder"])
        copy = award.copies.filter(status_list__isnull=False).first()
        assert copy is not None and copy.status_list is not None
        self.values |= {
            "key.*": {"id": self.key.id},
            "status-list": {
                "id": copy.status_list_id,
                "suffix": "jwt" if copy.status_list.is_token else "json",
            },
            "award-change": {"id": award.id, "name": "revoke"},
            "award-list|award-learner": {"version": self.version.id},
            "award-file": {"id": award.id, "format": copy.format},
            "award.*|staff-award": {"id": award.id},
            "batch-(files|problems|sheets)": {"id": done.id},
            "batch.*": {"id": waiting.id},
        }
        self.sent |= {
            "awarding": {
                "approval_threshold": "5",
                "remind_after_days": "7",
                "remind_at_most": "2",
                "claim_days": "90",
            },
            "batch-act": {"do": "approve"},
        }

    def _leaving(self) -> None:
        """Somebody under age who waits for a guardian, somebody who has left, and a sheet of paper."""
        award = Award.objects.get(pk=self.values["award.*|staff-award"]["id"])
        paper.print_award(by=self.people["coordinator"], award=award)
        child, gone = person("Kim"), person("Gone")
        guardians.say_minor(person=child)
        guardians.say_birth(
            by=child, country="DEU", born_on=timezone.localdate() - dt.timedelta(days=12 * 366)
        )
        asked = guardians.ask(by=child, email="parent@example.org")
        departure = leaving.ask(by=gone, days=0)
        leaving.erase(person=gone, departure=departure)
        key = leaving.key_of(departure)
        self.values |= {
            "sheet": {"code": plain_code(check_code(award.id))},
            "guardian": {"id": asked.id, "key": guardians.key_of(asked)},
            "left": {"id": departure.id, "key": key},
            "left-report": {"id": departure.id, "key": key, "suffix": "json"},
        }

    def _batch(self, row: str) -> Batch:
        header = "Given name,Family name,E-mail,Date of birth,Result,Assessed on,Assessed by"
        data = f"{header}\n{row},2026-05-04,{self.people['assessor'].email}\n".encode()
        return batches.prepare_list(
            by=self.people["coordinator"], version=self.version, file_name="class.csv", data=data,
            formats=["openbadge"],
        )  # fmt: skip

    def _offers(self) -> None:
        self.values |= counselled(self.organisation, self.people["counsellor"], self.people["holder"])
        coordinator, holder = self.people["coordinator"], self.people["holder"]
        made = offers.create_offer(by=coordinator, version=self.version, values={"entry": "application"})
        offer = offers.set_state(by=coordinator, offer=made, state=OfferState.OPEN)
        applied = assessment.enrol(by=holder, offer=offer, details={"given_name": "Holder"})
        piece = assessment.add_evidence(
            by=holder, enrolment=applied, file_name="a.pdf", data=b"%PDF-1.7 invented"
        )
        upload = assessment.check_people(
            by=coordinator, offer=offer, file_name="a.csv", data=b"Name\nAnn Alder\n"
        )
        rule = entry.create(by=coordinator, organisation=self.organisation, title="Master of data")
        self.values |= {
            "entry-rule.*": {"id": rule.id},
            "offer-new": {"version": self.version.id},
            "offer-state": {"id": offer.id, "state": "closed"},
            "offer-upload": {"id": upload.id},
            "offer|offer-.*|participants.*|class-grid|results-.*": {"id": offer.id},
            "my-.*|participant|participant-.*": {"id": applied.id},
            "evidence": {"id": piece.id},
        }
        self.sent |= {"participant-decide": {"do": "withdraw"}}

    def _pathways(self) -> None:
        coordinator = self.people["coordinator"]
        draft, ready, first = (
            pathways.start(by=coordinator, organisation=self.organisation, data=CERTIFICATE) for _ in range(3)
        )
        pathways.publish(by=coordinator, pathway=first)
        changed = pathways.change(
            by=coordinator, pathway=first, data={**first.draft, "also": ["A conversation."]}, revision=0
        )
        pathways.publish(by=coordinator, pathway=changed)
        self.values |= {
            "pathway-(publish|draft)": {"id": ready.id},
            "pathway-section": {"id": draft.id, "section": "award"},
            "pathway-(discard|upload|file)": {"id": draft.id, "format": "yaml"},
            "pathway|pathway-.*": {"id": first.id, "number": 2, "format": "json"},
        }

    def _registers(self) -> None:
        owner = self.people["owner"]
        register = registers.open_register(
            by=owner, organisation=self.organisation, name="Reports of the Low Lands", slug="low-lands"
        )
        agency = bodies.make_body(name="Agency for Higher Learning", country="NL", confirmed=True)
        body = bodies.make_body(name="Academy of the Hill", country="DE", confirmed=True)
        today = self.version.published_at.date()
        entry = registers.enter(by=owner, register=register, body=body, number="E-1", valid_from=today)
        report = registers.record_report(
            by=owner, register=register, body=body, agency=agency, number="R-1",
            decision=Decision.POSITIVE, decided_on=today,
        )  # fmt: skip
        run = imports.check_file(
            by=owner, register=register, kind=ImportKind.ENTRIES, filename="entries.csv",
            data=b"number,name,country\nE-2,College of the Dunes,NL\n",
        )  # fmt: skip
        registers.take_snapshot(by=owner, register=register)
        claim = identity.claim_body(by=owner, organisation=self.organisation, body=agency)
        other = identity.claim_body(by=self.people["neighbour"], organisation=self.neighbours, body=body)
        self.sent |= {"keeping-confirm": {"claim": other.id}}
        self.values |= {
            "register": {"slug": register.slug},
            "register-entry": {"slug": register.slug, "id": entry.id},
            "register-snapshot": {"slug": register.slug, "number": 1},
            "body.*": {"id": body.id},
            "keeping-status": {"register": register.slug, "id": entry.id},
            "keeping-withdraw": {"register": register.slug, "id": report.id},
            "keeping-run": {"register": register.slug, "id": run.id},
            "keeping.*": {"register": register.slug},
            "identity-accept": {"slug": register.slug},
            "identity-review": {"id": claim.id},
        }

    def _wallet(self) -> None:
        holder = self.people["holder"]
        item = wallet.declare(by=holder, values={"title": "Ran the youth choir"})
        share, secret = wallet.share(
            by=holder, keys=[f"i-{item.id}"], recipient="Hospital", languages=("en",),
            ends_at=timezone.now() + dt.timedelta(days=5),
        )  # fmt: skip
        award = self.values["award.*|staff-award"]["id"]
        self.values |= {
            "wallet-(entry|file|elsewhere)": {"key": f"a-{award}"},
            "wallet-remove": {"key": f"i-{item.id}"},
            "wallet-share-withdraw": {"id": share.id},
            "shared.*": {"secret": secret, "number": 1},
            "verify-pile.*": {"id": self._pile(), "number": 1, "suffix": "json"},
            "oembed": {"suffix": "json"},
        }
        self._sharing(holder, f"a-{award}")
        self._held(holder)
        self.values |= stacked(self.organisation, self.people["owner"], holder, award, self.version)

    def _held(self, holder: Person) -> None:
        """What came in out of an archive, a key that is kept, and an attestation that is bound to it."""
        key = holderkeys.make(by=holder, name="For work")
        given = library_award()
        learner = msgspec.structs.replace(given.learner, id=key.public.public_key.did_key)
        bound = seal(msgspec.structs.replace(given, learner=learner), issuer(), "attestation", at=AT)
        arrived = arriving.receive(
            by=holder, files=[arriving.HandedIn("two.zip", archive(a__json=badge(), b__sdjwt=bound))], language="en"
        )  # fmt: skip
        while arriving.work():
            pass
        item = Item.objects.get(holder=holder, facts__bound_to=key.thumbprint)
        plan = planning.ask(by=holder, rule="malta-master", wishes={}, least=Least.PRICE, language="en")
        self.values |= {
            "wallet-arrival": {"id": arrived.id},
            "wallet-pathway.*|plan-new": {"rule": "malta-master"},
            "plan|plan-(what-if|delete)": {"id": plan.id},
            "wallet-(original|present)": {"key": f"i-{item.id}"},
            "wallet-key-destroy": {"id": key.id},
            "tile-picture": {"kind": "micro-credential", "field": "06", "level": 6},
        }

    def _sharing(self, holder: Person, key: str) -> None:
        receiving.publish_policy(by=self.people["owner"], organisation=self.organisation, values={
            "is_open": True, "purposes": "Admission", "most_days": 90, "text": "We read it.", "contact": "Front desk",
        })  # fmt: skip
        draft, handed = (
            wallet.prepare(
                by=holder, keys=[key], languages=("en",), purpose="Admission", keep_days=30,
                policy=policy_of(self.organisation),
            )
            for _ in range(2)
        )  # fmt: skip
        wallet.send(by=holder, share=handed, languages=("en",))
        page = portfolios.make(by=holder, title="Applications")
        piece = portfolios.add(by=holder, portfolio=page, kind=ShownKind.TEXT, values={"text": "What I do."})
        self.values |= {
            "wallet-share-.*": {"id": draft.id, "number": 1},
            "portfolio.*": {"id": page.id, "kind": "text", "piece_id": piece.id, "how": "up"},
            "received-.*": {"id": handed.id, "number": 1},
        }

    def _pile(self) -> str:
        """Files that somebody else has handed in to be verified: nobody here has the key."""
        pile, _secret = verifying.begin(intake=taken_in([("a.json", b"{}")]), at=None, language="en")
        return pile.id

    def _checklists_and_comments(self) -> None:
        reviewer, coordinator = self.people["reviewer"], self.people["coordinator"]
        for asks in ("Did a practitioner look at it?", "Did a learner try it?"):
            own = catalogue.draft_checklist(by=reviewer, organisation=self.organisation)
            catalogue.add_question(draft=own, by=reviewer, section="1.5", asks=asks)
            if asks.startswith("Did a practitioner"):
                catalogue.adopt_checklist(draft=own, by=reviewer)
        draft = Description.objects.get(pk=self.values["description.*"]["id"])
        opened = consultation.open_consultation(
            description=draft, by=coordinator, question="Would this help you?", until=timezone.now().date()
        )
        comment = consultation.comment(consultation=opened, text="Yes.")
        assert comment is not None
        consultation.answer(comment=comment, by=coordinator, text="Thank you.")
        self.values |= {
            "checklist.*": {"slug": "twickel", "number": 1, "section": "1.5", "question": "1.1-policy"},
            "consultation": {"id": opened.id},
            "consultation-.*": {"id": draft.id, "round_id": opened.id, "comment_id": comment.id},
        }

    def _accounts(self) -> None:
        """A guest whose role ends, somebody invited, a name that is held, and what the holder signs in with."""
        guest, holder = self.people["guest"], self.people["holder"]
        made = accounts.invite(
            by=self.people["owner"],
            organisation=self.organisation,
            email="new@example.org",
            roles=[Role.GUEST],
        )
        held = accounts.found_organisation(
            founder=person("Founder"), name="Held for a look", slug="held", country="NLD"
        )
        accounts.hold(organisation=held)
        device = Device.objects.create(person=holder, session="a session", browser="Firefox")
        SocialAccount.objects.create(user=holder, provider="twickel", uid="4711")
        self.values["person-roles"] = {"id": guest.id}
        self.values["role-end"] = {"id": guest.id, "role": "guest"}
        self.values["invitation-withdraw"] = {"id": made.id}
        self.values["identity-release"] = {"slug": "held"}
        self.values["me-device"] = {"id": device.id}
        self.values["me-disconnect"] = {"provider_id": "twickel"}
        self.values["openid_connect_.*"] = {"provider_id": "nowhere"}
        self.values["mfa_remove_webauthn"] = {"pk": 1}
        attest(person=holder, provider="twickel", claims={"family_name": "Holder"})
        self.values["ways-forget"] = {"provider_id": "twickel"}
        asked = recovery.ask(
            email=holder.email,
            organisation=self.organisation,
            new_email="new-holder@example.org",
            name="Holder",
        )
        assert asked is not None
        self.values["recovery-re(quest|fuse)"] = {"id": asked.id}
        self.sent["recovery-request"] = {"action": "decline"}

    def _sealing(self) -> None:
        """A mandate, somebody who signs, what the organisation handed out as an alliance, and what it is asked to seal as a member."""
        owner = self.people["owner"]
        picture = BytesIO()
        Picture.new("RGB", (20, 20)).save(picture, "PNG")
        mandate = mandates.ask_for_mandate(
            by=owner, organisation=self.organisation, mandated=self.neighbours, scope="Everything.",
            valid_from=self.version.published_at.date(), valid_to=None, file_name="mandate.png", data=picture.getvalue(),
        )  # fmt: skip
        signatory = branding.add_signatory(by=owner, organisation=self.organisation, name="Dean", function={})
        own, asked = (
            JointBatch.objects.create(
                alliance=alliance, version=self.version, learners=1, formats=["openbadge"]
            )
            for alliance in (self.organisation, self.neighbours)
        )
        batch = Batch.objects.create(
            organisation=self.organisation, version=self.version, stage=Stage.APPROVAL, is_test=False, needs_approval=True,
            formats=["openbadge"],
        )  # fmt: skip
        part = Part.objects.create(joint=asked, member=self.organisation, batch=batch)
        self.sent |= {"mandate": {"do": "end"}, "alliances": {"do": "invite", "member": "hill"}}
        self.values |= {
            "mandate|mandate-document": {"id": mandate.id},
            "signatory-remove": {"id": signatory.id},
            "alliance-hand-out": {"version": self.version.id},
            "alliance-joint": {"id": own.id},
            "alliance-part": {"id": part.id},
        }

    def _programs(self) -> None:
        token, _shown = tokens.make_token(
            by=self.people["guest"],
            organisation=self.organisation,
            name="Nightly",
            scopes=["descriptions:read"],
        )
        own, _shown = tokens.make_token(
            by=self.people["holder"], organisation=None, name="Phone", scopes=["wallet:read"]
        )
        hook, _shown = webhooks.make_endpoint(
            by=self.people["owner"],
            organisation=self.organisation,
            url="https://hooks.example.org/in",
            events=["award.issued"],
        )
        delivery = webhooks.send_test(by=self.people["owner"], endpoint=hook)
        self.values |= {
            "token-revoke": {"id": token.id},
            "own-token-revoke": {"id": own.id},
            "webhook.*": {"id": hook.id, "delivery": delivery.id},
        }
