"""How an award of a description will look, marked as a preview."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tessella.errors import TessellaError
from tessella.model import Award, Learner, MicroCredential
from tessella.rendering import CertificateStyle, certificate, tile_facts, tile_svg
from tessella_web.common.errors import RefusedError

__all__ = ["badge_picture", "certificate_preview"]


def badge_picture(record: MicroCredential, *, size: int = 512) -> str:
    """The tile as SVG; without its title when no font here has its signs."""
    facts = tile_facts(record)
    try:
        return tile_svg(facts, size=size)
    except TessellaError:
        return tile_svg(facts, size=size, label=False)


def certificate_preview(
    record: MicroCredential, *, at: dt.datetime, style: CertificateStyle | None = None
) -> bytes:
    """The certificate as PDF for a learner called “PREVIEW”, marked as a test on every page; ``style`` is the organisation's.

    Raises:
        RefusedError: ``catalogue.preview``: something in it cannot be printed.
    """
    award = Award(
        id="urn:uuid:00000000-0000-4000-8000-000000000000",
        micro_credential=record,
        learner=Learner(full_name=_("PREVIEW")),
        awarded_on=at.date(),
    )
    languages = list(dict.fromkeys((record.language, get_language() or "en")))
    try:
        return certificate(award, issued_at=at, languages=languages, test=True, style=style)
    except TessellaError as error:
        raise RefusedError(error.message, code="catalogue.preview", hint=error.hint) from error
