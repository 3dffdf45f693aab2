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
from tessella_web.accounts.holderkeys import domain as holder_keys
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.peers import domain as peers
from tessella_web.accounts.peers.models import Peer
from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.catalogue.esco.domain import load_excerpt
from tessella_web.catalogue.offers import domain as offers
from tessella_web.credentials.activities.models import Activity
from tessella_web.credentials.alliances import domain as alliances
from tessella_web.credentials.arriving import domain as arriving
from tessella_web.credentials.assessment import domain as assessment
from tessella_web.credentials.assessment.models import Upload, UploadKind
from tessella_web.credentials.mandates import domain as mandates
from tessella_web.credentials.portfolio import domain as portfolios
from tessella_web.credentials.receiving import domain as receiving
from tessella_web.credentials.wallet import domain as wallet
from tessella_web.credentials.wallet.models import ShownKind
from tessella_web.guidance.skills.models import Method, SkillMapping
from tessella_web.registers.domain import bodies
from tessella_web.registers.models import Body, RelationKind, Scheme
from tests.web.conftest import person
from tests.web.matrix.world import MEMBERS, PEOPLE, World

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
SIGNED = " ".join(PEOPLE[1:])
HOLDER = "holder"
PEER = "neighbour"
REVIEWER = "identity-reviewer"
COUNSELLOR = "counsellor"

UNTIL = (dt.datetime.now(dt.UTC) + dt.timedelta(30)).date().isoformat()
TABLE = b"concept,region,period,vacancies,source,source_url,published_on,licence\nhttp://example.org/bees,NL,2026-Q1,12,Nyando,https://example.org/q1,2026-04-05,CC0\n"


LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@dataclass(frozen=True)
class Row:
    """Who may, as roles by name or `EVERYBODY`; people by name where it is about their own things, which takes a token for them alone.

    ``at`` are the things in the address, in its order; the rest is what is sent.
    """

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
    "found_organisation": Row(SIGNED, body={"name": "Harbour Academy", "kind": "vocational", "country": "NLD"}),
    "change_details": Row(OWNER, body={"kind": "vocational", "country": "NLD"}),
    "rename_organisation": Row(OWNER, body={"name": "University of Twickel and Twente"}),
    "read_terms": Row(ANY),
    "accept_terms": Row(OWNER, body={"version": "1"}),
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
    "list_public_consultations": Row(EVERYBODY),
    "read_public_consultation": Row(EVERYBODY, ("round",)),
    "comment_in_public": Row(EVERYBODY, ("round",), {"text": "It would."}),
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
    "find_pathways": Row(EVERYBODY),
    "read_pathway_version": Row(EVERYBODY, ("pathway", "number")),
    "list_pathways": Row(ANY),
    "start_pathway": Row(AUTHORS, body={"rule": {"title": "Certificate"}}),
    "read_pathway": Row(ANY, ("pathway draft",)),
    "write_pathway": Row(AUTHORS, ("pathway draft",), {"rule": {"title": "Certificate"}, "revision": 0}),
    "discard_pathway": Row(AUTHORS, ("pathway draft",)),
    "publish_pathway": Row(LEADERS, ("pathway ready",)),
    "withdraw_pathway_version": Row(LEADERS, ("pathway", "number"), {"from_day": UNTIL, "because": "Over."}),
    "list_participants": Row(PREPARERS, ("offer",)),
    "add_participant": Row(LEADERS, ("offer",), {"given_name": "Eva", "email": "eva@example.org"}),
    "read_participant": Row(PREPARERS, ("participant",)),
    "change_participant": Row(LEADERS, ("participant",), {"family_name": "Berg"}),
    "decide_application": Row(LEADERS, ("participant",), {"accept": True}),
    "withdraw_participant": Row(LEADERS, ("participant",)),
    "participant_evidence_file": Row(PREPARERS, ("course", "piece")),
    "read_need": Row("coordinator assessor", ("participant",)),
    "note_need": Row("coordinator assessor", ("participant",), {"need": "Large print."}),
    "check_participants_sheet": Row(LEADERS, ("offer",), data=b"Name\nEva Berg\n"),
    "take_over_participants": Row(OWNER, ("people sheet",)),
    "give_up_participants": Row(OWNER, ("people sheet",)),
    "results_sheet": Row("assessor", ("offer",)),
    "check_results_sheet": Row("assessor", ("offer",), data=b"Id\n"),
    "take_over_results": Row("assessor", ("results sheet",)),
    "give_up_results": Row("assessor", ("results sheet",)),
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
    "screen_code": Row(PREPARERS, ("activity",)),
    "paper_code": Row(PREPARERS, ("activity",)),
    "list_slips": Row(PREPARERS, ("activity",)),
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
    "hand_out_from_file": Row(
        PREPARERS, data=b"Name\nEva Berg\n",
        query={"micro_credential": "{published}", "number": "{number}", "formats": "openbadge"},
    ),
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
    "branding_preview": Row(OWNER),
    "add_signatory": Row(OWNER, body={"name": "Ada Alder"}),
    "remove_signatory": Row(OWNER, ("signatory",)),
    "read_identity": Row(ANY),
    "claim_body": Row(OWNER, body={"body": "{body}"}),
    "claim_new_body": Row(OWNER, body={"name": "Harbour Academy", "country": "NLD"}),
    "check_identity": Row(OWNER, body={"way": "seal"}),
    "withdraw_claim": Row(OWNER),
    "waiting_claims": Row(OWNER, ("register",)),
    "confirm_claim": Row(OWNER, ("register", "their claim")),
    "list_claims": Row(REVIEWER),
    "read_claim": Row(REVIEWER, ("claim",)),
    "decide_claim": Row(REVIEWER, ("claim",), {"accept": True, "review": "The statutes."}),
    "list_held_names": Row(REVIEWER),
    "release_name": Row(REVIEWER, ("=held",)),
    "accept_register": Row(REVIEWER, ("register",), {"accept": True}),
    "rename_body": Row(REVIEWER, ("body",), {"name": "Hill Academy", "on": "2027-01-01"}),
    "add_identifier": Row(REVIEWER, ("body",), {"scheme": "vat", "value": "DE123456789"}),
    "end_identifier": Row(REVIEWER, ("body", "identifier"), {"on": "2027-01-01"}),
    "add_relation": Row(REVIEWER, ("body",), {"kind": "part-of", "other": "{other body}"}),
    "end_relation": Row(REVIEWER, ("body", "relation"), {"on": "2027-01-01"}),
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
    "list_funding_schemes": Row(EVERYBODY),
    "read_funding_scheme": Row(EVERYBODY, ("=ie-hci-learner-fee-subsidy",)),
    "answer_funding": Row(EVERYBODY, body={"facts": {"age": "34"}, "price": "400"}),
    "read_funding_facts": Row(SIGNED),
    "keep_funding_facts": Row(SIGNED, body={"facts": {"age": "34"}}),
    "forget_funding_facts": Row(SIGNED),
    "read_demand": Row(EVERYBODY, query={"concept": "http://data.europa.eu/esco/skill/bees"}),
    "rank_planned_offers": Row(LEADERS),
    "import_demand": Row(REVIEWER, data=TABLE),
    "list_option_lists": Row(COUNSELLOR),
    "create_option_list": Row(COUNSELLOR, body={"client_name": "Ona K", "title": "Ways into law", "until": UNTIL}),
    "read_option_list": Row(COUNSELLOR, ("option list",)),
    "change_option_list": Row(COUNSELLOR, ("option list",), {"client_name": "Ona K", "title": "Ways into law", "until": UNTIL}),
    "delete_option_list": Row(COUNSELLOR, ("option list",)),
    "add_option": Row(COUNSELLOR, ("option list",), {"title": "Night school", "why": "Later.", "url": "https://example.org/night"}),
    "change_option": Row(COUNSELLOR, ("option list", "option"), {"title": "Night school", "why": "Later.", "url": "https://example.org/night"}),
    "remove_option": Row(COUNSELLOR, ("option list", "option")),
    "link_option_list": Row(COUNSELLOR, ("option list",), {"pin": "4711"}),
    "mail_option_list": Row(COUNSELLOR, ("option list",), {"email": "ona@example.org"}),
    "withdraw_option_list": Row(COUNSELLOR, ("sent options",)),
    "list_own_options": Row(SIGNED),
    "read_own_options": Row(HOLDER, ("kept options",)),
    "keep_own_options": Row(HOLDER, ("kept options",)),
    "answer_own_option": Row(HOLDER, ("kept options", "kept option"), {"reply": "no"}),
    "delete_own_options": Row(HOLDER, ("kept options",)),
    "list_webhooks": Row(OWNER),
    "make_webhook": Row(OWNER, body={"url": "https://campus.example.org/hook", "events": ["award.issued"]}),
    "read_webhook": Row(OWNER, ("webhook",)),
    "change_webhook": Row(OWNER, ("webhook",), {"is_active": False}),
    "remove_webhook": Row(OWNER, ("webhook",)),
    "rotate_webhook_secret": Row(OWNER, ("webhook",)),
    "test_webhook": Row(OWNER, ("webhook",)),
    "send_again": Row(OWNER, ("hook", "delivery")),
    "webhook_deliveries": Row(OWNER, ("webhook",)),
    "audit_head": Row("owner reviewer"),
    "audit_entries": Row("owner reviewer"),
    "audit_signed_heads": Row("owner reviewer"),
    "search_catalogue": Row(EVERYBODY),
    "search_skills": Row(ANY, query={"text": "mobile"}),
    "suggest_skills": Row(ANY, query={"text": "Develop mobile applications"}),
    "batch_peers": Row(STAFF, ("batch",)),
    "ask_peer_about_batch": Row(LEADERS, ("batch",), {"email": "eva@example.org"}),
    "review_peers": Row(ANY, ("review",)),
    "ask_peer_about_review": Row(LEADERS, ("review",), {"email": "eva@example.org"}),
    "withdraw_peer": Row(LEADERS, ("peer",)),
    "list_peer_requests": Row(SIGNED),
    "read_peer_request": Row(PEER, ("peer",)),
    "accept_peer_request": Row(PEER, ("peer",), {"organisation": "hill"}),
    "decline_peer_request": Row(PEER, ("peer",)),
    "approve_as_peer": Row(PEER, ("peer",)),
    "read_review_for_peer": Row(PEER, ("review peer",)),
    "answer_question_as_peer": Row(PEER, ("review peer", "question"), {"standing": "met"}),
    "comment_as_peer": Row(PEER, ("review peer",), {"text": "Which room?"}),
    "decide_review_as_peer": Row(PEER, ("review peer",), {"decision": "reject", "evidence": "Too short."}),
    "list_wallet": Row(SIGNED),
    "bring_in": Row(SIGNED, data=b"{}"),
    "read_arrival": Row(HOLDER, ("arrival",)),
    "declare": Row(SIGNED, body={"title": "Ran the youth choir"}),
    "read_entry_of_wallet": Row(HOLDER, ("held",)),
    "remove_from_wallet": Row(HOLDER, ("item",)),
    "wallet_file": Row(HOLDER, ("held",)),
    "verify_entry": Row(HOLDER, ("held",)),
    "export_wallet": Row(SIGNED),
    "take_in_archive": Row(SIGNED, data=b"no archive"),
    "claim_award": Row(SIGNED, ("award",), {"key": "used before"}),
    "list_shares": Row(SIGNED),
    "show": Row(HOLDER, body={"show": [{"key": "{item}"}], "recipient": "Hospital", "until": "2026-12-24"}),
    "read_share": Row(HOLDER, ("share",)),
    "withdraw_share": Row(HOLDER, ("share",)),
    "list_courses": Row(SIGNED),
    "enrol": Row(SIGNED, ("open offer",), {"given_name": "Eva", "motivation": "I want to."}),
    "read_course": Row(HOLDER, ("course",)),
    "hand_in_evidence": Row(HOLDER, ("course",), {"text": "My portfolio."}),
    "evidence_file": Row(HOLDER, ("course", "piece")),
    "say_need": Row(HOLDER, ("course",), {"need": "Large print."}),
    "withdraw_from_course": Row(HOLDER, ("course",)),
    "hand_in": Row(HOLDER, body={
        "show": [{"key": "{item}"}], "organisation": "twickel", "purpose": "Admission", "keep_days": 30,
    }),
    "list_holder_keys": Row(SIGNED),
    "make_holder_key": Row(SIGNED, body={"name": "For studying"}),
    "destroy_holder_key": Row(HOLDER, ("holder key",)),
    "answer_verifier": Row("", ("item",), {"audience": "https://verifier.example", "nonce": "1"}),
    "list_notices": Row(SIGNED),
    "read_notices": Row(SIGNED),
    "set_wishes": Row(SIGNED, body={"mails": False}),
    "list_towards": Row(SIGNED),
    "read_standing": Row(SIGNED, ("=malta-master",)),
    "prove_standing": Row(SIGNED, ("=malta-master",)),
    "read_gap": Row(SIGNED, query={"occupation": "https://example.org/fictitious-esco/occupation/data-steward"}),
    "list_words": Row(SIGNED),
    "list_skill_statements": Row(SIGNED),
    "confirm_skill": Row(SIGNED, body={"text": "Keep bees", "skill": "https://example.org/fictitious-esco/skill/first-aid"}),
    "take_back_skill": Row(HOLDER, ("statement",)),
    "read_opened": Row(SIGNED),
    "list_entry_rules": Row(ANY),
    "create_entry_rule": Row(LEADERS, body={"title": "Master of bees", "requirements": [{"where": {"level": {"at_least": 6}}}]}),
    "read_entry_rule": Row(ANY, ("entry rule",)),
    "change_entry_rule": Row(LEADERS, ("entry rule",), {"source": "Article 3"}),
    "remove_entry_rule": Row(LEADERS, ("entry rule",)),
    "list_plans": Row(SIGNED),
    "ask_for_plan": Row(SIGNED, body={"rule": "malta-master", "least": "price"}),
    "read_plan": Row(HOLDER, ("plan",)),
    "ask_what_if": Row(HOLDER, ("plan",), {"only_times": ["evening"]}),
    "delete_plan": Row(HOLDER, ("plan",)),
    "list_portfolios": Row(SIGNED),
    "make_portfolio": Row(SIGNED, body={"title": "Nursing"}),
    "read_portfolio": Row(HOLDER, ("portfolio",)),
    "delete_portfolio": Row(HOLDER, ("portfolio",)),
    "add_to_portfolio": Row(HOLDER, ("portfolio",), {"kind": "text", "text": "Three years."}),
    "move_on_portfolio": Row(HOLDER, ("portfolio", "on page"), {"up": True}),
    "remove_from_portfolio": Row(HOLDER, ("portfolio", "on page")),
    "share_portfolio": Row(HOLDER, ("portfolio",), {"recipient": "Hospital", "until": "2026-12-24"}),
    "print_batch_sheets": Row(PREPARERS, ("sealed",), {"everybody": True}),
    "print_award_sheet": Row(PREPARERS, ("award",), {}),
    "list_own_cases": Row(SIGNED),
    "ask_for_decision": Row(HOLDER, body={
        "version": "{other pathway}", "keys": ["{held}"], "keep_days": 30, "name": "Holder",
    }),
    "read_own_case": Row(HOLDER, ("own case",)),
    "add_to_case": Row(HOLDER, ("own case",), {"text": "Here it is."}),
    "withdraw_case": Row(HOLDER, ("own case",)),
    "own_case_proof": Row(HOLDER, ("granted case",)),
    "list_cases": Row(PREPARERS),
    "read_case": Row(PREPARERS, ("own case",)),
    "ask_learner": Row(PREPARERS, ("own case",), {"text": "Please send the transcript."}),
    "state_in_case": Row(PREPARERS, ("own case",), {
        "part": "{part of case}", "field": "hours", "value": "50", "source": "The transcript.",
    }),
    "decide_case": Row(PREPARERS, ("own case",), {"decision": "declined", "reasons": "The capstone is missing."}),
    "case_proof": Row(PREPARERS, ("granted case",)),
    "list_cascades": Row(PREPARERS),
    "decide_cascade": Row(PREPARERS, ("cascade",), {"action": "keep", "reason": "A transcript shows it, too."}),
    "read_stack_rules": Row(ANY),
    "set_stack_rules": Row(OWNER, body={"grace_days": 40}),
    "read_retention": Row(ANY),
    "set_retention": Row(OWNER, body={"award_years": 40, "evidence_months": 24}),
    "list_mail_domains": Row(ANY),
    "set_mail_domains": Row(OWNER, body={"domains": ["student.example.org"]}),
    "list_receivers": Row(EVERYBODY),
    "publish_receiving_policy": Row(OWNER, body={
        "purposes": "Admission", "most_days": 90, "text": "Two people read it.", "contact": "admission@example.org",
    }),
    "list_received": Row(LEADERS),
    "read_received": Row(LEADERS, ("received",)),
    "received_file": Row(LEADERS, ("received", "=1")),
    "verify_file": Row(EVERYBODY, data=b"no credential"),
    "verify_given": Row(EVERYBODY, body={"credential": "no credential"}),
}  # fmt: skip


def things(world: World) -> dict[str, str]:
    """What addresses name, by the words of the table."""
    owner = world.people["owner"]

    def at(route: str, name: str) -> str:
        return str(world.arguments(route, [name])[name])

    offer = offers.create_offer(by=owner, version=world.version, values={"name": "Spring", "entry": "listed"})
    someone = assessment.list_person(
        by=owner,
        offer=offer,
        details={"given_name": "Zoe", "family_name": "Zand", "email": "zoe@example.org"},
    )
    hook, _secret = webhooks.make_endpoint(
        by=owner, organisation=world.organisation, url="https://hooks.example.org/in", events=["award.issued"]
    )
    review = at("review-section", "id")
    activity = at("activity", "id")
    given, asked, invited = _with_harbour(world)
    reviewer, body = world.people["identity-reviewer"], Body.objects.get(pk=at("body", "id"))
    other = Body.objects.exclude(pk=body.pk).first()
    assert other is not None
    identifier = bodies.add_identifier(body=body, by=reviewer, scheme=Scheme.OTHER, value="17")
    relation = bodies.add_relation(body=body, by=reviewer, kind=RelationKind.MEMBER_OF, other=other)
    holder = world.people["holder"]
    portfolio = portfolios.make(by=holder, title="Nursing")
    on_page = portfolios.add(by=holder, portfolio=portfolio, kind=ShownKind.TEXT, values={"text": "Hello."})
    arrival = arriving.receive(
        by=world.people["holder"], files=[arriving.HandedIn("a.txt", b"no credential")], language="en"
    )
    sheet = assessment.check_people(by=owner, offer=offer, file_name="a.csv", data=b"Name\nAnn Alder\n")
    results = Upload.objects.create(
        offer=offer, kind=UploadKind.RESULTS, file_name="results.csv", by=world.people["assessor"]
    )
    branding.set_look(by=owner, organisation=world.organisation, logo=LOGO)
    load_excerpt()
    said = SkillMapping.objects.create(
        holder=holder, text="Keep bees", skill="urn:bees", title="bees", method=Method.CHOSEN, release="0"
    )
    return {
        **_asked(world, review),
        "identifier": str(identifier.pk),
        "relation": str(relation.pk),
        "other body": other.id,
        "claim": at("identity-review", "id"),
        "their claim": world.sent["keeping-confirm"]["claim"],
        "statement": said.id,
        "entry rule": at("entry-rule", "id"),
        "option list": at("option-list", "id"),
        "option": at("option-change", "option"),
        "sent options": at("option-list-withdraw", "id"),
        "kept options": at("my-option-list", "id"),
        "kept option": at("my-option-answer", "option"),
        "hook": at("webhook", "id"),
        "delivery": at("webhook", "delivery"),
        "arrival": arrival.id,
        "portfolio": portfolio.id,
        "plan": at("plan", "id"),
        "holder key": holder_keys.make(by=holder, name="For studying").id,
        "on page": on_page.id,
        "received": _handed_in(world, at("wallet-entry", "key")),
        "held": at("wallet-entry", "key"),
        "item": at("wallet-remove", "key"),
        "share": at("wallet-share-withdraw", "id"),
        "course": at("my-enrolment", "id"),
        "other pathway": at("stacking-ask", "id"),
        "own case": at("stacking-case", "id"),
        "granted case": at("stacking-proof", "id"),
        "part of case": at("stacking-state", "about"),
        "cascade": at("stacking-fallen", "id"),
        "piece": at("evidence", "id"),
        "open offer": at("offer-edit", "id"),
        "people sheet": sheet.id,
        "results sheet": results.id,
        "mandate": given,
        "mandate asked": asked,
        "invited": invited,
        "joint": at("alliance-joint", "id"),
        "part": at("alliance-part", "id"),
        "signatory": at("signatory-remove", "id"),
        "guest": world.people["guest"].id,
        "draft": at("description", "id"),
        "awaiting": at("description-publish", "id"),
        "review": review,
        "question": "1.1-policy",
        "comment": at("review-reply", "comment_id"),
        "edition": "2026-1",
        "published": at("version", "id"),
        "number": at("version", "number"),
        "pathway": at("pathway", "id"),
        "pathway draft": at("pathway-discard", "id"),
        "pathway ready": at("pathway-publish", "id"),
        "offer": offer.id,
        "participant": someone.id,
        "batch": at("batch", "id"),
        "sealed": at("batch-files", "id"),
        "award": at("award-file", "id"),
        "invitation": at("invitation-withdraw", "id"),
        "round": at("consultation-answer", "round_id"),
        "said": at("consultation-answer", "comment_id"),
        "activity": activity,
        "handed-out": Activity.objects.get(pk=activity).version.description_id,
        "listed": at("activity-rename", "entry"),
        "work": at("activity-work", "work"),
        "task": at("activity-task-remove", "task"),
        "key": world.key.id,
        "register": at("register", "slug"),
        "entry": at("register-entry", "id"),
        "report": at("keeping-withdraw", "id"),
        "import": at("keeping-run", "id"),
        "body": at("body", "id"),
        "webhook": hook.id,
    }


def _handed_in(world: World, key: str) -> str:
    """With an inbox and something in it."""
    policy = receiving.publish_policy(
        by=world.people["owner"], organisation=world.organisation,
        values={"is_open": True, "purposes": "Admission", "most_days": 90, "text": "Two people read it.", "contact": "-"},
    )  # fmt: skip
    holder = world.people["holder"]
    draft = wallet.prepare(
        by=holder, keys=[key], languages=("en",), policy=policy, purpose="Admission", keep_days=30
    )
    wallet.send(by=holder, share=draft, languages=("en",))
    return draft.id


def _asked(world: World, review: str) -> dict[str, str]:
    """With somebody from outside who looks at a batch and a review: what the requests are called."""
    neighbour, owner = world.people["neighbour"], world.people["owner"]
    accounts.establish(organisation=world.neighbours, by_method="reviewer")
    batch = Peer.objects.get(pk=world.arguments("peer", ["id"])["id"])
    about = peers.ask(
        by=owner, organisation=world.organisation, about=f"review:{review}", email=neighbour.email, what="-"
    )
    for one in (batch, about):
        peers.accept(by=neighbour, peer=one, works_at=world.neighbours)
    return {"peer": batch.id, "review peer": about.id}


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
