"""What mails about recoveries say: to the addresses of the account, to the new address, and to staff who are asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tessella_web.accounts.letters.domain import Draft, writes
from tessella_web.accounts.letters.models import Letter
from tessella_web.accounts.models import Person
from tessella_web.accounts.recovery.domain import refusal_key
from tessella_web.accounts.recovery.models import Notice, Recovery, Stage

__all__ = ["KINDS"]

Words = Callable[[Mapping[str, Any]], tuple[str, str]]


def _asked(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("Somebody asks you to confirm who they are"),
        _("Hello,\n\nsomebody says that they hold an award of %(organisation)s and cannot reach their account any more.\n\nHere you read what they wrote, and what to do:\n%(staff)s\n\nDo not answer to addresses that you find there before you have made sure who they belong to.") % facts,
    )  # fmt: skip


def _waits(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("Is it you who wants a new address on your account?"),
        _("Hello %(name)s,\n\n%(organisation)s has checked the identity of somebody who says that your account is theirs, and that they cannot reach it any more. On %(due)s this address is added to it:\n%(email)s\n\nIf that is you, do nothing.\n\nIf it is not you, say so before then:\n%(refuse)s\n\nNothing is changed until then, and nothing is taken away from you.") % facts,
    )  # fmt: skip


def _confirmed(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("%(organisation)s has confirmed who you are") % facts,
        _("Hello,\n\n%(organisation)s has confirmed that the account is yours. So that nobody can take an account from somebody else, we wait until %(due)s: until then whoever still reaches it can refuse.\n\nThen you can sign in with this address, and we write to you again.") % facts,
    )  # fmt: skip


def _declined(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("%(organisation)s could not confirm who you are") % facts,
        _("Hello,\n\n%(organisation)s could not make sure that the account is yours. Nothing was changed. Ask them what they need, or ask another organisation that awarded to you:\n%(door)s") % facts,
    )  # fmt: skip


def _refused(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("The new address was refused"),
        _("Hello,\n\nsomebody who reaches the account has refused that an address is added to it. Nothing was changed. If this is a mistake, ask %(organisation)s again:\n%(door)s") % facts,
    )  # fmt: skip


def _done(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("A new address opens your account"),
        _("Hello %(name)s,\n\nsince now your account can be opened with this address:\n%(email)s\n\nSign in with a code that we send there:\n%(sign_in)s\n\nIf you did not want that, write to %(organisation)s and to whoever runs this platform at once.") % facts,
    )  # fmt: skip


def _over(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("Your request is over"),
        _("Hello,\n\nwhat you asked %(organisation)s for could not be done: nobody decided, or the address belongs to another account by now. Nothing was changed. You can ask again:\n%(door)s") % facts,
    )  # fmt: skip


def _code_used(facts: Mapping[str, Any]) -> tuple[str, str]:
    return (
        _("An emergency code opened your account"),
        _("Hello %(name)s,\n\nsomebody has opened your account with one of its emergency codes. If it was you, all is well.\n\nIf not, sign in now and look at “How you sign in”; then make new codes:\n%(sign_in)s") % facts,
    )  # fmt: skip


KINDS: Mapping[str, tuple[Words, frozenset[Stage]]] = {
    "recovery-asked": (_asked, frozenset({Stage.ASKED})),
    "recovery-waits": (_waits, frozenset({Stage.CHECKED})),
    "recovery-confirmed": (_confirmed, frozenset({Stage.CHECKED})),
    "recovery-declined": (_declined, frozenset({Stage.DECLINED})),
    "recovery-refused": (_refused, frozenset({Stage.REFUSED})),
    "recovery-done": (_done, frozenset({Stage.DONE})),
    "recovery-over": (_over, frozenset({Stage.OVER})),
}
"""By kind the words, and in which stages they are still true: a mail that leaves later than it should says nothing old."""


def _draft(letter: Letter) -> Draft | None:
    notice = (
        Notice.objects.select_related("person", "recovery__organisation", "recovery__person")
        .filter(pk=letter.about)
        .first()
    )
    if notice is None or notice.recovery is None:
        return None
    words, stages = KINDS[letter.kind]
    if Stage(notice.recovery.stage) not in stages:
        return None
    own = (notice.person.language,) if letter.kind in ("recovery-waits", "recovery-done") else ()
    languages = (*own, notice.recovery.language, notice.recovery.organisation.language)
    facts = _facts(notice.person, notice.recovery)
    return Draft(notice.email, languages, lambda: words(facts()))


def _facts(person: Person, recovery: Recovery) -> Callable[[], Mapping[str, Any]]:
    """Made in the language of the mail."""
    base = settings.BASE_URL
    return lambda: {
        "name": person.name, "organisation": recovery.organisation.name, "email": recovery.email,
        "due": date_format(recovery.due_at) if recovery.due_at else "",
        "refuse": f"{base}{reverse('recovery-refuse', args=[recovery.id])}?key={refusal_key(recovery)}",
        "staff": base + reverse("recovery-request", args=[recovery.organisation.slug, recovery.id]),
        "door": base + reverse("recover"), "sign_in": base + reverse("sign-in"),
    }  # fmt: skip


for _kind in KINDS:
    writes(_kind)(_draft)


@writes("recovery-code-used")
def code_used(letter: Letter) -> Draft | None:
    """To every address that the account had."""
    notice = Notice.objects.select_related("person").filter(pk=letter.about).first()
    if notice is None:
        return None
    facts = {"name": notice.person.name, "sign_in": settings.BASE_URL + reverse("sign-in")}
    return Draft(notice.email, (notice.person.language,), lambda: _code_used(facts))
