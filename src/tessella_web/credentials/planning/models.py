"""What somebody asked to be planned, and the answer; and what rules see of each published version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.catalogue.models import Version
from tessella_web.common.models import Identified

__all__ = ["Least", "Plan", "PlanState", "Sketch"]

MAX_KEY = 60
"""Characters of a rule's name in addresses."""


class Sketch(models.Model):
    """What rules ask about whoever will have passed a version. A published version never changes, so this is never stale.

    ``item`` is the library's item as plain data; ``asks`` are the credentials that one must have before, ``asks_text`` what else stands there.
    """

    version = models.OneToOneField(Version, on_delete=models.CASCADE, primary_key=True, related_name="sketch")
    item: Any = models.JSONField()
    asks: Any = models.JSONField(default=list)
    asks_text: Any = models.JSONField(default=dict)


class Least(models.TextChoices):
    """What a plan is to have least of; the values are the library's words."""

    WORKLOAD = "workload", _("Least work")
    PRICE = "price", _("Cheapest")
    TIME = "time", _("Soonest")
    PROVIDERS = "providers", _("Fewest providers")


class PlanState(models.TextChoices):
    """Where the work is."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not worked out")


class Plan(Identified):
    """What somebody asked, and, once it is worked out, the library's answer as plain data.

    ``rule`` is what addresses call the goal, ``goal`` and ``receiver`` its words on the day of asking. ``wishes`` are the library's, as plain data.
    ``before`` is the plan that this one asks “what if” about. Whoever works on it holds a lease; one that has ended is taken over.
    """

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="plans")
    rule = models.CharField(max_length=MAX_KEY)
    goal = models.CharField(max_length=300)
    receiver = models.CharField(max_length=300)
    on = models.DateField()
    language = models.CharField(max_length=12)
    wishes: Any = models.JSONField(default=dict)
    least = models.CharField(max_length=12, choices=Least.choices, default=Least.WORKLOAD)
    against = models.CharField(max_length=12, choices=Least.choices, blank=True)
    before = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="what_ifs")
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.WAITING)
    answer: Any = models.JSONField(null=True)
    code = models.CharField(max_length=60, blank=True)
    message = models.TextField(blank=True)
    hint = models.TextField(blank=True)
    offers = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "pk")
        indexes: ClassVar = [models.Index(fields=["state", "leased_until"])]

    @property
    def is_waiting(self) -> bool:
        """Whether the answer is not there yet."""
        return self.state == PlanState.WAITING
