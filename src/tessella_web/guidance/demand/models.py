"""Figures on vacancies as they were brought in, each with its source and date."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tessella_web.common.models import Identified

__all__ = ["DemandFigure", "DemandTable"]


class DemandTable(Identified):
    """One file that was brought in. Rows are taken over in pieces: ``rows`` are those done so far, ``finished_at`` is empty until all are.

    ``problems`` are the first rows that were left out: row, field, reason, remedy.
    """

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    problems: Any = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return self.name


class DemandFigure(models.Model):
    """How many vacancies asked for a skill or an occupation, where and when, by whom counted; see `tessella.guidance.demand.Figure`.

    ``key`` is the SHA-256 of concept, region, period and source: there is one figure for these.
    """

    key = models.CharField(max_length=64, unique=True)
    concept = models.CharField(max_length=300)
    region = models.CharField(max_length=5)
    period_from = models.DateField()
    period_to = models.DateField()
    vacancies = models.PositiveIntegerField()
    source = models.CharField(max_length=500)
    source_url = models.CharField(max_length=500)
    published_on = models.DateField()
    licence = models.CharField(max_length=500)
    table = models.ForeignKey(DemandTable, on_delete=models.PROTECT, related_name="figures")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["concept", "region"], name="demand_figure_concept")]

    def __str__(self) -> str:
        return f"{self.concept} {self.region}"
