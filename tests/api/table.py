"""Who may do what: a row for each operation, with an address and a body that reach what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tessella_web.accounts.webhooks import domain as webhooks
from tessella_web.catalogue.offers import domain as offers
from tessella_web.credentials.assessment import domain as assessment
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
    "read_checklist": Row(EVERYBODY, ("edition",)),
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
    "list_keys": Row(SEALERS),
    "create_key": Row(SEALERS, body={"use": "badge"}),
    "rotate_key": Row(SEALERS, ("key",)),
    "revoke_key": _why(SEALERS, "key"),
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
    return {
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
        "key": world.key.id,
        "register": values["register"]["slug"],
        "entry": values["register-entry"]["id"],
        "report": values["keeping-withdraw"]["id"],
        "import": values["keeping-run"]["id"],
        "body": values["body.*"]["id"],
        "webhook": hook.id,
    }
