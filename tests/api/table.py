"""Who may do what: a row for each operation, with an address and a body that reach what it does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image as Picture

from tessella_web.accounts import domain as accounts
from tessella_web.accounts.branding import domain as branding
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.catalogue.offers import domain as offers
from tessella_web.credentials.activities.models import Activity
from tessella_web.credentials.alliances import domain as alliances
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.mandates import domain as mandates
from tests.web.conftest import person
from tests.web.matrix.world import MEMBERS, World

__all__ = ["ROWS", "Row", "things"]

EVERYBODY = "everybody"
ANY = " ".join(MEMBERS)
OWNER = "owner"
AUTHORS = "owner coordinator associate"
LEADERS = "owner coordinator"
PREPARERS = "owner coordinator assessor"
STAFF = "owner coordinator assessor sealer"
SEALERS = "owner sealer"
REVIEWERS = "reviewer learner-representative"
EDITORS = "owner reviewer"


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@dataclass(frozen=True)
class Row:
    """Who may, as roles by name or `EVERYBODY`; ``at`` the things in the address, in its order; what is sent."""

    may: str
    at: tuple[str, ...] = ()
    body: Any = None
    data: bytes | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def _why(may: str, *at: str) -> Row:
    return Row(may, at, {"reason": "It is a test."})


ROWS: Mapping[str, Row] = {
    "me": Row(ANY),
    "read_organisation": Row(ANY),
    "change_organisation": Row(OWNER, body={"approval_threshold": 9}),
    "list_people": Row(ANY),
    "give_role": Row(OWNER, ("guest", "=assessor")),
    "take_role": Row(OWNER, ("guest", "=guest")),
    "list_invitations": Row(OWNER),
    "invite_person": Row(OWNER, body={"email": "eva@example.org", "roles": ["assessor"]}),
    "withdraw_invitation": Row(OWNER, ("invitation",)),
    "set_roles": Row(OWNER, ("guest",), {"roles": ["assessor"]}),
    "delegate_role": Row("owner assessor", ("guest",), {"role": "assessor", "until": "2027-01-31", "reason": "Leave."}),
    "list_policies": Row(ANY),
    "write_policy": Row(OWNER, ("=complaints", "=en"), {"text": "Write to the ombudsperson."}),
    "statistics": Row("owner coordinator reviewer"),
    "list_descriptions": Row(ANY),
    "start_description": Row(AUTHORS, body={}),
    "start_description_from_text": Row(AUTHORS, body={"text": "Data ethics"}),
    "start_description_from_file": Row(AUTHORS, data=b"title: Data ethics\n"),
    "read_description": Row(ANY, ("draft",)),
    "change_description": Row(AUTHORS, ("draft",), {"values": {"title": "Other"}}, headers={"If_Match": "*"}),
    "what_is_missing": Row(ANY, ("draft",)),
    "description_history": Row(ANY, ("draft",)),
    "description_badge": Row(ANY, ("draft",)),
    "description_certificate": Row(ANY, ("draft",)),
    "confirm_element": Row(AUTHORS, ("draft",), {"element": "title"}),
    "invite_partner": Row(LEADERS, ("draft",), {"organisation": "hill"}),
    "submit_description": Row(LEADERS, ("draft",)),
    "publish_description": Row(LEADERS, ("awaiting",)),
    "list_reviews": Row(ANY),
    "read_review": Row(ANY, ("review",)),
    "answer_question": Row(REVIEWERS, ("review", "question"), {"standing": "met"}),
    "comment_on_review": Row(f"{LEADERS} {REVIEWERS}", ("review",), {"text": "Which room?"}),
    "reply_to_comment": Row(LEADERS, ("review", "comment"), {"text": "This one."}),
    "decide_review": Row(REVIEWERS, ("review",), {"decision": "reject", "evidence": "Too short."}),
    "take_back_review": Row(LEADERS, ("review",)),
    "list_consultations": Row(LEADERS, ("draft",)),
    "open_consultation": Row(LEADERS, ("draft",), {"question": "Would this help you?", "until": "2027-01-31"}),
    "read_consultation": Row(LEADERS, ("round",)),
    "consultation_comments": Row(LEADERS, ("round",)),
    "answer_public_comment": Row(LEADERS, ("round", "said"), {"text": "Thank you."}),
    "hide_public_comment": Row(LEADERS, ("round", "said"), {"because": "It names a person."}),
    "close_consultation": Row(LEADERS, ("round",), {"summary": "It helps."}),
    "read_checklist": Row(EVERYBODY, ("edition",)),
    "current_checklist": Row(ANY),
    "list_checklist_editions": Row(ANY),
    "checklist_edition": Row(ANY, ("=1",)),
    "start_checklist": Row(EDITORS),
    "read_checklist_draft": Row(EDITORS),
    "drop_checklist_draft": Row(EDITORS),
    "add_question": Row(EDITORS, body={"section": "1.5", "asks": "Did a learner look at it?"}),
    "reword_question": Row(EDITORS, ("question",), {"asks": "Is there a policy?"}),
    "leave_out_question": Row(EDITORS, ("question",), {"because": "We have none."}),
    "ask_question_again": Row(EDITORS, ("question",)),
    "adopt_checklist": Row(EDITORS),
    "return_to_shipped": Row(EDITORS),
    "list_versions": Row(EVERYBODY),
    "read_version": Row(EVERYBODY, ("published", "number")),
    "version_changes": Row(EVERYBODY, ("published", "number")),
    "version_formats": Row(PREPARERS, ("published", "number")),
    "withdraw_version": Row(LEADERS, ("published", "number"), {"because": "It is over."}),
    "version_offers": Row(EVERYBODY, ("published", "number")),
    "create_offer": Row(LEADERS, ("published", "number"), {"name": "Autumn"}),
    "list_offers": Row(LEADERS),
    "read_offer": Row(EVERYBODY, ("offer",)),
    "change_offer": Row(LEADERS, ("offer",), {"places": 12}),
    "copy_offer": Row(LEADERS, ("offer",)),
    "set_offer_state": Row(LEADERS, ("offer",), {"state": "open"}),
    "list_participants": Row(PREPARERS, ("offer",)),
    "add_participant": Row(LEADERS, ("offer",), {"given_name": "Eva", "email": "eva@example.org"}),
    "read_participant": Row(PREPARERS, ("participant",)),
    "change_participant": Row(LEADERS, ("participant",), {"family_name": "Berg"}),
    "decide_application": Row(LEADERS, ("participant",), {"accept": True}),
    "withdraw_participant": Row(LEADERS, ("participant",)),
    "record_outcomes": Row("assessor", ("participant",), {"grade": "8"}),
    "award_achieved": Row(PREPARERS, ("offer",), {"formats": ["openbadge"]}),
    "list_batches": Row(STAFF),
    "prepare_batch": Row(PREPARERS, (), {
        "micro_credential": "{published}", "number": "{number}", "formats": ["openbadge"], "rows": [{"full_name": "Eva Berg"}],
    }),
    "prepare_batch_from_file": Row(
        PREPARERS, data=b"Name\nEva Berg\n",
        query={"micro_credential": "{published}", "number": "{number}", "formats": "openbadge"},
    ),
    "read_batch": Row(STAFF, ("batch",)),
    "batch_rows": Row(STAFF, ("batch",)),
    "start_batch": Row(PREPARERS, ("batch",)),
    "approve_batch": Row(SEALERS, ("batch",)),
    "cancel_batch": Row(PREPARERS, ("batch",)),
    "schedule_batch": Row(PREPARERS, ("batch",), {"at": "2027-06-30T18:00", "time_zone": "Europe/Brussels"}),
    "unschedule_batch": Row(PREPARERS, ("batch",)),
    "resend_ended_links": Row(PREPARERS, ("batch",)),
    "batch_awards": Row(STAFF, ("batch",)),
    "batch_files": Row(STAFF, ("sealed",)),
    "award_status": Row(EVERYBODY, ("award",)),
    "read_award": Row(STAFF, ("award",)),
    "award_file": Row(STAFF, ("award", "=openbadge")),
    "revoke_award": _why(SEALERS, "award"),
    "suspend_award": _why(SEALERS, "award"),
    "resume_award": _why(SEALERS, "award"),
    "correct_award": Row(LEADERS, ("award",), {"reason": "Misspelt.", "family_name": "Elder"}),
    "readdress_award": Row(LEADERS, ("award",), {"email": "other@example.org"}),
    "resend_claim_link": Row(PREPARERS, ("award",)),
    "list_activities": Row(PREPARERS),
    "create_activity": Row(PREPARERS, (), {
        "micro_credential": "{handed-out}", "number": 1, "name": "Raft day", "starts_on": "2027-05-01",
        "opens_at": "2027-05-01T08:00Z", "closes_at": "2027-05-01T18:00Z", "cap": 30,
    }),
    "read_activity": Row(PREPARERS, ("activity",)),
    "activity_people": Row(PREPARERS, ("activity",)),
    "add_activity_person": Row(PREPARERS, ("activity",), {"name": "Eva Berg", "email": "eva@example.org"}),
    "rename_activity_person": Row(PREPARERS, ("activity", "listed"), {"name": "Ada Alder"}),
    "confirm_activity_people": Row(PREPARERS, ("activity",), {}),
    "decline_activity_people": Row(PREPARERS, ("activity",), {"people": ["{listed}"]}),
    "award_activity": Row(PREPARERS, ("activity",)),
    "make_activity_slips": Row(PREPARERS, ("activity",), {"count": 2}),
    "replace_paper_code": Row(PREPARERS, ("activity",)),
    "close_activity": Row(PREPARERS, ("activity",)),
    "reopen_activity": Row(PREPARERS, ("activity",), {"closes_at": "2027-05-01T18:00Z"}),
    "forget_activity": Row(PREPARERS, ("activity",)),
    "list_tasks": Row(PREPARERS, ("activity",)),
    "add_task": Row(PREPARERS, ("activity",), {"title": "Draw it"}),
    "remove_task": Row(PREPARERS, ("activity", "task")),
    "list_works": Row(PREPARERS, ("activity",)),
    "work_file": Row(PREPARERS, ("activity", "work")),
    "decide_work": Row(PREPARERS, ("activity", "work"), {"decision": "accept"}),
    "list_keys": Row(SEALERS),
    "create_key": Row(SEALERS, body={"use": "badge"}),
    "rotate_key": Row(SEALERS, ("key",)),
    "revoke_key": _why(SEALERS, "key"),
    "upload_seal": Row(SEALERS, body={"file": "MIIKAgIBAzCCCbg=", "password": "secret"}),
    "list_key_places": Row(SEALERS),
    "use_key_place": Row(SEALERS, body={"place": "none", "use": "seal"}),
    "read_sealing": Row(SEALERS),
    "choose_sealing": Row(SEALERS, body={"way": "own"}),
    "list_mandates": Row(SEALERS),
    "ask_for_mandate": Row(OWNER, body={
        "mandated": "harbour", "scope": "Everything.", "valid_from": "2026-01-01", "document": "JVBERi0xLjc=",
    }),
    "read_mandate": Row(SEALERS, ("mandate",)),
    "mandate_document": Row(SEALERS, ("mandate",)),
    "confirm_mandate": Row(OWNER, ("mandate asked",)),
    "decline_mandate": Row(OWNER, ("mandate asked",)),
    "end_mandate": Row(OWNER, ("mandate",)),
    "list_members": Row(ANY),
    "invite_member": Row(OWNER, body={"organisation": "hill"}),
    "list_memberships": Row(ANY),
    "accept_membership": Row(OWNER, ("invited",)),
    "leave_alliance": Row(OWNER, ("invited",)),
    "list_joint_batches": Row(STAFF),
    "hand_out": Row(PREPARERS, (), {
        "micro_credential": "{published}", "number": "{number}", "formats": ["openbadge"], "rows": [{"full_name": "Eva Berg"}],
    }),
    "read_joint_batch": Row(STAFF, ("joint",)),
    "waiting_parts": Row(STAFF),
    "read_part": Row(STAFF, ("part",)),
    "seal_part": Row(SEALERS, ("part",)),
    "decline_part": Row(SEALERS, ("part",), {"reason": "Not ours."}),
    "read_branding": Row(OWNER),
    "change_branding": Row(OWNER, body={"colour": "#0b5c66"}),
    "read_logo": Row(OWNER),
    "set_logo": Row(OWNER, data=LOGO),
    "remove_logo": Row(OWNER),
    "add_signatory": Row(OWNER, body={"name": "Ada Alder"}),
    "remove_signatory": Row(OWNER, ("signatory",)),
    "read_identity": Row(ANY),
    "claim_body": Row(OWNER, body={"body": "{body}"}),
    "claim_new_body": Row(OWNER, body={"name": "Harbour Academy", "country": "NLD"}),
    "withdraw_claim": Row(OWNER),
    "list_registers": Row(EVERYBODY),
    "open_register": Row(OWNER, body={"name": "Another", "slug": "another"}),
    "read_register": Row(EVERYBODY, ("register",)),
    "list_entries": Row(EVERYBODY, ("register",)),
    "enter_body": Row(OWNER, ("register",), {"name": "Harbour College", "number": "17", "valid_from": "2026-01-01"}),
    "read_entry": Row(EVERYBODY, ("register", "entry")),
    "change_entry_status": Row(OWNER, ("register", "entry"), {"status": "ended", "on": "2030-01-01", "reason": "Closed."}),
    "list_reports": Row(EVERYBODY, ("register",)),
    "record_report": Row(OWNER, ("register",), {
        "entry": "E-1", "agency": "Agency", "number": "R-9", "decision": "positive", "decided_on": "2026-01-01",
    }),
    "withdraw_report": _why(OWNER, "register", "report"),
    "list_snapshots": Row(EVERYBODY, ("register",)),
    "take_snapshot": Row(OWNER, ("register",)),
    "read_snapshot": Row(EVERYBODY, ("register", "=1")),
    "check_import": Row(LEADERS, ("register",), data=b"number,name,country\nE-3,College,NL\n"),
    "carry_out_import": Row(LEADERS, ("register", "import")),
    "undo_import": Row(LEADERS, ("register", "import")),
    "list_bodies": Row(EVERYBODY),
    "read_body": Row(EVERYBODY, ("body",)),
    "is_quality_assured": Row(EVERYBODY, ("body",)),
    "list_webhooks": Row(OWNER),
    "make_webhook": Row(OWNER, body={"url": "https://campus.example.org/hook", "events": ["award.issued"]}),
    "read_webhook": Row(OWNER, ("webhook",)),
    "change_webhook": Row(OWNER, ("webhook",), {"is_active": False}),
    "remove_webhook": Row(OWNER, ("webhook",)),
    "rotate_webhook_secret": Row(OWNER, ("webhook",)),
    "test_webhook": Row(OWNER, ("webhook",)),
    "webhook_deliveries": Row(OWNER, ("webhook",)),
    "audit_head": Row("owner reviewer"),
    "audit_entries": Row("owner reviewer"),
    "audit_signed_heads": Row("owner reviewer"),
    "search_catalogue": Row(EVERYBODY),
    "search_skills": Row(ANY, query={"text": "mobile"}),
}  # fmt: skip


def things(world: World) -> dict[str, str]:
    """What addresses name, by the words of the table."""
    values, owner = world.values, world.people["owner"]
    offer = offers.create_offer(by=owner, version=world.version, values={"name": "Spring", "entry": "listed"})
    someone = assessment.list_person(
        by=owner,
        offer=offer,
        details={"given_name": "Zoe", "family_name": "Zand", "email": "zoe@example.org"},
    )
    hook, _secret = webhooks.make_endpoint(
        by=owner, organisation=world.organisation, url="https://hooks.example.org/in", events=["award.issued"]
    )
    review = values["review-section"]
    activity = values["activity.*|join"]
    given, asked, invited = _with_harbour(world)
    branding.set_look(by=owner, organisation=world.organisation, logo=LOGO)
    return {
        "mandate": given,
        "mandate asked": asked,
        "invited": invited,
        "joint": values["alliance-joint"]["id"],
        "part": values["alliance-part"]["id"],
        "signatory": values["signatory-remove"]["id"],
        "guest": world.people["guest"].id,
        "draft": values["description.*"]["id"],
        "awaiting": values["description-publish"]["id"],
        "review": review["id"],
        "question": "1.1-policy",
        "comment": values["review-reply"]["comment_id"],
        "edition": "2026-1",
        "published": values["version.*"]["id"],
        "number": str(values["version.*"]["number"]),
        "offer": offer.id,
        "participant": someone.id,
        "batch": values["batch.*"]["id"],
        "sealed": values["batch-(files|problems)"]["id"],
        "award": values["award-file"]["id"],
        "invitation": values["invitation-withdraw"]["id"],
        "round": values["consultation-.*"]["round_id"],
        "said": values["consultation-.*"]["comment_id"],
        "activity": activity["id"],
        "handed-out": Activity.objects.get(pk=activity["id"]).version.description_id,
        "listed": activity["entry"],
        "work": activity["work"],
        "task": values["activity-task-remove"]["task"],
        "key": world.key.id,
        "register": values["register"]["slug"],
        "entry": values["register-entry"]["id"],
        "report": values["keeping-withdraw"]["id"],
        "import": values["keeping-run"]["id"],
        "body": values["body.*"]["id"],
        "webhook": hook.id,
    }


def _with_harbour(world: World) -> tuple[str, str, str]:
    """With a third organisation that can seal: the mandate given to it, the one it asks for, and its invitation to its alliance."""
    captain, owner = person("Captain"), world.people["owner"]
    harbour = accounts.found_organisation(
        founder=captain, name="Harbour College", slug="harbour", country="NLD"
    )
    keys.create_key(by=captain, organisation=harbour, use=KeyUse.SEAL)
    picture = BytesIO()
    Picture.new("RGB", (20, 20)).save(picture, "PNG")
    made = [
        mandates.ask_for_mandate(
            by=by, organisation=mandating, mandated=mandated, scope="Everything.", valid_from=dt.date(2026, 1, 1),
            valid_to=None, file_name="mandate.png", data=picture.getvalue(),
        )
        for by, mandating, mandated in ((owner, world.organisation, harbour), (captain, harbour, world.organisation))
    ]  # fmt: skip
    invited = alliances.invite(by=captain, alliance=harbour, member=world.organisation)
    return made[0].id, made[1].id, invited.id
