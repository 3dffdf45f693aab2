"""A body: a legal identity, with names, identifiers and relations from one day to another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tessella_web.common.models import Identified
from tessella_web.registers.names import plain, sketch, words

__all__ = [
    "Body",
    "BodyIdentifier",
    "BodyKind",
    "BodyName",
    "BodyRelation",
    "Dated",
    "RelationKind",
    "Scheme",
]

NAME_LENGTH = 300
"""Characters: the longest official names of European institutions have about 200."""


class BodyKind(models.TextChoices):
    """What sort of body it is; only higher education institutions may claim what only they may give."""

    HIGHER_EDUCATION = "higher-education", _("Higher education institution")
    VOCATIONAL = "vocational", _("School or centre of vocational education and training")
    COMPANY = "company", _("Company")
    NGO = "ngo", _("Non-governmental organisation")
    AUTHORITY = "authority", _("Public authority")
    AGENCY = "agency", _("Quality assurance agency")
    ALLIANCE = "alliance", _("Alliance or consortium")
    OTHER = "other", _("Other")


class Scheme(models.TextChoices):
    """Who gives the identifier."""

    LEGAL = "legal", _("Legal identifier, as in seal certificates")
    VAT = "vat", _("VAT number")
    NATIONAL = "national", _("National register number")
    DID = "did", _("Decentralised identifier (DID)")
    DEQAR = "deqar", _("DEQAR")
    ETER = "eter", _("ETER")
    ROR = "ror", _("ROR")
    PIC = "pic", _("Participant identification code (PIC)")
    ERASMUS = "erasmus", _("Erasmus code")
    SCHAC = "schac", _("SCHAC: home organisation, a domain")
    WHED = "whed", _("WHED")
    OTHER = "other", _("Other")


class Dated(models.Model):
    """True from one day to another, both included; an open end is unknown or has not come."""

    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
                name="%(class)s_in_order",
            )
        ]

    def holds_on(self, day: dt.date) -> bool:
        """Whether it is true on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @staticmethod
    def on(day: dt.date) -> Q:
        """The same, for a query."""
        return (Q(valid_from__isnull=True) | Q(valid_from__lte=day)) & (
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )


class Body(Identified):
    """A legal identity. ``name`` is the present one of `names`, kept here for lists.

    ``is_confirmed``: a register or an established organisation says that it exists. Before, it is only what somebody
    declared, and is shown to nobody else.
    """

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    plain_name = models.CharField(max_length=2 * NAME_LENGTH, db_index=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=BodyKind.choices, default=BodyKind.OTHER)
    country = models.CharField(_("country"), max_length=3, blank=True)
    homepage = models.URLField(_("website"), blank=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ("plain_name", "id")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The name also as it is searched."""
        self.plain_name = plain(self.name)[: 2 * NAME_LENGTH]
        super().save(*args, **kwargs)


class BodyName(Dated):
    """A name the body had or has. ``sketch`` and ``words`` find names that could be taken for it."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    language = models.CharField(_("language"), max_length=12, blank=True)
    sketch = models.CharField(max_length=2 * NAME_LENGTH, db_index=True, editable=False)
    words = models.CharField(max_length=2 * NAME_LENGTH, db_index=True, editable=False)

    class Meta(Dated.Meta):
        ordering = (F("valid_to").desc(nulls_first=True), F("valid_from").desc(nulls_last=True), "id")

    def __str__(self) -> str:
        return self.name

    def prepare(self) -> BodyName:
        """Work out how it looks; done by saving too, but not by saving many at once."""
        self.sketch, self.words = sketch(self.name)[: 2 * NAME_LENGTH], words(self.name)[: 2 * NAME_LENGTH]
        return self

    def save(self, *args: Any, **kwargs: Any) -> None:
        """With how it looks."""
        self.prepare()
        super().save(*args, **kwargs)


class BodyIdentifier(Dated):
    """An identifier; at any time it is one body's."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(_("kind"), max_length=12, choices=Scheme.choices)
    value = models.CharField(_("identifier"), max_length=200)

    class Meta(Dated.Meta):
        ordering = ("scheme", "value", "id")
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["scheme", "value"], condition=Q(valid_to__isnull=True), name="identifier_is_one_bodys"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class RelationKind(models.TextChoices):
    """How one body stands to another; read from the first to the second."""

    PART_OF = "part-of", _("is part of")
    MEMBER_OF = "member-of", _("is a member of")
    PREDECESSOR_OF = "predecessor-of", _("was succeeded by")


class BodyRelation(Dated):
    """``body`` is part of, is a member of, or was succeeded by ``other``; a succession happens on ``valid_from``."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=20, choices=RelationKind.choices)
    other = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="relations_to")

    class Meta(Dated.Meta):
        ordering = ("kind", "id")
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(body=F("other")), name="related_to_another"),
            models.UniqueConstraint(fields=["body", "kind", "other", "valid_from"], name="related_once"),
        ]
