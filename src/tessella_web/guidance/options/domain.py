"""Making a list of options, sharing it, answering it, ending it: the only code that changes any of it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella_web.accounts.letters import domain as letters
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.wallet.domain import digest_of
from tessella_web.credentials.wallet.domain.looking import MOST_WRONG_PINS
from tessella_web.credentials.wallet.domain.sharing import LONGEST_SHARE, TOKEN_BYTES
from tessella_web.guidance.options.models import Option, OptionList, Reply

__all__ = [
    "MOST_OPTIONS", "adopt", "answer", "change", "discard", "drop", "erase_ended", "keep", "open_list", "put_option", "remove_option",
    "send_link", "send_to", "standing_list", "start", "withdraw",
]  # fmt: skip

MOST_OPTIONS = 3
"""More than three nobody compares; to choose them is the counsellor's work."""

ERASED_AT_ONCE = 200

LETTER = "options"

_TEXTS = ("title", "url", "why", "cost", "start", "workload", "entry")


@transaction.atomic
def start(
    *,
    by: Person,
    organisation: Organisation,
    client_name: str,
    title: str,
    ends_at: dt.datetime,
    message: str = "",
    tells_opening: bool = False,
) -> OptionList:
    """Begin a list for a client; only its counsellor sees it.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.end``, ``options.client``.
    """
    require(by, organisation, "advise")
    said = _outline(client_name, title, message, ends_at)
    return OptionList.objects.create(
        organisation=organisation, counsellor=by, tells_opening=tells_opening, language=get_language() or "", **said,
    )  # fmt: skip


@transaction.atomic
def change(
    *,
    by: Person,
    option_list: OptionList,
    client_name: str,
    title: str,
    ends_at: dt.datetime,
    message: str = "",
    tells_opening: bool = False,
) -> OptionList:
    """Say other things of a list that was not sent.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``, ``options.end``, ``options.client``.
    """
    found = _draft(by, option_list)
    for name, value in _outline(client_name, title, message, ends_at).items():
        setattr(found, name, value)
    found.tells_opening = tells_opening
    found.save()
    return found


def _outline(client_name: str, title: str, message: str, ends_at: dt.datetime) -> dict[str, Any]:
    if not client_name.strip() or not title.strip():
        raise RefusedError(
            _("It does not say for whom, or what it is about."), code="options.client", field="client_name",
            hint=_("Only you see the name; the title stands above the list."),
        )  # fmt: skip
    if not timezone.now() < ends_at <= timezone.now() + LONGEST_SHARE:
        raise RefusedError(
            _("It ends too late, or has ended."), code="options.end", field="ends_on",
            hint=_("Choose a day within the next year; then it is erased."),
        )  # fmt: skip
    return {
        "client_name": client_name.strip()[:200],
        "title": title.strip()[:200],
        "message": message.strip(),
        "ends_at": ends_at,
    }


@transaction.atomic
def put_option(
    *, by: Person, option_list: OptionList, values: Mapping[str, Any], option: Option | None = None
) -> Option:
    """Add an option, or say other things of one.

    Args:
        values: ``title``, ``url``, ``why``, ``cost``, ``start``, ``workload``, ``entry`` as texts; ``offer`` or ``pathway`` where it is one here;
            ``is_own`` for a page elsewhere: of what is here it is known.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``, ``options.too-many``, ``options.text``, ``options.address``.
    """
    found = _draft(by, option_list)
    made = option or Option(list=found, position=found.options.count() + 1)
    if option is None and found.options.count() >= MOST_OPTIONS:
        raise RefusedError(
            _("There are three options already."), code="options.too-many", hint=_("Take one out first: more than three nobody compares."),
        )  # fmt: skip
    for name in _TEXTS:
        if name in values:
            setattr(made, name, str(values[name]).strip())
    if option is None:
        made.offer, made.pathway = values.get("offer"), values.get("pathway")
    here = made.offer or made.pathway
    made.is_own = (
        here.organisation_id == found.organisation_id if here else bool(values.get("is_own", made.is_own))
    )
    if not made.title or not made.why:
        raise RefusedError(
            _("An option needs a title and a reason."), code="options.text", field="why" if made.title else "title",
            hint=_("Say why it fits this client."),
        )  # fmt: skip
    if here is None:
        _check_address(made.url)
    made.save()
    return made


def _check_address(url: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise RefusedError(
            _("This is no address of a page."), code="options.address", field="url", hint=_("Write it with https://"),
        ) from error  # fmt: skip


@transaction.atomic
def remove_option(*, by: Person, option: Option) -> None:
    """Take an option out of a list that was not sent.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``.
    """
    found = _draft(by, option.list)
    option.delete()
    for position, one in enumerate(found.options.all(), 1):
        Option.objects.filter(pk=one.pk).update(position=position)


@transaction.atomic
def send_link(*, by: Person, option_list: OptionList, pin: str = "") -> str:
    """Show it from now on to whoever has the link: the secret of its address, which is not kept.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``, ``options.empty``, ``options.end``.
    """
    found = _ready(by, option_list)
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    found.digest, found.pin = digest_of(secret), make_password(pin) if pin else ""
    _sent(by, found, "link")
    return secret


@transaction.atomic
def send_to(*, by: Person, option_list: OptionList, email: str) -> None:
    """Put it into the account of whoever confirmed this address, now or later; a mail tells them. Whether there is an account is not told.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``, ``options.empty``, ``options.end``, ``options.email``.
    """
    found = _ready(by, option_list)
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise RefusedError(
            _("This is no e-mail address."),
            code="options.email",
            field="email",
            hint=_("Such as name@example.org"),
        ) from error
    found.email = address
    _sent(by, found, "account")
    letters.queue(LETTER, about=found.id, language=found.language)


def _ready(by: Person, option_list: OptionList) -> OptionList:
    found = _draft(by, option_list)
    if not found.options.exists():
        raise RefusedError(_("The list is empty."), code="options.empty", hint=_("Add an option first."))
    if found.ends_at <= timezone.now():
        raise RefusedError(_("It ends too late, or has ended."), code="options.end", hint=_("Choose a later day."))  # fmt: skip
    return found


def _sent(by: Person, found: OptionList, how: str) -> None:
    found.sent_at = timezone.now()
    found.save()
    audit.record(
        "options.sent", f"options:{found.id}", actor_id=by.id, organisation=found.organisation_id, facts={"how": how}
    )  # fmt: skip


@transaction.atomic
def withdraw(*, by: Person, option_list: OptionList) -> None:
    """Show it no more. What the client kept in the wallet stays there.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.draft``.
    """
    found = _own(by, option_list)
    if found.is_draft:
        raise RefusedError(_("It was not sent."), code="options.draft", hint=_("Delete it instead."))
    if found.withdrawn_at is None:
        found.withdrawn_at = timezone.now()
        found.save(update_fields=["withdrawn_at"])
        audit.record("options.withdrawn", f"options:{found.id}", actor_id=by.id, organisation=found.organisation_id)  # fmt: skip


@transaction.atomic
def discard(*, by: Person, option_list: OptionList) -> None:
    """Delete what was not sent.

    Raises:
        NotAllowedError: ``accounts.not-allowed``. RefusedError: ``options.sent``.
    """
    _draft(by, option_list).delete()


def standing_list(*, secret: str, lock: bool = False) -> OptionList:
    """What is shown under an address, without it being noted.

    Raises:
        RefusedError: ``options.gone``: withdrawn, ended or never there, not told apart.
    """
    lists = (
        OptionList.objects.select_for_update() if lock else OptionList.objects.select_related("organisation")
    )
    found = lists.filter(digest=digest_of(secret)).first()
    if found is None or not found.is_open(timezone.now()):
        raise RefusedError(
            _("Nothing is shown here any more."), code="options.gone", hint=_("Ask your counsellor for a new link.")
        )  # fmt: skip
    return found


def open_list(*, secret: str, pin: str = "") -> OptionList:
    """Open a list by its address; that it was opened is noted only where the client is told so.

    Raises:
        RefusedError: ``options.gone``; ``options.pin``, another PIN is needed: after ten wrong ones the list ends.
    """
    with transaction.atomic():
        found = standing_list(secret=secret, lock=True)
        right = not found.pin or check_password(pin, found.pin)
        if right:
            _note_opening(found)
        else:
            found.wrong_pins += 1
            if found.wrong_pins >= MOST_WRONG_PINS:
                found.withdrawn_at = timezone.now()
            found.save(update_fields=["wrong_pins", "withdrawn_at"])
    if not right:
        raise RefusedError(_("This PIN is not right."), code="options.pin", field="pin", hint=_("Your counsellor has it."))  # fmt: skip
    return found


def _note_opening(found: OptionList) -> None:
    if found.tells_opening and found.opened_at is None:
        found.opened_at = timezone.now()
        found.save(update_fields=["opened_at"])


@transaction.atomic
def answer(*, option: Option, reply: str, text: str = "", by: Person | None = None) -> Option:
    """What the client says to an option; the last answer counts. Without ``by`` the caller has opened the list by its link.

    Raises:
        NotAllowedError: ``options.not-yours``. RefusedError: ``options.reply``; ``options.gone``: the counsellor does not get it any more.
    """
    found = OptionList.objects.get(pk=option.list_id)
    if by is not None and found.client_id != by.id:
        raise _not_yours()
    if not found.is_open(timezone.now()) or found.counsellor_id is None:
        raise RefusedError(
            _("Your counsellor does not see answers to this list any more."), code="options.gone", hint=_("Ask in another way.")
        )  # fmt: skip
    if reply not in Reply.values or (reply == Reply.QUESTION and not text.strip()):
        raise RefusedError(
            _("Say whether it is for you, or write your question."), code="options.reply", field="text" if reply == Reply.QUESTION else "reply",
            hint=_("Choose one of the three."),
        )  # fmt: skip
    option.reply, option.reply_text, option.replied_at = reply, text.strip(), timezone.now()
    option.save(update_fields=["reply", "reply_text", "replied_at"])
    return option


@transaction.atomic
def keep(*, by: Person, option_list: OptionList) -> OptionList:
    """Keep a list in one's own wallet; it stays there when it ends or is withdrawn.

    Raises:
        RefusedError: ``options.kept``: it is in somebody else's wallet.
    """
    found = OptionList.objects.select_for_update().get(pk=option_list.pk)
    if found.client_id not in (None, by.id):
        raise RefusedError(_("Somebody has put this list into a wallet already."), code="options.kept", hint=_("Ask your counsellor for a list of your own."))  # fmt: skip
    found.client, found.email = by, ""
    found.kept_at = found.kept_at or timezone.now()
    found.save(update_fields=["client", "email", "kept_at"])
    return found


@transaction.atomic
def adopt(*, by: Person) -> int:
    """Give lists that were sent to a confirmed address of somebody to them; how many."""
    addresses = {
        by.email.lower(),
        *(one.lower() for one in EmailAddress.objects.filter(user=by, verified=True).values_list("email", flat=True)),
    }  # fmt: skip
    waiting = OptionList.objects.filter(email__in=addresses, client=None, withdrawn_at=None, ends_at__gt=timezone.now())  # fmt: skip
    found = waiting.update(client=by, email="")
    return int(found)


@transaction.atomic
def drop(*, by: Person, option_list: OptionList) -> None:
    """Delete a list that is in one's wallet: for its counsellor, too.

    Raises:
        NotAllowedError: ``options.not-yours``.
    """
    if option_list.client_id != by.id:
        raise _not_yours()
    audit.record("options.erased", f"options:{option_list.id}", organisation=option_list.organisation_id)
    option_list.delete()


@transaction.atomic
def note_reading(*, by: Person, option_list: OptionList) -> None:
    """The client reads it in the account; noted only where they are told so."""
    if option_list.client_id == by.id and option_list.is_open(timezone.now()):
        _note_opening(option_list)


@transaction.atomic
def erase_ended() -> int:
    """Erase lists whose time is over; of those that a client kept, what the counsellor had of them. How many."""
    due = OptionList.objects.select_for_update(skip_locked=True).filter(ends_at__lte=timezone.now())
    gone = list(due.filter(kept_at=None)[:ERASED_AT_ONCE])
    for one in gone:
        audit.record("options.erased", f"options:{one.id}", organisation=one.organisation_id)
        one.delete()
    kept = due.exclude(kept_at=None).exclude(counsellor=None, client_name="", digest=None)
    left = kept.update(counsellor=None, client_name="", email="", digest=None, pin="", opened_at=None)
    return len(gone) + left


def _own(by: Person, option_list: OptionList) -> OptionList:
    found = (
        OptionList.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=option_list.pk)
    )
    require(by, found.organisation, "advise")
    if found.counsellor_id != by.id:
        raise _not_yours()
    return found


def _draft(by: Person, option_list: OptionList) -> OptionList:
    found = _own(by, option_list)
    if not found.is_draft:
        raise RefusedError(
            _("It was sent already."), code="options.sent", hint=_("Withdraw it, and make another one.")
        )
    return found


def _not_yours() -> NotAllowedError:
    return NotAllowedError(
        _("This list is not yours."),
        code="options.not-yours",
        hint=_("Ask whoever made it, or for whom it is."),
    )
