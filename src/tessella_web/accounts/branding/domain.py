"""The verbs about how certificates look."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tessella.errors import SchemaError
from tessella.model import Image
from tessella.rendering import readable_colour
from tessella.rendering.style import MAX_EDITIONS, MAX_SIGNATORIES
from tessella_web.accounts.branding.models import Look, Signatory
from tessella_web.accounts.branding.pictures import cleaned_picture
from tessella_web.accounts.branding.queries import look_of
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["add_signatory", "remove_logo", "remove_signatory", "set_look"]


@transaction.atomic
def set_look(
    *,
    by: Person,
    organisation: Organisation,
    colour: str = "",
    languages: Sequence[str] = (),
    logo: bytes = b"",
) -> Look:
    """Colour and languages; a logo only where one is given.

    Raises:
        RefusedError: at ``colour``, ``languages`` or ``logo``: it cannot be used.
    """
    require(by, organisation, "organisation.manage")
    look = look_of(organisation)
    look.colour = _colour(colour)
    if len(languages) > MAX_EDITIONS:
        raise RefusedError(
            _("A certificate has at most %(count)s languages.") % {"count": MAX_EDITIONS},
            code="branding.languages", field="languages", hint=_("Choose fewer."),
        )  # fmt: skip
    look.languages = list(dict.fromkeys(languages))
    if logo:
        picture = cleaned_picture(logo, field="logo")
        look.logo, look.logo_type = picture.content, picture.media_type
    look.save()
    _tell("branding.changed", organisation, by, logo=bool(logo), languages=look.languages)
    return look


@transaction.atomic
def remove_logo(*, by: Person, organisation: Organisation) -> None:
    """The awarding body's own logo is shown again, where the description has one."""
    require(by, organisation, "organisation.manage")
    Look.objects.filter(organisation=organisation).update(logo=b"", logo_type="")
    _tell("branding.changed", organisation, by, logo=False)


@transaction.atomic
def add_signatory(
    *, by: Person, organisation: Organisation, name: str, function: dict[str, str], picture: bytes = b""
) -> Signatory:
    """Somebody whose name stands below certificates from now on.

    Raises:
        RefusedError: ``branding.signatories``, there is no room; at ``picture``.
    """
    require(by, organisation, "organisation.manage")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if Signatory.objects.filter(organisation=organisation).count() >= MAX_SIGNATORIES:
        raise RefusedError(
            _("A certificate has room for %(count)s signatories.") % {"count": MAX_SIGNATORIES},
            code="branding.signatories", hint=_("Remove one first."),
        )  # fmt: skip
    drawn = cleaned_picture(picture, field="picture") if picture else Image(content=b"", media_type="")
    made = Signatory.objects.create(
        organisation=organisation,
        name=name.strip(),
        function={tag: text.strip() for tag, text in function.items() if text.strip()},
        picture=drawn.content,
        picture_type=drawn.media_type,
    )
    _tell("branding.signatory-added", organisation, by, signatory=made.id)
    return made


@transaction.atomic
def remove_signatory(*, by: Person, signatory: Signatory) -> None:
    """The name stands on certificates no more that are made from now on."""
    require(by, signatory.organisation, "organisation.manage")
    _tell("branding.signatory-removed", signatory.organisation, by, signatory=signatory.id)
    signatory.delete()


def _colour(text: str) -> str:
    if not text.strip():
        return ""
    try:
        readable_colour(text.strip())
    except SchemaError as error:
        raise RefusedError(error.message, code="branding.colour", hint=error.hint, field="colour") from error
    return text.strip().lower()


def _tell(verb: str, organisation: Organisation, by: Person, **facts: object) -> None:
    audit.record(verb, f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id, facts=facts)  # fmt: skip
