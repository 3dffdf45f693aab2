"""Keys as they are stored: the library's public record, and the private part wrapped."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella import typed
from tessella.keys import CertificateFacts, KeyRecord, KeyStatus, certificate_facts
from tessella_web.common.models import Identified

__all__ = ["KeyKind", "KeyUse", "OrganisationKey"]


class KeyUse(models.TextChoices):
    """What a key is for."""

    BADGE = "badge", _("Badges and attestations")
    SELECTIVE = "selective", _("Badges that show parts of themselves")
    SEAL = "seal", _("Electronic seal")


class KeyKind(models.TextChoices):
    """Where the private part is."""

    MADE = "made", _("Made here, kept encrypted")
    UPLOADED = "uploaded", _("Uploaded, kept encrypted")
    TOKEN = "token", _("In a hardware token")
    SERVICE = "service", _("At a remote signing service")


class _State(models.TextChoices):
    ACTIVE = KeyStatus.ACTIVE.value, _("In use")
    RETIRED = KeyStatus.RETIRED.value, _("Replaced")
    REVOKED = KeyStatus.REVOKED.value, _("Revoked")


class OrganisationKey(Identified):
    """One key. ``number`` counts within the organisation and names it in the DID document (``#k1``).

    ``wrapped`` opens with the key-encryption key named by ``kek``, for this organisation and this id only. ``is_test``: it was made
    before it was established who stands behind the organisation, and never seals anything but tests. Of a key that is in a token or
    at a service only the name is kept under which the operator assigned it (``place``); ``wrapped`` is empty then.
    """

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="keys")
    number = models.PositiveIntegerField()
    use = models.CharField(max_length=12, choices=KeyUse.choices)
    state = models.CharField(max_length=12, choices=_State.choices, default=_State.ACTIVE)
    is_test = models.BooleanField()
    kind = models.CharField(max_length=12, choices=KeyKind.choices, default=KeyKind.MADE)
    place = models.CharField(max_length=80, blank=True)
    record: Any = models.JSONField()
    wrapped = models.TextField()
    kek = models.CharField(max_length=32, db_index=True)

    class Meta:
        ordering = ("-number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "number"], name="one_key_number_each"),
        ]

    def __str__(self) -> str:
        return self.public.name

    @property
    def public(self) -> KeyRecord:
        """The public record."""
        return typed.convert(self.record, KeyRecord)

    @property
    def did(self) -> str:
        """Who others see signing; empty for a seal, which its certificate names."""
        return self.public.verification_method.partition("#")[0]

    @property
    def is_outside(self) -> bool:
        """Whether the private part is in a token or at a service."""
        return bool(self.place)

    @property
    def certificates(self) -> tuple[CertificateFacts, ...]:
        """What the certificates say, end entity first; none for keys that a DID names."""
        return tuple(certificate_facts(one) for one in self.public.certificates)

    def ended(self, at: dt.datetime) -> bool:
        """Whether its certificate is over at this time."""
        found = self.certificates[:1]
        return bool(found) and found[0].not_after < at

    @property
    def bound_to(self) -> str:
        """Where the wrapped part belongs: it opens nowhere else."""
        return f"{self.organisation_id} {self.id}"

    @property
    def is_active(self) -> bool:
        """Whether it seals."""
        return self.state == KeyStatus.ACTIVE
