"""Getting in and out: enrol, apply with evidence, be listed, accepted, declined, withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Person
from tessella_web.accounts.permissions import require
from tessella_web.catalogue.offers.models import Entry, Offer
from tessella_web.catalogue.offers.models import State as OfferState
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.common.ids import new_id
from tessella_web.credentials.assessment.domain._common import is_own, locked, require_state, tell
from tessella_web.credentials.assessment.models import TAKING_PART, Enrolment, Evidence, State

__all__ = [
    "DETAILS",
    "MAX_EVIDENCE_BYTES",
    "MAX_PIECES",
    "accept",
    "add_evidence",
    "change_details",
    "decline",
    "enrol",
    "list_person",
    "note_accommodations",
    "withdraw",
]

DETAILS = ("given_name", "family_name", "email", "birth_date", "language", "student_id")
"""What is known of a person: names as they are written on a certificate."""

MAX_TEXT = 4000
"""Characters of what somebody writes: two pages."""

MAX_EVIDENCE_BYTES = 5 * 1024 * 1024  # bytes
"""A scanned diploma has one or two."""

MAX_PIECES = 10
"""Of evidence in one application: more is a portfolio, which has an address of its own."""

_TYPES: Mapping[str, tuple[str, bytes]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}
"""File endings that are taken, with their media type and how such a file begins: what a browser shows without running it."""


@transaction.atomic
def enrol(
    *,
    by: Person,
    offer: Offer,
    details: Mapping[str, Any],
    motivation: str = "",
    accommodations: str = "",
) -> Enrolment:
    """Take a place, or apply where the provider decides. Who has withdrawn can come back.

    Raises:
        RefusedError: ``enrolment.closed``, nobody can enrol now; ``enrolment.full``; ``enrolment.already``; ``enrolment.name`` and others
            at their field.
    """
    offer = _locked_offer(offer)
    if not offer.takes_people(timezone.now().date()):
        raise RefusedError(
            _("Nobody can enrol here now."), code="enrolment.closed", hint=_("Look at the other offers, or ask the provider.")
        )  # fmt: skip
    found = offer.enrolments.select_for_update().filter(person=by).first() or (
        offer.enrolments.select_for_update().filter(email__iexact=by.email, person=None).first()
    )
    if found is not None and found.state != State.WITHDRAWN:
        raise RefusedError(
            _("You are on the list already."), code="enrolment.already", hint=_("See under “My courses” where it stands.")
        )  # fmt: skip
    if offer.places is not None and offer.enrolments.filter(state__in=TAKING_PART).count() >= offer.places:
        raise RefusedError(
            _("All places are taken."), code="enrolment.full", hint=_("Ask the provider whether one becomes free.")
        )  # fmt: skip
    made = found or Enrolment(offer=offer, organisation=offer.organisation)
    _write(made, {**details, "email": by.email})
    made.person, made.language = by, made.language or by.language
    made.state = State.APPLIED if offer.entry == Entry.APPLICATION else State.ENROLLED
    made.motivation = _text(motivation, "motivation")
    made.accommodations = _text(accommodations, "accommodations")
    made.reason, made.decided_by, made.decided_at = "", None, None
    made.save()
    tell(f"enrolment.{made.state}", made, by)
    return made


@transaction.atomic
def list_person(*, by: Person, offer: Offer, details: Mapping[str, Any]) -> Enrolment:
    """Write down somebody who takes part; an account with the same address sees it as its own.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``enrolment.cancelled``; ``enrolment.already``; ``enrolment.name`` and others at their field.
    """
    require(by, offer.organisation, "participant.manage")
    offer = _locked_offer(offer)
    _require_going_on(offer)
    made = Enrolment(offer=offer, organisation=offer.organisation, listed_by=by, state=State.ENROLLED)
    _write(made, details)
    made.person = Person.objects.filter(email=made.email, is_active=True).first() if made.email else None
    if is_listed(offer, made):
        raise RefusedError(
            _("This person is on the list already."),
            code="enrolment.already", field="email" if made.email else "given_name",
            hint=_("For another person of the same name, add an address, a date of birth or a student number."),
        )  # fmt: skip
    made.save()
    tell("enrolment.listed", made, by)
    return made


@transaction.atomic
def change_details(*, by: Person, enrolment: Enrolment, details: Mapping[str, Any]) -> Enrolment:
    """Correct name, address or date of birth before an award is made of them."""
    require(by, enrolment.organisation, "participant.manage")
    found = locked(enrolment)
    require_state(found, State.APPLIED, *TAKING_PART)
    _write(found, details)
    others = found.offer.enrolments.exclude(pk=found.pk)
    if found.email and others.filter(email__iexact=found.email).exists():
        raise RefusedError(
            _("Another person on the list has this address."),
            code="enrolment.already", field="email", hint=_("Look for a second entry of the same person."),
        )  # fmt: skip
    found.save()
    tell("enrolment.changed", found, by)
    return found


@transaction.atomic
def add_evidence(
    *,
    by: Person,
    enrolment: Enrolment,
    text: str = "",
    link: str = "",
    file_name: str = "",
    data: bytes | None = None,
) -> Evidence:
    """Hand in a piece: words, a link or a file (PDF, PNG, JPEG). Only who applied does it, until it is decided.

    Raises:
        NotAllowedError: ``enrolment.not-own``.
        RefusedError: ``evidence.empty``, ``evidence.link``, ``evidence.file``, ``evidence.too-large``, ``evidence.too-many``.
    """
    found = locked(enrolment)
    _require_own(by, found)
    require_state(found, State.APPLIED)
    if found.evidence.count() >= MAX_PIECES:
        raise RefusedError(
            _("These are %(limit)s pieces already.") % {"limit": MAX_PIECES},
            code="evidence.too-many", hint=_("Put several into one file, or give a link."),
        )  # fmt: skip
    piece = Evidence(id=new_id(), enrolment=found, text=_text(text, "text"), link=_link(link))
    if data is not None:
        _store(piece, file_name, data)
    if not (piece.text or piece.link or piece.file):
        raise RefusedError(
            _("There is nothing in it."), code="evidence.empty", field="text", hint=_("Write something, give a link, or choose a file.")
        )  # fmt: skip
    piece.save(force_insert=True)
    tell("enrolment.evidence", found, by, size=piece.size)
    return piece


@transaction.atomic
def accept(*, by: Person, enrolment: Enrolment, reason: str = "") -> Enrolment:
    """Say yes to an application, also to one that was declined before; a mail tells the person."""
    return _decided(by, enrolment, State.ACCEPTED, reason, State.APPLIED, State.DECLINED)


@transaction.atomic
def decline(*, by: Person, enrolment: Enrolment, reason: str) -> Enrolment:
    """Say no, and why: a mail tells the person.

    Raises:
        RefusedError: ``enrolment.no-reason``.
    """
    if not reason.strip():
        raise RefusedError(
            _("Say why."), code="enrolment.no-reason", field="reason", hint=_("The person reads it and can answer to it.")
        )  # fmt: skip
    return _decided(by, enrolment, State.DECLINED, reason, State.APPLIED, State.ACCEPTED)


@transaction.atomic
def withdraw(*, by: Person, enrolment: Enrolment) -> Enrolment:
    """Give the place up: the person themself, or staff on the person's word. What was recorded stays."""
    found = locked(enrolment)
    if not is_own(by, found):
        require(by, found.organisation, "participant.manage")
    require_state(found, State.APPLIED, *TAKING_PART)
    found.state = State.WITHDRAWN
    found.save(update_fields=["state"])
    tell("enrolment.withdrawn", found, by)
    return found


@transaction.atomic
def note_accommodations(*, by: Person, enrolment: Enrolment, text: str) -> Enrolment:
    """What somebody needs in assessment: read and written by the person, coordinators and assessors; nothing of it is told elsewhere."""
    found = locked(enrolment)
    if not is_own(by, found):
        require(by, found.organisation, "accommodation.view")
    found.accommodations = _text(text, "accommodations")
    found.save(update_fields=["accommodations"])
    return found


def is_listed(offer: Offer, person: Enrolment) -> bool:
    """Whether the list has the person: by account or address, else by name and date of birth."""
    others = offer.enrolments.exclude(state=State.WITHDRAWN)
    if person.email or person.person_id:
        account = others.filter(person=person.person) if person.person_id else others.none()
        return account.exists() or offer.enrolments.filter(email__iexact=person.email).exists()
    named = Q(given_name__iexact=person.given_name, family_name__iexact=person.family_name)
    named |= Q(given_name__iexact=person.name, family_name="") | Q(
        given_name="", family_name__iexact=person.name
    )
    same = others.filter(named, email="", student_id=person.student_id, birth_date=person.birth_date)
    return same.exists()


def _decided(by: Person, enrolment: Enrolment, to: State, reason: str, *states: State) -> Enrolment:
    require(by, enrolment.organisation, "participant.manage")
    found = locked(enrolment)
    if is_own(by, found):
        raise NotAllowedError(
            _("Nobody decides on their own application."),
            code="enrolment.own-application", hint=_("Ask a colleague to decide."),
        )  # fmt: skip
    require_state(found, *states)
    found.state, found.reason = to, _text(reason, "reason")
    found.decided_by, found.decided_at = by, timezone.now()
    found.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    tell(f"enrolment.{to.value}", found, by)
    letters.queue("decision", about=found.id)
    return found


def _locked_offer(offer: Offer) -> Offer:
    found = Offer.objects.select_for_update(of=("self",)).select_related("organisation", "version")
    return found.get(pk=offer.pk)


def _require_going_on(offer: Offer) -> None:
    if offer.state == OfferState.CANCELLED:
        raise RefusedError(
            _("This offer was cancelled."), code="enrolment.cancelled", hint=_("Copy it to offer it again.")
        )


def _require_own(by: Person, enrolment: Enrolment) -> None:
    if not is_own(by, enrolment):
        raise NotAllowedError(
            _("This is somebody else's application."), code="enrolment.not-own", hint=_("Only who applied adds to it.")
        )  # fmt: skip


def _write(enrolment: Enrolment, details: Mapping[str, Any]) -> None:
    for name in DETAILS:
        if name in details:
            value = details[name]
            setattr(
                enrolment, name, value or None if name == "birth_date" else " ".join(str(value or "").split())
            )
    enrolment.email = enrolment.email.lower()
    if not enrolment.name:
        raise RefusedError(
            _("There is no name."),
            code="enrolment.name",
            field="given_name",
            hint=_("One name alone is enough."),
        )
    for name in DETAILS:
        limit = getattr(Enrolment._meta.get_field(name), "max_length", None)
        if limit and len(getattr(enrolment, name)) > limit:
            raise RefusedError(
                _("This is longer than %(limit)s characters.") % {"limit": limit},
                code="enrolment.too-long", field=name, hint=_("Check whether it is in the right field."),
            )  # fmt: skip
    _check_address(enrolment.email)
    _check_birth_date(enrolment.birth_date)


def _check_address(address: str) -> None:
    try:
        if address:
            validate_email(address)
    except ValidationError as error:
        raise RefusedError(
            _("This is not an e-mail address."), code="enrolment.email", field="email", hint=_("Correct it or leave it out.")
        ) from error  # fmt: skip


def _check_birth_date(day: Any) -> None:
    if day is not None and (
        not isinstance(day, dt.date) or not day.year >= 1900 or day > timezone.now().date()
    ):
        raise RefusedError(
            _("This cannot be a date of birth."), code="enrolment.birth-date", field="birth_date", hint=_("Correct the date.")
        )  # fmt: skip


def _text(text: str, field: str) -> str:
    text = text.strip()
    if len(text) > MAX_TEXT:
        raise RefusedError(
            _("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT},
            code="enrolment.too-long", field=field, hint=_("Say it shorter, or hand in a file."),
        )  # fmt: skip
    return text


def _link(address: str) -> str:
    address = address.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or len(address) > 500):
        raise RefusedError(
            _("This is not an address on the web."), code="evidence.link", field="link", hint=_("It begins with https://.")
        )  # fmt: skip
    return address


def _store(piece: Evidence, file_name: str, data: bytes) -> None:
    """Under a name of our own, at a place that only a page with a check of its own reads."""
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    suffix = "." + name.rpartition(".")[2].lower()
    media_type, begins = _TYPES.get(suffix, ("", b""))
    if len(data) > MAX_EVIDENCE_BYTES:
        raise RefusedError(
            _("The file is larger than %(limit)s MB.") % {"limit": MAX_EVIDENCE_BYTES // 1024**2},
            code="evidence.too-large", field="file", hint=_("Scan it with fewer dots, or give a link."),
        )  # fmt: skip
    if not media_type or not data.startswith(begins):
        raise RefusedError(
            _("Only PDF, PNG and JPEG files are taken."),
            code="evidence.file",
            field="file",
            hint=_("Save it as PDF."),
        )
    piece.file_name, piece.media_type, piece.size = name[-150:], media_type, len(data)
    piece.file = default_storage.save(f"evidence/{piece.enrolment_id}/{piece.id}{suffix}", ContentFile(data))
