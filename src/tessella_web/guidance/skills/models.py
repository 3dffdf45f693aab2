"""What holders say that words of their credentials mean."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tessella_web.common.models import Identified

__all__ = ["TEXT_LENGTH", "Method", "SkillMapping"]

TEXT_LENGTH = 300
"""Characters of an outcome as the wallet keeps it."""


class Method(models.TextChoices):
    """How a skill was proposed to the person who confirmed it."""

    LEXICAL = "lexical", _("suggested by its words")
    SEMANTIC = "semantic", _("suggested by its meaning")
    CHOSEN = "chosen", _("looked for")


class SkillMapping(Identified):
    """One person's statement, for own use, that these words of a credential mean a skill. Never the issuer's.

    ``text`` are the words, ``skill`` the URI of the classification as of ``release``, ``score`` how well a suggestion fitted, from 0 to 1.
    ``made_at`` is when it was confirmed, ``holder`` who did.
    """

    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skill_mappings"
    )
    text = models.CharField(max_length=TEXT_LENGTH)
    skill = models.CharField(max_length=300)
    title = models.CharField(max_length=500)
    method = models.CharField(max_length=10, choices=Method.choices)
    score = models.FloatField(null=True)
    release = models.CharField(max_length=40)

    class Meta:
        ordering = ("text", "title")
        indexes: ClassVar = [models.Index(fields=["holder", "text"], name="guidance_mapping_text")]

    def __str__(self) -> str:
        return self.title
