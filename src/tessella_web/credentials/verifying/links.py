"""Links to what is here: an award's page or something shared. They are followed without a network, like anybody who opens them."""

from __future__ import annotations

import io
import zipfile
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from tessella.verdicts import Report
from tessella_web.common.addresses import parts_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.models import Award
from tessella_web.credentials.queries import public_award
from tessella_web.credentials.verifying.answers import Credential, Found
from tessella_web.credentials.wallet.domain import open_share, standing_share
from tessella_web.credentials.wallet.models import ShownKind

__all__ = ["Linked", "anonymous", "linked", "without_person"]

PREFERRED = ("openbadge", "openbadge-jwt", "edc", "attestation", "openbadge-sd", "png", "pdf")
"""Which of an award's files answers for it: the ones that need nothing from outside first."""

PERSONAL = frozenset({"holder", "where"})
"""Facts about the person; a link to an award shows none."""


ABOUT_PERSONS = frozenset({"holder", "page"})
"""Checks that may name the person."""


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """What stands behind a link to this installation. ``is_anonymous``: the link shows nothing about the person."""

    data: bytes
    is_anonymous: bool


def linked(text: bytes) -> Linked | None:
    """What a link leads to, when it leads to something here; None for anything else.

    Opening something shared counts as a look, as in a browser.

    Raises:
        DomainError: there is nothing to see behind it any more, or only with a PIN.
    """
    if len(text) > 2_000 or not text.startswith((b"http://", b"https://")):
        return None
    parts = parts_of(text.decode("ascii", "replace").strip())
    if parts[:2] != urlsplit(settings.BASE_URL)[:2]:
        return None
    try:
        route = resolve(parts.path)
    except Resolver404:
        return None
    if route.url_name == "award":
        return _of_award(public_award(route.kwargs["id"]))
    if route.url_name == "shared":
        return _of_share(route.kwargs["secret"])
    return None


def _of_award(award: Award | None) -> Linked:
    files = {copy.format: copy.file for copy in award.copies.all()} if award else {}
    chosen = next((files[name] for name in PREFERRED if name in files), None)
    if chosen is None:
        raise _nothing()
    with default_storage.open(chosen) as file:
        return Linked(data=file.read(), is_anonymous=True)


def _of_share(secret: str) -> Linked:
    """What somebody shows. With a PIN it is not opened: guesses would count, and end what is shown."""
    if standing_share(secret=secret).pin:
        raise RefusedError(
            _("What this link shows is opened with a PIN."),
            code="verify.pin",
            hint=_("Open it in a browser, keep the file and check that."),
        )
    share = open_share(secret=secret, pin="")
    shown = share.files.filter(kind=ShownKind.CREDENTIAL).exclude(file="")
    files = [(one.name, one.file) for one in shown]
    if not files:
        raise _nothing()
    if len(files) == 1:
        with default_storage.open(files[0][1]) as file:
            return Linked(data=file.read(), is_anonymous=False)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, (name, path) in enumerate(files, 1):
            with default_storage.open(path) as file:
                archive.writestr(f"{number} {name}", file.read())
    return Linked(data=packed.getvalue(), is_anonymous=False)


def _nothing() -> RefusedError:
    return RefusedError(
        _("There is no file behind this link."),
        code="verify.no-file",
        hint=_("Ask the person for the file itself."),
    )


def without_person(found: Found) -> Found:
    """The answer without anything about the person: for a link that does not show it either."""
    return msgspec.structs.replace(
        found,
        report=anonymous(found.report),
        view=msgspec.structs.replace(found.view, facts=()),
        credentials=tuple(map(_without, found.credentials)),
    )


def _without(one: Credential) -> Credential:
    kept = [
        (name, fact) for name, fact in zip(one.facts, one.view.facts, strict=True) if name not in PERSONAL
    ]
    view = msgspec.structs.replace(
        one.view,
        facts=tuple(fact for _name, fact in kept),
        checks=tuple(check for check in one.view.checks if check.id not in ABOUT_PERSONS),
    )
    return msgspec.structs.replace(
        one,
        view=view,
        facts=tuple(name for name, _fact in kept),
        checks=tuple(
            msgspec.structs.replace(check, evidence=())
            for check in one.checks
            if check.view.id not in ABOUT_PERSONS
        ),
        sections=(),
        page=None,
        sittings=(),
        claims=(),
        changes=tuple(change for change in one.changes if change.id not in ABOUT_PERSONS),
    )


def anonymous(report: Report) -> Report:
    """The report without facts about the person, and without evidence, which may name them."""
    return msgspec.structs.replace(
        report,
        subject={name: value for name, value in report.subject.items() if name not in PERSONAL},
        checks=tuple(
            msgspec.structs.replace(check, evidence={})
            for check in report.checks
            if check.id not in ABOUT_PERSONS
        ),
        children=tuple(map(anonymous, report.children)),
    )
