"""The verbs about who seals. A mandate counts when the body that is to seal has confirmed it; either side ends it at any time."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import pypdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as Picture

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import may, require
from tessella_web.common import audit
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.mandates.models import (
    Mandate,
    MandatedSeal,
    MandateState,
    SealingChoice,
    Way,
)
from tessella_web.credentials.models import Award

__all__ = ["ask_for_mandate", "choose", "decide", "end", "note_seals"]

MAX_DOCUMENT_BYTES = 1024 * 1024  # bytes
"""The document travels in every European Digital Credential that is sealed under the mandate."""

MAX_PAGES = 50
"""Of a mandate as PDF: agreements have two to twenty."""

_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg"}


@transaction.atomic
def ask_for_mandate(
    *,
    by: Person,
    organisation: Organisation,
    mandated: Organisation,
    scope: str,
    valid_from: dt.date,
    valid_to: dt.date | None,
    file_name: str,
    data: bytes,
) -> Mandate:
    """Give another body the mandate to seal; it counts once that body's owner has confirmed it.

    Raises:
        RefusedError: at the field that is wrong: ``mandate.self``, ``mandate.dates``, ``mandate.scope``, ``mandate.document``.
    """
    require(by, organisation, "organisation.manage")
    if mandated.pk == organisation.pk:
        raise _refused(_("This is your own organisation."), "self", "mandated", _("Choose the body that is to seal for you."))  # fmt: skip
    if valid_to and valid_to < valid_from:
        raise _refused(_("It cannot end before it begins."), "dates", "valid_to", _("Choose a later day."))
    if not scope.strip():
        raise _refused(_("Say what the mandate covers."), "scope", "scope", _("As the document says it, in one or two sentences."))  # fmt: skip
    media_type = _kind_of(data)
    mandate = Mandate(
        mandating=organisation, mandated=mandated, scope=scope.strip(), valid_from=valid_from, valid_to=valid_to,
        media_type=media_type, title=Path(file_name.replace("\\", "/")).stem[:200], size=len(data),
        digest=hashlib.sha256(data).hexdigest(), asked_by=by,
    )  # fmt: skip
    suffix = "pdf" if media_type == "application/pdf" else media_type.rpartition("/")[2]
    mandate.file = default_storage.save(f"mandates/{mandate.id}.{suffix}", ContentFile(data))
    mandate.save(force_insert=True)
    _tell("mandate.asked", mandate, by, organisation)
    return mandate


@transaction.atomic
def decide(*, by: Person, mandate: Mandate, confirm: bool) -> Mandate:
    """The yes or no of the body that is to seal: who may use its seal is its owner's decision.

    Raises:
        RefusedError: ``mandate.state``, it was decided before; ``mandate.identity``, one of the two is established and the other not.
    """
    require(by, mandate.mandated, "organisation.manage")
    found = _locked(mandate, MandateState.ASKED)
    if confirm and found.mandated.is_established != found.mandating.is_established:
        raise RefusedError(
            _("It is not established yet who stands behind one of the two organisations."),
            code="mandate.identity",
            hint=_("Have its identity established first; until then it issues tests, and a real seal is not put on tests."),
        )  # fmt: skip
    found.state = MandateState.CONFIRMED if confirm else MandateState.DECLINED
    found.decided_by, found.decided_at = by, timezone.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(f"mandate.{found.state}", found, by, found.mandated)
    return found


@transaction.atomic
def end(*, by: Person, mandate: Mandate) -> Mandate:
    """End a mandate from now on; either side may. What was sealed under it stays good.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``mandate.state``.
    """
    side = next((one for one in (mandate.mandating, mandate.mandated) if may(by, one, "organisation.manage")), None)  # fmt: skip
    if side is None:
        raise NotAllowedError(
            _("Only an owner of one of the two organisations ends a mandate."), code="accounts.not-allowed"
        )
    require(by, side, "organisation.manage")
    found = _locked(mandate, MandateState.ASKED, MandateState.CONFIRMED)
    found.state, found.ended_at = MandateState.ENDED, timezone.now()
    found.save(update_fields=["state", "ended_at"])
    SealingChoice.objects.filter(mandate=found).update(way=Way.OWN, mandate=None)
    _tell("mandate.ended", found, by, side)
    return found


@transaction.atomic
def choose(
    *, by: Person, organisation: Organisation, way: Way, mandate: Mandate | None = None
) -> SealingChoice:
    """Say who seals from now on.

    Raises:
        RefusedError: ``mandate.none``, a mandate is needed that holds today.
    """
    require(by, organisation, "key.manage")
    if way is Way.MANDATE:
        fits = mandate is not None and mandate.mandating_id == organisation.pk
        if mandate is None or not fits or not mandate.holds_on(timezone.now().date()):
            raise _refused(
                _("There is no mandate that holds today."), "none", "mandate",
                _("Upload one, and have the other body confirm it."),
            )  # fmt: skip
    chosen = mandate if way is Way.MANDATE else None
    made, _new = SealingChoice.objects.update_or_create(
        organisation=organisation, defaults={"way": way, "mandate": chosen}
    )
    audit.record(
        "sealing.chosen", f"organisation:{organisation.id}", actor_id=by.id, organisation=organisation.id,
        facts={"way": str(way), "mandate": chosen.id if chosen else ""},
    )  # fmt: skip
    return made


def note_seals(mandate: Mandate, awards: Iterable[Award]) -> None:
    """Keep that these awards were sealed under the mandate; within the transaction that writes them down."""
    MandatedSeal.objects.bulk_create(
        [MandatedSeal(award=award, mandate=mandate) for award in awards], ignore_conflicts=True
    )


def _kind_of(data: bytes) -> str:
    if len(data) > MAX_DOCUMENT_BYTES:
        raise _refused(_("The document is larger than 1 MB."), "document", "file", _("It travels in every credential: scan it in grey, or at 150 dpi."))  # fmt: skip
    try:
        if data.startswith(b"%PDF-"):
            if 0 < len(pypdf.PdfReader(io.BytesIO(data)).pages) <= MAX_PAGES:
                return "application/pdf"
        else:
            with Picture.open(io.BytesIO(data), formats=tuple(_PICTURES)) as picture:
                picture.verify()
                return _PICTURES[str(picture.format)]
    except Exception:  # noqa: BLE001, S110  # readers of damaged files raise anything; told below
        pass
    raise _refused(_("This is not a document that can be read."), "document", "file", _("Upload the signed mandate as PDF, PNG or JPEG."))  # fmt: skip


def _locked(mandate: Mandate, *states: MandateState) -> Mandate:
    found = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("mandating", "mandated")
        .get(pk=mandate.pk)
    )
    if found.state not in states:
        raise RefusedError(
            _("The mandate is: %(state)s.") % {"state": found.get_state_display()},
            code="mandate.state",
            hint=_("Load the page again."),
        )
    return found


def _refused(message: str, code: str, field: str, hint: str) -> RefusedError:
    return RefusedError(message, code=f"mandate.{code}", field=field, hint=hint)


def _tell(verb: str, mandate: Mandate, by: Person, organisation: Organisation) -> None:
    audit.record(
        verb, f"mandate:{mandate.id}", actor_id=by.id, organisation=organisation.id,
        facts={"mandating": mandate.mandating_id, "mandated": mandate.mandated_id, "digest": mandate.digest},
    )  # fmt: skip
