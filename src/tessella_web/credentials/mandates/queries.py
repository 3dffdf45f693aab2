"""Reads about who seals."""

from __future__ import annotations

import datetime as dt

import msgspec
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from tessella.formats.elm import Mandate as MandateFacts
from tessella.keys import KeyStatus
from tessella.model import Image
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.accounts.keys.queries import active_key
from tessella_web.accounts.models import Organisation
from tessella_web.credentials.mandates.models import Mandate, MandatedSeal, SealingChoice, Way
from tessella_web.credentials.models import Award

__all__ = ["Sealing", "choice_of", "given", "held", "mandate_facts", "possible_sealers", "sealing_of", "used"]


class Sealing(msgspec.Struct, frozen=True, kw_only=True):
    """Who seals for an organisation now: with which key that has a certificate, under which mandate.

    ``lapsed``: another body was chosen, but its mandate does not hold or it has no seal; then nobody seals.
    """

    way: Way
    seal: OrganisationKey | None
    mandate: Mandate | None = None
    lapsed: bool = False


def choice_of(organisation: Organisation) -> SealingChoice:
    """What the organisation has chosen, or the default."""
    found = (
        SealingChoice.objects.select_related("mandate__mandated", "mandate__mandating")
        .filter(organisation=organisation)
        .first()
    )
    return found or SealingChoice(organisation=organisation)


def sealing_of(organisation: Organisation, day: dt.date) -> Sealing:
    """Who seals for it on this day."""
    choice = choice_of(organisation)
    way = Way(choice.way)
    if way is Way.BADGES:
        return Sealing(way=way, seal=None)
    if way is Way.OWN or choice.mandate is None:
        return Sealing(way=way, seal=active_key(organisation, KeyUse.SEAL))
    mandate = choice.mandate
    fits = mandate.holds_on(day) and mandate.mandated.is_established == organisation.is_established
    key = active_key(mandate.mandated, KeyUse.SEAL) if fits else None
    return Sealing(way=way, seal=key, mandate=mandate if key else None, lapsed=key is None)


def mandate_facts(mandate: Mandate) -> MandateFacts:
    """What of a mandate travels in a credential: the statement, and the document."""
    with default_storage.open(mandate.file) as file:
        document = Image(content=file.read(), media_type=mandate.media_type)
    until = f" to {mandate.valid_to.isoformat()}" if mandate.valid_to else ""
    statement = (
        f"{mandate.mandating.name} makes every claim in this credential and has given {mandate.mandated.name} the mandate to "
        f"issue it. Scope: {mandate.scope} Valid from {mandate.valid_from.isoformat()}{until}."
    )
    return MandateFacts(statement=statement, title=mandate.title, document=document)


def given(organisation: Organisation) -> QuerySet[Mandate]:
    """The mandates that the organisation gave."""
    return Mandate.objects.filter(mandating=organisation).select_related("mandated", "mandating")


def held(organisation: Organisation) -> QuerySet[Mandate]:
    """The mandates under which it seals, or is asked to."""
    return Mandate.objects.filter(mandated=organisation).select_related("mandated", "mandating")


def used(mandate: Mandate) -> int:
    """How many awards were sealed under it."""
    return MandatedSeal.objects.filter(mandate=mandate).count()


def possible_sealers(organisation: Organisation) -> QuerySet[Organisation]:
    """Other organisations here that have an electronic seal in use."""
    sealing = OrganisationKey.objects.filter(use=KeyUse.SEAL, state=KeyStatus.ACTIVE)
    return (
        Organisation.objects.filter(pk__in=sealing.values("organisation"))
        .exclude(pk=organisation.pk)
        .order_by("name")
    )


def mandate_of(award: Award) -> Mandate | None:
    """The mandate under which the award's seals were made; None when they are the awarding body's own."""
    found = (
        MandatedSeal.objects.filter(award=award)
        .select_related("mandate__mandating", "mandate__mandated")
        .first()
    )
    return found.mandate if found else None
