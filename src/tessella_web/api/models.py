"""What the interface remembers of calls that must not be made twice."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from tessella_web.accounts.tokens.models import AccessToken

__all__ = ["Call"]


class Call(models.Model):
    """An unsafe call that came with an ``Idempotency-Key``, and the answer it got.

    ``digest`` covers method, address and body. ``answer`` is empty while the call is being carried out; it is stored encrypted
    under a key made of the token, which this database does not hold.
    """

    token = models.ForeignKey(AccessToken, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers: Any = models.JSONField(default=dict)
    answer = models.BinaryField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "key"], name="one_call_a_key")]
        indexes: ClassVar = [models.Index(fields=["started_at"])]
